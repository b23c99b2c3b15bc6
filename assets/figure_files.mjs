/* A figure as a file: SVG with the font in it, PNG drawn from that, PDF with text as text. */
import { FAMILY, wrapped } from "./paper_figure.mjs";
import { layLegend } from "./paper_legend.mjs";
import { toSvg } from "./plotly_calls.mjs";

/** @typedef {import("./paper_figure.mjs").Figure} Figure */
/** @typedef {{svg: string, figure: Figure, columns: number}} Drawn A figure as its words made it; `columns` of its legend. */

const MM_PER_INCH = 25.4;
const FONT = new URL("./vendor/figure-sans.ttf", import.meta.url);
const PASSES = 5;
const APART = 3; // pixels between a title and numbers
const SWATCH = 6; // letters left of a name in the legend

/** @type {Promise<string> | undefined} */
let font;

/** @returns {Promise<string>} The font in base64; Plotly, too, measures with it from then on. */
export const loadedFont = () =>
  (font ??= fetch(FONT)
    .then((answer) => answer.arrayBuffer())
    .then(async (bytes) => {
      document.fonts.add(await new FontFace(FAMILY, bytes).load());
      return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
    }));

/** Put a drawing into the page, unseen, as long as it is measured. */
export function placed(/** @type {string} */ text) {
  const place = document.createElement("div");
  place.style.cssText = "left: -20000px; position: absolute; top: 0; visibility: hidden;";
  place.inert = true;
  place.innerHTML = text;
  document.body.append(place);
  return { place, svg: /** @type {SVGSVGElement} */ (place.querySelector("svg")) };
}

/** @returns {Record<"l" | "r" | "t" | "b", number>} How far words reach over the edges; the lower one is the legend's. */
function overOf(/** @type {SVGSVGElement} */ svg, /** @type {number} */ legend) {
  const frame = svg.getBoundingClientRect();
  const over = { l: 0, r: 0, t: 0, b: 0 };
  for (const one of svg.querySelectorAll("text")) {
    const { left, right, top, bottom, width } = one.getBoundingClientRect();
    if (!width || one.closest(".legend")) continue;
    over.l = Math.max(over.l, frame.left - left);
    over.r = Math.max(over.r, right - frame.right);
    over.t = Math.max(over.t, frame.top - top);
    over.b = Math.max(over.b, bottom - (frame.bottom - legend));
  }
  return over;
}

/** @returns {DOMRect[]} Where the words are of the upright axes, or of those across. */
const boxesOf = (/** @type {SVGSVGElement} */ svg, /** @type {string} */ selector) =>
  [...svg.querySelectorAll(selector)].map((one) => one.getBoundingClientRect()).filter(({ width }) => width > 0);

/** @returns {{l: number, b: number}} How far titles of axes reach into the numbers at their ticks. */
function overlapOf(/** @type {SVGSVGElement} */ svg) {
  const [upright, across] = ["y", "x"].map((axis) => ({
    titles: boxesOf(svg, `text[class^="${axis}"][class$="title"]`),
    numbers: boxesOf(svg, `g[class^="${axis}"][class$="tick"] text`),
  }));
  const right = Math.max(...upright.titles.map((box) => box.right));
  const left = Math.min(...upright.numbers.map((box) => box.left));
  const top = Math.min(...across.titles.map((box) => box.top));
  const bottom = Math.max(...across.numbers.map((box) => box.bottom));
  const positive = (/** @type {number} */ over) => (Number.isFinite(over) ? Math.max(0, over) : 0);
  return { l: positive(right - left + APART), b: positive(bottom - top) };
}

/** Break what is longer than there is room for. */
function wrapWords(/** @type {Figure} */ { data, layout, width, height, font: letter }) {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  pen.font = `${letter}px ${FAMILY}`;
  const measure = (/** @type {string} */ text) => pen.measureText(text).width;
  const { l, r, t, b } = layout.margin;
  for (const trace of data) if (trace.name) trace.name = wrapped(trace.name, width - SWATCH * letter, measure);
  for (const [key, axis] of Object.entries(layout)) {
    if (!/^[xy]axis/.test(key) || !axis.title?.text) continue;
    const [from, to] = axis.domain ?? [0, 1];
    const room = key.startsWith("x") ? width - l - r : height - t - b;
    axis.title.text = wrapped(axis.title.text, (to - from) * room, measure);
  }
  for (const note of layout.annotations) note.text = wrapped(note.text, width - l - r, measure);
}

/** The SVG of a drawing in the page, as wide on paper as it should be, with its font. */
function written(
  /** @type {SVGSVGElement} */ svg,
  /** @type {Figure} */ { width, height, mm },
  /** @type {string} */ base64,
) {
  svg.setAttribute("width", `${mm}mm`);
  svg.setAttribute("height", `${((mm * height) / width).toFixed(2)}mm`);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const style = document.createElementNS(svg.namespaceURI, "style");
  style.textContent = `@font-face{font-family:${FAMILY};src:url(data:font/ttf;base64,${base64})}`;
  svg.prepend(style);
  return new XMLSerializer().serializeToString(svg);
}

/** @returns {Promise<Drawn>} The figure with margins as wide as its words ask for. */
export async function drawnOf(/** @type {Figure} */ figure) {
  const base64 = await loadedFont();
  wrapWords(figure);
  const { margin } = figure.layout;
  let reserved = 0;
  for (let pass = 1; ; pass++) {
    const { place, svg } = placed(await toSvg(figure));
    const legend = layLegend(svg, figure);
    const [over, overlap] = [overOf(svg, legend.height), overlapOf(svg)];
    over.l = Math.max(over.l, overlap.l);
    const grown = legend.height - reserved;
    const fits = grown <= 0 && [...Object.values(over), overlap.b].every((one) => one < 0.5);
    const whole = fits || pass === PASSES ? written(svg, figure, base64) : "";
    place.remove();
    if (whole) return { svg: whole, figure, columns: legend.columns };
    if (grown > 0) over.b = Math.max(0, over.b - grown);
    over.b += overlap.b;
    for (const [side, one] of Object.entries(over)) if (one >= 0.5) margin[side] += Math.ceil(one) + 2;
    margin.b += Math.max(0, grown);
    if (!figure.isWhole) figure.height += Math.max(0, grown);
    reserved = Math.max(reserved, legend.height);
  }
}

/** @returns {number} Of a chunk of a PNG. */
function crcOf(/** @type {Uint8Array} */ bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** @returns {ArrayBuffer} The chunk of a PNG that says how large its pixels are on paper. */
function sizeChunk(/** @type {number} */ perMetre) {
  const view = new DataView(new ArrayBuffer(21));
  view.setUint32(0, 9);
  for (const [i, letter] of [..."pHYs"].entries()) view.setUint8(4 + i, letter.charCodeAt(0));
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  view.setUint8(16, 1);
  view.setUint32(17, crcOf(new Uint8Array(view.buffer, 4, 13)));
  return view.buffer;
}

const HEAD = 33; // bytes of a PNG's signature and first chunk

/** @returns {Promise<Blob>} */
export async function pngOf(/** @type {Drawn} */ { svg, figure }, /** @type {number} */ dpi) {
  const picture = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  picture.src = address;
  await picture.decode();
  const width = Math.round((figure.mm / MM_PER_INCH) * dpi);
  const height = Math.round((width * figure.height) / figure.width);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  URL.revokeObjectURL(address);
  const drawn = await new Promise((resolve) => canvas.toBlob(resolve));
  if (!drawn) throw new Error("The picture is too large.");
  const size = sizeChunk(Math.round((dpi * 1000) / MM_PER_INCH));
  return new Blob([drawn.slice(0, HEAD), size, drawn.slice(HEAD)], { type: "image/png" });
}
