/* A picture of the page as a figure for a paper: sizes, names, numbers and the script, without a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, plain } from "../../assets/figure_data.mjs";
import { python, scriptOf } from "../../assets/figure_script.mjs";
import { hasPlayhead, namesIn, paperFigure, SIZES, wrapped } from "../../assets/paper_figure.mjs";

const WISHES = { size: "column", transparent: false, playhead: false, names: {} };
const line = { type: "scatter", mode: "lines", x: [0, 1], y: [1, 2] };
const picture = () => ({
  data: [
    { ...line, uid: "band-rapid-drift", fill: "toself", fillcolor: "rgba(255, 0, 0, 0.5)", showlegend: false },
    { ...line, uid: "band-equilibrium", x: [1, 1], fill: "toself", fillcolor: "pink", showlegend: false },
    { ...line, uid: "seed-1", name: "seed 1", line: { color: "#010203", width: 3, dash: "dash" } },
    { ...line, uid: "seed-1b", name: "seed 1", line: { color: "#010203", width: 3, dash: "dash" } },
    { ...line, uid: "floor", name: "floor", mode: "lines+markers", marker: { size: [0, 15, 0] } },
    { ...line, uid: "playhead-y", showlegend: false },
    { ...line, uid: "names", mode: "text", text: ["Rapid", "drift"] },
    { ...line, uid: "name-a", mode: "text", text: [' <span style="color:red">━</span> seed 1', ""] },
    { ...line, uid: "letters", mode: "text", text: ["A", "B"], textfont: { size: 12 } },
  ],
  layout: {
    template: { layout: { font: { size: 12, color: "grey" }, xaxis: { tickfont: { size: 12 } } } },
    xaxis: { title: { text: "epoch" }, range: [0, 1] },
    yaxis: { title: { text: "weight" }, type: "log", range: [-2, 0], tickvals: [0.001, 0.1] },
    annotations: [
      { text: "note", xref: "paper", yref: "paper", x: 0, y: 1 },
      { text: "click", name: "on-screen" },
    ],
  },
});
const uids = (/** @type {any} */ { data }) => data.map((/** @type {any} */ { uid }) => uid);
const listed = (/** @type {any} */ { data }) =>
  data
    .filter((/** @type {any} */ { showlegend, name }) => name && showlegend !== false)
    .map((/** @type {any} */ { name }) => name);

test("a figure has the width that was wished for, and letters of its size everywhere", () => {
  for (const [size, { mm, points }] of Object.entries(SIZES)) {
    const figure = paperFigure(picture(), 0.5, { ...WISHES, size });
    const pointsOf = (/** @type {number} */ pixels) => ((pixels * mm) / figure.width / 25.4) * 72;
    const { template, xaxis } = figure.layout;
    for (const { size: pixels } of [template.layout.font, template.layout.xaxis.tickfont, figure.data.at(-1).textfont])
      assert.ok(Math.abs(pointsOf(pixels) - points) < 1e-9);
    assert.equal(xaxis.title.text, "epoch");
    assert.ok(Math.abs(figure.width / 96 - mm / 25.4) < 0.01);
  }
  const { width, height } = paperFigure(picture(), 3, { ...WISHES, size: "slide" });
  assert.ok(Math.abs(width / height - 16 / 9) < 0.01);
});

test("what only the screen needs is left out, and what would be cut stands in the legend", () => {
  const figure = paperFigure(picture(), 0.5, WISHES);
  assert.deepEqual(uids(figure), ["band-rapid-drift", "band-equilibrium", "seed-1", "seed-1b", "floor", "letters"]);
  assert.deepEqual(listed(figure), ["Rapid drift", "seed 1", "floor"]);
  assert.deepEqual(
    figure.layout.annotations.map((/** @type {any} */ { text }) => text),
    ["note"],
  );
  assert.equal(figure.data[4].mode, "lines");
  assert.ok(hasPlayhead(picture().data));
  assert.ok(uids(paperFigure(picture(), 0.5, { ...WISHES, playhead: true })).includes("playhead-y"));
});

test("names are those of the reader, and the page's picture keeps its own", () => {
  const own = picture();
  assert.deepEqual(namesIn(paperFigure(own, 0.5, WISHES)), [
    "epoch",
    "weight",
    "note",
    "Rapid drift",
    "seed 1",
    "floor",
  ]);
  const names = { epoch: "t $&", "seed 1": "ours", floor: "" };
  const figure = paperFigure(own, 0.5, { ...WISHES, names });
  assert.equal(figure.layout.xaxis.title.text, "t $&");
  assert.deepEqual(listed(figure), ["Rapid drift", "ours"]);
  assert.deepEqual(own, picture());
});

test("long names are broken at blanks, and in a word where that alone is too long", () => {
  const measure = (/** @type {string} */ text) => text.length;
  assert.equal(wrapped("short", 9, measure), "short");
  assert.equal(wrapped("a name of many words", 9, measure), "a name of<br>many<br>words");
  assert.equal(wrapped("a verylongword", 5, measure), "a<br>veryl<br>ongwo<br>rd");
  assert.equal(wrapped("λ<sub>min</sub> and more", 5, measure), "λ<sub>min</sub> and more");
});

test("the CSV holds every digit of every drawn number, and gaps", () => {
  const drawn = [
    { ...line, uid: "a", name: 'w, "rul" &lt; 1', x: [0, 1 / 3, 1e-12], y: [Math.fround(0.1), NaN, null] },
    { ...line, uid: "words", mode: "text", text: ["x"] },
  ];
  const name = '"w, ""rul"" < 1"';
  const rows = [`a,${name},0,0.10000000149011612`, `a,${name},0.3333333333333333,`, `a,${name},1e-12,`];
  assert.equal(csvOf({ data: drawn }), ["curve,name,x,y", ...rows, ""].join("\n"));
  assert.equal(plain("λ<sub>min</sub><br>&amp;"), "λmin\n&");
});

test("the script names its CSV, its panels and its curves as Python does", () => {
  const figure = paperFigure(picture(), 0.5, WISHES);
  const script = scriptOf({ svg: "", figure, columns: 2 }, "figure.csv", 'It "falls".');
  for (const part of [
    '"""It \'falls\'."""',
    'CSV = "figure.csv"',
    "COLUMNS = 2",
    '"label": "weight", "scale": "log", "range": (0.01, 1), "ticks": (0.1,), "labels": ("0.1",)',
    '("band-rapid-drift", "Rapid drift", 0, True, {"facecolor": (1, 0, 0, 0.5), "linewidth": 0})',
    '("seed-1b", None, 0, False,',
  ])
    assert.ok(script.includes(part), part);
  assert.equal(python([true, null, NaN, "λ", undefined]), '(True, None, float("nan"), "λ", None)');
});
