/* The page's own buttons in its header: a link to what it shows, and its settings as they are by default. */
import { say } from "./announcer.mjs";
import { setProps } from "./dash_adapter.mjs";
import { reset, settings } from "./view_history.mjs";

const COPIED_MS = 2500;
const DROPPED = "dropped: ";

/** Where the clipboard is closed to pages (http on another machine), the old way through a selection. */
export async function put(/** @type {string} */ text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const place = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(place);
  place.select();
  document.execCommand("copy");
  place.remove();
}

/**
 * @param {string | null} runs As the state holds them.
 * @returns {string} Names of the dropped files among them, for a reader.
 */
export function droppedNames(runs) {
  const keys = (runs ?? "")
    .split(",")
    .map(decodeURIComponent)
    .filter((key) => key.startsWith(DROPPED));
  return keys.map((key) => key.slice(DROPPED.length, key.lastIndexOf(" #"))).join(", ");
}

async function copy(/** @type {HTMLElement} */ button) {
  const words = button.dataset.words ?? "";
  const said = await put(location.href).then(
    () => "Copied",
    () => "Not copied",
  );
  button.textContent = said;
  say(said);
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
