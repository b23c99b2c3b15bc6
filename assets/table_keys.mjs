/* Keys in a table of numbers: it is one stop of the Tab key, and Up and Down go through what explains itself in it. */

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function walk(/** @type {KeyboardEvent} */ event) {
  const { key, target } = event;
  const table = target instanceof Element && STEPS[key] ? target.closest(".gaba-scroll") : null;
  if (!table) return;
  const labels = /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll(".gaba-helped"));
  const at = [...labels].findIndex((label) => label === target);
  if (at < 0 && target !== table) return; // in a control of the table
  const next = labels[at + STEPS[key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** The link that leaves out all that comes before the numbers. */
function skip(/** @type {MouseEvent} */ event) {
  const link = event.target instanceof Element && event.target.closest('a[href="#numbers"]');
  const table = link && document.querySelector("main .gaba-scroll");
  if (!(table instanceof HTMLElement)) return;
  event.preventDefault();
  table.focus();
}

/** Listen to both. */
export function listen() {
  document.addEventListener("keydown", walk);
  document.addEventListener("click", skip);
}
