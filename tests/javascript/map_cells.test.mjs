import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, cellByKey, jobAfter, wordsOf } from "../../assets/map_cells.mjs";

const KNOWN = {
  axes: [
    { param: "beta", name: "β", values: [0.9, 0.99, 0.999], texts: ["0.9", "0.99", "0.999"] },
    { param: "floor", name: "floor", values: [0, 0.05], texts: ["0", "0.05"] },
  ],
  texts: ["a", "b", "c", "d", "e", "f"],
  cell: [1, 0],
};

test("a share of the way lies in the cell it falls into, and the ends in the last ones", () => {
  assert.deepEqual(
    [0, 0.249, 0.25, 0.999, 1, -0.1, 7].map((share) => cellAt(share, 4)),
    [0, 0, 1, 3, 3, 0, 3],
  );
});

test("a cell says its values and what is there, rows counted from below", () => {
  assert.equal(wordsOf(KNOWN, [1, 0]), "β 0.99, floor 0: b");
  assert.equal(wordsOf(KNOWN, [2, 1]), "β 0.999, floor 0.05: f");
});

test("keys go from cell to cell and no further than the map", () => {
  const by = (/** @type {string} */ key, /** @type {number[]} */ cell) => cellByKey(key, cell, [3, 2]);
  assert.deepEqual(by("ArrowRight", [1, 0]), [2, 0]);
  assert.deepEqual(by("ArrowRight", [2, 0]), [2, 0]);
  assert.deepEqual(by("ArrowUp", [1, 0]), [1, 1]);
  assert.deepEqual(by("ArrowDown", [1, 0]), [1, 0]);
  assert.deepEqual(by("Home", [2, 1]), [0, 1]);
  assert.deepEqual(by("End", [0, 1]), [2, 1]);
  assert.deepEqual(by("PageUp", [2, 0]), [2, 1]);
  assert.deepEqual(by("PageDown", [2, 1]), [2, 0]);
  assert.equal(by("a", [1, 0]), null);
});

test("a refinement asks for the next piece until all are there, unless it was cancelled or is another's", () => {
  const job = { of: "this", pieces: 2 };
  assert.deepEqual(jobAfter(job, { of: "this", pieces: 2, all: 3 }), { of: "this", pieces: 3 });
  assert.equal(jobAfter(job, { of: "this", pieces: 3, all: 3 }), null);
  assert.equal(jobAfter(null, { of: "this", pieces: 2, all: 3 }), undefined);
  assert.equal(jobAfter(job, { of: "another", pieces: 2, all: 3 }), undefined);
  assert.equal(jobAfter(job, null), undefined);
});
