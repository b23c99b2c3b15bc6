/* Menus of the page, `<details>` all: one is open at most, until a choice, Escape, a press or the focus elsewhere. */

const MENU = "details.gaba-menu";

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

/** Listen to what closes a menu; the browser itself opens one. */
export function listen() {
  for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, closeOthers);
  document.addEventListener("keydown", ({ key, target }) => key === "Escape" && close(menuAt(target)));
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("button")) close(menuAt(target));
  });
}
