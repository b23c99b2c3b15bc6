/* What Plotly is asked to do, by its documented calls; what is private of it is in `plotly_adapter.mjs`. */

/** @typedef {import("./plotly_adapter.mjs").Change} Change */

const INSTANTLY = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? { matches: false };
const EASE_MS = 150;
const EASING = {
  mode: "immediate",
  frame: { duration: EASE_MS, redraw: false },
  transition: { duration: EASE_MS, easing: "cubic-out" },
};

/**
 * Give Plotly the numbers that are painted, so that hover, zoom and export are right.
 * @param {Graph} graph
 * @param {Change[]} changes
 */
export function animate(graph, changes) {
  if (!changes.length) return;
  const plain = Array.from; // Plotly looks at every entry of a typed array as if it were a key
  const data = changes.map(({ x, y }) => ({ ...(x && { x: plain(x) }), ...(y && { y: plain(y) }) }));
  window.Plotly.animate(graph, { data, traces: changes.map(({ index }) => index) }, INSTANTLY);
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
  if (Object.keys(layout).length) window.Plotly.animate(graph, { layout }, EASING);
  return undefined;
}

/**
 * What the pointer was told of a place is no longer so.
 * @param {Graph} graph
 */
export const hideHover = (graph) => window.Plotly.Fx.unhover(graph);

/** @param {Graph} graph */
export const redraw = (graph) => window.Plotly.redraw(graph);

/** @returns {string} */
export const version = () => window.Plotly.version;

/**
 * @param {Graph} graph
 * @param {Layout} layout
 * @param {object} file
 */
export const download = (graph, layout, file) => window.Plotly.downloadImage({ data: graph.data, layout }, file);
