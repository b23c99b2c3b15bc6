/*
 * Held controls: what the pointer is at, a slider (`sliders.mjs`) or a level in a picture.
 *
 * A dragged value goes control -> a frame the server computed ahead, or else one throttled request -> paint and plain
 * text (`drag_state.mjs`). On release Dash's own callbacks confirm it. No mathematics of the product lives here: every
 * number shown was computed in Python.
 */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps, showOnSlider, sliderParts } from "./dash_adapter.mjs";
import { dragOf, letGo } from "./drags.mjs";
import { ask, prefetchAround } from "./frame_prefetch.mjs";
import { nearest } from "./positions.mjs";

const RELEASE_MS = 50; // what was let go of is painted first, and confirmed then
const REACH_PX = { mouse: 7, touch: 18 }; // from a level

/** @returns {HTMLElement | null} */
const controlBy = (/** @type {string} */ view, /** @type {string} */ param) =>
  document.querySelector(`.gaba-control[data-view="${view}"][data-param="${param}"]`);

/** @returns {number[]} */
export const positionsOf = (/** @type {HTMLElement} */ control) => JSON.parse(control.dataset.positions ?? "[]");

/** @returns {HTMLInputElement | null} The number box of a control. */
export const boxOf = (/** @type {HTMLElement} */ control) => control.querySelector("input:not([type=hidden])");

/* ---- what a held control does ------------------------------------------------------------------------------------ */

function prefetch(
  /** @type {string} */ view,
  /** @type {string} */ param,
  /** @type {number} */ value,
  /** @type {boolean} */ whole,
) {
  const control = controlBy(view, param);
  if (!control) return;
  const drag = dragOf(view);
  const wanted = {
    positions: positionsOf(control),
    size: Number(control.dataset.block),
    value,
    whole,
    state: drag.state,
    arrived: () => drag.catchUp(),
  };
  prefetchAround(drag, param, wanted, (query, signal) => ask(view, query, signal));
}

/**
 * A control is held at a value: the pictures at its positions are fetched ahead of it.
 * @param {string} view
 * @param {string} param
 * @param {number} value
 */
export function grab(view, param, value) {
  dragOf(view).held = true;
  prefetch(view, param, value, true);
}

/**
 * The held control has a new value.
 * @param {string} view
 * @param {string} param
 * @param {number} value
 */
export const move = (view, param, value) => dragOf(view).move(param, value);

/**
 * A control has come to rest: its value goes into its number box, and from there Dash's own way.
 * @param {string} view
 * @param {string} param
 * @param {number} value
 * @param {number} [after] Milliseconds.
 */
export function rest(view, param, value, after = RELEASE_MS) {
  const { resting } = dragOf(view);
  clearTimeout(/** @type {number} */ (resting.get(param)));
  const confirm = () => {
    letGo(view);
    if (controlBy(view, param)) setProps({ type: "number", view, param }, { value }); // the reader may have left the page
  };
  resting.set(param, setTimeout(confirm, after));
}

/** A pointer over a control, or the keyboard at it, may be about to move it. */
function prepare(/** @type {PointerEvent | FocusEvent} */ event) {
  if (event instanceof PointerEvent && event.buttons) return; // the pointer that holds one passes over others
  const control = /** @type {HTMLElement | null} */ (
    event.target instanceof Element && event.target.closest(".gaba-control")
  );
  const thumb = control?.querySelector("[role=slider]");
  const { view, param } = control?.dataset ?? {};
  if (!thumb || !view || !param) return;
  prefetch(view, param, Number(thumb.getAttribute("aria-valuenow")), event.type === "focusin");
}

/* ---- a level in a picture that is a control too: it is dragged where it is drawn ---------------------------------- */

/** @typedef {import("./plotly_adapter.mjs").Axis} Axis */
/** @typedef {{view: string, param: string, graph: Graph, axis: Axis, upright: boolean, value?: number}} Level */

/** @type {Level | null} The one under the pointer, while that is down. */
let level = null;

const pictureAt = (/** @type {PointerEvent} */ event) =>
  /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest(".gaba-draggable") : null);

/** @returns {Level | null} The draggable level, or upright line, under the pointer. */
function levelAt(/** @type {PointerEvent} */ event) {
  const picture = pictureAt(event);
  const graph = plotly.graphIn(picture);
  if (!picture || !graph) return null;
  const { level: uid, view, param, upright, uprightParam } = /** @type {Texts} */ (picture.dataset);
  const [across, up] = ["xaxis", "yaxis"].map((name) => plotly.axisIn(graph, name));
  if (!across || !up) return null;
  const [left, top] = plotly.pointIn(graph, event);
  if (left < across.start || left > across.start + across.length) return null;
  const reach = REACH_PX[event.pointerType === "touch" ? "touch" : "mouse"];
  if (isNear(up, plotly.levelOf(graph, uid), top, reach)) return { view, param, graph, axis: up, upright: false };
  if (!isNear(across, plotly.placeOf(graph, upright), left, reach)) return null;
  return { view, param: uprightParam, graph, axis: across, upright: true };
}

/** What is not drawn is near nothing. */
const isNear = (
  /** @type {Axis} */ axis,
  /** @type {number | null} */ value,
  /** @type {number} */ pixel,
  /** @type {number} */ reach,
) => value !== null && Math.abs(pixel - axis.toPixel(value)) <= reach;

function pullLevel(/** @type {Level} */ held, /** @type {PointerEvent} */ event) {
  const control = controlBy(held.view, held.param);
  if (!control) return;
  const positions = positionsOf(control);
  const value =
    positions[nearest(positions, held.axis.toValue(plotly.pointIn(held.graph, event)[held.upright ? 0 : 1]))];
  if (value === held.value) return;
  held.value = value;
  const box = boxOf(control);
  if (box) box.value = String(value);
  showValue(control, positions, value);
  move(held.view, held.param, value);
}

/** The slider of a control that is moved elsewhere follows. */
function showValue(/** @type {HTMLElement} */ control, /** @type {number[]} */ positions, /** @type {number} */ value) {
  const parts = sliderParts(control);
  if (!parts) return;
  showOnSlider(parts, nearest(positions, value) / (positions.length - 1));
  parts.thumb.setAttribute("aria-valuenow", String(value));
}

function press(/** @type {PointerEvent} */ event) {
  level = levelAt(event);
  if (!level) return;
  event.stopPropagation();
  plotly.hideHover(level.graph);
  pictureAt(event)?.classList.add("gaba-pulling");
  grab(level.view, level.param, Number(dragOf(level.view).state[level.param]));
}

function pull(/** @type {PointerEvent} */ event) {
  if (level) {
    event.stopPropagation(); // what Plotly would say of the place is out of date with the next move
    pullLevel(level, event);
  } else {
    const found = levelAt(event);
    pictureAt(event)?.classList.toggle("gaba-near", Boolean(found));
    pictureAt(event)?.classList.toggle("gaba-sideways", Boolean(found?.upright));
  }
}

function release() {
  if (level?.value !== undefined) rest(level.view, level.param, level.value);
  else if (level) letGo(level.view);
  document.querySelector(".gaba-pulling")?.classList.remove("gaba-pulling");
  level = null;
}

/** Listen to the pointer: before anything that would stop it from being heard. */
export function listen() {
  document.addEventListener("pointerover", prepare, true);
  document.addEventListener("focusin", prepare, true);
  document.addEventListener("pointerdown", press, true);
  for (const type of /** @type {const} */ (["mousedown", "mousemove"])) {
    document.addEventListener(type, (event) => level && event.stopPropagation(), true); // no zoom box, no hovering
  }
  document.addEventListener("pointermove", pull, true);
  document.addEventListener("pointerup", release, true);
  document.addEventListener("pointercancel", release, true); // a touch that turned out to scroll the page
}

/* ---- Dash's callbacks --------------------------------------------------------------------------------------------- */

/**
 * The slider goes to the position nearest to the number.
 * @param {unknown} number
 * @param {number} position
 * @param {{options: {values: number[]}}} scale
 */
export function follow(number, position, scale) {
  if (typeof number !== "number") return noUpdate();
  const to = nearest(scale.options.values, number);
  return to === position ? noUpdate() : to;
}
