/* What is announced of a page, and when. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Announcer } from "../../assets/announcer.mjs";
import { FakeClock } from "./fake_clock.mjs";

const QUIET = 600;

/** A page that has opened with an outcome, and what was said of it. */
async function setUp() {
  const clock = new FakeClock();
  const scene = { outcomes: ["It settles at 0.05."], page: "/", held: false, said: /** @type {string[]} */ ([]) };
  const announcer = new Announcer({
    outcomes: () => scene.outcomes,
    page: () => scene.page,
    isHeld: () => scene.held,
    say: (text) => scene.said.push(text),
    timers: clock,
  });
  const pass = () => clock.pass(QUIET);
  const becomes = async (/** @type {string[]} */ ...outcomes) => {
    scene.outcomes = outcomes;
    announcer.changed();
    await pass();
  };
  await becomes(...scene.outcomes);
  return { announcer, scene, becomes, pass };
}

test("what a page says as it opens is not announced", async () => {
  const { scene } = await setUp();
  assert.deepEqual(scene.said, []);
});

test("another outcome is announced once", async () => {
  const { scene, becomes } = await setUp();
  await becomes("It settles at 0.04.");
  await becomes("It settles at 0.04.");
  assert.deepEqual(scene.said, ["It settles at 0.04."]);
});

test("of two sentences the one that is new is announced", async () => {
  const { scene, becomes } = await setUp();
  await becomes("It settles at 0.05.", "Pinned.");
  assert.deepEqual(scene.said, ["Pinned."]);
});

test("nothing is announced while a control is held, and the last outcome when it is let go", async () => {
  const { scene, becomes, pass } = await setUp();
  scene.held = true;
  await becomes("It settles at 0.03.");
  await becomes("It settles at 0.02.");
  assert.deepEqual(scene.said, []);
  scene.held = false;
  await pass();
  assert.deepEqual(scene.said, ["It settles at 0.02."]);
});

test("another page announces nothing as it opens, and then what changes on it", async () => {
  const { scene, becomes } = await setUp();
  scene.page = "/runs";
  await becomes();
  await becomes("The balancer converged.");
  assert.deepEqual(scene.said, []);
  await becomes("The balancer starved.");
  assert.deepEqual(scene.said, ["The balancer starved."]);
});

test("what a hand changes right after another page opened is announced", async () => {
  const { announcer, scene, becomes } = await setUp();
  scene.page = "/step-response";
  scene.outcomes = ["At 0.99 a step closes in 99 steps."];
  announcer.changed();
  announcer.acts(); // before all is quiet
  await becomes("At 0.9 a step closes in 9 steps.");
  assert.deepEqual(scene.said, ["At 0.9 a step closes in 9 steps."]);
});
