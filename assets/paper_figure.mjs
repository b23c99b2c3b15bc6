/* A picture of the page as a figure for print: its size, letters, lines, names and legend; nothing of it is drawn here. */

const PX_PER_MM = 96 / 25.4;
const MM_PER_POINT = 25.4 / 72;
const PAGE_TEXT = 12; // px of the page's pictures
const PANEL = 13; // letters that a panel is high at least
const WIDEST = 0.8; // height over width of a picture that is not made of panels, at most
export const FAMILY = "FigureSans";

/**
 * @typedef {object} Size
 * @property {string} label
 * @property {number} mm Width.
 * @property {number} points Of every letter.
 * @property {number} ratio Height over width, without the legend and at least.
 * @property {boolean} [isWhole] Whether the ratio is that of the whole, legend included.
 */
/** @type {Record<string, Size>} */
export const SIZES = {
  column: { label: "One column, 89 mm", mm: 89, points: 8, ratio: 0.68 },
  columns: { label: "Two columns, 183 mm", mm: 183, points: 8, ratio: 0.42 },
  slide: { label: "Slide, 16 : 9", mm: 338.7, points: 18, ratio: 9 / 16, isWhole: true },
};

/**
 * @typedef {object} Wishes
 * @property {string} size A name in SIZES.
 * @property {boolean} transparent
 * @property {boolean} playhead Whether it is drawn.
 * @property {Record<string, string>} names By what is written in the picture, what shall be; empty for nothing.
 */
/**
 * @typedef {object} Figure
 * @property {any[]} data
 * @property {any} layout
 * @property {number} width In pixels, 96 an inch.
 * @property {number} height
 * @property {number} mm Width.
 * @property {number} font Pixels of a letter.
 * @property {boolean} isWhole Whether the height holds, however high the legend.
 */

const BAND = /^(?:band|regime)-(warm-up|rapid-drift|floor-activation|equilibrium)/;
const MARK = /<span style="color:[^"]+">/;
const ON_SCREEN = "on-screen"; // name of a note that tells how to work the picture
const isAxis = (/** @type {string} */ key) => /^[xy]axis\d*$/.test(key);
const isPlayhead = (/** @type {any} */ { uid }) => String(uid).startsWith("playhead");
const isRegimeName = (/** @type {any} */ { uid }) => ["names", "numbers", "regime-names"].includes(String(uid));
const isLineName = (/** @type {any} */ { uid, mode }) => mode === "text" && String(uid).startsWith("name-");

/** @returns {boolean} */
export const hasPlayhead = (/** @type {any[]} */ data) => data.some(isPlayhead);

/** @returns {boolean} Whether a trace stands in the legend. */
export const isListed = (/** @type {any} */ { name, showlegend, visible }) =>
  Boolean(name) && showlegend !== false && visible !== false;

/** @returns {any[]} Traces without words that repeat what the legend says. */
function withoutRepeats(/** @type {any[]} */ data) {
  const hasBands = data.some(({ uid }) => BAND.test(String(uid)));
  const repeats = (/** @type {any} */ trace) =>
    (hasBands && isRegimeName(trace)) || [trace.text].flat().every((one) => !one || MARK.test(String(one)));
  return data.filter((trace) => trace.mode !== "text" || !repeats(trace));
}

/** @returns {any[]} What is noted in a picture, without how to work it and which colour is whose. */
const notesOf = (/** @type {any} */ { annotations = [] }) =>
  annotations
    .filter((/** @type {any} */ { name }) => name !== ON_SCREEN)
    .map((/** @type {any} */ note) => ({ font: {}, ...note, text: String(note.text).split(MARK)[0].trimEnd() }));

/** Set every font in a part of a figure: sizes in proportion would leave some below what a journal asks for. */
function setFonts(/** @type {any} */ part, /** @type {object} */ font) {
  if (!part || typeof part !== "object" || ArrayBuffer.isView(part)) return;
  for (const [key, value] of Object.entries(part)) {
    if (/font$/.test(key) && value && typeof value === "object") Object.assign(value, font);
    else setFonts(value, font);
  }
}

function scaleLines(/** @type {any} */ trace, /** @type {number} */ scale) {
  const { line, marker } = trace;
  if (line?.width) line.width *= scale;
  if (Array.isArray(marker?.size) || ArrayBuffer.isView(marker?.size)) {
    trace.mode = "lines"; // the handle of a control
    return;
  }
  if (marker?.size) marker.size *= scale;
  if (marker?.line?.width) marker.line.width *= scale;
}

/** A band is named in the legend; a regime is so too: above a narrow one its name would be cut. */
function nameBand(/** @type {any} */ trace) {
  const regime = BAND.exec(String(trace.uid))?.[1]?.replace(/-(?=drift|activation)/, " ");
  const name = trace.meta?.legend ?? (regime && regime[0].toUpperCase() + regime.slice(1));
  const ends = trace.x ?? [];
  if (!name || !ends.length || Math.max(...ends) === Math.min(...ends)) return;
  Object.assign(trace, { name, showlegend: trace.visible !== false });
}

/** List every name once, however many traces bear it. */
function listOnce(/** @type {any[]} */ data) {
  const listed = new Set();
  for (const trace of data.filter(isListed)) {
    const { name, line, marker, fillcolor } = trace;
    const key = [name, line?.dash, line?.color ?? fillcolor, marker?.symbol].join();
    trace.showlegend = !listed.has(key) && trace.mode !== "text";
    listed.add(key);
  }
}

/** @typedef {{part: any, key: string}} Place Where a text stands. */

/** @returns {Place[]} Each text of a figure that can be written otherwise. */
function places(/** @type {any[]} */ data, /** @type {any} */ layout) {
  const axes = Object.keys(layout).filter((key) => isAxis(key) && layout[key].title?.text);
  const titles = axes.map((key) => ({ part: layout[key].title, key: "text" }));
  const legend = data.filter(isListed).map((part) => ({ part, key: "name" }));
  const ends = data.filter(isLineName).flatMap(({ text }) => [...text.keys()].map((key) => ({ part: text, key })));
  const notes = (layout.annotations ?? []).filter((/** @type {any} */ note) => note.text && note.name !== "unlisted");
  const heads = notes.map((/** @type {any} */ part) => ({ part, key: "text" }));
  return [...titles, ...heads, ...legend, ...ends].filter(({ part, key }) => String(part[key]).trim());
}

/** @returns {string[]} What is written in a figure and may be written otherwise. */
export const namesIn = (/** @type {Pick<Figure, "data" | "layout">} */ { data, layout }) => [
  ...new Set(places(data, layout).map(({ part, key }) => String(part[key]).trim())),
];

function rename(/** @type {any[]} */ data, /** @type {any} */ layout, /** @type {Record<string, string>} */ names) {
  for (const { part, key } of places(data, layout)) {
    const own = String(part[key]);
    const name = names[own.trim()] ?? own.trim();
    part[key] = own.replace(own.trim(), () => name); // blanks keep a name off its line
    if (!name && key === "name") part.showlegend = false;
  }
}

/** @returns {number} Panels one above the other. */
const panelsIn = (/** @type {any} */ layout) =>
  Object.entries(layout).filter(([key, axis]) => key.startsWith("yaxis") && axis.visible !== false && !axis.overlaying)
    .length;

/** @returns {object} What a figure's layout has that the page's has not. */
const forPrint = (/** @type {boolean} */ transparent, /** @type {number} */ font) => ({
  autosize: false,
  title: undefined,
  font: {},
  paper_bgcolor: transparent ? "rgba(0,0,0,0)" : "#ffffff",
  plot_bgcolor: "rgba(0,0,0,0)",
  showlegend: true,
  legend: { orientation: "v", itemwidth: 4.2 * font, font: {}, tracegroupgap: 0 }, // `paper_legend.mjs` moves its items
  margin: { l: font * 4, r: font, t: font, b: font * 3.4, autoexpand: false },
});

/**
 * The figure of a picture, of arrays and parts of its own.
 * @param {{data: any[], layout: any}} picture In numbers, with the template of the light theme.
 * @param {number} aspect Height over width on the page.
 * @param {Wishes} wishes
 * @returns {Figure}
 */
export function paperFigure(picture, aspect, { size, transparent, playhead, names }) {
  const { mm, points, ratio, isWhole = false } = SIZES[size];
  const width = Math.round(mm * PX_PER_MM);
  const font = (points * MM_PER_POINT * width) / mm;
  const { data: all, layout } = structuredClone(picture);
  const data = withoutRepeats(all.filter((trace) => playhead || !isPlayhead(trace)));
  for (const trace of data) {
    scaleLines(trace, font / PAGE_TEXT);
    nameBand(trace);
    if (trace.mode?.includes("text")) trace.textfont ??= {};
  }
  listOnce(data);
  Object.assign(layout, forPrint(transparent, font), { annotations: notesOf(layout) });
  setFonts(layout, { size: font, family: FAMILY, color: "#000000" });
  setFonts(data, { size: font, family: FAMILY });
  rename(data, layout, names);
  const height = isWhole
    ? width * ratio
    : Math.max(width * Math.max(ratio, Math.min(aspect, WIDEST)), panelsIn(layout) * PANEL * font);
  return { data, layout, width, height: Math.round(height), mm, font, isWhole };
}

/**
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure Width of letters.
 * @returns {string} The text in lines that fit; one with tags of its own is left as it is.
 */
export function wrapped(text, width, measure) {
  if (text.includes("<") || measure(text) <= width) return text;
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    let rest = line ? `${line} ${word}` : word;
    if (line && measure(rest) > width) {
      lines.push(line);
      rest = word;
    }
    for (; measure(rest) > width && rest.length > 1;) {
      let fits = rest.length - 1;
      while (fits > 1 && measure(rest.slice(0, fits)) > width) fits--;
      lines.push(rest.slice(0, fits));
      rest = rest.slice(fits);
    }
    line = rest;
  }
  return [...lines, line].join("<br>");
}
