/* Fetching ahead: which block comes next, how many questions at once, and what goes out of date. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { drop, frameAt, next, prefetchAround, prefetched } from "../../assets/frame_prefetch.mjs";
import { settled } from "./fake_clock.mjs";

const POSITIONS = Array.from({ length: 100 }, (_, i) => i / 100);

/** @param {{at: number, heading: number}} held */
function order({ at, heading }) {
  const prefetch = { waiting: new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), size: 10, at, heading };
  const blocks = [];
  while (prefetch.waiting.size) {
    blocks.push(next(prefetch));
    prefetch.waiting.delete(/** @type {number} */ (blocks.at(-1)));
  }
  return blocks;
}

test("the block of the pointer comes first, then the nearest on either side", () => {
  assert.deepEqual(order({ at: 44, heading: 0 }).slice(0, 3), [4, 3, 5]);
  assert.deepEqual(order({ at: 0, heading: 0 }), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("what lies ahead of a moving pointer comes before what lies behind", () => {
  assert.deepEqual(order({ at: 47, heading: 1 }).slice(0, 5), [4, 5, 6, 7, 3]);
  assert.deepEqual(order({ at: 42, heading: -1 }).slice(0, 5), [4, 3, 2, 1, 5]);
});

/** A server that answers when the test says so. */
function setUp({ whole = true, value = 0.5, state = { beta: "0.5", floor: "0.1" } } = {}) {
  /** @type {{first: number, signal: AbortSignal, query: Record<string, string>, answer: () => void, fail: () => void}[]} */
  const asked = [];
  const holder = { prefetch: /** @type {any} */ (null) };
  let arrivals = 0;
  const ask = (/** @type {Record<string, string>} */ query, /** @type {AbortSignal} */ signal) =>
    new Promise((resolve, reject) => {
      const first = Number(query.first);
      const frames = Array.from(
        { length: 10 },
        (_, i) => /** @type {any} */ ({ main: { text: { says: String(first + i) } } }),
      );
      asked.push({ first, signal, query, answer: () => resolve(frames), fail: () => reject(new Error("away")) });
    });
  const start = (options = {}) =>
    prefetchAround(
      holder,
      "beta",
      { positions: POSITIONS, size: 10, value, whole, state, arrived: () => arrivals++, ...options },
      /** @type {any} */ (ask),
    );
  start();
  return { holder, asked, start, state, arrivals: () => arrivals };
}

test("two blocks are under way at once, and every block comes in the end", async () => {
  const { asked, holder, arrivals } = setUp();
  assert.deepEqual(
    asked.map(({ first }) => first),
    [50, 40],
  );
  for (let i = 0; i < asked.length; i++) {
    asked[i].answer();
    await settled();
  }
  assert.deepEqual(
    asked.map(({ first }) => first).sort((a, b) => a - b),
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
  );
  assert.equal(prefetched(holder), 100);
  assert.equal(arrivals(), 10);
});

test("a question names the control and not its value, so that the server knows it again", () => {
  const { asked } = setUp();
  assert.deepEqual(asked[0].query, { floor: "0.1", control: "beta", first: "50", count: "10" });
});

test("a pointer that only passes over fetches the two nearest blocks", async () => {
  const { asked, start } = setUp({ whole: false });
  for (const one of [...asked]) one.answer();
  await settled();
  start();
  assert.equal(asked.length, 2);
  start({ whole: true });
  assert.equal(asked.length, 4);
});

test("a frame is found by its value, and only beside the state that it was fetched for", async () => {
  const { asked, holder, state } = setUp();
  asked[0].answer();
  await settled();
  assert.equal(frameAt(holder, "beta", 0.53, state)?.main.text?.says, "53");
  assert.equal(frameAt(holder, "beta", 0.53, { ...state, beta: "0.9" })?.main.text?.says, "53");
  assert.equal(frameAt(holder, "beta", 0.53, { ...state, floor: "0.2" }), undefined);
  assert.equal(frameAt(holder, "floor", 0.53, state), undefined);
  assert.equal(frameAt(holder, "beta", 0.99, state), undefined);
  assert.equal(holder.prefetch.heading, 1);
});

test("another state ends what is under way, and so does what changed without a control", () => {
  const { asked, holder, start } = setUp();
  start({ state: { beta: "0.5", floor: "0.3" } });
  assert.equal(asked[0].signal.aborted, true);
  assert.equal(asked[2].signal.aborted, false);
  drop(holder);
  assert.equal(asked[2].signal.aborted, true);
  assert.equal(prefetched(holder), 0);
});

test("after a failure the next grab tries again", async () => {
  const { asked, holder, start } = setUp({ whole: false });
  asked[0].fail();
  await settled();
  assert.equal(holder.prefetch, null);
  start();
  assert.equal(asked.length, 4);
});
