/* The presets of a view: which of them is on. */

/**
 * @param {string} a
 * @param {string | undefined} b
 * @returns {boolean} Whether two texts say the same, be it as numbers.
 */
export const sameText = (a, b) => a === b || (a !== "" && b !== "" && Number(a) === Number(b));

/**
 * @param {Texts} sets What a preset sets.
 * @param {Texts} state Of the view.
 * @returns {boolean} Whether all of it is set.
 */
export const isOn = (sets, state) => Object.entries(sets).every(([name, text]) => sameText(text, state[name]));

/**
 * Show which presets of a view are on.
 * @param {string} view
 * @param {Texts} state
 */
export function press(view, state) {
  for (const button of document.querySelectorAll(`button[data-sets][data-view="${view}"]`)) {
    const sets = JSON.parse(/** @type {HTMLElement} */ (button).dataset.sets ?? "{}");
    button.setAttribute("aria-pressed", String(isOn(sets, state)));
  }
}
