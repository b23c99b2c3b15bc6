/*
 * A hundred runs in one link: keys that differ in their last number only are written once, with their numbers, as
 * `city/gaba/seed_0**99*120`. `run_source/run_ranges.py` reads and writes the same.
 */

const NUMBERED = /^(.*?)(\d{1,15})(\D*)$/;
const SHORTEST = 3; // numbers in a row that are written as a range

const after = (/** @type {string} */ number) => String(Number(number) + 1).padStart(number.length, "0");

/** @returns {string} Numbers, those that follow one another as a range. */
function numbersText(/** @type {string[]} */ numbers) {
  /** @type {string[][]} */
  const rows = [];
  for (const number of numbers) {
    const row = rows.at(-1);
    if (row && after(row[row.length - 1]) === number) row.push(number);
    else rows.push([number]);
  }
  return rows.map((row) => (row.length < SHORTEST ? row.join("*") : `${row[0]}**${row[row.length - 1]}`)).join("*");
}

/**
 * @param {string} text Keys as the state holds them.
 * @returns {string} The same as a link holds them.
 */
export function ranged(text) {
  /** @type {{head: string, numbers: string[], tail: string}[]} */
  const found = [];
  for (const item of text.split(",")) {
    const [, head, number, tail] = item.match(NUMBERED) ?? [item, item, "", ""];
    const last = found.at(-1);
    if (number && last?.numbers.length && last.head === head && last.tail === tail) last.numbers.push(number);
    else found.push({ head, numbers: number ? [number] : [], tail });
  }
  return found.map(({ head, numbers, tail }) => head + numbersText(numbers) + tail).join(",");
}

/** @returns {Texts} A state as an address holds it. */
export const inLink = (/** @type {Texts} */ state) => (state.runs ? { ...state, runs: ranged(state.runs) } : state);
