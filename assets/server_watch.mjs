/*
 * The page while its server is away: its questions wait (`connection.mjs` has the rules), a banner says so, and a
 * picture that is not of the setting beside it is marked, until its answer has come.
 */
import { callbackAsked, inFrontOfFetch, isLong, nothingToChange } from "./dash_adapter.mjs";
import { Connection, newestOf } from "./connection.mjs";
import { drags } from "./drags.mjs";
import { TIMERS } from "./timers.mjs";

const HEALTH = "healthz";
const STANDS_IN = new Set([502, 503, 504]); // what a proxy answers for a server that is away
const SLOW_MS = 1500; // an answer that takes longer leaves a picture that is not of its setting: that is said
const LOOK_MS = 250;

/** @typedef {import("./connection.mjs").Presence} Presence */

/** @type {Map<string, {drawn: number, at: number}>} By view, which picture it has shown for too long, and since when. */
const behind = new Map();

const notice = () => document.getElementById("gaba-server");

async function beat(/** @type {typeof fetch} */ own, /** @type {AbortSignal} */ signal) {
  const reply = await own(HEALTH, { signal, cache: "no-store" });
  return reply.ok;
}

function announce(/** @type {Presence} */ presence) {
  const place = notice();
  if (presence === "there") delete document.documentElement.dataset.server;
  else document.documentElement.dataset.server = presence;
  if (place) place.textContent = presence === "there" ? "" : (place.dataset[presence] ?? "");
  mark();
}

/** Mark the pictures that are not of the setting beside them, of a server that is away or slow. */
function mark() {
  for (const [view, drag] of drags) show(view, notice()?.dataset[stateOf(view, drag)] ?? "");
}

/** @returns {string} What there is to say of a view's pictures, by its name in the notice. */
function stateOf(/** @type {string} */ view, /** @type {import("./drag_state.mjs").Drag} */ { isBehind, drawn }) {
  if (!isBehind) {
    behind.delete(view);
    return "";
  }
  const known = behind.get(view);
  const since = known?.drawn === drawn ? known : { drawn, at: TIMERS.now() };
  behind.set(view, since);
  if ("server" in document.documentElement.dataset) {
    since.at = -Infinity; // once marked, it stays so until it is drawn
    return "earlier";
  }
  return answersDue > 0 && TIMERS.now() - since.at >= SLOW_MS ? "computing" : "";
}

/** Say something of a view's pictures; nothing where there is nothing to say. */
function show(/** @type {string} */ view, /** @type {string} */ words) {
  for (const place of document.querySelectorAll(`.gaba-graph[data-view="${view}"]`)) {
    if (!(place instanceof HTMLElement) || (place.dataset.behind ?? "") === words) continue;
    if (words) place.dataset.behind = words;
    else delete place.dataset.behind;
    place.toggleAttribute("aria-busy", Boolean(words));
  }
}

let answersDue = 0; // questions of Dash's under way

async function counted(/** @type {Promise<Response>} */ answer) {
  answersDue += 1;
  try {
    return await answer;
  } finally {
    answersDue -= 1;
    mark();
  }
}

/** Watch the server from now on. */
export function listen() {
  /** @type {Connection} */
  const connection = inFrontOfFetch((own) => {
    const made = new Connection({
      beat: (signal) => beat(own, signal),
      changed: announce,
      watched: () => !document.hidden,
      timers: TIMERS,
    });
    const isAnswer = (/** @type {Response} */ reply) => !STANDS_IN.has(reply.status);
    const ask = (/** @type {RequestInfo | URL} */ what, /** @type {RequestInit} */ how) => {
      const name = callbackAsked(what, how);
      if (name === null) return made.once(() => own(what, how));
      const until = (/** @type {AbortSignal | null} */ signal) =>
        made.until(name, () => own(what, { ...how, signal }), isAnswer, nothingToChange());
      return counted(isLong(name) ? newestOf(name, until, nothingToChange()) : until(how.signal ?? null));
    };
    return { made, ask };
  });
  connection.look();
  setInterval(mark, LOOK_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && connection.look());
}
