/* The list of runs: which are ticked, and what a search finds. */
import { setProps } from "./dash_adapter.mjs";

const CHOSEN = { param: "runs", type: "choice", view: "runs" };

/**
 * @param {string} key
 * @returns {string} The key as the state and the link hold it; `selection` in Python quotes the same characters.
 */
export const quoted = (key) =>
  Array.from(key, (c) => {
    if (c === "*") return "%2A"; // it stands between numbers in a link (`run_ranges.mjs`)
    return c === "," || c === "%" || c < " " || c > "~" ? encodeURIComponent(c) : c;
  }).join("");

const listed = (/** @type {string | null | undefined} */ value) => (value ? value.split(",") : []);

/** @type {any} The grid, once its component knows it: before, a tick would end in an error of the component. */
let grid = null;
/** @type {string | null} The keys that are ticked, as the page's state has them; null until a list stands. */
let ticked = null;
/** @type {string[]} What the list has said that the page has not repeated yet: an echo is no wish of anybody's. */
let said = [];

const chosenOnPage = () =>
  /** @type {HTMLInputElement | null} */ (document.getElementById(JSON.stringify(CHOSEN)))?.value ?? "";

/**
 * @param {string} before The keys that were ticked.
 * @param {string[]} now Those that are, as the state has them.
 * @param {(key: string) => boolean} isListed
 * @returns {string} Those that are, in the order of ticking; a dropped file that is not listed yet keeps its place.
 */
export function inOrder(before, now, isListed) {
  const stays = (/** @type {string} */ key) => now.includes(key) || (key.startsWith("dropped: ") && !isListed(key));
  const old = listed(before).filter(stays);
  return [...old, ...now.filter((key) => !old.includes(key))].join(",");
}

/** The reader has ticked rows, or a row has gone: the page is told at once, past the component, which may be late. */
export function tell(/** @type {any} */ api) {
  ticked ??= chosenOnPage();
  const rows = /** @type {import("./runs_rows.mjs").Row[]} */ (api.getSelectedRows());
  const isListed = (/** @type {string} */ key) => Boolean(api.getRowNode(`run ${decodeURIComponent(key)}`));
  const now = inOrder(
    ticked,
    rows.map((row) => quoted(row.key)),
    isListed,
  );
  if (now === ticked) return;
  ticked = now;
  said.push(now);
  setProps(CHOSEN, { value: now });
}

/** A grid that can be ticked, or one whose rows were read again: what is chosen is. */
export function stands(/** @type {any} */ api) {
  grid = api;
  ticked ??= chosenOnPage();
  tickThere();
}

/** Tick in the list what was chosen elsewhere: by a drop, by Back, by the examples' button. */
export function follow(/** @type {string | null} */ chosen) {
  if (chosen === null) return;
  const echo = said.indexOf(chosen);
  said = echo < 0 ? [] : said.slice(echo + 1);
  if (echo >= 0) return;
  ticked = chosen;
  tickThere();
}

function tickThere() {
  const api = grid && !grid.isDestroyed() ? grid : null;
  if (!api) return;
  const wanted = new Set(listed(ticked));
  /** @type {[any[], any[]]} */
  const changed = [[], []];
  api.forEachNode((/** @type {any} */ node) => {
    const is = wanted.has(quoted(node.data.key));
    if (node.selectable && node.isSelected() !== is) changed[Number(is)].push(node);
  });
  // all at once: the list is sorted, and its component heard, at every change
  for (const is of [false, true]) {
    const nodes = changed[Number(is)];
    if (nodes.length) api.setNodesSelected({ nodes, newValue: is, source: "api" });
  }
}

/**
 * @param {string | null} text
 * @param {object} options
 */
export const find = (text, options) => ({ ...options, quickFilterText: text ?? "" });

/** An empty search. */
export const clear = () => "";

/** @type {Map<string, import("./runs_rows.mjs").Verdict[]>} Verdicts by the key of a run: on the balancer, on the model. */
export const known = new Map();
/** @type {Set<string>} Keys that are being asked for, or that the server could not judge. */
export const asked = new Set();

/** Forget what was said of runs that have changed. */
export function forget(/** @type {string[]} */ keys) {
  for (const key of keys) {
    known.delete(key);
    asked.delete(key);
  }
}
