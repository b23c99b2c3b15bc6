/*
 * The playhead of the Runs view and its player. Every number shown here was read from a log by Python; this file only
 * picks and prints it.
 */
import * as plotly from "./plotly_adapter.mjs";
import { noUpdate, setProps, showOnSlider, sliderParts, triggeredProps } from "./dash_adapter.mjs";
import { firstPlaceOf } from "./plot_painter.mjs";
import { nearest } from "./positions.mjs";

const PLAY_MS = 10_000; // a whole run is played in about so long
const REST_MS = 150; // Dash is told of the playhead when it rests: it looks through the whole page each time
const SLOWEST_MS = 400; // but a short one no slower than this a position
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const id = (/** @type {string} */ name) => `runs-${name}`;
const part = (/** @type {string} */ name) => document.getElementById(id(name));
const graphOf = () => plotly.graphIn(firstPlaceOf("runs"));

/**
 * @typedef {object} Head Positions, and every run's numbers at each.
 * @property {number[]} epochs
 * @property {number[]} xs Where the line is drawn.
 * @property {string[]} words
 * @property {(number | null)[][][]} values By run, column and position.
 * @property {number[]} digits
 * @property {number} best
 * @property {boolean} live
 */

/** @type {Head | null} */
let head = null;
/** @type {number | null} The epoch the reader left the playhead at; null until it was moved. */
let here = null;
let at = 0; // position now
/** @type {number | null} */
let timer = null;
/** @type {number | undefined} */
let resting; // until Dash is told where the playhead is
/** @type {WeakSet<Graph>} Graphs whose line is drawn again after each drawing of Plotly's. */
const followed = new WeakSet();

/**
 * @param {number | null} value
 * @param {number} digits Decimals, or four significant digits where it is -4; `playhead.cell` in Python writes the same.
 */
export function print(value, digits) {
  if (value === null) return "–";
  if (digits !== -4) return value.toFixed(digits);
  const size = Math.abs(value);
  if (size > 0 && (size < 1e-4 || size >= 1e7)) return powers(value);
  return size > 0 && size < 1000 ? value.toFixed(3 - Math.floor(Math.log10(size))) : value.toFixed(0);
}

/**
 * @param {number} value
 * @returns {string} four digits times a power of ten
 */
function powers(value) {
  const [mantissa, exponent] = value.toExponential(3).split("e");
  const raised = String(Number(exponent)).replace(/./g, (sign) => (sign === "-" ? "⁻" : RAISED[Number(sign)]));
  return `${mantissa}×10${raised}`;
}

function paint() {
  if (!head?.epochs.length) return;
  const { digits, values: runs } = head;
  runs.forEach((columns, run) =>
    columns.forEach((values, column) => {
      const place = document.getElementById(`runs-text-${run}-${column}`);
      const text = print(values[at], digits[column]);
      if (place && place.textContent !== text) place.textContent = text;
    }),
  );
  line();
}

function line() {
  const graph = graphOf();
  if (!plotly.isDrawn(graph)) {
    // not drawn yet, or the reader left the page
    if (part("scrub")) requestAnimationFrame(line);
    return;
  }
  if (!followed.has(graph)) {
    graph.on("plotly_afterplot", line);
    graph.on("plotly_hover", point);
  }
  followed.add(graph);
  const x = head?.xs[at];
  const lines = graph.data.flatMap((trace, index) => (trace.uid?.startsWith("playhead-") ? [index] : []));
  if (x === undefined || !lines.length || /** @type {any} */ (graph.data[lines[0]].x)?.[0] === x) return;
  const moved = lines.map((index) => ({ index, x: [x, x], y: null }));
  const isPainted = moved.every((change) => plotly.paint(graph, change));
  if (!isPainted || resting === undefined) plotly.animate(graph, moved); // Plotly, too, is told when it rests
}

/** The pointer over the picture is the playhead; while the player runs, it is the player's. */
function point(/** @type {{xvals?: number[], points?: {x: number}[]}} */ { xvals, points }) {
  const x = points?.[0]?.x ?? xvals?.[0];
  if (timer === null && x !== undefined && head?.xs.length) goTo(nearest(head.xs, x));
}

function goTo(/** @type {number} */ position) {
  if (!head || position === at) return;
  at = position;
  here = head.epochs[at];
  clearTimeout(resting);
  resting = window.setTimeout(rest, REST_MS);
  paint();
  showPlace(head);
}

/** Show where the playhead is on its slider and in words, as Dash will when it is told. */
function showPlace(/** @type {Head} */ { epochs, words }) {
  const root = part("scrub");
  const parts = root && sliderParts(root);
  if (parts) {
    showOnSlider(parts, at / Math.max(1, epochs.length - 1));
    parts.thumb.setAttribute("aria-valuenow", String(at));
    parts.thumb.setAttribute("aria-valuetext", words[at]);
  }
  const place = part("when");
  if (place) place.textContent = words[at];
}

function rest() {
  clearTimeout(resting);
  resting = undefined;
  line();
  if (part("scrub")) setProps(id("scrub"), { value: at });
}

/** One record back, or on, at each click: Dash makes one call of two that come fast. */
function step(/** @type {Event} */ { target }) {
  const button = target instanceof Element ? target.closest("button") : null;
  const way = { [id("back")]: -1, [id("on")]: 1 }[button?.id ?? ""];
  if (way === undefined) return;
  const last = (head?.epochs.length ?? 0) - 1;
  stop();
  if (last >= 0) goTo(Math.min(last, Math.max(0, at + way)));
}

let pace = 1; // times the usual speed
const PACES = new Map([["½", 0.5]]);

/** The speed of the player, also of one that runs. */
export function speed(/** @type {string} */ text) {
  pace = PACES.get(text) ?? Number(text);
  if (timer !== null) {
    stop();
    play();
    setProps(id("play"), { children: "Pause" });
  }
  return noUpdate();
}

/**
 * @param {Head} now
 * @param {Head | null} before
 * @param {number} position Before.
 * @param {number | null} left The epoch the reader left the playhead at.
 * @returns {{at: number, left: number | null}} Where the playhead goes when there are other runs or another axis: it
 *   stays at its epoch, or the nearest there is. At the last epoch of a log that grew it goes with it.
 */
export function placeIn(now, before, position, left) {
  const { epochs } = now;
  const grown = now.live && before?.epochs.length ? before : null;
  if (grown && position === grown.epochs.length - 1) {
    return { at: epochs.length - 1, left: left === null ? null : epochs[epochs.length - 1] };
  }
  return { at: nearest(epochs, grown ? grown.epochs[position] : (left ?? epochs[now.best])), left };
}

/**
 * Other runs, another axis, or more of a log that is being written; a player plays on in the last case.
 * @param {Head} data
 */
export function load(data) {
  const before = head;
  head = data;
  if (!data.live) stop();
  if (!data.epochs.length) return [1, 0];
  ({ at, left: here } = placeIn(data, before, at, here));
  const held = document.activeElement?.closest(`#${id("scrub")}`);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      paint();
      if (held && !held.isConnected) thumb()?.focus(); // a new range is a new slider
    }),
  );
  return [Math.max(1, data.epochs.length - 1), at];
}

const thumb = () => /** @type {HTMLElement | null | undefined} */ (part("scrub")?.querySelector("[role=slider]"));

/**
 * @param {number} position
 * @param {Head | null} data
 */
export function scrub(position, data) {
  if (!data?.epochs.length) return "";
  head = data;
  const lag = timer !== null && position !== at; // an answer the player has overtaken
  if (!triggeredProps().includes(`${id("head")}.data`) && !lag) {
    at = Math.min(position, data.epochs.length - 1);
    here = data.epochs[at];
    paint();
  }
  const words = data.words[at];
  thumb()?.setAttribute("aria-valuetext", words);
  return words;
}

/* ---- the player ------------------------------------------------------------------------------------------------- */

function stop() {
  if (timer === null) return;
  cancelAnimationFrame(timer);
  timer = null;
  if (resting !== undefined) rest();
  if (part("play")) setProps(id("play"), { children: "Play" });
}

/** Show where a player that began at `first` has come to; false at the end of the run, or of the page. */
function advance(/** @type {number} */ first, /** @type {number} */ beats) {
  const last = (head?.epochs.length ?? 0) - 1; // a log may grow or be cut meanwhile
  if (!head || last < 0 || !part("scrub")) return false; // the reader left the page
  goTo(Math.min(last, first + Math.floor(beats)));
  return at < last;
}

/** Play from here to the end, or from the start where here is the end; time decides, not the frame rate. */
export function play() {
  if (timer !== null) {
    stop();
    return "Play";
  }
  if (!head?.epochs.length) return noUpdate();
  const first = at >= head.epochs.length - 1 ? 0 : at;
  const beat = Math.min(SLOWEST_MS, PLAY_MS / head.epochs.length) / pace;
  /** @type {number | null} */
  let began = null;
  const turn = (/** @type {number} */ now) => {
    began ??= now;
    if (advance(first, (now - began) / beat)) timer = requestAnimationFrame(turn);
    else stop();
  };
  timer = requestAnimationFrame(turn);
  return "Pause";
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

/** A link may ask for a card of this page, which Dash draws later than the browser looks for it. */
function seekCard() {
  if (!location.pathname.endsWith("/runs") || !location.hash) return;
  const wanted = location.hash.slice(1);
  const seek = new MutationObserver(() => {
    const card = document.getElementById(wanted);
    if (!card || !graphOf()) return;
    seek.disconnect();
    card.scrollIntoView();
  });
  seek.observe(document, { subtree: true, childList: true });
}

/** A pointer or a key on the playhead stops the player, and comes after what the pointer in the picture has led to. */
export function listen() {
  const grip = (/** @type {Event} */ event) => {
    if (!(event.target instanceof Element) || !event.target.closest(`#${id("scrub")}`)) return;
    stop();
    if (resting !== undefined) rest();
  };
  document.addEventListener("pointerdown", grip, true);
  document.addEventListener("keydown", grip, true);
  document.addEventListener("click", step);
  seekCard();
}
