/* Lines of many runs: how they come to the canvas, how its pen follows them, and how a file gets them back. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { lead, scaleOf } from "../../assets/line_canvas.mjs";
import { leftToCanvas, takenApart } from "../../assets/merged_lines.mjs";
import { inLink, ranged } from "../../assets/run_ranges.mjs";

const TEXTS = JSON.parse(readFileSync(new URL("shared_texts.json", import.meta.url), "utf-8"));

const encoded = (/** @type {number[]} */ values) => ({
  dtype: "f4",
  bdata: Buffer.from(Float32Array.from(values).buffer).toString("base64"),
});

const MERGED = {
  uid: "metric-0-y2-blue",
  mode: "lines",
  x: encoded([0, 1, NaN, 5, NaN]),
  y: encoded([7, 8, NaN, 9, NaN]),
  line: { color: "blue", width: 1, dash: "solid" },
  meta: {
    lines: [
      ["a", 3],
      ["b", 2],
    ],
  },
};
const OTHER = { uid: "playhead-y", mode: "lines", x: encoded([1, 1]), y: encoded([0, 1]) };

test("Plotly draws nothing of a merged line, and names the run at each of its points", () => {
  const [merged, other] = leftToCanvas({ data: /** @type {Trace[]} */ ([MERGED, OTHER]) }).data;
  assert.equal(merged.mode, "none");
  assert.deepEqual(merged.hovertext, ["a", "a", "a", "b", "b"]);
  assert.equal(other, OTHER);
});

test("a file has a line for each run", () => {
  const { data } = leftToCanvas({ data: /** @type {Trace[]} */ ([MERGED, OTHER]) });
  const [a, b, other] = takenApart(data);
  assert.deepEqual([a.name, b.name, a.mode, b.mode], ["a", "b", "lines", "lines"]);
  assert.deepEqual(
    [a.x, a.y, b.x, b.y].map((column) => Array.from(/** @type {any} */ (column))),
    [[0, 1], [7, 8], [5], [9]],
  );
  assert.notEqual(a.uid, b.uid);
  assert.equal(other, OTHER);
});

/** @returns {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void, path: string}} */
const pen = () => ({
  path: "",
  moveTo(x, y) {
    this.path += `M${x},${y}`;
  },
  lineTo(x, y) {
    this.path += `L${x},${y}`;
  },
});

const ONTO = { across: (/** @type {number} */ v) => v, up: (/** @type {number} */ v) => v, width: 10 };

test("a gap stays a gap, and what lies out of sight to one side is passed by", () => {
  const line = { x: [-9, -5, 1, 2, 3, 4, 20, 30, 40], y: [0, 0, 0, NaN, 0, 0, 0, 0, 0] };
  const drawn = pen();
  assert.equal(lead(drawn, line, { first: 0, end: 9 }, ONTO), 3);
  assert.equal(drawn.path, "M-9,0M-5,0L1,0M3,0L4,0L20,0M30,0M40,0");
});

test("a line that crosses the picture between two points out of sight is drawn", () => {
  const drawn = pen();
  assert.equal(lead(drawn, { x: [-5, 50], y: [1, 2] }, { first: 0, end: 2 }, ONTO), 1);
});

test("axes count from the left and from the top, and decades alike", () => {
  const across = scaleOf({ start: 64, length: 100, range: [0, 10], isLog: false }, false);
  const up = scaleOf({ start: 10, length: 200, range: [-2, 0], isLog: true }, true);
  assert.deepEqual([0, 5, 10].map(across), [0, 50, 100]);
  assert.deepEqual([0.01, 0.1, 1].map(up), [200, 100, 0]);
  assert.ok(Number.isFinite(across(3e38)), "a canvas takes no such number");
  assert.ok(Number.isNaN(up(-1)), "no place on a logarithmic axis");
});

test("a link writes runs as the server does", () => {
  for (const [keys, text] of TEXTS.ranged) assert.equal(ranged(keys.join(",")), text);
  assert.deepEqual(inLink({ runs: "a1,a2,a3", x: "epochs" }), { runs: "a1**3", x: "epochs" });
});
