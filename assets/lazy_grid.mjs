/*
 * The grid of runs weighs more than everything else on the first page, so its script comes when a grid is first
 * drawn.
 */
import { deferGrid } from "./dash_adapter.mjs";

/** @returns {string | undefined} Where the grid's script is; none where it is on the page already. */
const address = () => /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=gaba-grid]"))?.content;

/** @returns {Promise<void>} Settled once the script has run. */
function load(/** @type {string} */ source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });
}

/** How our own list looks comes with the grid. */
async function equipped(/** @type {string} */ source) {
  const [rows] = await Promise.all([import("./runs_rows.mjs"), load(source)]);
  rows.listen();
}

let isAhead = false;

/** Have the browser fetch what a grid needs: one will be drawn soon. */
export function loadAhead() {
  const href = address();
  if (isAhead || !href || document.querySelector(`script[src="${href}"]`)) return;
  isAhead = true;
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href }));
  import("./runs_rows.mjs");
}

/** Leave the grid out until one is drawn. */
export function listen() {
  const source = address();
  if (source) deferGrid(() => equipped(source));
}
