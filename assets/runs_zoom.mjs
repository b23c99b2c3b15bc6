/*
 * The reader's zoom of the Runs picture: written into the state, and so into the link; the server then draws what is
 * in sight in full detail. The picture itself says what a zoom of each axis is called and what its whole range is; a
 * double-click on the whole shows all there is, what stood out of range included, and "all" stays while a log grows.
 */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps } from "./dash_adapter.mjs";
import { dragOf } from "./drags.mjs";
import { firstPlaceOf } from "./plot_painter.mjs";

const ID = { param: "zoom", type: "choice", view: "runs" };
const DIGITS = 9;
const ALL = "all";

/** @typedef {Record<string, any>} Relayout What Plotly says of a change of axes. */

let zoom = ""; // as the state has it
/** @type {WeakSet<Graph>} Graphs that tell how they are zoomed. */
const watched = new WeakSet();

/**
 * @param {Relayout} event
 * @param {string} axis
 * @param {{whole: Ends}} about
 * @param {Ends | undefined} sent What the server drew.
 * @returns {Ends | "all" | null | undefined} The range of one axis after a change of the view: two ends, "all", null for
 *   the whole, undefined where it stands.
 */
export function rangeOf(event, axis, { whole }, sent) {
  const ends = event[`${axis}.range`] ?? [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
  if (event[`${axis}.autorange`]) return ALL;
  if (ends[0] === undefined || ends[1] === undefined) return undefined;
  const [low, high] = ends.map(Number).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const near = (/** @type {number} */ a, /** @type {number} */ b) =>
    Math.abs(a - b) <= 1e-6 * Math.abs(whole[1] - whole[0]);
  if (near(low, whole[0]) && near(high, whole[1])) return null;
  return String(ends) === String(sent) ? undefined : [low, high]; // what the server sent is no doing of the reader's
}

/**
 * @param {Record<string, ZoomAxis>} axes
 * @param {string} before The zoom as text.
 * @param {Relayout} event
 * @param {Record<string, Ends>} sent
 * @returns {{text: string, left: string[]}} The zoom as text after a change of the view, and the axes whose whole is to be
 *   shown: a double-click leaves a zoom, and one on the whole shows all.
 */
export function zoomAfter(axes, before, event, sent) {
  const old = new Map(
    before
      .split(",")
      .filter(Boolean)
      .map((item) => [item.split(":", 2).join(":"), item]),
  );
  const reset = Object.keys(axes).filter((axis) => event[`${axis}.autorange`]);
  const leaves = reset.some((axis) => old.has(axes[axis].name));
  const now = Object.entries(axes).flatMap(([axis, about]) => {
    const range = rangeOf(event, axis, about, sent[axis]);
    if (range === ALL) return leaves ? [] : [`${about.name}:${ALL}`];
    if (range) return [[about.name, ...range.map((end) => Number(end.toPrecision(DIGITS)))].join(":")];
    const unchanged = range === undefined && old.get(about.name);
    return unchanged ? [unchanged] : [];
  });
  return { text: now.join(","), left: leaves ? reset : [] };
}

function moved(/** @type {Graph} */ graph, /** @type {Relayout} */ event) {
  const axes = graph.layout?.meta?.zoom;
  if (!axes) return;
  const sent = [...dragOf("runs").plots.values()].find((plot) => plot.graph === graph)?.ranges ?? {};
  const { text, left } = zoomAfter(axes, zoom, event, sent);
  // The whole is shown at once, before the server draws it in the detail that goes with it.
  plotly.setRanges(graph, Object.fromEntries(left.map((axis) => [axis, axes[axis].whole])));
  if (text === zoom) return;
  zoom = text;
  setProps(ID, { value: text });
}

/** A graph that was drawn for the first time tells from then on how it is zoomed. */
function watch() {
  const graph = plotly.graphIn(firstPlaceOf("runs"));
  if (!document.getElementById("runs-news")) return; // the reader left the page
  if (!graph?.on) {
    requestAnimationFrame(watch);
    return;
  }
  if (!watched.has(graph)) graph.on("plotly_relayout", (event) => moved(graph, event));
  watched.add(graph);
}

/**
 * @param {unknown} _figure
 * @param {string | null} value
 */
export function know(_figure, value) {
  zoom = value ?? "";
  watch();
  return noUpdate();
}
