/*
 * Sliders under the pointer.
 *
 * Mantine draws a slider; while a pointer or the keys move it, it is moved here, in the same task as the picture.
 * React, whose own way takes longer than a frame, hears of the value when the pointer rests.
 */
import { showOnSlider, sliderAt, sliderParts } from "./dash_adapter.mjs";
import { boxOf, grab, move, positionsOf, rest } from "./drag.mjs";
import { letGo } from "./drags.mjs";
import { nearest } from "./positions.mjs";

const KEYS_REST_MS = 200; // stepping by keys is confirmed once, when they rest
const PAGE = 10; // positions that PageUp and PageDown move by
/** @type {Record<string, number>} */
const STEPS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: PAGE,
  PageDown: -PAGE,
  Home: -Infinity,
  End: Infinity,
};

/**
 * @typedef {object} Slider One that is moved.
 * @property {import("./dash_adapter.mjs").SliderParts} parts
 * @property {number[]} positions
 * @property {HTMLInputElement | null} box
 * @property {string} view
 * @property {string} param
 * @property {number} at Its position.
 */

/**
 * @typedef {object} Hold A slider under a pointer.
 * @property {Slider} slider
 * @property {number} pointer Its id: a second finger moves nothing.
 * @property {boolean} moved
 * @property {(x: number) => number} positionAt Of a place on the screen; not whole.
 */

/** @type {Slider | null} The one under the keys: React may show again what was confirmed before the last step. */
let keyed = null;
/** @type {Hold | null} */
let hold = null;

/** @returns {Slider | null} */
function sliderIn(/** @type {HTMLElement | null} */ root) {
  const control = /** @type {HTMLElement | null | undefined} */ (root?.closest(".gaba-control"));
  const parts = root && sliderParts(root);
  if (!control || !parts) return null;
  const positions = positionsOf(control);
  const { view = "", param = "" } = control.dataset;
  const at = nearest(positions, Number(parts.thumb.getAttribute("aria-valuenow")));
  return { parts, positions, box: boxOf(control), view, param, at };
}

const valueOf = (/** @type {Slider} */ { positions, at }) => positions[at];

/** Show a position as Mantine would and let the picture follow; whether it was another than before. */
function place(/** @type {Slider} */ slider, /** @type {number} */ position) {
  const last = slider.positions.length - 1;
  const at = Math.max(0, Math.min(last, Math.round(position)));
  if (at === slider.at) return false;
  slider.at = at;
  const value = valueOf(slider);
  showOnSlider(slider.parts, at / last);
  slider.parts.thumb.setAttribute("aria-valuenow", String(value));
  if (slider.box) slider.box.value = String(value);
  move(slider.view, slider.param, value);
  return true;
}

/* ---- the pointer ------------------------------------------------------------------------------------------------ */

function press(/** @type {PointerEvent} */ event) {
  keyed = null;
  const slider = event.button === 0 && !hold ? sliderIn(sliderAt(event.target)) : null;
  if (!slider) return;
  const { thumb, track } = slider.parts;
  const { left, width } = track.getBoundingClientRect();
  const unroundedAt = (/** @type {number} */ x) => ((x - left) / width) * (slider.positions.length - 1);
  const onThumb = thumb.contains(/** @type {Node} */ (event.target));
  const grip = onThumb ? slider.at - unroundedAt(event.clientX) : 0; // a thumb held off its middle stays put
  hold = { slider, pointer: event.pointerId, moved: false, positionAt: (x) => unroundedAt(x) + grip };
  slider.parts.root.setPointerCapture(event.pointerId);
  thumb.focus({ preventScroll: true });
  grab(slider.view, slider.param, valueOf(slider));
  pull(event);
}

function pull(/** @type {PointerEvent} */ event) {
  if (hold?.pointer === event.pointerId) hold.moved = place(hold.slider, hold.positionAt(event.clientX)) || hold.moved;
}

function release(/** @type {PointerEvent} */ event) {
  if (hold?.pointer !== event.pointerId) return;
  const { slider, moved } = hold;
  hold = null;
  if (moved) rest(slider.view, slider.param, valueOf(slider));
  else letGo(slider.view);
}

/** Mantine would move the slider a second time; the thumb has the focus already. */
function keepFromMantine(/** @type {Event} */ event) {
  if (!sliderIn(sliderAt(event.target))) return;
  event.stopPropagation();
  event.preventDefault();
}

/* ---- the keys --------------------------------------------------------------------------------------------------- */

function step(/** @type {KeyboardEvent} */ event) {
  const by = STEPS[event.key];
  const root = by && !event.altKey && !event.ctrlKey && !event.metaKey ? sliderAt(event.target) : null;
  const slider = keyed && keyed.parts.root === root && keyed.parts.thumb.isConnected ? keyed : sliderIn(root);
  if (!slider) return;
  event.stopPropagation();
  event.preventDefault();
  keyed = slider;
  grab(slider.view, slider.param, valueOf(slider));
  if (place(slider, slider.at + by)) rest(slider.view, slider.param, valueOf(slider), KEYS_REST_MS);
  else letGo(slider.view);
}

/* ---- what a screen reader hears ---------------------------------------------------------------------------------- */

/** @returns {number} Where a thumb is that says its value, as a share of its track. */
function shareOf(/** @type {Element} */ thumb) {
  const [now, low, high] = ["now", "min", "max"].map((part) => Number(thumb.getAttribute(`aria-value${part}`)));
  const control = /** @type {HTMLElement | null} */ (thumb.closest(".gaba-control"));
  if (!control) return (now - low) / Math.max(1, high - low);
  const positions = positionsOf(control);
  return nearest(positions, now) / (positions.length - 1);
}

/** A slider is drawn where it says that it is. */
function follow(/** @type {Element} */ thumb) {
  const moved = hold?.slider ?? keyed;
  if (moved?.parts.thumb === thumb && String(valueOf(moved)) === thumb.getAttribute("aria-valuenow")) return;
  const parts = thumb.parentElement && sliderParts(thumb.parentElement);
  if (parts) showOnSlider(parts, shareOf(thumb));
}

/** Mantine gives a thumb the position's range; a screen reader needs the value's. */
function label(/** @type {Element} */ thumb) {
  const control = /** @type {HTMLElement | null} */ (thumb.closest(".gaba-control"));
  if (!control) return;
  const { low = "", high = "", unit = "" } = control.dataset;
  const text = `${thumb.getAttribute("aria-valuenow")} ${unit}`.trim();
  for (const [part, said] of Object.entries({ min: low, max: high, text })) {
    const name = `aria-value${part}`;
    if (thumb.getAttribute(name) !== said) thumb.setAttribute(name, said);
  }
}

/** A thumb has come, or says another value. */
function shown(/** @type {Element} */ thumb) {
  label(thumb);
  follow(thumb);
}

function shownAgain(/** @type {MutationRecord[]} */ records) {
  for (const { type, target, addedNodes } of records) {
    if (type === "attributes") shown(/** @type {Element} */ (target));
    else
      for (const node of addedNodes) if (node instanceof Element) node.querySelectorAll("[role=slider]").forEach(shown);
  }
}

/** Listen to pointer and keys, and label every slider that comes. */
export function listen() {
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("pointermove", pull, true);
  document.addEventListener("pointerup", release, true);
  document.addEventListener("pointercancel", release, true);
  for (const type of ["mousedown", "touchstart"]) {
    document.addEventListener(type, keepFromMantine, { capture: true, passive: false });
  }
  document.addEventListener("keydown", step, true);
  document.addEventListener(
    "focusout",
    () => {
      keyed = null;
    },
    true,
  );
  const watched = {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-valuenow", "aria-valuemax"],
  };
  new MutationObserver(shownAgain).observe(document, watched);
}
