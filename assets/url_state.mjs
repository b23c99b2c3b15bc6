/* The controls of a view as text: in its store, and in the address, which is a link to what the page shows. */
import { noUpdate, triggeredId } from "./dash_adapter.mjs";
import { dragOf } from "./drags.mjs";
import { press, sameText } from "./presets.mjs";
import { inLink } from "./run_ranges.mjs";
import { TIMERS } from "./timers.mjs";
import * as steps from "./view_history.mjs";

/** @typedef {import("./timers.mjs").Timers} Timers */
/** @typedef {{view: string, param: string}} Id */

const BEAT_MS = 60; // at most one state update a view and this many milliseconds

/** Does things at most once a beat, and the last one always. */
export class Beat {
  #due = 0;
  /** @type {unknown} */
  #timer;
  /** @type {((value: unknown) => void) | undefined} */
  #skip;
  #timers;
  #ms;

  /**
   * @param {number} ms
   * @param {Timers} timers
   */
  constructor(ms, timers) {
    this.#ms = ms;
    this.#timers = timers;
  }

  /**
   * @param {() => unknown} work
   * @param {unknown} skipped
   * @returns {Promise<unknown>} What the work answers; `skipped` where more work came before its turn.
   */
  next(work, skipped) {
    this.#timers.clear(this.#timer);
    this.#skip?.(skipped);
    return new Promise((resolve) => {
      this.#skip = resolve;
      const turn = () => {
        this.#due = this.#timers.now() + this.#ms;
        this.#skip = undefined;
        resolve(work());
      };
      this.#timer = this.#timers.set(turn, Math.max(0, this.#due - this.#timers.now()));
    });
  }
}

/** @type {Map<string, Beat>} */
const beats = new Map();

const beatOf = (/** @type {string} */ view) => {
  const beat = beats.get(view) ?? new Beat(BEAT_MS, TIMERS);
  beats.set(view, beat);
  return beat;
};

const here = () => location.pathname + location.search;

/** @type {string | null} The address this page was opened at: Dash takes it for where the reader still is. */
let opened = null;

const asText = (/** @type {unknown} */ value) => (Array.isArray(value) ? value.join(",") : String(value ?? ""));

/**
 * @param {unknown[]} values
 * @param {Id[]} ids
 * @param {number} numbers How many of them are number boxes: one that is being emptied is none.
 * @returns {Texts} The state that controls are in.
 */
export function stateOf(values, ids, numbers) {
  const texts = ids.map(({ param }, i) => /** @type {[string, string]} */ ([param, asText(values[i])]));
  return Object.fromEntries(texts.filter(([, text], i) => i >= numbers || text !== ""));
}

/**
 * @param {Texts} state
 * @param {Texts} defaults
 * @returns {string} What of it belongs into the address.
 */
export function queryOf(state, defaults) {
  const changed = Object.entries(state).filter(([name, text]) => !sameText(text, defaults[name]));
  return changed.length ? `?${new URLSearchParams(inLink(Object.fromEntries(changed)))}` : "";
}

/**
 * Every control of a view -> its state as text and the address; at most one a beat, and the last one always.
 * @param {unknown[]} numbers
 * @param {unknown[]} choices
 * @param {Id[]} numberIds
 * @param {Id[]} choiceIds
 * @param {Texts} defaults
 */
export function collect(numbers, choices, numberIds, choiceIds, defaults) {
  const ids = [...numberIds, ...choiceIds];
  const [{ view }] = ids;
  const drag = dragOf(view);
  const state = stateOf([...numbers, ...choices], ids, numberIds.length);
  const opens = !triggeredId(); // the page just opened
  if (opens) opened = here();
  const values = [...numbers, ...choices];
  if (opens) steps.opens({ ids, values, numbers: numberIds.length, state, defaults });
  else steps.changes({ ids, values, numbers: numberIds.length, state, defaults });
  press(view, state);
  // What is late may be the very state of before Back, and is put right all the same.
  const clock = drag.report(state, opens) ?? (steps.isLate(state) ? drag.reported : null);
  if (clock === null) return noUpdate();
  return beatOf(view).next(() => {
    if (!opens) steps.write(queryOf(state, defaults), state);
    return { ...state, clock };
  }, noUpdate());
}

/** A link to the page as it was opened leads back to that, whatever has been set since. */
export function leadBack() {
  document.addEventListener(
    "click",
    (event) => {
      const link = /** @type {HTMLAnchorElement | null} */ (
        event.target instanceof Element && event.target.closest("a[href]")
      );
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin)
        return;
      if (link.hash || link.pathname + link.search !== opened || here() === opened) return;
      event.preventDefault();
      event.stopPropagation();
      location.assign(link.href);
    },
    true,
  );
}

/**
 * Keep the present setting to compare with, as the query of its own link; or let go of it.
 * @param {unknown} _pin
 * @param {unknown} _unpin
 * @param {Texts} state
 */
export function pin(_pin, _unpin, state) {
  if (triggeredId().endsWith("unpin")) return "";
  return String(new URLSearchParams(Object.entries(state).filter(([name]) => name !== "pin" && name !== "clock")));
}

/** Nothing is pinned, so there is nothing to let go of. */
export const nothing = (/** @type {string} */ pinned) => !pinned;
