/* The path that a frame is painted as: all that can be seen of a curve, and no more. */
import assert from "node:assert/strict";
import test from "node:test";

import { boxAround, clipped, linePath } from "../../assets/line_path.mjs";

/** @typedef {import("../../assets/line_path.mjs").Place} Place */

const BOX = boxAround(100, 50);

const drawn = (/** @type {Place[]} */ points, /** @type {typeof BOX | null} */ box = BOX) =>
  linePath(points.length, (i) => points[i], box);

/** @returns {Place[][]} The strokes of a path, each from where the pen is put down. */
const strokesOf = (/** @type {string} */ path) =>
  path
    .split("M")
    .slice(1)
    .map((stroke) => stroke.split("L").map((place) => /** @type {Place} */ (place.split(",").map(Number))));

/** A repeatable stream of numbers between 0 and 1. */
function numbers(/** @type {number} */ seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test("a pen goes from point to point and is lifted at a gap", () => {
  /** @type {Place[]} */
  const points = [
    [0, 1],
    [2, 3],
    [NaN, 4],
    [5, 6],
    [7, 8],
  ];
  const path = "M0.00,1.00L2.00,3.00M5.00,6.00L7.00,8.00";
  assert.equal(drawn(points), path);
  assert.equal(drawn(points, null), path);
});

test("a curve that leaves the picture for good is cut where it leaves", () => {
  /** @type {Place[]} */
  const points = [
    [0, 0],
    [100, 0],
    [1000, 0],
    [30000, 0],
  ];
  assert.equal(drawn(points), "M0.00,0.00L100.00,0.00L150.00,0.00");
  assert.ok(drawn(points, null).endsWith("L30000.00,0.00"));
});

test("a curve that crosses the picture without a point in it is drawn in it", () => {
  assert.equal(
    drawn([
      [-1000, -1000],
      [1000, 1000],
    ]),
    "M-50.00,-50.00L100.00,100.00",
  );
  assert.equal(clipped([-1000, 300], [1000, 300], BOX), null);
  assert.equal(clipped([120, 300], [120, 400], BOX), null);
});

test("nothing that can be seen is lost, and nothing is drawn outside the box", () => {
  const next = numbers(20261127);
  for (let round = 0; round < 300; round++) {
    const far = 10 ** (4 * next());
    const points = Array.from({ length: 12 }, () =>
      next() < 0.1
        ? /** @type {Place} */ ([NaN, 0])
        : /** @type {Place} */ ([50 + far * (next() - 0.5), 25 + far * (next() - 0.5)]),
    );
    const strokes = strokesOf(drawn(points));
    for (const [left, top] of strokes.flat()) {
      assert.ok(
        left >= BOX.left - 0.01 && left <= BOX.right + 0.01 && top >= BOX.top - 0.01 && top <= BOX.bottom + 0.01,
      );
    }
    const gap = (/** @type {Place} */ [px, py], /** @type {Place} */ [ax, ay], /** @type {Place} */ [bx, by]) => {
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const part = length ? Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) : 0;
      return Math.hypot(px - ax - part * (bx - ax), py - ay - part * (by - ay));
    };
    for (let i = 1; i < points.length; i++) {
      for (let part = 0; part <= 1; part += 1 / 64) {
        const place = /** @type {Place} */ (
          [0, 1].map((axis) => points[i - 1][axis] * (1 - part) + points[i][axis] * part)
        );
        if (!(place[0] >= 0 && place[0] <= 100 && place[1] >= 0 && place[1] <= 50)) continue;
        const nearest = Math.min(
          ...strokes.flatMap((stroke) => stroke.slice(1).map((end, j) => gap(place, stroke[j], end))),
        );
        assert.ok(nearest < 0.05, `${place} lies ${nearest} from the path`);
      }
    }
  }
});
