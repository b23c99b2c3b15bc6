/* The list of runs: which are ticked, and what a search finds. */
import { noUpdate } from "./dash_adapter.mjs";

/** @typedef {{key: string, fresh?: boolean, failed?: boolean}} Row */

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

/** @type {Set<string> | null} Dropped files the list has shown before; null until the page's first list. */
let listedBefore = null;

/**
 * A list that was read again keeps its ticks; a file just dropped is ticked.
 * @param {Row[]} rows
 * @param {Row[] | undefined} selected
 * @param {Row[] | undefined} dropped
 * @param {string | null} chosen
 */
export function tick(rows, selected, dropped, chosen) {
  const wanted = new Set([...listed(chosen), ...(selected ?? []).map((row) => quoted(row.key))]);
  for (const { key, fresh } of dropped ?? [])
    if (listedBefore && fresh && !listedBefore.has(key)) wanted.add(quoted(key));
  listedBefore = new Set((dropped ?? []).map((row) => row.key));
  return rows.filter((row) => wanted.has(quoted(row.key)) && !row.failed);
}

/**
 * @param {string | null} text
 * @param {object} options
 */
export const find = (text, options) => ({ ...options, quickFilterText: text ?? "" });
