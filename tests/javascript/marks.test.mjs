/* Where what is written in a picture stands. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { spotsIn } from "../../assets/marks.mjs";

test("a list of places is read name by name", () => {
  assert.deepEqual(spotsIn("raw 0.002 1 0;clamped 0.0477 1.62 -26"), [
    { name: "raw", x: 0.002, y: 1, below: 0 },
    { name: "clamped", x: 0.0477, y: 1.62, below: -26 },
  ]);
});

test("an empty or a torn list holds no place", () => {
  assert.deepEqual(spotsIn(""), []);
  assert.deepEqual(spotsIn("raw 0.002"), []);
});
