/*
 * Frames onto the graphs that are there.
 *
 * While a control is dragged a frame is painted straight onto the SVG paths that Plotly made (Plotly.animate works
 * over every trace again and takes several times as long); as soon as the pointer rests, Plotly gets the same
 * numbers, so that hover, zoom and export are right. Where Plotly does not draw as painting takes it to, each frame is
 * drawn by Plotly.react instead.
 */
import * as plotly from "./plotly_adapter.mjs";
import { frameIn, rangesOf, same } from "./frame_codec.mjs";

const REST_MS = 250; // without a new frame for so long, Plotly catches up
const SEEN = 0.5; // an axis on which less of the shorter range is in sight than this does not wait for that
const FRAMES_MS = 30; // two frames: what is painted before is on the screen
const AGAIN_MS = 400; // nor is one moved again so soon: each time costs three frames

/** @typedef {Record<string, Float32Array[]>} Curves The x and y of each trace that moves, by its uid. */

/**
 * @typedef {object} Plot A graph and what it shows.
 * @property {Graph} graph
 * @property {string} key Of the picture: two with the same have the same traces.
 * @property {Record<string, Ends>} ranges Of the axes, as the picture wants them.
 * @property {Curves} rendered What Plotly knows of.
 * @property {Curves} painted What is on the screen.
 * @property {Frame | null} frame The newest.
 * @property {string[] | null} faults What the self-test of `plotly_adapter.mjs` found; null until it could be made.
 * @property {boolean} held Whether a control is held that moves it: then its axes hold still.
 * @property {number} axesMovedAt
 * @property {number | undefined} restTimer
 * @property {number | undefined} axesTimer
 */

/** @typedef {Map<string, Plot>} Plots What a view's graphs show, by name. */

/** @returns {HTMLElement | null} The place of a picture. */
export const placeOf = (/** @type {string} */ view, /** @type {string} */ name) =>
  document.querySelector(`.gaba-graph[data-view="${view}"][data-figure="${name}"]`);

/** @returns {HTMLElement | null} The place of a view's first picture. */
export const firstPlaceOf = (/** @type {string} */ view) => document.querySelector(`.gaba-graph[data-view="${view}"]`);

/** @returns {Graph | null} */
export const graphOf = (/** @type {string} */ view, /** @type {string} */ name) => plotly.graphIn(placeOf(view, name));

/** @returns {Plot | null} What is known of the graph that is on the page now. */
export function plotOf(/** @type {Plots} */ plots, /** @type {string} */ view, /** @type {string} */ name) {
  const plot = plots.get(name);
  return plot && plot.graph === graphOf(view, name) ? plot : null;
}

/**
 * @param {{uid: string}[]} traces
 * @param {Pick<Frame, "curves" | "series">} frame
 * @param {Curves} known Says the same as the frame afterwards.
 * @returns {import("./plotly_adapter.mjs").Change[]} The traces that differ from what was known: what did not move is
 *   not drawn again.
 */
export function changes(traces, frame, known) {
  /** @type {import("./plotly_adapter.mjs").Change[]} */
  const found = [];
  traces.forEach(({ uid }, index) => {
    if (!frame.series[uid]) return;
    const [x, y] = frame.series[uid].map((i) => frame.curves[i]);
    const [oldX, oldY] = known[uid] ?? [];
    const [stillX, stillY] = [same(oldX, x), same(oldY, y)];
    if (stillX && stillY) return;
    known[uid] = [x, y];
    found.push({ index, x: stillX ? null : x, y: stillY ? null : y });
  });
  return found;
}

/**
 * The axes that would hide what a frame shows; along `xaxis`, where the curves go on, less than half of it. The others
 * hold still under the hand, which sees the curves move and not the numbers on the axes, and follow when it lets go.
 * @param {Record<string, Ends>} drawn
 * @param {Record<string, Ends>} ranges Of the frame.
 * @returns {Record<string, Ends>} Where those axes should end.
 */
export function misfits(drawn, ranges) {
  const length = (/** @type {Ends} */ [low, high]) => Math.abs(high - low);
  const shared = (/** @type {Ends} */ a, /** @type {Ends} */ b) => Math.min(a[1], b[1]) - Math.max(a[0], b[0]);
  const hides = (/** @type {[string, Ends]} */ [axis, range]) => {
    const before = drawn[axis];
    if (!before || !length(before)) return String(before) !== String(range);
    const outgrown = axis !== "xaxis" && (range[0] < before[0] || range[1] > before[1]);
    return outgrown || shared(before, range) < SEEN * Math.min(length(before), length(range));
  };
  return Object.fromEntries(Object.entries(ranges).filter(hides));
}

/**
 * @param {Record<string, Ends>} before
 * @param {Record<string, Ends>} now
 * @returns {Record<string, Ends>} The ranges that are others than before.
 */
export const movedRanges = (before, now) =>
  Object.fromEntries(Object.entries(now).filter(([axis, range]) => String(before[axis]) !== String(range)));

/** Give Plotly the numbers that are painted. */
function sync(/** @type {Plot} */ plot, /** @type {Frame} */ frame) {
  const { graph } = plot;
  clearTimeout(plot.restTimer);
  if (!graph.isConnected || !plotly.isDrawn(graph)) return; // the reader has left the page
  plotly.animate(graph, changes(graph.data, frame, plot.rendered));
  Object.assign(plot.painted, plot.rendered);
}

/**
 * Axes follow the picture, but only where the picture changed them: the reader's own zoom stays.
 * @param {Plot} plot
 * @param {Record<string, Ends>} ranges
 * @param {(graph: Graph, ranges: Record<string, Ends>) => void} how
 */
function rescale(plot, ranges, how) {
  if (!plot.graph.isConnected || !plotly.isDrawn(plot.graph)) return;
  const moved = movedRanges(plot.ranges, ranges);
  plot.ranges = { ...plot.ranges, ...moved };
  if (!Object.keys(moved).length) return;
  plot.axesMovedAt = performance.now();
  how(plot.graph, moved);
}

/** The picture rests: Plotly gets its numbers, and the axes follow; where the hand is still there, those that must. */
function settle(/** @type {Plot} */ plot, /** @type {Frame} */ frame) {
  sync(plot, frame);
  rescale(plot, plot.held ? misfits(plot.ranges, frame.ranges) : frame.ranges, plotly.easeRanges);
}

/** A control that moved the picture was let go of. */
export function letGo(/** @type {Plot} */ plot) {
  const { held, frame } = plot;
  plot.held = false;
  if (held && frame && !plot.faults?.length) settle(plot, frame);
}

/** The slow way, with nothing private in it. */
function redrawWhole(/** @type {Plot} */ plot, /** @type {Frame} */ frame) {
  const moved = movedRanges(plot.ranges, frame.ranges);
  plot.ranges = frame.ranges;
  plotly.react(plot.graph, changes(plot.graph.data, frame, plot.rendered), moved);
}

/** Cancel what Plotly was still to get. */
export function forget(/** @type {Plot} */ plot) {
  clearTimeout(plot.restTimer);
  clearTimeout(plot.axesTimer);
  plot.axesTimer = undefined;
  plotly.dropPending(plot.graph);
}

/** Axes that must not wait for the pointer to rest move when the picture is painted: on those there are, at first. */
function moveAxes(/** @type {Plot} */ plot) {
  plot.axesTimer ??= window.setTimeout(() => {
    plot.axesTimer = undefined;
    if (!plot.frame) return;
    sync(plot, plot.frame);
    rescale(plot, misfits(plot.ranges, plot.frame.ranges), plotly.setRanges);
  }, FRAMES_MS);
}

/**
 * Show one frame on a figure: at once by paint, and at rest by Plotly.
 * @param {Plot} plot
 * @param {Frame} frame
 * @param {boolean} held Whether the hand is at a control.
 */
export function draw(plot, frame, held) {
  clearTimeout(plot.restTimer);
  plot.held = held;
  if (test(plot)?.length) return redrawWhole(plot, frame);
  const pressing =
    performance.now() - plot.axesMovedAt > AGAIN_MS && Object.keys(misfits(plot.ranges, frame.ranges)).length > 0;
  plot.frame = frame;
  const painted = changes(plot.graph.data, frame, plot.painted).every((change) => plotly.paint(plot.graph, change));
  tell("gaba-painted", plot.graph); // to line_canvas.mjs
  if (pressing) moveAxes(plot);
  if (!painted) settle(plot, frame);
  else if (!pressing) plot.restTimer = window.setTimeout(() => settle(plot, frame), REST_MS);
  return undefined;
}

const tell = (/** @type {string} */ what, /** @type {Graph} */ graph) =>
  document.dispatchEvent(new CustomEvent(what, { detail: graph }));

let complained = false; // once is enough to know that Plotly is another

/** Make the self-test, where it is still to be made. */
function test(/** @type {Plot} */ plot) {
  plot.faults ??= plotly.faultsOf(plot.graph);
  if (plot.faults?.length && !complained) {
    complained = true;
    console.warn(
      `Plotly ${plotly.version()} draws otherwise than this page expects (${plot.faults.join(", ")}): ` +
        "pictures are redrawn by Plotly.react, which is slower while a control is dragged.",
    );
  }
  return plot.faults;
}

/**
 * Note which picture a graph shows, drawn just now.
 * @param {Plots} plots
 * @param {string} name
 * @param {Graph} graph
 * @param {Picture} picture
 */
export function remember(plots, name, graph, picture) {
  const { curves, series } = frameIn(picture);
  const rendered = Object.fromEntries(Object.entries(series).map(([uid, [x, y]]) => [uid, [curves[x], curves[y]]]));
  const shows = { key: picture.key, ranges: rangesOf(picture.layout), rendered, painted: { ...rendered } };
  const known = plots.get(name);
  if (known?.graph === graph) Object.assign(known, shows);
  else
    attach(plots, name, {
      graph,
      ...shows,
      frame: null,
      faults: null,
      held: false,
      axesMovedAt: -Infinity,
      restTimer: undefined,
      axesTimer: undefined,
    });
}

/** What a graph does from its first picture on. */
function attach(/** @type {Plots} */ plots, /** @type {string} */ name, /** @type {Plot} */ plot) {
  const { graph } = plot;
  plots.set(name, plot);
  const drawn = () => {
    if (!graph.data.length) return; // the graph is there before its picture
    test(plot);
    tell("gaba-drawn", graph); // to prerender.js and line_canvas.mjs
  };
  drawn();
  graph.on("plotly_afterplot", drawn);
  graph.on("plotly_relayout", (event) => {
    if (!graph.isConnected) return;
    comeHome(plot, event);
    // Plotly places a legend by the height that its plot had before it was resized: drawn once more it is right.
    if (event.autosize && plotly.showsLegend(graph)) plotly.redraw(graph);
  });
}

/**
 * A double-click and "Reset axes", which Plotly is set to answer with all that is drawn, marks that lie out of the
 * picture on purpose among it, lead back to the ranges of the picture. Where the zoom is part of the link,
 * `runs_zoom.mjs` decides what it means.
 */
function comeHome(/** @type {Plot} */ { graph, ranges }, /** @type {Record<string, unknown>} */ event) {
  if (graph.layout.meta?.zoom) return;
  const left = Object.entries(ranges).filter(([axis]) => event[`${axis}.autorange`]);
  plotly.setRanges(graph, Object.fromEntries(left));
}
