/* The order of a drag: which picture may be drawn after which, and what a pointer that never rests sees. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ASIDE_MS, Drag } from "../../assets/drag_state.mjs";
import { FakeClock, settled } from "./fake_clock.mjs";

/** @returns {Frame} A frame that can be told from others by its text. */
const frame = (/** @type {string} */ says) => ({ curves: [], series: {}, ranges: {}, text: { says } });

/**
 * A drag over a server that answers when the test says so.
 * @param {Record<number, Frames>} [cached] Frames fetched ahead, by value.
 */
function setUp(cached = {}) {
  const clock = new FakeClock();
  /** @type {{query: Texts, answer: (frames: Frames) => void, fail: () => void}[]} */
  const asked = [];
  /** @type {string[]} */
  const drawn = [];
  /** @type {string[]} */
  const written = [];
  const drag = new Drag({
    ask: (query) =>
      new Promise((resolve, reject) => asked.push({ query, answer: resolve, fail: () => reject(new Error("away")) })),
    frameAt: (_param, value) => cached[value],
    draw: (name, { text }) => drawn.push(`${name} ${text?.says}`),
    write: (text) => written.push(String(text?.says)),
    timers: clock,
  });
  return { drag, clock, asked, drawn, written };
}

test("a frame that is there is drawn in the same task", () => {
  const { drag, drawn, asked } = setUp({ 2: { main: frame("two") } });
  drag.move("beta", 2);
  assert.deepEqual(drawn, ["main two"]);
  assert.equal(asked.length, 0);
});

test("one question is under way at a time, and the next is for the newest value alone", async () => {
  const { drag, asked, drawn } = setUp();
  drag.state = { beta: "0", floor: "0.1" };
  for (const value of [1, 2, 3]) drag.move("beta", value);
  assert.deepEqual(
    asked.map(({ query }) => query),
    [{ beta: "1", floor: "0.1", control: "beta" }],
  );
  asked[0].answer({ main: frame("one") });
  await settled();
  assert.deepEqual(
    asked.map(({ query }) => query.beta),
    ["1", "3"],
  );
  asked[1].answer({ main: frame("three") });
  await settled();
  assert.deepEqual(drawn, ["main one", "main three"]);
  assert.equal(drag.asking, false);
});

test("an answer older than what is drawn is not drawn", async () => {
  const cached = /** @type {Record<number, Frames>} */ ({});
  const { drag, asked, drawn } = setUp(cached);
  drag.move("beta", 1);
  cached[2] = { main: frame("two") };
  drag.move("beta", 2);
  asked[0].answer({ main: frame("one, late") });
  await settled();
  assert.deepEqual(drawn, ["main two"]);
  assert.equal(asked.length, 1);
});

test("of any two moves, answered in any order, the later one is what stays drawn", async () => {
  for (const first of [0, 1]) {
    const { drag, asked, drawn } = setUp();
    drag.move("beta", 1);
    drag.asking = false; // as if the first had gone through another tab of the same view
    drag.move("beta", 2);
    for (const i of [first, 1 - first]) {
      asked[i].answer({ main: frame(String(i + 1)) });
      await settled();
    }
    assert.equal(drawn.at(-1), "main 2");
  }
});

test("a pointer that never rests sees every frame that is there, and read-outs at most every 50 ms", async () => {
  const cached = Object.fromEntries(
    Array.from({ length: 120 }, (_, i) => [i, { main: frame(String(i)), below: frame(String(i)) }]),
  );
  const { drag, clock, drawn, written } = setUp(cached);
  for (let i = 0; i < 120; i++) {
    drag.move("beta", i);
    await clock.pass(16);
  }
  assert.equal(drawn.filter((one) => one.startsWith("main")).length, 120);
  const aside = drawn.filter((one) => one.startsWith("below")).length;
  assert.ok(aside >= Math.floor((120 * 16) / (ASIDE_MS + 16)) && aside <= (120 * 16) / ASIDE_MS, `${aside} times`);
  assert.equal(written.length, 2 * aside);
  await clock.pass(ASIDE_MS);
  assert.equal(drawn.filter((one) => one.startsWith("below")).at(-1), "below 119");
});

test("a pointer that never rests over a slow server sees one value after the other, none older than the last", async () => {
  const { drag, clock, asked, drawn } = setUp();
  for (let i = 0; i < 60; i++) {
    drag.move("beta", i);
    await clock.pass(16);
    const open = asked.at(-1);
    if (i % 10 === 9 && open) open.answer({ main: frame(open.query.beta) });
    await settled();
  }
  const values = drawn.map((one) => Number(one.split(" ")[1]));
  assert.equal(values.length, 6);
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  );
  assert.equal(asked.length, 7);
});

test("frames that come while the control is held are drawn where it is now", () => {
  const cached = /** @type {Record<number, Frames>} */ ({});
  const { drag, drawn } = setUp(cached);
  drag.catchUp();
  drag.move("beta", 5);
  drag.catchUp();
  assert.deepEqual(drawn, []);
  cached[5] = { main: frame("five") };
  drag.catchUp();
  drag.catchUp();
  assert.deepEqual(drawn, ["main five"]);
});

test("a question that fails is left to the confirmation, and the next move asks again", async () => {
  const { drag, asked } = setUp();
  drag.move("beta", 1);
  drag.move("beta", 2);
  asked[0].fail();
  await settled();
  assert.equal(drag.wanted, null);
  assert.equal(asked.length, 1);
  drag.move("beta", 3);
  assert.equal(asked[1].query.beta, "3");
});

test("a whole picture is admitted unless the reader has moved on since it was asked for", () => {
  const { drag } = setUp({ 1: { main: frame("one") } });
  const clock = drag.report({ beta: "0" }, false);
  assert.equal(clock, 1);
  drag.move("beta", 1);
  assert.equal(drag.admits(1), false);
  assert.equal(drag.admits(2), true);
  assert.equal(drag.admits(0), true); // one that came with the page
  assert.equal(drag.drawn, 2);
});

test("nothing that waits to be drawn aside is drawn over a whole picture", async () => {
  const { drag, clock, drawn } = setUp({ 1: { main: frame("one"), below: frame("one") } });
  drag.move("beta", 1);
  assert.equal(drag.admits(drag.clock), true);
  await clock.pass(10 * ASIDE_MS);
  assert.deepEqual(drawn, ["main one"]);
});

test("the state that the page opens with is told to nobody, and so is one that has not changed", () => {
  const { drag } = setUp();
  assert.equal(drag.report({ beta: "0" }, true), null);
  assert.equal(drag.report({ beta: "0" }, false), null);
  assert.equal(drag.report({ beta: "1" }, false), 2);
  assert.equal(drag.report({ beta: "1" }, false), null);
});

test("a pointer that moved on and came back has the same state, and is told all the same", () => {
  const { drag } = setUp({ 7: { main: frame("seven") } });
  drag.report({ beta: "0" }, true);
  drag.move("beta", 7);
  assert.equal(drag.report({ beta: "0" }, false), 3);
});

test("a page that opens again before what was asked for is drawn asks once more", () => {
  const { drag } = setUp();
  drag.report({ beta: "0" }, true);
  const asked = drag.report({ beta: "1" }, false);
  assert.equal(drag.report({ beta: "1" }, true), Number(asked) + 1);
});

test("a picture is behind its controls until theirs is drawn, be it a frame that was fetched ahead", () => {
  const { drag } = setUp({ 2: { main: frame("two") } });
  drag.report({ beta: "1" }, true);
  assert.ok(!drag.isBehind, "a page opens with its own picture");
  drag.move("beta", 2);
  assert.ok(!drag.isBehind);
  const clock = drag.report({ beta: "2" }, false);
  assert.ok(!drag.isBehind, "the frame of that value is drawn: the server only confirms it");
  drag.admits(Number(clock));
  const next = drag.report({ beta: "3" }, false);
  assert.ok(drag.isBehind);
  drag.admits(Number(next));
  assert.ok(!drag.isBehind);
});
