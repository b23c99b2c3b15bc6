/* What Plotly is asked to do, by its documented calls; what is private of it is in `plotly_adapter.mjs`. */

import { partsOf } from "./merged_lines.mjs";

/** @typedef {import("./plotly_adapter.mjs").Change} Change */

const INSTANTLY = { frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? { matches: false };
const EASE_MS = 150;
const EASED = { frame: { duration: EASE_MS, redraw: false }, transition: { duration: EASE_MS, easing: "cubic-out" } };

/**
 * @typedef {object} Owed
 * @property {Map<number, { x?: number[], y?: number[] }>} data By the number of the trace.
 * @property {Record<string, { range: readonly number[] }>} layout Where axes are led to, afterwards.
 */
/** @type {WeakMap<Graph, Owed>} What Plotly was asked to take and may not have taken: a newer request drops it. */
const pending = new WeakMap();

/**
 * @param {Graph} graph
 * @param {Owed["data"]} data
 * @param {Owed["layout"]} layout
 */
function request(graph, data, layout) {
  const before = pending.get(graph);
  const owed = { data: new Map([...(before?.data ?? []), ...data]), layout: { ...before?.layout, ...layout } };
  /** @type {{ what: object, how: { frame: object, transition: object } }[]} */
  const frames = [];
  const { data: numbers, layout: axes } = owed;
  if (numbers.size) frames.push({ what: { data: [...numbers.values()], traces: [...numbers.keys()] }, how: INSTANTLY });
  if (Object.keys(axes).length) frames.push({ what: { layout: { ...axes } }, how: EASED });
  if (!frames.length) return;
  pending.set(graph, owed);
  const taken = () => pending.get(graph) === owed && pending.delete(graph);
  const refused = (/** @type {unknown} */ reason) => {
    taken();
    if (reason !== undefined) throw reason; // a request that a newer one drops is refused without a reason
  };
  const [frame, transition] = [frames.map(({ how }) => how.frame), frames.map(({ how }) => how.transition)];
  const whats = frames.map(({ what }) => what);
  window.Plotly.animate(graph, whats, { mode: "immediate", frame, transition }).then(taken, refused);
}

/** A graph is drawn anew: what Plotly has not taken is of an older picture. */
export const dropPending = (/** @type {Graph} */ graph) => pending.delete(graph);

/**
 * Give Plotly the numbers that are painted, so that hover, zoom and export are right.
 * @param {Graph} graph
 * @param {Change[]} changes
 */
export function animate(graph, changes) {
  if (!changes.length) return;
  const plain = Array.from; // Plotly looks at every entry of a typed array as if it were a key
  const known = pending.get(graph)?.data;
  const one = (/** @type {Change} */ { index, x, y }) =>
    /** @type {const} */ ([index, { ...known?.get(index), ...(x && { x: plain(x) }), ...(y && { y: plain(y) }) }]);
  request(graph, new Map(changes.map(one)), {});
}

/**
 * Draw a graph anew with other numbers and ranges: several times as slow as painting, and nothing private in it.
 * @param {Graph} graph
 * @param {Change[]} changes
 * @param {Record<string, Ends>} ranges
 */
export function react(graph, changes, ranges) {
  const data = [...graph.data];
  for (const { index, x, y } of changes) data[index] = { ...data[index], ...(x && { x }), ...(y && { y }) };
  const axes = Object.entries(ranges).map(([name, range]) => [
    name,
    { .../** @type {object} */ (graph.layout[name]), range: [...range] },
  ]);
  window.Plotly.react(graph, data, { ...graph.layout, ...Object.fromEntries(axes) });
}

/**
 * @param {Graph} graph
 * @param {Record<string, Ends>} ranges By axis.
 */
export function setRanges(graph, ranges) {
  for (const name of Object.keys(ranges)) delete pending.get(graph)?.layout[name];
  const update = Object.entries(ranges).map(([name, range]) => [`${name}.range`, [...range]]);
  if (update.length) window.Plotly.relayout(graph, Object.fromEntries(update));
}

/**
 * Lead axes to other ranges, so that the eye can follow; at once where the reader wants no motion.
 * @param {Graph} graph
 * @param {Record<string, Ends>} ranges By axis.
 */
export function easeRanges(graph, ranges) {
  if (STILL.matches) return setRanges(graph, ranges);
  const layout = Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, { range: [...range] }]));
  request(graph, new Map(), layout);
  return undefined;
}

/**
 * What the pointer was told of a place is no longer so.
 * @param {Graph} graph
 */
export const hideHover = (graph) => window.Plotly.Fx.unhover(graph);

/** @param {Graph} graph */
export const redraw = (graph) => window.Plotly.redraw(graph);

/** Have Plotly draw the lines of many runs that are left to a canvas. */
export function drawMerged(/** @type {Graph} */ graph) {
  const left = graph.data.flatMap((trace, index) => (partsOf(trace) && trace.mode === "none" ? [index] : []));
  if (left.length) window.Plotly.restyle(graph, { mode: "lines" }, left);
}

/** @returns {string} */
export const version = () => window.Plotly.version;

/**
 * @param {{data: any[], layout: any, width: number, height: number}} figure
 * @returns {Promise<string>} Its SVG.
 */
export async function toSvg({ data, layout, width, height }) {
  const own = structuredClone({ data, layout: { ...layout, width, height } });
  const text = await window.Plotly.toImage(own, { format: "svg", imageDataOnly: true, width, height });
  return text.startsWith("<svg") ? text : decodeURIComponent(text.replace(/^data:[^,]*,/, ""));
}
