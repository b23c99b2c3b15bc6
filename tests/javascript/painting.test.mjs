/* Frames: how they are read, what of them is new, when axes must move; and the positions of a slider. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { changes, misfits, movedRanges } from "../../assets/plot_painter.mjs";
import { decoded, frameIn, rangesOf, read, same } from "../../assets/frame_codec.mjs";
import { faultsOf } from "../../assets/plotly_adapter.mjs";
import { nearest } from "../../assets/positions.mjs";
import { snap, valuesAt } from "../../assets/point_handle.mjs";

const encoded = (/** @type {number[]} */ values) => ({
  dtype: "f4",
  bdata: Buffer.from(Float32Array.from(values).buffer).toString("base64"),
});

/** An answer as `serving/frame_codec.py` makes it: the head's length, the head, the floats' bytes plane by plane. */
function packed(/** @type {number[][]} */ curves, /** @type {object[]} */ frames) {
  const head = new TextEncoder().encode(JSON.stringify({ sizes: curves.map(({ length }) => length), frames }));
  const bytes = new Uint8Array(Float32Array.from(curves.flat()).buffer);
  const answer = new Uint8Array(4 + head.length + bytes.length);
  new DataView(answer.buffer).setUint32(0, head.length, true);
  answer.set(head, 4);
  const count = bytes.length / 4;
  bytes.forEach((byte, i) => (answer[4 + head.length + (i % 4) * count + Math.floor(i / 4)] = byte));
  return answer.buffer;
}

test("frames are read as they were packed, curves shared between them", () => {
  const series = { main: { series: { a: [0, 1] }, ranges: { xaxis: [0, 1] }, text: { t: "1" } } };
  const curves = [
    [0, 0.1, 1e-30, -7],
    [NaN, 3.5],
  ];
  const frames = read(packed(curves, [series, series]));
  assert.equal(frames.length, 2);
  assert.deepEqual(
    frames[1].main.curves.map((curve) => Array.from(curve)),
    curves.map((curve) => Array.from(Float32Array.from(curve))),
  );
  assert.equal(frames[0].main.curves, frames[1].main.curves);
  assert.deepEqual(frames[0].main.ranges, { xaxis: [0, 1] });
});

test("the frame in a picture holds what moves in it", () => {
  const picture = {
    key: "k",
    clock: 0,
    data: [
      { uid: "a", x: encoded([1, 2]), y: encoded([3, 4]) },
      { uid: "still", x: [0], y: [0] },
    ],
    layout: { xaxis: { range: [0, 2] }, yaxis: {}, title: "t" },
    text: { r: "1" },
  };
  const frame = frameIn(/** @type {Picture} */ (picture));
  assert.deepEqual(frame.series, { a: [0, 1] });
  assert.deepEqual(Array.from(frame.curves[1]), [3, 4]);
  assert.deepEqual(frame.ranges, { xaxis: [0, 2] });
  assert.deepEqual(rangesOf({}), {});
  assert.deepEqual(Array.from(decoded(encoded([0.5]))), [0.5]);
});

test("curves are the same where numbers and gaps are", () => {
  const floats = (/** @type {number[]} */ ...values) => Float32Array.from(values);
  assert.ok(same(floats(1, NaN), floats(1, NaN)));
  assert.ok(!same(floats(1, NaN), floats(1, 2)));
  assert.ok(!same(floats(0), floats(-0)));
  assert.ok(!same(floats(1), floats(1, 1)));
  assert.ok(!same(undefined, floats(1)));
});

test("only traces that moved are painted, and each of them once", () => {
  const [x, y, z] = [
    [0, 1],
    [1, 2],
    [5, 6],
  ].map((values) => Float32Array.from(values));
  const traces = [{ uid: "a" }, { uid: "b" }, { uid: "mark" }];
  const known = { a: [x, y] };
  const frame = { curves: [x, y, z], series: /** @type {Frame["series"]} */ ({ a: [0, 2], b: [0, 1] }) };
  assert.deepEqual(changes(traces, frame, known), [
    { index: 0, x: null, y: z },
    { index: 1, x, y },
  ]);
  assert.deepEqual(changes(traces, frame, known), []);
  assert.deepEqual(known, { a: [x, z], b: [x, y] });
});

test("axes hold still while the picture fits, and move where it would be hidden or lost", () => {
  /** @type {Record<string, [number, number]>} */
  const drawn = { xaxis: [0, 100], yaxis: [0, 1] };
  assert.deepEqual(misfits(drawn, { xaxis: [0, 150], yaxis: [0, 0.8] }), {});
  assert.deepEqual(misfits(drawn, { xaxis: [0, 401], yaxis: [0, 0.2] }), {});
  assert.deepEqual(misfits(drawn, { xaxis: [0, 5], yaxis: [0, 1.01] }), { yaxis: [0, 1.01] });
  assert.deepEqual(misfits({ xaxis2: [0, 0.08] }, { xaxis2: [0, 0.16] }), { xaxis2: [0, 0.16] }); // a lens
  assert.deepEqual(misfits(drawn, { yaxis: [-0.01, 1] }), { yaxis: [-0.01, 1] });
  assert.deepEqual(misfits(drawn, { xaxis: [60, 160] }), { xaxis: [60, 160] });
  assert.deepEqual(misfits(drawn, { xaxis: [-9, -1] }), { xaxis: [-9, -1] });
  assert.deepEqual(misfits({ xaxis: [3, 3] }, { xaxis: [3, 4] }), { xaxis: [3, 4] });
  assert.deepEqual(misfits({}, { xaxis: [0, 1] }), { xaxis: [0, 1] });
  assert.deepEqual(movedRanges(drawn, { xaxis: [0, 100], yaxis: [0, 2] }), { yaxis: [0, 2] });
});

/* ---- the self-test of what is private to Plotly ------------------------------------------------------------------ */

const axis = {
  _offset: 10,
  _length: 100,
  d2p: (/** @type {number} */ v) => v * 100,
  p2d: (/** @type {number} */ p) => p / 100,
};

/** @returns {any} A graph as Plotly draws one, so far as the self-test looks; `more` is other than it should be. */
function graphLike({ d = "M0,0L50,50L100,100", layout = {}, found = true } = {}) {
  const trace = { uid: "a", visible: true, mode: "lines", yaxis: "y", x: [0, 0.5, 1], y: [0, 0.5, 1] };
  const group = { querySelector: () => ({ getAttribute: () => d }) };
  return {
    data: [trace],
    _fullData: [trace],
    _fullLayout: { xaxis: axis, yaxis: axis, ...layout },
    querySelector: () => (found ? group : null),
  };
}
globalThis.CSS = /** @type {any} */ ({ escape: String });

test("a graph as Plotly draws it passes the self-test", () => assert.deepEqual(faultsOf(graphLike()), []));

test("the self-test cannot be made on a graph that is still empty", () => {
  assert.equal(faultsOf(/** @type {any} */ ({ data: [] })), null);
});

for (const [what, other] of Object.entries({
  "no axis": { xaxis: undefined },
  "no offset": { xaxis: { ...axis, _offset: undefined } },
  "no function to pixels": { yaxis: { ...axis, d2p: undefined } },
  "a function to pixels that is another": { yaxis: { ...axis, p2d: (/** @type {number} */ p) => p / 50 } },
})) {
  test(`the self-test finds ${what}`, () => assert.deepEqual(faultsOf(graphLike({ layout: other })), ["coordinates"]));
}

test("the self-test finds traces that are called otherwise", () => {
  assert.deepEqual(faultsOf({ ...graphLike(), _fullData: undefined }), ["coordinates"]);
});

test("the self-test finds a path that is not where it is looked for, or goes elsewhere", () => {
  assert.deepEqual(faultsOf(graphLike({ found: false })), ["markup"]);
  assert.deepEqual(faultsOf(graphLike({ d: "M0,40L50,90" })), ["markup"]);
});

/* ---- places and positions ------------------------------------------------------------------------------------- */

test("the nearest position is the first of two as near", () => {
  assert.equal(nearest([0, 1, 2, 4], 3), 2);
  assert.equal(nearest([0, 1, 2, 4], 3.01), 3);
  assert.equal(nearest([0, 1], -5), 0);
  assert.equal(nearest([5], NaN), 0);
});

test("a place in the triangle becomes shares at whole steps, within the triangle", () => {
  const now = { tasks: "3", x1: "0.2", split: "0.4" };
  assert.deepEqual(valuesAt(0.5, Math.sqrt(3) / 6, now), { x1: 0.334, split: 0.5 });
  assert.deepEqual(valuesAt(0.5, 9, now), { x1: 1, split: 0.4 });
  assert.deepEqual(valuesAt(0.7316, 0, { ...now, tasks: "2" }), { x1: 0.732, split: 0.4 });
  assert.equal(snap(-3, 0.01), 0);
  assert.equal(snap(0.12345, 0.002), 0.124);
});
