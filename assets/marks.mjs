/*
 * What is written at a place of a picture and changes with it: Plotly's own texts cannot change while a control is
 * dragged. A hidden read-out of the view lists the places, "name x y pixels-below; ..", and each text is a read-out
 * `mark-NAME`, an element over the graph.
 */
import * as plotly from "./plotly_adapter.mjs";

/** @typedef {{name: string, x: number, y: number, below: number}} Spot */

/**
 * @param {string} text
 * @returns {Spot[]} The places that a read-out lists.
 */
export const spotsIn = (text) =>
  text
    .split(";")
    .map((spot) => spot.trim().split(" "))
    .filter((parts) => parts.length === 4)
    .map(([name, ...at]) => {
      const [x, y, below] = at.map(Number);
      return { name, x, y, below };
    });

/** @returns {Graph | null} The graph that the places of a read-out lie in. */
const graphOf = (/** @type {HTMLElement} */ list) => plotly.graphIn(list.parentElement);

/** Put each text at its place, on the side with more room; what lies out of the picture is not shown. */
function settle(/** @type {HTMLElement} */ list) {
  const graph = graphOf(list);
  const { view = "", axes = "" } = list.dataset;
  const [across, up] = ["xaxis", "yaxis"].map((name) => plotly.axisIn(graph, name + axes));
  if (!across || !up) return;
  for (const { name, x, y, below } of spotsIn(list.textContent ?? "")) {
    const label = document.getElementById(`${view}-text-mark-${name}`);
    if (!label) continue;
    const left = across.toPixel(x) - across.start;
    const isRight = left > across.length / 2;
    label.hidden = left < -1 || left > across.length + 1;
    label.style.left = isRight ? "auto" : `${across.start + left}px`;
    label.style.right = isRight ? `calc(100% - ${across.start + left}px)` : "auto";
    label.style.top = `${up.toPixel(y) + below}px`;
    label.style.maxWidth = `${Math.max(left, across.length - left)}px`;
  }
}

/** @type {WeakMap<HTMLElement, Graph>} Lists of places, and the graph that each is kept up with. */
const watched = new WeakMap();
/** @type {ResizeObserver | undefined} */
let sizes;

/** Keep the texts of a list with its graph: as its numbers, its axes and its size change. */
function watch(/** @type {HTMLElement} */ list) {
  const graph = graphOf(list);
  if (!plotly.isDrawn(graph) || watched.get(list) === graph) return;
  if (!watched.has(list)) {
    const follow = new MutationObserver(() => settle(list));
    follow.observe(list, { childList: true, characterData: true, subtree: true });
  }
  watched.set(list, graph);
  sizes?.observe(graph);
  for (const event of ["plotly_afterplot", "plotly_animated"]) graph.on(event, () => settle(list));
  settle(list);
}

const lists = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".gaba-spots"));

/** Wait for graphs with such texts. */
export function listen() {
  sizes = new ResizeObserver(() => requestAnimationFrame(() => lists().forEach(settle)));
  const look = () => lists().forEach(watch);
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
  document.addEventListener("gaba-drawn", look);
}
