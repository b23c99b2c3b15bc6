/* What paints before Dash: a classic script, run here in a page of a few objects. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const SOURCE = readFileSync(new URL("../../assets/prerender.js", import.meta.url), "utf-8");

const FIGURE = {
  textContent: JSON.stringify({
    figure: { data: [{ uid: "a" }], layout: { title: "t" } },
    templates: { light: { l: 1 }, dark: { d: 1 } },
  }),
};

/** A page without a first picture, unless it is given. */
function run({ narrow = false, dark = false, chosen = /** @type {string | null} */ (null), first = false } = {}) {
  /** @type {any[]} */
  const drawn = [];
  const svg = { parentElement: { closest: () => null } };
  const graph = { querySelectorAll: () => [svg], remove: () => {} };
  /** @type {any} */
  const place = {
    children: [],
    cloneNode: () => graph,
    append: (/** @type {any[]} */ ...nodes) => place.children.push(...nodes),
  };
  /** @type {Record<string, any>} */
  const nodes = first ? { "gaba-first": { querySelector: () => place }, "gaba-first-figure": FIGURE } : {};
  /** @type {any} */
  const window = {
    matchMedia: (/** @type {string} */ query) => ({ matches: query.includes("max-width") ? narrow : dark }),
    Plotly: { newPlot: (/** @type {any[]} */ ...args) => drawn.push(args) },
  };
  const page = {
    window,
    matchMedia: window.matchMedia,
    localStorage: { getItem: () => chosen },
    location: { pathname: "/" },
    requestAnimationFrame: () => 0,
    document: {
      documentElement: { dataset: {} },
      getElementById: (/** @type {string} */ name) => nodes[name] ?? null,
      addEventListener: () => {},
    },
  };
  runInContext(SOURCE, createContext(page));
  /** @type {Record<string, any>} */
  const dataset = page.document.documentElement.dataset;
  return { dressed: window.gabaPrerender.dressed, dataset, drawn, place, svg };
}

const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

test("a page without a first picture has nothing drawn, and its theme is left alone", () => {
  const { drawn, dataset, dressed } = run();
  assert.deepEqual(drawn, []);
  assert.deepEqual(dataset, {});
  assert.equal(typeof dressed, "function");
});

test("the first picture is drawn in the theme of the system, or the one the reader chose", () => {
  for (const [options, template] of /** @type {[object, object][]} */ ([
    [{ dark: false }, { l: 1 }],
    [{ dark: true }, { d: 1 }],
    [{ dark: true, chosen: "light" }, { l: 1 }],
    [{ dark: false, chosen: "dark" }, { d: 1 }],
    [{ dark: false, chosen: "nonsense" }, { l: 1 }],
  ])) {
    const { drawn } = run({ first: true, ...options });
    assert.equal(drawn.length, 1);
    assert.deepEqual(plain(drawn[0][2].template), template);
    assert.deepEqual(plain(drawn[0][3]), { staticPlot: true });
  }
});

test("what stays of the first picture is its drawing, and no graph", () => {
  const { place, svg } = run({ first: true });
  assert.equal(place.children.at(-1), svg);
});

test("on a phone titles, legend and labels go, and everything else stays", () => {
  const { dressed, dataset } = run({ narrow: true });
  dataset.mantineColorScheme = "dark";
  const picture = {
    data: [
      { uid: "a", mode: "lines" },
      { uid: "b", mode: "text" },
    ],
    layout: { title: "t", yaxis: { title: "w", range: [0, 1] } },
  };
  const { data, layout } = plain(dressed(picture, { light: {}, dark: { d: 1 } }));
  assert.deepEqual(
    data.map((/** @type {any} */ trace) => trace.visible),
    [undefined, false],
  );
  assert.deepEqual([layout.title, layout.showlegend, layout.template], ["", false, { d: 1 }]);
  assert.deepEqual(layout.yaxis, { title: "", range: [0, 1], automargin: "left" });
});

test("on a wide page a picture keeps all it has", () => {
  const { dressed } = run();
  const { data, layout } = plain(
    dressed({ data: [{ uid: "b", mode: "text" }], layout: { title: "t" } }, { light: { l: 1 }, dark: {} }),
  );
  assert.deepEqual(data, [{ uid: "b", mode: "text" }]);
  assert.deepEqual(layout, { title: "t", template: { l: 1 } });
});
