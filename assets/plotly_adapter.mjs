/*
 * All that is private of Plotly; `plotly_calls.mjs` has its documented calls. Two things are leaned on that no release promises:
 *
 * - coordinates: `_fullLayout` and its axes, which turn numbers into pixels and back, and `_fullData`;
 * - markup: the SVG that a trace is drawn as, onto which a frame is painted while a control is dragged.
 *
 * `faultsOf` tries both on a graph that was just drawn. Where one does not hold, `plot_painter.mjs` paints nothing
 * and has every frame drawn by `Plotly.react`.
 */

import { boxAround, linePath } from "./line_path.mjs";

export * from "./plotly_calls.mjs";

/**
 * @typedef {object} Axis An axis of a drawn graph; pixels are counted from the left or upper edge of the graph.
 * @property {number} start First pixel of the axis.
 * @property {number} length Pixels from its one end to the other.
 * @property {(value: number) => number} toPixel
 * @property {(pixel: number) => number} toValue
 */

/**
 * @typedef {object} Change A trace whose numbers are others than before; null for an axis on which they are the same.
 * @property {number} index Of the trace.
 * @property {ArrayLike<number> | null} x
 * @property {ArrayLike<number> | null} y
 */

/** @typedef {{_offset: number, _length: number, d2p(v: unknown): number, p2d(p: number): number}} PrivateAxis */
/** @typedef {{uid: string, visible: unknown, mode?: string, fill?: string, xaxis?: string, yaxis?: string, x: any, y: any}} PrivateTrace */

const TRIED = 8; // lines that the self-test looks at
const LABEL_BELOW_PX = 4; // a text's baseline below its point

/** @returns {any} */
const layoutOf = (/** @type {Graph | null | undefined} */ graph) => /** @type {any} */ (graph)?._fullLayout;

/** @returns {PrivateTrace[]} */
const tracesOf = (/** @type {Graph | null | undefined} */ graph) => /** @type {any} */ (graph)?._fullData ?? [];

/** @returns {PrivateAxis | undefined} */
const axisOf = (/** @type {Graph} */ graph, /** @type {string} */ name) => layoutOf(graph)?.[name];

/** @returns {[string, string]} `xaxis` and `yaxis2` of a trace on `x` and `y2`. */
const namesOf = (/** @type {PrivateTrace} */ { xaxis = "x", yaxis = "y" }) => [
  `xaxis${xaxis.slice(1)}`,
  `yaxis${yaxis.slice(1)}`,
];

/** @returns {(PrivateAxis | undefined)[]} The axes that a trace is drawn on. */
const axesOf = (/** @type {Graph} */ graph, /** @type {PrivateTrace} */ trace) =>
  namesOf(trace).map((name) => axisOf(graph, name));

const isGraph = (/** @type {any} */ element) => Array.isArray(element.data) && typeof element.on === "function";

/**
 * @param {Element | null | undefined} place
 * @returns {Graph | null} The graph in a part of the page.
 */
export const graphIn = (place) =>
  /** @type {Graph | null} */ (
    place?.querySelector(".js-plotly-plot") ?? [...(place?.querySelectorAll("div") ?? [])].find(isGraph) ?? null
  );

/**
 * @param {Graph | null | undefined} graph
 * @returns {graph is Graph} Whether there is a graph, and Plotly has drawn something in it, be it empty axes.
 */
export const isDrawn = (graph) => Boolean(graph && isGraph(graph) && graph.layout);

/**
 * @param {Element} place
 * @returns {boolean} Whether the curves of a graph in it are drawn.
 */
export const hasCurves = (place) => {
  const graph = graphIn(place);
  return isDrawn(graph) && graph.data.length > 0;
};

/** @returns {boolean} */
export const showsLegend = (/** @type {Graph} */ graph) => Boolean(layoutOf(graph)?.showlegend);

/**
 * A drawing is described in words beside it, and its buttons zoom, which the pointer alone does: a screen reader is
 * spared every tick of the one, and the keyboard the other.
 * @param {Element} part A drawing, or one of the buttons over it.
 */
export function standBack(part) {
  if (part instanceof HTMLElement) part.tabIndex = -1;
  else part.setAttribute("aria-hidden", "true");
}

/* ---- coordinates ------------------------------------------------------------------------------------------------ */

/**
 * @param {Graph | null} graph
 * @param {string} name As the layout has it: `xaxis`, `yaxis2`.
 * @returns {Axis | null} null where there is none, or none that is drawn.
 */
export function axisIn(graph, name) {
  const axis = graph && axisOf(graph, name);
  if (!axis || !(axis._length > 0) || !Number.isFinite(axis._offset)) return null;
  return {
    start: axis._offset,
    length: axis._length,
    toPixel: (value) => axis._offset + axis.d2p(value),
    toValue: (pixel) => axis.p2d(pixel - axis._offset),
  };
}

/**
 * @param {Graph} graph
 * @param {{clientX: number, clientY: number}} pointer
 * @returns {[number, number]} Where a pointer is in a graph, in its own pixels; the page may show it larger.
 */
export function pointIn(graph, { clientX, clientY }) {
  const { left, top, width } = graph.getBoundingClientRect();
  const scale = width / graph.offsetWidth || 1;
  return [(clientX - left) / scale, (clientY - top) / scale];
}

/**
 * @param {Graph | null} graph
 * @param {string} uid
 * @returns {number | null} The level that a trace is drawn at; null where it is not drawn.
 */
export const levelOf = (graph, uid) => tracesOf(graph).find((trace) => trace.uid === uid)?.y?.[0] ?? null;

/**
 * @param {Graph | null} graph
 * @param {string} uid
 * @returns {number | null} Where an upright line stands; null where it is not drawn.
 */
export const placeOf = (graph, uid) => tracesOf(graph).find((trace) => trace.uid === uid)?.x?.[0] ?? null;

/** @returns {{x: ArrayLike<number>, y: ArrayLike<number>} | null} The numbers of a trace, those painted last. */
export const numbersOf = (/** @type {Graph} */ graph, /** @type {number} */ index) => tracesOf(graph)[index] ?? null;

/** @returns {HTMLElement | null} What holds the layers of a graph, the lowest first. */
export const layersOf = (/** @type {Graph} */ graph) => graph.querySelector(".svg-container");

/* ---- painting --------------------------------------------------------------------------------------------------- */

/** @returns {SVGGElement | null} */
const groupOf = (/** @type {Graph} */ graph, /** @type {PrivateTrace} */ trace) =>
  graph.querySelector(`.trace.trace${CSS.escape(trace.uid)}`);

const pathOf = (/** @type {Element | null} */ group, /** @type {PrivateTrace} */ trace) =>
  group?.querySelector(trace.fill === "toself" ? "path.js-fill" : "path.js-line") ?? null;

/**
 * @typedef {(i: number) => [number, number]} Places Pixels of a trace's point, in its subplot.
 */

/** @returns {boolean} Whether there was a text for every point. */
function paintTexts(/** @type {Element | null} */ group, /** @type {number} */ count, /** @type {Places} */ at) {
  const texts = group?.querySelectorAll("text") ?? [];
  texts.forEach((text, i) => {
    const [left, top] = at(i);
    text.setAttribute("x", left.toFixed(2));
    text.setAttribute("y", String(Number(top.toFixed(2)) + LABEL_BELOW_PX));
  });
  return texts.length === count;
}

/** Move those symbols of a trace that are drawn: Plotly draws some of the points only. */
function paintSymbols(/** @type {Element} */ group, /** @type {Places} */ at) {
  for (const symbol of group.querySelectorAll("path.point")) {
    const i = /** @type {any} */ (symbol).__data__?.i;
    const place = i === undefined ? [NaN] : at(i);
    if (place.every(Number.isFinite)) symbol.setAttribute("transform", `translate(${place.map((p) => p.toFixed(2))})`);
  }
}

/**
 * @param {Element | null} group
 * @param {PrivateTrace} trace
 * @param {Places} at
 * @param {import("./line_path.mjs").Box} box
 * @returns {boolean} Whether the line of a trace, or the outline of an area, was there to be drawn.
 */
function paintLine(group, trace, at, box) {
  const path = pathOf(group, trace);
  if (!group || !path) return false;
  const area = trace.fill === "toself";
  path.setAttribute("d", linePath(trace.x.length, at, area ? null : box) + (area ? "Z" : ""));
  if (trace.mode?.includes("markers")) paintSymbols(group, at);
  return true;
}

/**
 * Paint one trace onto the paths that are there.
 * @param {Graph} graph
 * @param {Change} change
 * @returns {boolean} false where Plotly itself must draw it.
 */
export function paint(graph, { index, x, y }) {
  const trace = tracesOf(graph)[index];
  if (!trace) return false;
  if (x) trace.x = x;
  if (y) trace.y = y;
  if (trace.visible !== true || trace.mode === "none") return true;
  const [across, up] = axesOf(graph, trace);
  if (trace.mode === "markers" || !across || !up) return false;
  const at = (/** @type {number} */ i) =>
    /** @type {[number, number]} */ ([across.d2p(trace.x[i]), up.d2p(trace.y[i])]);
  const group = groupOf(graph, trace);
  if (trace.mode === "text") return paintTexts(group, trace.x.length, at);
  return paintLine(group, trace, at, boxAround(across._length, up._length));
}

/* ---- the self-test ---------------------------------------------------------------------------------------------- */

/** @returns {boolean} Whether pixels become values and the same pixels again, on every axis that a trace lies on. */
function coordinatesHold(/** @type {Graph} */ graph) {
  if (graph.data.length && !tracesOf(graph).length) return false;
  const onAxes = tracesOf(graph).filter(({ visible, yaxis }) => visible === true && yaxis !== undefined);
  const names = new Set(onAxes.flatMap(namesOf));
  return [...names].every((name) => {
    const axis = axisOf(graph, name);
    if (!axis || !Number.isFinite(axis._offset) || !Number.isFinite(axis._length)) return false;
    const near = (/** @type {number} */ pixel) => Math.abs(axis.d2p(axis.p2d(pixel)) - pixel) < 0.5;
    return near(0) && near(axis._length / 2) && near(axis._length);
  });
}

/** @returns {PrivateTrace[]} The lines of a graph that the self-test looks at. */
const linesOf = (/** @type {Graph} */ graph) =>
  tracesOf(graph)
    .filter(
      ({ visible, mode, fill, x, y }) =>
        visible === true && mode?.includes("lines") && fill !== "toself" && x?.length && y?.length,
    )
    .slice(0, TRIED);

/** @returns {[number, number][]} The points of a line that lie in sight, and so does the next one. */
function visiblePoints(/** @type {Graph} */ graph, /** @type {PrivateTrace} */ trace) {
  const [across, up] = axesOf(graph, trace);
  if (!across || !up) return [];
  const points = Array.from(trace.x, (x, i) => /** @type {[number, number]} */ ([across.d2p(x), up.d2p(trace.y[i])]));
  const seen = points.map(([left, top]) => left >= 0 && left <= across._length && top >= 0 && top <= up._length);
  return points.filter((_, i) => seen[i] && seen[i + 1]);
}

/** @returns {boolean} Whether the path of a line goes through one of its points. */
function pathHolds(/** @type {Graph} */ graph, /** @type {PrivateTrace} */ trace) {
  const points = visiblePoints(graph, trace);
  if (!points.length) return true; // nothing of it need be drawn
  const drawn =
    pathOf(groupOf(graph, trace), trace)
      ?.getAttribute("d")
      ?.match(/-?[\d.]+,-?[\d.]+/g) ?? [];
  const corners = drawn.map((corner) => corner.split(",").map(Number));
  return points.some(([left, top]) => corners.some(([x, y]) => Math.abs(x - left) < 1.5 && Math.abs(y - top) < 1.5));
}

/**
 * Try what painting leans on.
 * @param {Graph} graph A drawn one.
 * @returns {string[] | null} Names of the private parts that are not as this file takes them; null where there is no
 *   line to try them on.
 */
export function faultsOf(graph) {
  if (!graph.data.length) return null;
  try {
    if (!coordinatesHold(graph)) return ["coordinates"];
    const lines = linesOf(graph);
    if (!lines.length) return null;
    return lines.every((trace) => pathHolds(graph, trace)) ? [] : ["markup"];
  } catch {
    return ["coordinates"];
  }
}
