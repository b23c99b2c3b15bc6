/*
 * What a screen reader hears of what was done: the sentences in which a page says what its setting comes to, once the
 * hand has let go and they have stopped changing. All of it is said in one place, the element `gaba-heard`.
 */
import { drags } from "./drags.mjs";
import { TIMERS } from "./timers.mjs";

/** @typedef {import("./timers.mjs").Timers} Timers */

/**
 * @typedef {object} Port What an announcer needs of the page.
 * @property {() => string[]} outcomes The sentences of the page that is shown.
 * @property {() => string} page Its name: what a page says as it opens is read, not announced.
 * @property {() => boolean} isHeld Whether a control is under the hand.
 * @property {(text: string) => void} say
 * @property {Timers} timers
 */

const QUIET_MS = 500; // sentences that follow one another faster are said once

export class Announcer {
  #page = "";
  /** @type {Set<string>} */
  #known = new Set();
  /** @type {unknown} */
  #timer;
  #port;

  constructor(/** @type {Port} */ port) {
    this.#port = port;
  }

  /** Something on the page is another: it is said when all is quiet. */
  changed() {
    this.#port.timers.clear(this.#timer);
    this.#timer = this.#port.timers.set(() => (this.#port.isHeld() ? this.changed() : this.#tell()), QUIET_MS);
  }

  /** A hand is on a control: a page that just opened has opened, and what changes from now on is news. */
  acts() {
    if (this.#opens()) this.#know();
  }

  #opens() {
    return this.#page !== this.#port.page();
  }

  /** @returns {string[]} what was not there before */
  #know() {
    const outcomes = this.#port.outcomes().filter(Boolean);
    const fresh = outcomes.filter((text) => !this.#known.has(text));
    if (this.#opens() && !outcomes.length) return []; // it has not come yet
    this.#page = this.#port.page();
    this.#known = new Set(outcomes);
    return fresh;
  }

  #tell() {
    const opens = this.#opens();
    const fresh = this.#know();
    if (fresh.length && !opens) this.#port.say(fresh.join(" "));
  }
}

/** Have a text read out. */
export function say(/** @type {string} */ text) {
  const place = document.getElementById("gaba-heard");
  if (place) place.textContent = text;
}

const OUTCOME = "[data-outcome]";
const texts = () => [...document.querySelectorAll(OUTCOME)].map(({ textContent }) => textContent.trim());

const isWithin = (/** @type {Node} */ node) =>
  Boolean((node instanceof Element ? node : node.parentElement)?.closest(OUTCOME));

const holdsOne = (/** @type {Node} */ node) =>
  node instanceof Element && (node.matches(OUTCOME) || Boolean(node.querySelector(OUTCOME)));

/** Watch the sentences of every page. */
export function listen() {
  const announcer = new Announcer({
    outcomes: texts,
    page: () => location.pathname,
    isHeld: () => [...drags.values()].some(({ held }) => held),
    say,
    timers: TIMERS,
  });
  const watch = new MutationObserver((records) => {
    const isNews = records.some(({ target, addedNodes }) => isWithin(target) || [...addedNodes].some(holdsOne));
    if (isNews) announcer.changed();
  });
  for (const act of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(act, () => announcer.acts(), true);
  }
  watch.observe(document, { subtree: true, childList: true, characterData: true });
}
