/*
 * Whether the server answers, and what becomes of a question while it does not. The rules alone: what asks, waits and
 * tells is handed in, so that they can be tried without a page.
 *
 * A beat asks for the server's health. One that is refused, or stays unanswered for `PATIENCE_MS`, makes it away; any
 * answer to any question makes it there again. A long computation is no reason: the beat is answered meanwhile. Where
 * a browser's connections to the server are all taken, a beat waits in the browser, and is given longer.
 *
 * A question that changes nothing on the server may be asked again. It is, once the server is back, and nobody who
 * asked need know; a newer question of the same name takes its place while it waits.
 */

/** @typedef {import("./timers.mjs").Timers} Timers */
/** @typedef {"there" | "gone" | "silent"} Presence Answering; refusing to; leaving questions unanswered. */

export const BEAT_MS = 900;
export const PATIENCE_MS = 1700;
export const QUEUED_MS = 12_000;
const CONNECTIONS = 6; // to one server, in every browser
const TRIES = 3; // of a question that fails while the server is there
const OVERTAKEN = Symbol("overtaken");

/**
 * @template T
 * @typedef {{answer: T} | {error: Error}} Found
 */

/**
 * @template T
 * @param {Found<T>} found
 * @returns {T}
 */
function taken(found) {
  if ("error" in found) throw found.error;
  return found.answer;
}

/**
 * @typedef {object} Port What a connection needs of the page.
 * @property {(signal: AbortSignal) => Promise<boolean>} beat Whether our server says that it is well; fails if none does.
 * @property {(presence: Presence) => void} changed
 * @property {() => boolean} watched Whether anybody looks at the page.
 * @property {Timers} timers
 */

export class Connection {
  /** @type {Presence} */
  presence = "there";
  /** Questions under way, beats apart. */
  #open = 0;
  /** When the server last gave a sign of life. */
  #heard = 0;
  /** @type {unknown} */
  #next = null;
  #looking = false;
  /** @type {Set<() => void>} */
  #away = new Set();
  /** @type {Set<() => void>} */
  #back = new Set();
  /** @type {Map<string, () => void>} Questions that wait for the server, by name: each gives way to a newer one. */
  #waiting = new Map();
  /** @type {Port} */
  #port;

  constructor(/** @type {Port} */ port) {
    this.#port = port;
  }

  get isThere() {
    return this.presence === "there";
  }

  /** Look, and go on looking. */
  async look() {
    const { timers } = this.#port;
    if (this.#looking) return;
    timers.clear(this.#next);
    this.#looking = true;
    if (this.#port.watched()) await this.#beat();
    this.#looking = false;
    this.#next = timers.set(() => this.look(), BEAT_MS);
  }

  async #beat() {
    const stop = new AbortController();
    const silence = this.#silence();
    const answer = this.#port.beat(stop.signal).then(
      (well) => (well ? "there" : "gone"),
      () => "gone",
    );
    const found = /** @type {Presence} */ (await Promise.race([answer, silence.falls]));
    silence.forget();
    if (found === "silent") stop.abort();
    this.#become(found);
  }

  /** What happens once nothing has been heard for as long as a beat is given. */
  #silence() {
    const { timers } = this.#port;
    const asked = timers.now();
    /** @type {unknown} */
    let timer;
    /** @type {Promise<Presence>} */
    const falls = new Promise((resolve) => {
      const judge = () => {
        const patience = this.isThere && this.#open >= CONNECTIONS ? QUEUED_MS : PATIENCE_MS;
        const left = Math.max(asked, this.#heard) + patience - timers.now();
        if (left <= 0) resolve("silent");
        else timer = timers.set(judge, left);
      };
      timer = timers.set(judge, PATIENCE_MS);
    });
    return { falls, forget: () => timers.clear(timer) };
  }

  #become(/** @type {Presence} */ presence) {
    const was = this.presence;
    this.presence = presence;
    if (was !== presence) this.#port.changed(presence);
    const subscribers = presence === "there" ? this.#back : was === "there" ? this.#away : new Set();
    const all = [...subscribers];
    subscribers.clear();
    for (const tell of all) tell();
  }

  /** The server has answered something. */
  #sign() {
    this.#heard = this.#port.timers.now();
    if (!this.isThere) this.look();
  }

  #once(/** @type {Set<() => void>} */ subscribers) {
    /** @type {() => void} */
    let tell = () => {};
    /** @type {Promise<void>} */
    const happens = new Promise((resolve) => (tell = resolve));
    subscribers.add(tell);
    return { happens, forget: () => subscribers.delete(tell) };
  }

  /**
   * A question that is not asked again: it fails as soon as the server is away.
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async once(ask) {
    if (!this.isThere) throw new TypeError("The server does not answer.");
    const away = this.#once(this.#away);
    const fails = away.happens.then(() => {
      throw new TypeError("The server does not answer.");
    });
    try {
      return await Promise.race([this.#asked(ask), fails]);
    } finally {
      away.forget();
    }
  }

  /**
   * A question that is asked until it is answered.
   * @template T
   * @param {string} name Of what it asks for.
   * @param {() => Promise<T>} ask
   * @param {(answer: T) => boolean} isAnswer Whether it is our server's, and not one that stands in for it.
   * @param {T} overtaken What is answered where a newer question has taken its place.
   * @returns {Promise<T>}
   */
  async until(name, ask, isAnswer, overtaken) {
    /** @type {(found: Found<T>) => void} */
    let settle = () => {};
    /** @type {Promise<Found<T>>} An answer to any of the times that it was asked. */
    const settled = new Promise((resolve) => (settle = resolve));
    const attempt = async () => {
      const found = await this.#asked(ask).then(
        (answer) => ({ answer }),
        (/** @type {Error} */ error) => ({ error }),
      );
      if ("answer" in found ? isAnswer(found.answer) : found.error.name === "AbortError") settle(found);
      else if (this.isThere && (failed += 1) >= TRIES) settle(found);
      return Promise.race([settled, null]);
    };
    let failed = 0;
    for (;;) {
      const before = this.isThere ? null : await Promise.race([settled, this.#turn(name)]);
      if (before === OVERTAKEN) return overtaken;
      const away = this.#once(this.#away);
      const found = before ?? (await Promise.race([settled, attempt(), away.happens]));
      away.forget();
      if (found) return taken(found);
      if (this.isThere) await Promise.race([settled, this.#looked()]);
    }
  }

  /** Ask, and note the answer as a sign of life. */
  async #asked(/** @type {() => Promise<any>} */ ask) {
    this.#open += 1;
    try {
      const answer = await ask();
      this.#sign();
      return answer;
    } finally {
      this.#open -= 1;
    }
  }

  /** Wait for what the next look finds. */
  async #looked() {
    const [back, away] = [this.#once(this.#back), this.#once(this.#away)];
    this.look();
    await Promise.race([back.happens, away.happens]);
    back.forget();
    away.forget();
  }

  /** Wait until the server is back, or a newer question of the name comes. */
  #turn(/** @type {string} */ name) {
    this.#waiting.get(name)?.();
    const back = this.#once(this.#back);
    /** @type {() => void} */
    let giveWay = () => {};
    /** @type {Promise<typeof OVERTAKEN>} */
    const overtaken = new Promise((resolve) => (giveWay = () => resolve(OVERTAKEN)));
    this.#waiting.set(name, giveWay);
    return Promise.race([overtaken, back.happens.then(() => null)]).finally(() => {
      back.forget();
      if (this.#waiting.get(name) === giveWay) this.#waiting.delete(name);
    });
  }
}

/** @type {Map<string, AbortController>} */
const underWay = new Map();

/**
 * A question that a newer one of its name stops: its answer would be of no use, and the server need not go on.
 * @template T
 * @param {string} name Of what it asks for.
 * @param {(stop: AbortSignal) => Promise<T>} ask
 * @param {T} stopped What is answered where it was stopped.
 * @returns {Promise<T>}
 */
export async function newestOf(name, ask, stopped) {
  underWay.get(name)?.abort();
  const mine = new AbortController();
  underWay.set(name, mine);
  try {
    return await ask(mine.signal);
  } catch (error) {
    if (mine.signal.aborted) return stopped;
    throw error;
  } finally {
    if (underWay.get(name) === mine) underWay.delete(name);
  }
}
