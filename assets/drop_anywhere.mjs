/*
 * A log dropped anywhere is judged: on the Runs page as if it had been dropped into its own place there, on any other
 * it is sent ahead, and the Runs page opens on it. A file that is too large is refused before it is sent.
 */
import { goTo, setProps } from "./dash_adapter.mjs";
import { loadAhead } from "./lazy_grid.mjs";

const PLACE = ".gaba-drop";
const TAKER = `${PLACE} input[type=file]`;
const ROUTE = "dropped";
const MEBI = 2 ** 20;
export const LARGEST = 48 * MEBI; // bytes of a file; the server takes no larger one

const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;

const isInPlace = (/** @type {Event} */ { target }) => target instanceof Element && target.closest(PLACE) !== null;

/** @returns {HTMLInputElement | null} What takes files on the Runs page. */
const taker = () => document.querySelector(TAKER);

function notify(/** @type {string} */ title, /** @type {string} */ message) {
  setProps("notify", { sendNotifications: [{ action: "show", title, message, color: "red", autoClose: 12000 }] });
}

/**
 * @param {{name: string, size: number}[]} files
 * @returns {string} Which of them are too large, and what to do; empty where none is.
 */
export function tooLarge(files) {
  const large = files.filter(({ size }) => size > LARGEST);
  if (!large.length) return "";
  const sizes = large.map(({ name, size }) => `${name} has ${Math.ceil(size / MEBI)} MiB`);
  const limit = `a dropped file may have ${LARGEST / MEBI} MiB`;
  return `${sizes.join(", ")}; ${limit}. Put it into a folder and start the dashboard with --logs FOLDER.`;
}

/** @returns {boolean} Whether files are too large to be sent; the reader is told so. */
function refuse(/** @type {FileList} */ files) {
  const words = tooLarge([...files]);
  if (words) notify("Too large to be dropped", words);
  return words !== "";
}

/** Give files to the place that takes them on the Runs page. */
function place(/** @type {HTMLInputElement} */ input, /** @type {FileList} */ files) {
  const carried = new DataTransfer();
  for (const file of files) carried.items.add(file);
  input.files = carried.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Send files ahead, and open the Runs page on them. */
async function send(/** @type {FileList} */ files) {
  const body = new FormData();
  for (const file of files) body.append("file", file);
  show("reading");
  try {
    const reply = await fetch(ROUTE, { method: "POST", body });
    const { address, notice, error } = await reply.json();
    if (notice) notify(notice[0], notice[1]);
    else if (error) notify("Not taken", error);
    if (address) goTo(address);
  } catch {
    notify("Not sent", "The server does not answer. Drop the file again when it is back.");
  } finally {
    show(null);
  }
}

/** Say over the page what letting go would do, or what is being done. */
function show(/** @type {"over" | "reading" | null} */ what) {
  const is = document.documentElement.dataset.dropping ?? null;
  if (is === what) return;
  if (what === null) delete document.documentElement.dataset.dropping;
  else document.documentElement.dataset.dropping = what;
  const words = document.querySelector(".gaba-dropping");
  if (words) words.textContent = what === "reading" ? "Reading the log" : "Drop to judge this log";
}

function take(/** @type {DragEvent} */ event) {
  show(null);
  if (!holdsFiles(event)) return;
  event.preventDefault();
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  const input = taker();
  if (refuse(files)) event.stopPropagation();
  else if (!input) send(files);
  else if (!isInPlace(event)) place(input, files);
}

/** Take what is dropped beside the place that takes it by itself. */
export function listen() {
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    loadAhead();
    show(isInPlace(event) ? null : "over");
  });
  document.addEventListener("dragleave", (event) => !event.relatedTarget && show(null));
  document.addEventListener("drop", take, true);
  document.addEventListener(
    "change",
    (event) => {
      const { target } = event;
      if (!(target instanceof HTMLInputElement) || !target.matches(TAKER) || !target.files) return;
      if (!refuse(target.files)) return;
      event.stopPropagation();
      target.value = "";
    },
    true,
  );
}
