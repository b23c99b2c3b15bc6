/* The Runs view without a browser: the list, the playhead, the zoom, the link, the news. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ago } from "../../assets/runs_news.mjs";
import { droppedNames } from "../../assets/copy_link.mjs";
import { find, inOrder, quoted } from "../../assets/runs_list.mjs";
import { placeIn, print } from "../../assets/runs_playhead.mjs";
import { rangeOf, zoomAfter } from "../../assets/runs_zoom.mjs";
import { rowChanges } from "../../assets/runs_polling.mjs";

const TEXTS = JSON.parse(readFileSync(new URL("shared_texts.json", import.meta.url), "utf-8"));

test("a number of the read-outs is written as the server writes it", () => {
  for (const [value, digits, text] of TEXTS.print) assert.equal(print(value, digits), text, `${value} with ${digits}`);
});

test("a key is quoted as the server quotes it, and its quotation has no comma", () => {
  for (const [key, text] of TEXTS.quoted) {
    assert.equal(quoted(key), text);
    assert.equal(decodeURIComponent(text), key);
    assert.ok(!text.includes(","));
  }
});

test("runs are drawn in the order of ticking, and a dropped file that is not listed yet keeps its place", () => {
  const isListed = (/** @type {string} */ key) => key !== "dropped: late";
  assert.equal(inOrder("b,dropped: late,a", ["a", "c", "b"], isListed), "b,dropped: late,a,c");
  assert.equal(inOrder("b,dropped: there,a", ["a"], isListed), "a");
  assert.equal(inOrder("", [], isListed), "");
});

test("a search leaves the grid's other options", () => {
  assert.deepEqual(find(null, { rowHeight: 30 }), { rowHeight: 30, quickFilterText: "" });
});

/* ---- the playhead --------------------------------------------------------------------------------------------- */

/** @returns {any} */
const head = (/** @type {number[]} */ epochs, /** @type {object} */ more = {}) => ({
  epochs,
  best: 0,
  live: false,
  ...more,
});

test("the playhead begins at the best epoch, and stays at the epoch it was left at, or the nearest", () => {
  assert.deepEqual(placeIn(head([0, 1, 2], { best: 2 }), null, 0, null), { at: 2, left: null });
  assert.deepEqual(placeIn(head([0, 5, 10]), head([0, 1, 2]), 2, 7), { at: 1, left: 7 });
  assert.deepEqual(placeIn(head([0, 5, 10]), head([0, 1, 2]), 2, 8), { at: 2, left: 8 });
});

test("at the last epoch of a log that grows the playhead goes with it", () => {
  const grown = head([0, 1, 2, 3], { live: true });
  assert.deepEqual(placeIn(grown, head([0, 1, 2]), 2, null), { at: 3, left: null });
  assert.deepEqual(placeIn(grown, head([0, 1, 2]), 2, 2), { at: 3, left: 3 });
  assert.deepEqual(placeIn(grown, head([0, 1, 2]), 1, 1), { at: 1, left: 1 });
  assert.deepEqual(placeIn(head([0, 1], { live: true }), head([0, 1, 2]), 1, 1), { at: 1, left: 1 });
});

/* ---- the zoom ------------------------------------------------------------------------------------------------- */

const WHOLE = { whole: /** @type {[number, number]} */ ([0, 100]) };

test("a range is read from either form in which Plotly tells it, its lower end first", () => {
  assert.deepEqual(rangeOf({ "xaxis.range": [40, 20] }, "xaxis", WHOLE, undefined), [20, 40]);
  assert.deepEqual(rangeOf({ "xaxis.range[0]": "20", "xaxis.range[1]": "40" }, "xaxis", WHOLE, undefined), [20, 40]);
});

test("an axis that is not spoken of stands, and so does one that the server moved", () => {
  assert.equal(rangeOf({ "yaxis.range": [1, 2] }, "xaxis", WHOLE, undefined), undefined);
  assert.equal(rangeOf({ "xaxis.range": [5, 9] }, "xaxis", WHOLE, [5, 9]), undefined);
});

test("the whole is no zoom, to a millionth of it, and all there is goes by its name", () => {
  assert.equal(rangeOf({ "xaxis.range": [0.00005, 100] }, "xaxis", WHOLE, undefined), null);
  assert.deepEqual(rangeOf({ "xaxis.range": [0.001, 100] }, "xaxis", WHOLE, undefined), [0.001, 100]);
  assert.equal(rangeOf({ "xaxis.autorange": true }, "xaxis", WHOLE, undefined), "all");
});

/** @type {Record<string, ZoomAxis>} */
const AXES = { xaxis: { name: "x:epoch", whole: [0, 100] }, yaxis: { name: "w:state", whole: [0, 1] } };

test("a zoom of one axis leaves that of the other, and is written to nine digits", () => {
  const event = { "xaxis.range": [1 / 3, 50] };
  assert.deepEqual(zoomAfter(AXES, "w:state:0.2:0.4", event, {}), {
    text: "x:epoch:0.333333333:50,w:state:0.2:0.4",
    left: [],
  });
});

test("a double-click leaves a zoom; one on the whole shows all", () => {
  const event = { "xaxis.autorange": true, "yaxis.autorange": true };
  assert.deepEqual(zoomAfter(AXES, "x:epoch:20:40", event, {}), { text: "", left: ["xaxis", "yaxis"] });
  assert.deepEqual(zoomAfter(AXES, "", event, {}), { text: "x:epoch:all,w:state:all", left: [] });
});

/* ---- the list that is kept up to date ------------------------------------------------------------------------- */

const known = (/** @type {{key: string, note?: string}[]} */ ...rows) =>
  new Map(rows.map((row) => [row.key, JSON.stringify(row)]));

test("only the rows that differ go to the grid", () => {
  const a = { key: "a", note: "" };
  assert.deepEqual(rowChanges(known(a), [a], []), { add: [], update: [], remove: [] });
  const { add, update, remove } = rowChanges(known(a, { key: "gone" }), [{ key: "a", note: "new" }, { key: "b" }], []);
  assert.deepEqual([add, update, remove], [[{ key: "b" }], [{ key: "a", note: "new" }], [{ key: "gone" }]]);
});

test("a run that is gone stays while it is selected, and says so once; a dropped file stays in any case", () => {
  const gone = rowChanges(known({ key: "a" }, { key: "dropped: b" }), [], ["a"]);
  assert.deepEqual(gone, { add: [], update: [{ key: "a", note: "deleted" }], remove: [] });
  assert.deepEqual(rowChanges(known({ key: "a", note: "deleted" }), [], ["a"]).update, []);
});

/* ---- words ---------------------------------------------------------------------------------------------------- */

test("what is dropped is named as its reader knows it", () => {
  assert.equal(droppedNames(null), "");
  assert.equal(droppedNames("FD002/gaba,dropped: my log.csv #3,dropped: a%2Cb.json #12"), "my log.csv, a,b.json");
});

test("an age is told in the unit that fits", () => {
  const ages = [0, 89, 90, 5399, 5400, 172_799, 172_800].map(ago);
  assert.deepEqual(ages, ["0 s ago", "89 s ago", "2 min ago", "90 min ago", "2 h ago", "48 h ago", "2 days ago"]);
});
