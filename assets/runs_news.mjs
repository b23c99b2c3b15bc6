/* What is new of the logs that are being written, in words, and how long ago it came. */

/**
 * @typedef {object} News
 * @property {string} status
 * @property {string} badge
 * @property {string} label Of the run.
 * @property {string} words
 * @property {number | null} [age] Seconds.
 */

let came = 0; // when the last news did

/** @returns {HTMLElement | null} Where the news is shown. */
export const place = () => document.getElementById("runs-news");

/**
 * @param {number} seconds
 * @returns {string}
 */
export function ago(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

function span(/** @type {string} */ className, /** @type {string} */ text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function line(/** @type {News} */ one) {
  const made = document.createElement("div");
  made.className = "gaba-news-line";
  made.dataset.status = one.status;
  const age = span("gaba-news-age gaba-live", "");
  age.dataset.age = String(one.age ?? "");
  age.setAttribute("aria-hidden", "true"); // it changes every second
  const said = span("gaba-news-words", one.words);
  said.title = one.words; // a long reason is cut to one line
  made.append(span("gaba-news-badge", one.badge), span("gaba-news-run", one.label), said, age);
  return made;
}

/** Say what is new; what is no more than growth apart from what a reader must hear. */
export function news(/** @type {News[]} */ all) {
  came = performance.now();
  const shown = place();
  if (!shown) return;
  const lines = all.map(line);
  const isPlain = (/** @type {HTMLElement} */ { dataset }) =>
    dataset.status === "growing" || dataset.status === "quiet";
  shown.firstElementChild?.replaceChildren(...lines.filter(isPlain));
  shown.lastElementChild?.replaceChildren(...lines.filter((one) => !isPlain(one)));
  tick();
}

/** Let the ages go on. */
export function tick() {
  const passed = (performance.now() - came) / 1000;
  for (const age of /** @type {NodeListOf<HTMLElement>} */ (place()?.querySelectorAll(".gaba-news-age") ?? [])) {
    const text = age.dataset.age === "" ? "" : ago(Number(age.dataset.age) + passed);
    if (age.textContent !== text) age.textContent = text;
  }
}
