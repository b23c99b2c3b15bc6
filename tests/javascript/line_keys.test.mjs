/* What stands below a picture on a phone. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { wordsOf } from "../../assets/line_keys.mjs";

const end = (/** @type {string} */ color, /** @type {string} */ name) =>
  ` <span style="color:${color}">━</span> ${name}`;

test("axes and lines are named as the picture names them where there is room", () => {
  const picture = {
    data: [
      { mode: "lines", name: "not listed", showlegend: false },
      { mode: "lines", name: "target", line: { color: "green" } },
      { mode: "text", text: [end("red", "GABA &lt; 1")] },
      { mode: "text", text: ["τ"] },
    ],
    layout: { yaxis: { title: { text: "weight" } }, yaxis2: {} },
  };
  assert.deepEqual(wordsOf(picture), {
    titles: ["weight"],
    keys: [
      { color: "red", name: "GABA < 1" },
      { color: "green", name: "target" },
    ],
  });
});

test("where a picture has no legend its lines are not listed from it, and what stands over it is read", () => {
  const picture = {
    data: [{ mode: "lines", name: "seed 42" }],
    layout: { showlegend: false, annotations: [{ text: `Seeds${end("blue", "42")}${end("red", "7")}` }] },
  };
  assert.deepEqual(wordsOf(picture), {
    titles: ["Seeds"],
    keys: [
      { color: "blue", name: "42" },
      { color: "red", name: "7" },
    ],
  });
});
