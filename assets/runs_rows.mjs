/*
 * How the rows of the list of runs look: what a run is called, its verdicts as pills, a row above the seeds of one
 * method, ticked runs on top. Verdicts are asked for as rows come into sight, a few at a time.
 */
import { gridApi, inGrid, onGrid, setProps } from "./dash_adapter.mjs";
import { asked, known, stands, tell } from "./runs_list.mjs";

const GRID = "runs-grid";
const BATCH = 6; // runs asked for at once: judging one takes a few hundredths of a second
const KINDS = ["balancer", "model"];

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} [name]
 * @property {boolean} [group]
 * @property {string[]} [members] Of a group, those that can be read.
 * @property {string} [figure] Of a group, mean and standard deviation.
 * @property {string} [words] What a search finds it by.
 * @property {boolean} [failed]
 * @property {string} [note]
 */
/** @typedef {{word: string, gravity: number, why: string}} Verdict */
/** @typedef {{data?: Row, id?: string, isSelected(): boolean | undefined, rowIndex: number | null}} RowNode */

let asking = false;

/**
 * @param {Verdict[]} all
 * @returns {Verdict | undefined} The gravest.
 */
export const gravest = (all) =>
  all.reduce(
    (/** @type {Verdict | undefined} */ worst, one) => (worst && worst.gravity >= one.gravity ? worst : one),
    undefined,
  );

/**
 * @param {Row | undefined} row
 * @param {number} kind Place in KINDS.
 * @returns {Verdict | undefined}
 */
const verdictOn = (row, kind) => (row && !row.group ? known.get(row.key)?.[kind] : undefined);

/**
 * @param {Row} row Of a group.
 * @returns {string} How many runs it has, how good they are, and how many were judged.
 */
export function groupWords({ members = [], figure }) {
  const judged = members.filter((key) => known.has(key)).length;
  const said = judged < members.length ? `${judged} of ${members.length} judged` : "";
  return [`${members.length} runs`, figure, said].filter(Boolean).join(", ");
}

/* ---- cells ------------------------------------------------------------------------------------------------------ */

const kindOf = (/** @type {string} */ name) => KINDS.indexOf(name);
const gabaVerdict = (/** @type {{data?: Row}} */ { data }, /** @type {string} */ name) =>
  verdictOn(data, kindOf(name))?.word ?? "";
const gabaWhy = (/** @type {{data?: Row}} */ { data }, /** @type {string} */ name) =>
  verdictOn(data, kindOf(name))?.why ?? "";
const gabaName = (/** @type {{data?: Row}} */ { data }) => data?.name ?? data?.key ?? "";
const gabaWords = (/** @type {{data?: any}} */ { data }) =>
  data?.words ??
  [data?.subset, data?.method, data?.seed, data?.note]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .join(" ");

const FINGER = 44; // pixels
const isCoarse = window.matchMedia("(pointer: coarse)");

/** A row is as high as what it says needs, and at least what a finger does. */
const gabaRowHeight = (/** @type {{data?: Row}} */ { data }, /** @type {number} */ group, /** @type {number} */ row) =>
  Math.max(data?.group ? group : row, isCoarse.matches ? FINGER : 0);

/** Order of a column of verdicts: the gravest last. */
function gabaGravest(
  /** @type {string} */ _a,
  /** @type {string} */ _b,
  /** @type {any} */ one,
  /** @type {any} */ other,
) {
  const of = (/** @type {any} */ node) =>
    Math.max(-1, ...(known.get(node?.data?.key) ?? []).map(({ gravity }) => gravity));
  return of(one) - of(other);
}

/** Ticked runs first, then the rest in the order asked for. */
function gabaTickedFirst(/** @type {{nodes: RowNode[]}} */ { nodes }) {
  const ticked = nodes.filter((node) => node.isSelected());
  const rest = nodes.filter((node) => !node.isSelected());
  nodes.splice(0, nodes.length, ...ticked, ...rest);
}

const pill = (/** @type {Verdict | undefined} */ verdict) =>
  verdict
    ? window.React.createElement(
        "span",
        { className: "gaba-pill", "data-gravity": verdict.gravity, key: verdict.word },
        verdict.word,
      )
    : null;

/** A verdict in a word, with a dot in the colour of how grave it is. */
const GabaPill = (/** @type {{data?: Row, colDef: {colId: string}}} */ { data, colDef }) =>
  pill(verdictOn(data, kindOf(colDef.colId)));

/** A run's name, or of a group its name, its worst verdicts and what can be said of all its runs. */
function GabaRun(/** @type {{data?: Row, value: string}} */ { data, value }) {
  const { createElement } = window.React;
  if (!data?.group)
    return createElement(
      "span",
      { title: data?.failed ? data.note : undefined, "data-failed": data?.failed || undefined },
      value,
    );
  const members = data.members ?? [];
  const worst = KINDS.map((_, kind) => gravest(members.flatMap((key) => known.get(key)?.[kind] ?? [])));
  return createElement(
    "div",
    { className: "gaba-group-row" },
    createElement("div", null, createElement("b", null, value), ...worst.map(pill)),
    createElement("div", { className: "gaba-group-words" }, groupWords(data)),
  );
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

/** @returns {Promise<Record<string, Verdict[]>>} */
async function ask(/** @type {string[]} */ keys) {
  const reply = await fetch(`live/verdicts?${new URLSearchParams(keys.map((key) => ["run", key]))}`);
  return reply.ok ? reply.json() : {};
}

/** Ask for the verdicts on runs in sight, some at a time, until there are none left to ask for. */
async function judge() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    for (;;) {
      const api = gridApi(GRID);
      if (!api) return;
      const seen = /** @type {RowNode[]} */ (api.getRenderedNodes()).map(({ data }) => data);
      const open = seen.filter((row) => row && !row.group && !row.failed && !known.has(row.key) && !asked.has(row.key));
      const keys = open.slice(0, BATCH).map((row) => /** @type {Row} */ (row).key);
      if (!keys.length) return;
      keys.forEach((key) => asked.add(key));
      for (const [key, both] of Object.entries(await ask(keys))) known.set(key, both);
      gridApi(GRID)?.refreshCells({ columns: ["name", ...KINDS], force: true });
    }
  } catch {
    asked.clear(); // the server is away: asked again when the list next moves
  } finally {
    asking = false;
  }
}

/** Tell the grid how its cells look, before the first is drawn. */
const equip = () =>
  inGrid(
    { gabaRowHeight, gabaVerdict, gabaWhy, gabaName, gabaWords, gabaGravest, gabaTickedFirst },
    { GabaPill, GabaRun },
  );

/* ---- the grid itself -------------------------------------------------------------------------------------------- */

/**
 * @param {{ticked: number, found: number, all: number}} counts
 * @param {string} text What is searched for.
 * @returns {string}
 */
export function countWords({ ticked, found, all }, text) {
  const said = (/** @type {number} */ number) => number.toLocaleString("en-US");
  const some = ticked ? `${said(ticked)} ticked` : "None ticked";
  return text
    ? `${said(found)} of ${said(all)} found, ${some.toLowerCase()}`
    : `${said(all)} ${all === 1 ? "run" : "runs"}, ${some.toLowerCase()}`;
}

function count(/** @type {any} */ api) {
  const counts = { ticked: 0, found: 0, all: 0 };
  const isRun = (/** @type {any} */ { data }) => data && !data.group;
  api.forEachNode((/** @type {any} */ node) => {
    if (!isRun(node)) return;
    counts.all += 1;
    if (node.isSelected()) counts.ticked += 1;
  });
  api.forEachNodeAfterFilter((/** @type {any} */ node) => {
    if (isRun(node)) counts.found += 1;
  });
  const text = api.getQuickFilter() ?? "";
  const isVain = counts.all > 0 && counts.found === 0;
  setProps("runs-count", { children: isVain ? `No run has “${text}” in its name.` : countWords(counts, text) });
  setProps("runs-clear", { style: { display: isVain ? "inline" : "none" } });
}

/** A click on the row of a group ticks its runs; on one whose runs are all ticked, it takes them out. */
function tickGroup(/** @type {any} */ api, /** @type {any} */ { data }) {
  if (!data?.group) return;
  const nodes = data.members.map((/** @type {string} */ key) => api.getRowNode(`run ${key}`)).filter(Boolean);
  const newValue = !nodes.every((/** @type {any} */ node) => node.isSelected());
  api.setNodesSelected({ nodes, newValue, source: "rowClicked" });
}

/** Let the list count itself, show ticked runs on top and ask for the verdicts of the rows in sight. */
export function listen() {
  equip();
  onGrid(GRID, (api) => {
    const resort = () => {
      api.refreshClientSideRowModel("sort");
      count(api);
    };
    api.addEventListener("selectionChanged", (/** @type {any} */ { source }) => {
      if (source !== "api") tell(api);
      resort();
    });
    api.addEventListener("rowDataUpdated", () => stands(api));
    api.addEventListener("modelUpdated", () => {
      count(api);
      requestAnimationFrame(judge);
    });
    api.addEventListener("viewportChanged", judge);
    api.addEventListener("cellClicked", (/** @type {any} */ event) => tickGroup(api, event));
    api.addEventListener("cellKeyDown", (/** @type {any} */ cell) => cell.event?.key === " " && tickGroup(api, cell));
    resort();
    judge();
    stands(api);
  });
}
