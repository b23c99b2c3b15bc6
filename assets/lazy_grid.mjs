/*
 * The grid of runs weighs more than everything else on the first page, so its script comes when a grid is first
 * drawn.
 */
import { deferGrid } from "./dash_adapter.mjs";

const address = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=gaba-grid]"))?.content;

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

if (address) deferGrid(() => equipped(address)); // else it is on the page already
