/* What is one step back, and what a control is set to by it; which preset is on. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { isOn } from "../../assets/presets.mjs";
import { Steps, valueLike } from "../../assets/view_history.mjs";
import { FakeClock } from "./fake_clock.mjs";

test("a step begins where the reader acts, and takes in what follows at once", async () => {
  const clock = new FakeClock();
  const steps = new Steps(clock);
  assert.equal(steps.next(), "replace", "what a page does by itself on opening is no step");
  await clock.pass(2000);
  steps.act();
  assert.equal(steps.next(), "push");
  await clock.pass(100);
  steps.act();
  assert.equal(steps.next(), "replace", "the next digit of a number that is typed");
  await clock.pass(2000);
  assert.equal(steps.next(), "replace", "what the page corrects by itself");
  await clock.pass(2000);
  steps.act();
  assert.equal(steps.next(), "push");
});

test("a text goes into a control as a value of the kind it had", () => {
  assert.deepEqual(valueLike(["1"], "42,123"), ["42", "123"]);
  assert.deepEqual(valueLike(["1"], ""), []);
  assert.equal(valueLike("a", ""), "");
  assert.equal(valueLike(null, ""), null);
  assert.equal(valueLike(null, "a"), "a");
  assert.equal(valueLike(false, "true"), true);
});

test("a preset is on where all that it sets is set, numbers compared as numbers", () => {
  assert.ok(isOn({ beta: "0.990", noise: "gaussian" }, { beta: "0.99", noise: "gaussian", show: "x" }));
  assert.ok(!isOn({ beta: "0.99" }, { beta: "0.98" }));
  assert.ok(!isOn({ beta: "0.99" }, {}));
});
