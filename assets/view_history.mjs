/*
 * The settings of a view as steps that the browser's Back undoes: one a preset, one a drag at rest, one a typed number.
 *
 * Each entry of the history says which opening of the page it belongs to, and the settings it stands for. A step back
 * within one opening sets the controls, and the picture follows them; any other is Dash's, which brings the page anew.
 */
import { setProps } from "./dash_adapter.mjs";
import { TIMERS } from "./timers.mjs";

/** @typedef {import("./timers.mjs").Timers} Timers */
/** @typedef {{view: string, param: string}} Id */
/** @typedef {{page: string, state: Texts}} Entry */

const ONE_STEP_MS = 800; // what is set sooner after another is one step with it: a number typed, keys held down
const ECHOES = 3; // a number box says once more what it held, though it was set to something else since
const LOOKED_AT = new Set(["run", "runs", "reading", "panel", "mode"]); // what a view is of: no setting

/** When a new step begins. */
export class Steps {
  #acted = false;
  #writtenAt = -Infinity;
  #timers;

  constructor(/** @type {Timers} */ timers) {
    this.#timers = timers;
  }

  /** The reader has pressed something. */
  act() {
    this.#acted = true;
  }

  /** @returns {"push" | "replace"} How an address that has changed goes into the history. */
  next() {
    const now = this.#timers.now();
    const isOwnStep = this.#acted && now - this.#writtenAt >= ONE_STEP_MS;
    this.#acted = false; // what the page itself changes after this is no step
    this.#writtenAt = now;
    return isOwnStep ? "push" : "replace";
  }
}

/**
 * @typedef {object} Shown The view of the page that was opened last.
 * @property {string} page Which opening it is.
 * @property {string} path
 * @property {string} opened The address it was opened at.
 * @property {Id[]} ids Of its controls, the number boxes first.
 * @property {unknown[]} values
 * @property {number} numbers How many of them are number boxes.
 * @property {Texts} state
 * @property {Texts} defaults
 */

/** @type {Shown | null} */
let shown = null;
/** @type {Texts | null} The settings that Back or Forward led to; what differs from them, before the reader acts, is late. */
let goal = null;
let again = 0; // how often the controls may still be set to them
let address = ""; // of the settings shown; where the browser has another, the reader is on the way to another page
let openings = 0;
const steps = new Steps(TIMERS);

const here = () => location.pathname + location.search;
const same = (/** @type {Texts} */ a, /** @type {Texts} */ b) => Object.keys(a).every((name) => a[name] === b[name]);

/**
 * A view has been opened: its entry of the history is marked.
 * @param {Omit<Shown, "page" | "path" | "opened">} view
 */
export function opens(view) {
  const page = `${performance.timeOrigin} ${(openings += 1)}`;
  shown = { ...view, page, path: location.pathname, opened: location.search };
  goal = null;
  address = here();
  history.replaceState({ ...history.state, gaba: { page, state: view.state } }, "");
}

/**
 * The controls of the view that is shown have other values, or are others.
 * @param {Pick<Shown, "ids" | "values" | "numbers" | "state" | "defaults">} now
 */
export function changes(now) {
  if (shown) Object.assign(shown, now);
}

/**
 * @param {Texts} state Of the controls.
 * @returns {boolean} Whether it is late: Back led to another, and the reader has done nothing since.
 */
export const isLate = (state) => goal !== null && !same(goal, state);

/**
 * Write the address of a setting into the history, if it is another and the reader is still on the page.
 * @param {string} query
 * @param {Texts} state
 */
export function write(query, state) {
  if (here() !== address) return;
  if (goal && isLate(state)) {
    if (again > 0) set(goal);
    again -= 1;
    return;
  }
  const next = location.pathname + query;
  if (next === address) return;
  const entry = { ...history.state, gaba: { page: shown?.page, state } };
  if (steps.next() === "push") history.pushState(entry, "", next);
  else history.replaceState(entry, "", next);
  address = next;
}

/**
 * @param {unknown} known A value that a control has.
 * @param {string} text
 * @returns {unknown} The text as a value of the same kind.
 */
export function valueLike(known, text) {
  if (Array.isArray(known)) return text.split(",").filter(Boolean);
  if (typeof known === "boolean") return text === "true";
  return known === null && !text ? null : text;
}

/** Set every control that is not as wanted. */
function set(/** @type {Texts} */ wanted) {
  if (!shown) return;
  const { ids, values, numbers, state } = shown;
  ids.forEach(({ view, param }, i) => {
    const text = wanted[param];
    if (text === undefined || text === state[param]) return;
    const [type, value] = i < numbers ? ["number", Number(text)] : ["choice", valueLike(values[i], text)];
    setProps({ type, view, param }, { value });
  });
}

/** Every setting as it is by default; what the view is of stays. */
export function reset() {
  if (!shown) return;
  const { state, defaults } = shown;
  const names = Object.keys(state).filter((name) => name in defaults && !LOOKED_AT.has(name));
  set(Object.fromEntries(names.map((name) => [name, defaults[name]])));
}

/** @returns {Texts} The settings of the view that is shown. */
export const settings = () => shown?.state ?? {};

function leadBack(/** @type {PopStateEvent} */ event) {
  /** @type {Entry | undefined} */
  const entry = event.state?.gaba;
  if (!shown || location.pathname !== shown.path) return;
  if (entry?.page === shown.page) {
    event.stopImmediatePropagation(); // Dash would bring the page anew
    goal = entry.state;
    again = ECHOES;
    address = here();
    set(entry.state);
  } else if (location.search === shown.opened) location.reload(); // Dash takes it for where the reader still is
}

/** Listen to what the reader does, and to the browser's Back and Forward. */
export function listen() {
  const act = () => {
    goal = null;
    steps.act();
  };
  for (const kind of ["pointerdown", "keydown", "input", "drop"]) document.addEventListener(kind, act, true);
  window.addEventListener("popstate", leadBack, true);
}
