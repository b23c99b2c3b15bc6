/*
 * The raw point of the Projection panel as a handle: dragged by the pointer, moved by the arrow keys.
 *
 * The handle lies over the graph, at the place the server writes into the hidden read-out `spot`. A drag asks for
 * the frame of each new point, the newest only, and draws it as a dragged slider does; on release the number boxes
 * take the values and Dash confirms them. Here is only the way from the pointer to the controls' values.
 */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps } from "./dash_adapter.mjs";
import { drawFrame, write } from "./drags.mjs";
import { ask } from "./frame_prefetch.mjs";

const VIEW = "anti-windup-projection";
const FIGURE = "simplex";
const HEIGHT = Math.sqrt(3) / 2; // of the triangle that three shares lie in
const STEP = { x1: 0.002, split: 0.01 };
const CONFIRM_MS = 250;

/** @type {Texts} The panel's controls. */
let state = {};
let asking = false;
/** @type {Texts | null} */
let wanted = null;
/** @type {number | undefined} */
let timer;

const handleOf = () => document.getElementById(`${VIEW}-handle`);
const graphOf = () => plotly.graphIn(handleOf()?.parentElement);
const axesOf = (/** @type {Graph | null} */ graph) => ["xaxis", "yaxis"].map((name) => plotly.axisIn(graph, name));

/**
 * @param {number} value
 * @param {number} step
 * @returns {number} The value within 0 to 1, at a whole number of steps.
 */
export const snap = (value, step) => Number((Math.round(Math.min(1, Math.max(0, value)) / step) * step).toFixed(4));

/** Put the handle over the drawn point. */
function settle() {
  const handle = handleOf();
  const [across, up] = axesOf(graphOf());
  if (!handle || !across || !up) return;
  const spot = document.getElementById(`${VIEW}-text-spot`)?.textContent ?? "";
  const [x, y] = spot.split(" ").map(Number);
  handle.style.left = `${across.toPixel(x)}px`;
  handle.style.top = `${up.toPixel(y)}px`;
  handle.setAttribute("aria-valuenow", state.x1);
  handle.setAttribute(
    "aria-valuetext",
    `task 1 ${state.x1}${state.tasks === "3" ? `, task 2's share of the remainder ${state.split}` : ""}`,
  );
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Texts} now The controls' values.
 * @returns {{x1: number, split: number}} Their values for a place in the picture.
 */
export function valuesAt(x, y, now) {
  if (now.tasks !== "3") return { x1: snap(x, STEP.x1), split: Number(now.split) };
  const first = Math.min(1, Math.max(0, y / HEIGHT));
  const third = x - first / 2;
  const split = first > 0.999 ? Number(now.split) : snap((1 - first - third) / (1 - first), STEP.split);
  return { x1: snap(first, STEP.x1), split };
}

/** Draw the point at new values; the newest request only. */
async function go(/** @type {{x1: number, split: number}} */ { x1, split }) {
  if (Number(state.x1) === x1 && Number(state.split) === split) return;
  state = { ...state, x1: String(x1), split: String(split) };
  wanted = state;
  if (asking) return;
  asking = true;
  try {
    while (wanted) {
      const query = { .../** @type {Texts} */ (wanted), control: "x1" };
      wanted = null;
      const [frames] = await ask(VIEW, query);
      drawFrame(VIEW, FIGURE, frames[FIGURE]);
      write(VIEW, frames[FIGURE].text);
    }
  } catch {
    wanted = null; // the confirmation on release draws it
  } finally {
    asking = false;
  }
}

function confirm() {
  if (!handleOf()) return; // the reader left the page
  for (const param of ["x1", "split"]) setProps({ type: "number", view: VIEW, param }, { value: Number(state[param]) });
}

function press(/** @type {PointerEvent} */ event) {
  const handle = handleOf();
  if (!handle || event.target !== handle) return;
  event.preventDefault();
  handle.focus({ preventScroll: true });
  handle.setPointerCapture(event.pointerId);
}

function pull(/** @type {PointerEvent} */ event) {
  if (!handleOf()?.hasPointerCapture(event.pointerId)) return;
  const graph = graphOf();
  const [across, up] = axesOf(graph);
  if (!graph || !across || !up) return;
  const [left, top] = plotly.pointIn(graph, event);
  go(valuesAt(across.toValue(left), up.toValue(top), state));
}

/** @type {Record<string, number | undefined>} */
const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };
/** @type {Record<string, number | undefined>} */
const UPWARDS = { ArrowDown: -1, ArrowUp: 1 };

function stepByKey(/** @type {KeyboardEvent} */ event) {
  if (event.target !== handleOf()) return;
  const far = event.shiftKey ? 10 : 1;
  const [sideways, upwards] = [SIDEWAYS[event.key], UPWARDS[event.key]];
  if (sideways === undefined && upwards === undefined) return;
  const flat = state.tasks !== "3";
  const [x1, split] = flat ? [sideways ?? upwards ?? 0, 0] : [upwards ?? 0, -(sideways ?? 0)];
  event.preventDefault();
  go({
    x1: snap(Number(state.x1) + x1 * far * STEP.x1, STEP.x1),
    split: snap(Number(state.split) + split * far * STEP.split, STEP.split),
  });
  clearTimeout(timer);
  timer = window.setTimeout(confirm, CONFIRM_MS);
}

/* ---- the handle follows the picture: new numbers, new sizes, a new page ------------------------------------------ */

/** @type {ResizeObserver | undefined} */
let sizes;
/** @type {Graph | null} */
let watched = null;

function watch() {
  const spot = document.getElementById(`${VIEW}-text-spot`);
  const graph = graphOf();
  if (!spot || !plotly.isDrawn(graph)) return;
  if (watched !== graph) {
    watched = graph;
    sizes?.observe(graph);
    new MutationObserver(settle).observe(spot, { childList: true, characterData: true, subtree: true });
    graph.on("plotly_afterplot", settle);
  }
  settle();
}

/** Listen to pointer and keys, and wait for the panel. */
export function listen() {
  sizes = new ResizeObserver(() => requestAnimationFrame(settle));
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", pull);
  document.addEventListener("lostpointercapture", (event) => event.target === handleOf() && confirm());
  document.addEventListener("keydown", stepByKey);
  const look = () => handleOf() && watched !== graphOf() && watch();
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}

/**
 * The state of the panel as its controls have it.
 * @param {unknown[]} numbers
 * @param {unknown[]} choices
 * @param {{param: string}[]} numberIds
 * @param {{param: string}[]} choiceIds
 */
export function remember(numbers, choices, numberIds, choiceIds) {
  const values = [...numbers, ...choices];
  state = Object.fromEntries([...numberIds, ...choiceIds].map(({ param }, i) => [param, String(values[i])]));
  requestAnimationFrame(watch);
  return noUpdate();
}
