/* The navigation: which of its links is lit, and where each leads. */

/** @type {Map<string, string>} By path, the settings that a page was left with, as its query. */
const leftWith = new Map();

/**
 * The link to the page that is shown is lit, not the one that was clicked: its page may not have come. The others lead
 * to their pages as they were left.
 * @param {string} shown Address of the page that has come.
 * @param {{path: string}[]} links
 * @returns {[boolean[], string[]]}
 */
export const light = (shown, links) => [
  links.map(({ path }) => path === shown),
  links.map(({ path }) => (path === shown ? path : path + (leftWith.get(path) ?? ""))),
];

/** Note the settings of a page that a link leads away from. */
export function listen() {
  const note = (/** @type {Event} */ { target }) => {
    if (target instanceof Element && target.closest("a[href]")) leftWith.set(location.pathname, location.search);
  };
  document.addEventListener("click", note, true);
}
