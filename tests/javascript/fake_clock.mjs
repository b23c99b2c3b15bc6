/* A clock that goes only when it is told to. */

/** @typedef {import("../../assets/timers.mjs").Timers} Timers */

/** Lets whatever waits for settled promises run. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** @implements {Timers} */
export class FakeClock {
  time = 0;
  #next = 1;
  /** @type {Map<unknown, {at: number, work: () => void}>} */
  #due = new Map();

  now = () => this.time;

  set = (/** @type {() => void} */ work, /** @type {number} */ ms) => {
    this.#due.set(this.#next, { at: this.time + ms, work });
    return this.#next++;
  };

  clear = (/** @type {unknown} */ timer) => {
    this.#due.delete(timer);
  };

  /** Go on by so many milliseconds, doing what falls due, in order; promises settle in between. */
  async pass(/** @type {number} */ ms) {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.#due.entries()].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!next) break;
      const [timer, { at, work }] = next;
      this.#due.delete(timer);
      this.time = Math.max(this.time, at);
      work();
      await settled();
    }
    this.time = end;
    await settled();
  }
}
