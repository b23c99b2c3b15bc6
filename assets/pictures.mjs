/* Whole pictures from the server: as figures for Dash, in the page's theme and width, and as files. */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps } from "./dash_adapter.mjs";
import { nameLines } from "./line_keys.mjs";
import { dragOf, write } from "./drags.mjs";
import { decoded, frameIn, rangesOf } from "./frame_codec.mjs";
import { leftToCanvas, takenApart } from "./merged_lines.mjs";
import { draw, firstPlaceOf, forget, graphOf, placeOf, plotOf, remember } from "./plot_painter.mjs";

const NARROW = window.matchMedia("(max-width: 767px)"); // the same as in gaba.css
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/** @typedef {{data: Trace[], layout: Layout}} Figure */
/** @typedef {{view: string, name: string, picture: Picture, templates: Templates}} Shown */

/** @type {Map<string, Shown>} By view and name, the picture a graph was last given. */
const shown = new Map();

/** Once the graph is drawn, note which picture it shows. */
function rememberDrawn(/** @type {Shown} */ { view, name, picture, templates }) {
  const graph = graphOf(view, name);
  if (plotly.isDrawn(graph)) remember(dragOf(view).plots, name, graph, picture);
  else if (placeOf(view, name)) requestAnimationFrame(() => rememberDrawn({ view, name, picture, templates }));
}

/** @returns {Figure} */
function anew(/** @type {Shown} */ one) {
  const plot = plotOf(dragOf(one.view).plots, one.view, one.name);
  if (plot) forget(plot);
  requestAnimationFrame(() => rememberDrawn(one));
  return leftToCanvas(window.gabaPrerender.dressed(one.picture, one.templates));
}

/** @returns {Figure | undefined} The picture as a figure; undefined where its traces are there and it was drawn in place. */
function figure(/** @type {Shown} */ one) {
  const { view, name, picture } = one;
  const plot = plotOf(dragOf(view).plots, view, name);
  shown.set(`${view} ${name}`, one);
  write(view, picture.text);
  nameLines(view, name, picture);
  if (!plot || plot.key !== picture.key) return anew(one);
  draw(plot, frameIn(picture), dragOf(view).held);
  return undefined;
}

/** Do what a view's first picture must not wait for. */
function afterDrawing(/** @type {Element | null} */ first, /** @type {() => unknown} */ work) {
  const isReady = () => !first?.isConnected || plotly.hasCurves(first);
  if (isReady()) return work();
  return new Promise((resolve) => {
    const look = () => (isReady() ? resolve(work()) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
}

/**
 * A picture from the server in the colours of the theme, unless the reader has moved on since it was asked for.
 * @param {Picture | null} picture
 * @param {Templates} templates
 * @param {{view: string, name: string}} id
 */
export function show(picture, templates, { view, name }) {
  if (!picture || !dragOf(view).admits(picture.clock)) return noUpdate();
  const work = () => figure({ view, name, picture, templates }) ?? noUpdate();
  const first = firstPlaceOf(view);
  return first === placeOf(view, name) ? work() : afterDrawing(first, work);
}

/* ---- width and theme -------------------------------------------------------------------------------------------- */

/** The page has another width, and room for legends and labels or none, or another theme, be it by another tab. */
function redress() {
  for (const [key, one] of shown) {
    const { view, name } = one;
    if (!placeOf(view, name))
      shown.delete(key); // the reader has left the page
    else setProps({ type: "figure", view, name }, { figure: anew(one) });
  }
}

const themeNow = () => document.documentElement.dataset.mantineColorScheme;

/** Where the theme is not the system's own, the next page's first picture must know. */
function noteTheme() {
  const own = DARK.matches ? "dark" : "light";
  if (themeNow() === own) localStorage.removeItem("gaba-scheme");
  else localStorage.setItem("gaba-scheme", String(themeNow()));
}

/** Dress the pictures again whenever that changes what they look like. */
export function followThemeAndWidth() {
  let theme = themeNow();
  const follow = () => {
    if (themeNow() === theme) return;
    theme = themeNow();
    noteTheme();
    redress();
  };
  NARROW.addEventListener("change", redress);
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/** @returns {any} A part of a picture with every column of it in plain numbers. */
const inNumbers = (/** @type {any} */ part) =>
  Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (value?.bdata) return [key, Array.from(decoded(value))];
      return [key, ArrayBuffer.isView(value) ? Array.from(/** @type {Float32Array} */ (value)) : value];
    }),
  );

/**
 * @param {string} view
 * @param {string} name
 * @returns {{place: HTMLElement, picture: {data: any[], layout: any}, aspect: number} | null} A picture as it is seen,
 *   zoom and playhead included, but in the light theme and with all its words; null where none is drawn.
 */
export function pictureShown(view, name) {
  const [graph, place, one] = [graphOf(view, name), placeOf(view, name), shown.get(`${view} ${name}`)];
  if (!one || !place || !plotly.isDrawn(graph)) return null;
  const drawn = new Map(graph.data.map((trace) => [trace.uid, trace]));
  const data = one.picture.data.map((trace) => {
    const { x, y, visible } = drawn.get(trace.uid) ?? trace;
    return inNumbers({ ...trace, x, y, ...(visible === "legendonly" && { visible: false }) });
  });
  /** @type {Record<string, any>} */
  const layout = structuredClone({ ...one.picture.layout, template: one.templates.light });
  for (const [axis, range] of Object.entries(rangesOf(graph.layout))) Object.assign(layout[axis] ?? {}, { range });
  return { place, picture: { data: takenApart(data), layout }, aspect: graph.offsetHeight / graph.offsetWidth };
}
