/*
 * The path of a curve, cut off where nobody can see it.
 *
 * A frame holds a curve to the end of its run, which may lie many widths of the picture away. A browser lays the dashes
 * of a path from its first pixel to its last, so that what lies out of sight costs more than what is seen.
 */

/** @typedef {[number, number]} Place Pixels from the left and from the top. */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

const MARGIN_PX = 50; // no stroke inside a plot shows where it was cut

/** @returns {Box} A plot and a margin around it. */
export const boxAround = (/** @type {number} */ width, /** @type {number} */ height) => ({
  left: -MARGIN_PX,
  right: width + MARGIN_PX,
  top: -MARGIN_PX,
  bottom: height + MARGIN_PX,
});

const holds = (/** @type {Box} */ box, /** @type {Place} */ [left, top]) =>
  left >= box.left && left <= box.right && top >= box.top && top <= box.bottom;

/**
 * Clip a segment to a box, by Liang and Barsky (doi:10.1145/357332.357333).
 * @param {Place} from
 * @param {Place} to
 * @param {Box} box
 * @returns {[Place, Place] | null} The part of it in the box; null where there is none.
 */
export function clipped(from, to, box) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  /** @type {[number, number][]} */
  const edges = [
    [-dx, from[0] - box.left],
    [dx, box.right - from[0]],
    [-dy, from[1] - box.top],
    [dy, box.bottom - from[1]],
  ];
  let [enters, leaves] = [0, 1];
  for (const [towards, room] of edges) {
    if (towards === 0 && room < 0) return null;
    if (towards < 0) enters = Math.max(enters, room / towards);
    if (towards > 0) leaves = Math.min(leaves, room / towards);
  }
  if (enters > leaves) return null;
  const along = (/** @type {number} */ part) => /** @type {Place} */ ([from[0] + part * dx, from[1] + part * dy]);
  return [enters > 0 ? along(enters) : from, leaves < 1 ? along(leaves) : to];
}

const written = (/** @type {string} */ pen, /** @type {Place} */ [left, top]) =>
  `${pen}${left.toFixed(2)},${top.toFixed(2)}`;

/** @returns {string} The strokes of a segment of which an end, or both, lie outside the box. */
function crossing(
  /** @type {Place} */ from,
  /** @type {Place} */ to,
  /** @type {Box} */ box,
  /** @type {boolean} */ on,
) {
  const part = clipped(from, to, box);
  return part ? (on ? "" : written("M", part[0])) + written("L", part[1]) : "";
}

/**
 * @param {number} count Of the points.
 * @param {(i: number) => Place} at Where a point lies; not finite where there is none.
 * @param {Box | null} box What is left of the curve; null: all of it.
 * @returns {string} The path through the points; a gap stays a gap.
 */
export function linePath(count, at, box) {
  let path = "";
  /** @type {Place | null} */
  let last = null; // the point before; null after a gap
  let drawing = false; // whether the pen lies there
  for (let i = 0; i < count; i++) {
    const place = at(i);
    const there = place.every(Number.isFinite);
    const inside = there && (!box || holds(box, place));
    if (inside && (drawing || !last)) path += written(drawing ? "L" : "M", place);
    else if (there && last && box) path += crossing(last, place, box, drawing);
    last = there ? place : null;
    drawing = inside;
  }
  return path;
}
