/* The page's own buttons in its header: a link to what it shows, and its settings as they are by default. */
import { setProps } from "./dash_adapter.mjs";
import { droppedNames, put } from "./runs_link.mjs";
import { reset, settings } from "./view_history.mjs";

const COPIED_MS = 2500;

async function copy(/** @type {HTMLElement} */ button) {
  const words = button.dataset.words ?? "";
  const said = await put(location.href).then(
    () => "Copied",
    () => "Not copied",
  );
  button.textContent = said;
  setTimeout(() => (button.textContent = words), COPIED_MS);
  const names = droppedNames(settings().runs ?? null);
  if (!names) return;
  const notice = {
    action: "show",
    title: "A dropped file cannot be shared",
    message: `${names}: a dropped file stays on this page. Whoever opens the link sees the other runs only.`,
    color: "orange",
    autoClose: 12000,
  };
  setProps("notify", { sendNotifications: [notice] });
}

/** Do what the buttons say. */
export function listen() {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("#gaba-copy, #gaba-reset") : null;
    if (button?.id === "gaba-reset") reset();
    else if (button instanceof HTMLElement) copy(button);
  });
}
