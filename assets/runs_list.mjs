/* The list of runs: which are ticked, and what a search finds. */
import { noUpdate } from "./dash_adapter.mjs";

/** @typedef {import("./runs_rows.mjs").Row & {fresh?: boolean}} Row */

/**
 * @param {string} key
 * @returns {string} The key as the state and the link hold it; `selection` in Python quotes the same characters.
 */
export const quoted = (key) =>
  Array.from(key, (c) => (c === "," || c === "%" || c < " " || c > "~" ? encodeURIComponent(c) : c)).join("");

const listed = (/** @type {string | null | undefined} */ value) => (value ? value.split(",") : []);

/**
 * The ticked rows in the order of ticking; a dropped file that is not in the list yet keeps its place.
 * @param {Row[] | undefined} selected
 * @param {string | null} before
 * @param {Row[] | null} rows
 */
export function select(selected, before, rows) {
  if (!Array.isArray(selected)) return noUpdate();
  const there = new Set((rows ?? []).map((row) => quoted(row.key)));
  const ticked = selected.map((row) => quoted(row.key));
  const stays = (/** @type {string} */ key) => ticked.includes(key) || (key.startsWith("dropped: ") && !there.has(key));
  const old = listed(before).filter(stays);
  const now = [...old, ...ticked.filter((key) => !old.includes(key))].join(",");
  return now === (before ?? "") ? noUpdate() : now;
}

/**
 * A list that was read again ticks what is chosen.
 * @param {Row[]} rows
 * @param {Row[] | undefined} selected
 * @param {string | null} chosen
 */
export function tick(rows, selected, chosen) {
  const wanted = new Set(listed(chosen));
  const now = rows.filter((row) => wanted.has(quoted(row.key)) && !row.failed);
  const same = String(now.map((row) => row.key).sort()) === String((selected ?? []).map((row) => row.key).sort());
  return same ? noUpdate() : now;
}

/** @type {any} The grid, once its component knows it: before, a tick would end in an error of the component. */
let grid = null;
/** @type {string | null} */
let last = null;

/** A grid that can be ticked; what was chosen meanwhile is. */
export function stands(/** @type {any} */ api) {
  grid = api;
  follow(last);
}

/** Tick in the list what was chosen elsewhere: by a drop, by Back, by the examples' button. */
export function follow(/** @type {string | null} */ chosen) {
  last = chosen;
  const api = grid && !grid.isDestroyed() ? grid : null;
  if (!api || chosen === null) return;
  const wanted = new Set(listed(chosen));
  api.forEachNode((/** @type {any} */ node) => {
    const is = wanted.has(quoted(node.data.key));
    if (node.selectable && node.isSelected() !== is) node.setSelected(is, false, "api");
  });
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
