/* The state of a view as text and as a link, and the beat at which it is said. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sameText } from "../../assets/presets.mjs";
import { Beat, queryOf, stateOf } from "../../assets/url_state.mjs";
import { FakeClock, settled } from "./fake_clock.mjs";

const id = (/** @type {string} */ param) => ({ view: "v", param });

test("an emptied number box is no state; an empty choice is one", () => {
  const ids = [id("beta"), id("floor"), id("seeds"), id("show")];
  assert.deepEqual(stateOf([0.5, "", [1, 2], null], ids, 2), { beta: "0.5", seeds: "1,2", show: "" });
});

test("a link holds what is not as it is by default, numbers compared as numbers", () => {
  assert.equal(
    queryOf({ beta: "0.990", floor: "0.1", show: "a,b" }, { beta: "0.99", floor: "0.05", show: "a" }),
    "?floor=0.1&show=a%2Cb",
  );
  assert.equal(queryOf({ beta: "0.99" }, { beta: "0.99" }), "");
  assert.ok(!sameText("", "0"));
  assert.ok(!sameText("0", undefined));
});

test("state is said at most once a beat, the last one always, and one overtaken is skipped", async () => {
  const clock = new FakeClock();
  const beat = new Beat(60, clock);
  /** @type {string[]} */
  const said = [];
  const tell = (/** @type {string} */ what) =>
    beat.next(() => what, "skipped").then((answer) => said.push(`${what}: ${answer}`));
  tell("a");
  await clock.pass(0);
  assert.deepEqual(said, ["a: a"]);
  for (const what of ["b", "c", "d"]) {
    tell(what);
    await clock.pass(10);
  }
  assert.deepEqual(said, ["a: a", "b: skipped", "c: skipped"]);
  await clock.pass(29);
  assert.equal(said.length, 3);
  await clock.pass(1);
  assert.deepEqual(said.at(-1), "d: d");
  await clock.pass(60);
  tell("e");
  await clock.pass(0);
  await settled();
  assert.equal(said.at(-1), "e: e");
});
