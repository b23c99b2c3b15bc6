/* Copies the link to what the Runs view shows; a dropped file is in no link, and that is said. */
import { noUpdate, setProps } from "./dash_adapter.mjs";

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

/**
 * @param {number} clicks
 * @param {string | null} runs
 */
export async function copy(clicks, runs) {
  if (!clicks) return noUpdate();
  try {
    await put(location.href);
  } catch {
    return "Not copied";
  }
  setTimeout(() => document.getElementById("runs-link") && setProps("runs-link", { children: "Copy link" }), COPIED_MS);
  const names = droppedNames(runs);
  if (names) {
    const message = `${names}: a dropped file stays on this page. Whoever opens the link sees the other runs only.`;
    const notice = {
      action: "show",
      title: "A dropped file cannot be shared",
      message,
      color: "orange",
      autoClose: 12000,
    };
    setProps("notify", { sendNotifications: [notice] });
  }
  return "Copied";
}
