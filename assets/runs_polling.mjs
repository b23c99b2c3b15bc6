/*
 * The Runs page while logs are being written: asks every 0.6 s what is new, says it in words (`runs_news.mjs`), keeps
 * the list of runs up to date, and has the picture drawn again where a selected run changed. A hidden page asks
 * nothing, and a server that does not answer is asked again later, without a word to the reader.
 */
import { noUpdate, setProps } from "./dash_adapter.mjs";
import { dragOf } from "./drags.mjs";
import { drop } from "./frame_prefetch.mjs";
import { follow as tickChosen, forget } from "./runs_list.mjs";
import { news, place, tick } from "./runs_news.mjs";

const PACE_MS = 600; // a big log takes about a second more to its picture: two in all
const MANY = 100; // runs: to look at each of them takes a tenth of a second of the server
const SLOW_MS = 5000; // so often is looked at more
const PATIENCE_MS = 8000; // a redraw that has not come by then is asked for once more

/** @typedef {{key: string, note?: string, failed?: boolean}} Row */
/** @typedef {{tag: string, clock?: number}} Drawn What a picture shows, and of which state. */

/**
 * @typedef {object} Answer
 * @property {string} seen
 * @property {object} [reported]
 * @property {string} [drawn]
 * @property {import("./runs_news.mjs").News[]} words
 * @property {Row[]} [rows]
 */

let on = true; // the reader's switch
/** @type {string[]} Keys of the selected runs. */
let chosen = [];
/** @type {Drawn | null} What the picture shows. */
let drawn = null;
/** @type {{tag: string | null, at: number}} The redraw last asked for. */
let wanted = { tag: null, at: 0 };
let seen = ""; // tag of the last answer
/** @type {object} What it said of each log: another process may answer next, and goes on from there. */
let facts = {};
/** @type {Map<string, string>} The list as the grid has it, each row as text. */
let rows = new Map();
/** @type {HTMLElement | null} The page whose list that is. */
let listedOn = null;
let asking = new AbortController(); // the look under way
/** @type {number | undefined} */
let timer;
let pressed = false; // a button is down: a redraw would take playhead or zoom box out of the pointer's hold

/* ---- what the page tells ---------------------------------------------------------------------------------------- */

export const follow = (/** @type {boolean} */ checked) => (checked ? "on" : "off");

/**
 * @param {Drawn} tag
 * @param {string | null} runs
 * @param {string} following
 */
export function shown(tag, runs, following) {
  if (on !== (following !== "off")) {
    on = !on;
    seen = "";
    if (!on) news([]);
    soon(0);
  }
  const keys = (runs ?? "").split(",").filter(Boolean).map(decodeURIComponent);
  if (String(keys) !== String(chosen)) {
    chosen = keys;
    asking.abort(); // nobody needs to read what is not chosen any more
    tickChosen(runs);
    wanted = { tag: null, at: performance.now() }; // the page itself redraws for another selection
    soon(0);
  }
  if (drawn !== null && drawn.tag !== tag.tag) drop(dragOf("runs")); // frames of the logs as they were
  drawn = tag;
  return noUpdate();
}

/** @param {Row[] | null} data */
export function listed(data) {
  rows = new Map((data ?? []).map((row) => [row.key, JSON.stringify(row)]));
  listedOn = place();
  seen = ""; // a new page says nothing yet, and a list that was read earlier may have come last
  soon(0);
  return noUpdate();
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

function soon(/** @type {number} */ wait) {
  clearTimeout(timer);
  timer = window.setTimeout(look, wait);
}

/** @returns {Promise<Answer | null>} null where nothing is new. */
async function ask(/** @type {string[]} */ keys) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ runs: keys, seen, reported: facts });
  asking = new AbortController();
  const reply = await fetch("live/runs", { method: "POST", headers, body, signal: asking.signal });
  return reply.status === 200 ? reply.json() : null; // read in any case, or the request never ends
}

async function look() {
  const page = place();
  const keys = chosen;
  if (!on || document.hidden || !page || listedOn !== page) return soon(PACE_MS); // nobody looks at the runs
  try {
    const answer = await ask(keys);
    if (answer && on && keys === chosen && page.isConnected) take(answer);
  } catch {
    // the server is away, or the choice is another one: the view stays, and the next look will tell
  }
  tick();
  return soon(keys.length > MANY ? SLOW_MS : PACE_MS);
}

function take(/** @type {Answer} */ answer) {
  seen = pressed ? "" : answer.seen; // the next look brings it again
  news(answer.words);
  if (answer.drawn === undefined) return; // a long log is being read: more is not known yet
  facts = answer.reported ?? {};
  if (answer.rows) updateList(answer.rows);
  const now = performance.now();
  const asked = wanted.tag === answer.drawn && now - wanted.at < PATIENCE_MS;
  if (pressed || answer.drawn === drawn?.tag || asked || !chosen.length) return;
  wanted = { tag: answer.drawn, at: now };
  setProps("runs-look", { data: { tag: answer.drawn, clock: drawn?.clock } });
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

const isDropped = (/** @type {string} */ key) => key.startsWith("dropped: ");

/**
 * @param {Map<string, string>} known Rows of the list by key, each as text.
 * @param {Row[]} fresh The list as the server has it.
 * @param {string[]} selected
 * @returns {{add: Row[], update: Row[], remove: Row[]}} The rows that differ; a run that is gone stays while it is selected.
 */
export function rowChanges(known, fresh, selected) {
  const keys = new Set(fresh.map((row) => row.key));
  const gone = [...known.keys()].filter((key) => !keys.has(key) && !isDropped(key));
  const deleted = gone
    .filter((key) => selected.includes(key))
    .map((key) => ({ ...JSON.parse(known.get(key) ?? "{}"), note: "deleted" }));
  return {
    add: fresh.filter((row) => !known.has(row.key)),
    update: [...fresh.filter((row) => known.has(row.key)), ...deleted].filter(
      (row) => known.get(row.key) !== JSON.stringify(row),
    ),
    remove: gone.filter((key) => !selected.includes(key)).map((key) => ({ key })),
  };
}

const canBeTicked = () => [...rows.values()].some((row) => !JSON.parse(row).failed);

function updateList(/** @type {Row[]} */ fresh) {
  const isFirst = !chosen.length && !canBeTicked();
  const { add, update, remove } = rowChanges(rows, fresh, chosen);
  if (!add.length && !update.length && !remove.length) return;
  for (const row of [...add, ...update]) rows.set(row.key, JSON.stringify(row));
  for (const row of remove) rows.delete(row.key);
  forget([...add, ...update].map((row) => row.key));
  setProps("runs-grid", { rowTransaction: { add, update, remove, async: false } });
  // into an empty folder came the first run: it is drawn as if the page had been opened with it
  if (isFirst && canBeTicked()) setProps("runs-examples", { n_clicks: performance.now() });
}

/** Note whether a button is down, and look at once when the page is looked at again. */
export function listen() {
  for (const [kind, down] of /** @type {[string, boolean][]} */ ([
    ["pointerdown", true],
    ["pointerup", false],
    ["pointercancel", false],
  ])) {
    document.addEventListener(
      kind,
      () => {
        pressed = down;
      },
      true,
    );
  }
  document.addEventListener(
    "pointermove",
    ({ buttons }) => {
      pressed = buttons !== 0;
    },
    true,
  ); // a menu may swallow a release
  document.addEventListener("visibilitychange", () => !document.hidden && soon(0));
}
