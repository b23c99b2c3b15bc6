/*
 * The cells of the Map: the pointer reads them, a click or the arrow keys choose one, whose values the controls take.
 *
 * What each cell says comes from the server as text. Here is only which cell is meant, and the chain of a refinement:
 * the next piece is asked for once the one before is there.
 */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps } from "./dash_adapter.mjs";

const VIEW = "map";
const CONFIRM_MS = 250; // without another key for so long, the controls take the values

/**
 * @typedef {object} Axis
 * @property {string} param
 * @property {string} name
 * @property {(number | string)[]} values
 * @property {string[]} texts
 */

/** @typedef {{axes: Axis[], texts: string[], cell: number[]}} Cells Across, then upwards; the texts row by row. */

/** @type {Cells | null} */
let cells = null;
/** @type {number[]} The cell that the keys are at. */
let at = [0, 0];
/** @type {number | undefined} */
let timer;

const partOf = (/** @type {string} */ name) => document.getElementById(`${VIEW}-${name}`);
const graphOf = () => plotly.graphIn(partOf("cursor")?.parentElement);

/**
 * @param {number} share Of the way along an axis, 0 to 1.
 * @param {number} count How many cells it has.
 * @returns {number} The cell that lies there.
 */
export const cellAt = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));

/**
 * @param {Cells} known
 * @param {number[]} cell
 * @returns {string} What a cell says.
 */
export function wordsOf({ axes, texts }, [across, up]) {
  const where = axes.map(({ name, texts: own }, i) => `${name} ${own[[across, up][i]]}`).join(", ");
  return `${where}: ${texts[up * axes[0].values.length + across]}`;
}

/**
 * @param {string} key
 * @param {number[]} cell
 * @param {number[]} counts
 * @returns {number[] | null} The cell that a key leads to; null for a key that leads nowhere.
 */
export function cellByKey(key, [across, up], [columns, rows]) {
  /** @type {Record<string, number[]>} */
  const places = {
    ArrowLeft: [across - 1, up],
    ArrowRight: [across + 1, up],
    ArrowDown: [across, up - 1],
    ArrowUp: [across, up + 1],
    Home: [0, up],
    End: [columns - 1, up],
    PageDown: [across, 0],
    PageUp: [across, rows - 1],
  };
  const [x, y] = places[key] ?? [];
  if (x === undefined) return null;
  return [Math.min(columns - 1, Math.max(0, x)), Math.min(rows - 1, Math.max(0, y))];
}

/** Lay the cursor over the cells of the picture. */
function settle() {
  const cursor = partOf("cursor");
  const [across, up] = ["xaxis", "yaxis"].map((name) => plotly.axisIn(graphOf(), name));
  if (!cursor || !across || !up) return;
  Object.assign(cursor.style, {
    left: `${across.start}px`,
    top: `${up.start}px`,
    width: `${across.length}px`,
    height: `${up.length}px`,
  });
}

/** Say what a cell says, next to it. */
function tell(/** @type {number[]} */ cell) {
  const [cursor, tip] = [partOf("cursor"), partOf("tip")];
  if (!cells || !cursor || !tip) return;
  const [columns, rows] = cells.axes.map(({ values }) => values.length);
  const [left, top] = [(cell[0] + 0.5) / columns, 1 - (cell[1] + 0.5) / rows];
  tip.textContent = wordsOf(cells, cell);
  tip.style.left = `${left * 100}%`;
  tip.style.top = `${top * 100}%`;
  tip.dataset.side = `${top < 0.2 ? "below" : "above"} ${left < 0.25 ? "right" : left > 0.75 ? "left" : "middle"}`;
  cursor.dataset.telling = "";
}

const beQuiet = () => delete partOf("cursor")?.dataset.telling;

/** The controls take the values of a cell. */
function choose(/** @type {number[]} */ cell) {
  if (!cells || !partOf("cursor")) return; // the reader has left the page
  cells.axes.forEach(({ param, values }, i) => {
    const type = typeof values[0] === "string" ? "choice" : "number";
    setProps({ type, view: VIEW, param }, { value: values[cell[i]] });
  });
}

/** @returns {number[] | null} The cell under the pointer. */
function cellUnder(/** @type {PointerEvent | MouseEvent} */ event) {
  const cursor = partOf("cursor");
  if (!cells || !cursor || !(event.target instanceof Element) || !cursor.contains(event.target)) return null;
  const { left, bottom, width, height } = cursor.getBoundingClientRect();
  const shares = [(event.clientX - left) / width, (bottom - event.clientY) / height];
  return cells.axes.map(({ values }, i) => cellAt(shares[i], values.length));
}

function point(/** @type {PointerEvent} */ event) {
  const cell = cellUnder(event);
  if (cell) tell(cell);
  else if (document.activeElement !== partOf("cursor")) beQuiet();
}

function press(/** @type {MouseEvent} */ event) {
  const cell = cellUnder(event);
  if (!cell) return;
  at = cell;
  choose(cell);
}

function stepByKey(/** @type {KeyboardEvent} */ event) {
  const cursor = partOf("cursor");
  if (!cells || !cursor || event.target !== cursor) return;
  if (event.key === "Enter") partOf("trace-link")?.click();
  const counts = cells.axes.map(({ values }) => values.length);
  const cell = cellByKey(event.key, at, counts);
  if (!cell) return;
  event.preventDefault();
  at = cell;
  tell(cell);
  cursor.setAttribute("aria-valuenow", String(cell[1] * counts[0] + cell[0]));
  cursor.setAttribute("aria-valuetext", wordsOf(cells, cell));
  clearTimeout(timer);
  timer = window.setTimeout(() => choose(cell), CONFIRM_MS);
}

/**
 * What the cells of the map say now.
 * @param {Cells | null} known
 */
export function remember(known) {
  cells = known;
  if (!known) return noUpdate();
  at = known.cell;
  requestAnimationFrame(watch);
  partOf("cursor")?.setAttribute("aria-valuemax", String(known.texts.length - 1));
  partOf("cursor")?.setAttribute("aria-valuenow", String(at[1] * known.axes[0].values.length + at[0]));
  partOf("cursor")?.setAttribute("aria-valuetext", wordsOf(known, at));
  return noUpdate();
}

/* ---- the refinement ---------------------------------------------------------------------------------------------- */

/** @typedef {{of: string, pieces: number, all?: number}} Progress */

/**
 * @param {Progress | null | undefined} job
 * @param {Progress | null | undefined} progress
 * @returns {Progress | null | undefined} What the job is now: the next piece, null where it is done; undefined where the
 *   progress is not its own, or it was cancelled.
 */
export function jobAfter(job, progress) {
  if (!job || !progress || progress.of !== job.of) return undefined;
  return progress.pieces < (progress.all ?? 0) ? { of: job.of, pieces: progress.pieces + 1 } : null;
}

/** Show whether a refinement goes on: what starts it, what cancels it, how far it is. */
export function work(/** @type {Progress | null | undefined} */ job) {
  const shown = (/** @type {boolean} */ there) => (there ? {} : { display: "none" });
  return [shown(!job), shown(Boolean(job)), shown(Boolean(job))];
}

/**
 * Show how far a refinement is, and ask for its next piece.
 * @param {Progress | null | undefined} progress
 * @param {Progress | null | undefined} job
 */
export function goOn(progress, job) {
  const next = jobAfter(job, progress);
  if (next !== undefined) requestAnimationFrame(() => setProps(`${VIEW}-job`, { data: next }));
  return [String(progress?.pieces ?? 0), String(progress?.all ?? 1)];
}

/* ---- the cursor follows the picture ------------------------------------------------------------------------------ */

/** @type {ResizeObserver | undefined} */
let sizes;
/** @type {Graph | null} */
let watched = null;

function watch() {
  const graph = graphOf();
  if (!graph || !plotly.isDrawn(graph)) {
    if (partOf("cursor")) requestAnimationFrame(watch);
    return;
  }
  if (watched !== graph) {
    watched = graph;
    sizes?.observe(graph);
    graph.on("plotly_afterplot", settle);
  }
  settle();
}

/** Listen to pointer and keys. */
export function listen() {
  sizes = new ResizeObserver(() => requestAnimationFrame(settle));
  document.addEventListener("pointermove", point);
  document.addEventListener("click", press);
  document.addEventListener("keydown", stepByKey);
  document.addEventListener("focusin", (event) => event.target === partOf("cursor") && tell(at));
  document.addEventListener("focusout", (event) => event.target === partOf("cursor") && beQuiet());
}
