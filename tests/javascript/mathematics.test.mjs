import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf } from "../../assets/mathematics.mjs";

const tags = (/** @type {string} */ formula) => elementsOf(formula).map(({ tag }) => tag);

test("letters are identifiers, digits numbers, the rest operators", () => {
  assert.deepEqual(tags("1 + ( K − 1 ) m"), ["mn", "mo", "mo", "mi", "mo", "mn", "mo", "mi"]);
});

test("a slash makes a fraction of its neighbours, an underscore an index", () => {
  const [weight, relation, fraction] = elementsOf("w_i = u_i / Σ u_j");
  assert.deepEqual([weight.tag, relation.text, fraction.tag], ["msub", "=", "mfrac"]);
  assert.deepEqual(
    fraction.children?.map(({ tag }) => tag),
    ["msub", "mrow"],
  );
});

test("a number in brackets is live", () => {
  const [, , fraction] = elementsOf("w_i ≥ m / [sum]");
  assert.equal(fraction.children?.[1].live, "sum");
});
