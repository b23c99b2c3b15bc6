/*
 * The lines of many runs, on a canvas under Plotly's axes: a hundred lines of a thousand points are drawn in a few
 * hundredths of a second, where Plotly takes a second or more. Drawn anew each time that Plotly has drawn its axes, the
 * reader moves them, or a frame is painted.
 */
import { partsOf } from "./merged_lines.mjs";
import * as plotly from "./plotly_adapter.mjs";

/**
 * @typedef {object} Reach Where an axis lies in a graph, in pixels, and what its ends stand for.
 * @property {number} start
 * @property {number} length
 * @property {Ends} range Exponents of ten where it is logarithmic.
 * @property {boolean} isLog
 */

/**
 * @typedef {object} MergedLine Lines of many runs that Plotly knows of and does not draw.
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {import("./merged_lines.mjs").Part[]} parts
 * @property {{color: string, width: number, dash: string}} look
 * @property {Reach} across
 * @property {Reach} up
 */

/** @typedef {(value: number) => number} Scale */

/** @type {Record<string, number[]>} In pixels. */
const DASHES = {
  dash: [6, 4],
  dot: [1.5, 2.5],
  dashdot: [6, 3, 1.5, 3],
  longdash: [10, 5],
  longdashdot: [10, 4, 2, 4],
};
const FAR_PX = 1e5; // what lies farther out is drawn towards there

/** @returns {Scale} Pixels along an axis from its start; an upright one counts from the top. */
export function scaleOf(/** @type {Reach} */ { range: [low, high], length, isLog }, /** @type {boolean} */ isUpright) {
  const each = length / (high - low);
  const place = (/** @type {number} */ v) => ((isLog ? Math.log10(v) : v) - low) * each;
  const within = (/** @type {number} */ px) => Math.min(FAR_PX, Math.max(-FAR_PX, px));
  return isUpright ? (v) => within(length - place(v)) : (v) => within(place(v));
}

/**
 * Lead a pen along a line; a gap stays a gap, and what lies wholly to one side is passed by.
 * @param {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void}} pen
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} line
 * @param {{first: number, end: number}} part
 * @param {{across: Scale, up: Scale, width: number}} onto
 * @returns {number} How many points were drawn to.
 */
export function lead(pen, { x, y }, { first, end }, { across, up, width }) {
  let before = NaN; // on which side of the picture the point before lies; none after a gap
  let drawn = 0;
  for (let i = first; i < end; i++) {
    const [left, top] = [across(x[i]), up(y[i])];
    if (!Number.isFinite(left) || !Number.isFinite(top)) {
      before = NaN;
      continue;
    }
    const side = left < 0 ? -1 : left > width ? 1 : 0;
    if (Number.isNaN(before) || (side && side === before)) pen.moveTo(left, top);
    else {
      pen.lineTo(left, top);
      drawn++;
    }
    before = side;
  }
  return drawn;
}

/** @returns {number} How many points of its runs were drawn to. */
function stroke(/** @type {CanvasRenderingContext2D} */ pen, /** @type {MergedLine} */ one) {
  const { across, up, look } = one;
  pen.save();
  pen.translate(across.start, up.start);
  pen.beginPath();
  pen.rect(0, 0, across.length, up.length);
  pen.clip();
  Object.assign(pen, { strokeStyle: look.color, lineWidth: look.width, lineJoin: "round" });
  pen.setLineDash(DASHES[look.dash] ?? []);
  const onto = { across: scaleOf(across, false), up: scaleOf(up, true), width: across.length };
  let [drawn, first] = [0, 0];
  for (const [, points] of one.parts) {
    pen.beginPath();
    drawn += lead(pen, one, { first, end: first + points }, onto);
    pen.stroke();
    first += points;
  }
  pen.restore();
  return drawn;
}

/** @returns {Reach | null} */
function reachOf(/** @type {Graph} */ graph, /** @type {string} */ name) {
  const axis = plotly.axisIn(graph, name);
  if (!axis) return null;
  const { start, length } = axis;
  const isLog = /** @type {any} */ (graph.layout[name])?.type === "log";
  const first = name.startsWith("x") ? start : start + length; // an upright axis begins at its lower end
  const ends = [first, 2 * start + length - first].map(axis.toValue);
  return { start, length, range: /** @type {Ends} */ (isLog ? ends.map(Math.log10) : ends), isLog };
}

/** @returns {MergedLine[] | null} The lines that a graph leaves to its canvas; null where it cannot be said where. */
function linesOf(/** @type {Graph} */ graph) {
  /** @type {MergedLine[]} */
  const found = [];
  for (const [index, trace] of graph.data.entries()) {
    const parts = partsOf(trace);
    if (!parts || trace.mode !== "none") continue;
    const numbers = plotly.numbersOf(graph, index);
    const across = reachOf(graph, "xaxis");
    const up = reachOf(graph, `yaxis${String(trace.yaxis ?? "y").slice(1)}`);
    if (!numbers || !across || !up) return null;
    found.push({ x: numbers.x, y: numbers.y, parts, look: /** @type {any} */ (trace).line, across, up });
  }
  return found;
}

/** @type {WeakMap<Graph, HTMLCanvasElement>} */
const canvases = new WeakMap();
/** @type {WeakSet<Graph>} Graphs that are drawn with the next picture of the screen. */
const waiting = new WeakSet();

/** @returns {HTMLCanvasElement | null} The canvas of a graph, below all that Plotly draws, as sharp as the screen is. */
function canvasOf(/** @type {Graph} */ graph) {
  const layers = plotly.layersOf(graph);
  if (!layers) return null;
  const canvas = canvases.get(graph) ?? document.createElement("canvas");
  canvases.set(graph, canvas);
  canvas.className = "gaba-lines";
  if (layers.firstChild !== canvas) layers.prepend(canvas);
  const [width, height] = [graph.clientWidth, graph.clientHeight].map((px) => Math.round(px * sharpness()));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas;
}

const sharpness = () => Math.max(1, window.devicePixelRatio);

/** Draw the lines that a graph leaves to its canvas; where that cannot be, Plotly draws them, in its own time. */
function draw(/** @type {Graph} */ graph) {
  waiting.delete(graph);
  const lines = linesOf(graph);
  const canvas = lines?.length ? canvasOf(graph) : null;
  const pen = canvas?.getContext("2d");
  if (!lines || !canvas || !pen) {
    canvases.get(graph)?.remove();
    plotly.drawMerged(graph);
    return;
  }
  pen.setTransform(sharpness(), 0, 0, sharpness(), 0, 0);
  pen.clearRect(0, 0, graph.clientWidth, graph.clientHeight);
  const points = lines.reduce((sum, line) => sum + stroke(pen, line), 0);
  Object.assign(canvas.dataset, { points, lines: lines.reduce((sum, { parts }) => sum + parts.length, 0) });
}

/** Once a picture of the screen, however often it is asked for. */
function drawSoon(/** @type {Graph} */ graph) {
  if (!waiting.has(graph)) requestAnimationFrame(() => waiting.has(graph) && draw(graph));
  waiting.add(graph);
}

/** @type {WeakSet<Graph>} */
const followed = new WeakSet();

/** Draw the lines of a graph now and whenever they move. */
export function follow(/** @type {Graph} */ graph) {
  draw(graph);
  if (followed.has(graph)) return;
  followed.add(graph);
  graph.on("plotly_relayouting", () => drawSoon(graph));
  graph.on("plotly_animated", () => drawSoon(graph));
}

const graphOf = (/** @type {Event} */ event) => /** @type {CustomEvent<Graph>} */ (event).detail;

/** Follow what Plotly and `plot_painter.mjs` draw. */
export function listen() {
  document.addEventListener("gaba-drawn", (event) => follow(graphOf(event)));
  document.addEventListener("gaba-painted", (event) => drawSoon(graphOf(event)));
}
