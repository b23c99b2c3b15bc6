/* Time as the page has it. What waits takes it as an argument, so that tests can give it a clock of their own. */

/**
 * @typedef {object} Timers
 * @property {() => number} now Milliseconds.
 * @property {(work: () => void, ms: number) => unknown} set Do something later.
 * @property {(timer: any) => void} clear Do not.
 */

/** @type {Timers} */
export const TIMERS = {
  now: () => performance.now(),
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
};
