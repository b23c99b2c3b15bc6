/*
 * Menus of the page, `<details>` all: one is open at most, until a choice, Escape, a press or the focus elsewhere. And
 * the buttons, in a menu or not, that open the dialog of a picture.
 */

import { say } from "./announcer.mjs";

const MENU = "details.gaba-menu";
const FIGURE = ".gaba-to-figure";

/** @returns {HTMLDetailsElement | null} The menu that an event is about. */
const menuAt = (/** @type {EventTarget | null} */ target) => (target instanceof Element ? target.closest(MENU) : null);

function closeOthers(/** @type {Event} */ { target }) {
  const own = menuAt(target);
  for (const menu of document.querySelectorAll(MENU)) if (menu !== own) menu.removeAttribute("open");
}

function close(/** @type {HTMLDetailsElement | null} */ menu) {
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** Open the dialog of a button's picture, which comes when it is first asked for. */
async function openFigure(/** @type {HTMLElement} */ { dataset: { view = "", figure = "" } }) {
  const { open } = await import("./figure_dialog.mjs");
  await open(view, figure);
}

/** Listen to what closes a menu; the browser itself opens one. */
export function listen() {
  for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, closeOthers);
  document.addEventListener("keydown", ({ key, target }) => key === "Escape" && close(menuAt(target)));
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button) close(menuAt(button));
    if (button?.matches(FIGURE)) openFigure(button).catch(() => say("The dialog did not load. Try again."));
  });
}
