/* Frames as they come from the server, and the frame that lies in a whole picture. */

/** @returns {Float32Array} The floats of a picture's curve. */
export const decoded = (/** @type {Encoded} */ { bdata }) =>
  new Float32Array(Uint8Array.from(atob(bdata), (c) => c.charCodeAt(0)).buffer);

/**
 * @param {ArrayBuffer} buffer An answer of the server; `serving/frame_codec.py` says how frames lie in it.
 * @returns {Frames[]} The frames of every picture, position by position.
 */
export function read(buffer) {
  const head = new DataView(buffer).getUint32(0, true);
  const { sizes, frames } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, head)));
  const planes = new Uint8Array(buffer, 4 + head);
  const count = planes.length / 4;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0; plane < 4; plane++) {
    for (let i = 0, at = plane, from = plane * count; i < count; i++, at += 4) bytes[at] = planes[from + i];
  }
  const floats = new Float32Array(bytes.buffer);
  let end = 0;
  const curves = sizes.map((/** @type {number} */ size) => floats.subarray(end, (end += size)));
  for (const position of frames) for (const frame of Object.values(position)) frame.curves = curves;
  return frames;
}

/**
 * @param {Layout} layout
 * @returns {Record<string, Ends>} The range of every axis that states one.
 */
export function rangesOf(layout) {
  const axes = Object.entries(/** @type {Record<string, {range?: Ends}>} */ (layout));
  return Object.fromEntries(
    axes.flatMap(([name, axis]) => (/^[xy]axis/.test(name) && axis.range ? [[name, axis.range]] : [])),
  );
}

/**
 * @param {Picture} picture
 * @returns {Frame} The frame in it; the server's `frame` does the same to pictures at other positions of a control.
 */
export function frameIn(picture) {
  /** @type {Float32Array[]} */
  const curves = [];
  /** @type {Frame["series"]} */
  const series = {};
  for (const { uid, x, y } of picture.data) {
    if (!x || !y || !("bdata" in x) || !("bdata" in y)) continue;
    series[uid] = [curves.push(decoded(x)) - 1, curves.push(decoded(y)) - 1];
  }
  return { curves, series, ranges: rangesOf(picture.layout), text: picture.text };
}

/**
 * @param {ArrayLike<number> | undefined} a
 * @param {ArrayLike<number>} b
 * @returns {boolean} Whether two curves are the same numbers, gaps at the same places.
 */
export function same(a, b) {
  if (a === b) return true;
  if (a?.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
