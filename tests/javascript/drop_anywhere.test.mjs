import assert from "node:assert/strict";
import { test } from "node:test";
import { LARGEST, tooLarge } from "../../assets/drop_anywhere.mjs";

test("a file of the largest size is taken, and so is none", () => {
  assert.equal(tooLarge([]), "");
  assert.equal(tooLarge([{ name: "a.json", size: LARGEST }]), "");
});

test("every file that is too large is named with its size, and none that is not", () => {
  const words = tooLarge([
    { name: "a.json", size: LARGEST + 1 },
    { name: "b.json", size: 10 },
    { name: "c.json", size: 2 * LARGEST },
  ]);
  assert.match(words, /^a\.json has 49 MiB, c\.json has 96 MiB; a dropped file may have 48 MiB\./);
  assert.doesNotMatch(words, /b\.json/);
});
