/* What Plotly is asked to take, where a newer request drops an older one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { animate, dropPending, easeRanges } from "../../assets/plotly_calls.mjs";
import { settled } from "./fake_clock.mjs";

/** A Plotly that holds one request at a time, and drops it for the next. */
class OneAtATime {
  /** @type {any[]} The frames of each request. */
  asked = [];
  /** @type {(() => void) | null} */
  #drop = null;
  /** @type {() => void} */
  take = () => {};

  animate(/** @type {unknown} */ _, /** @type {unknown} */ frames) {
    this.#drop?.();
    this.asked.push(frames);
    return new Promise((resolve, reject) => {
      this.#drop = () => reject();
      this.take = () => ((this.#drop = null), resolve(undefined));
    });
  }
}

const change = (/** @type {number} */ index, /** @type {number[]} */ y) => ({
  index,
  x: null,
  y: Float32Array.from(y),
});

function setUp() {
  const plotly = new OneAtATime();
  /** @type {any} */ (globalThis).window = { Plotly: plotly };
  return { plotly, graph: /** @type {Graph} */ (/** @type {unknown} */ ({})) };
}

test("a newer request asks again for what an older one, dropped by it, asked for", async () => {
  const { plotly, graph } = setUp();
  animate(graph, [change(0, [1, 2]), change(1, [3])]);
  easeRanges(graph, { yaxis: [0, 1] });
  animate(graph, [change(1, [4])]);
  await settled(); // and nothing is left uncaught
  assert.deepEqual(plotly.asked.at(-1), [
    { data: [{ y: [1, 2] }, { y: [4] }], traces: [0, 1] },
    { layout: { yaxis: { range: [0, 1] } } },
  ]);
});

test("what was taken is not asked for again, nor what belongs to an older picture", async () => {
  const { plotly, graph } = setUp();
  animate(graph, [change(0, [1])]);
  plotly.take();
  await settled();
  animate(graph, [change(1, [2])]);
  assert.deepEqual(plotly.asked.at(-1), [{ data: [{ y: [2] }], traces: [1] }]);
  dropPending(graph);
  animate(graph, [change(2, [3])]);
  assert.deepEqual(plotly.asked.at(-1), [{ data: [{ y: [3] }], traces: [2] }]);
  await settled();
});
