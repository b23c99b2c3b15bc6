/* A log dropped anywhere, on any page, goes to the Runs page as if it had been dropped into its own place there. */

const PLACE = ".gaba-drop";
const RUNS = 'a.gaba-nav[href$="/runs"], a.gaba-nav[href*="/runs?"]';

const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;

const isInPlace = (/** @type {Event} */ { target }) => target instanceof Element && target.closest(PLACE) !== null;

/** @returns {HTMLInputElement | null} What takes files on the Runs page. */
const input = () => document.querySelector(`${PLACE} input[type=file], input[type=file]`);

/** @returns {Promise<HTMLInputElement>} As soon as the page is there. */
function taker() {
  const now = input();
  if (now) return Promise.resolve(now);
  return new Promise((resolve) => {
    const look = new MutationObserver(() => {
      const found = input();
      if (!found) return;
      look.disconnect();
      resolve(found);
    });
    look.observe(document.body, { childList: true, subtree: true });
  });
}

/**
 * Give files to the Runs page, which is opened where another is shown.
 * @param {FileList} files
 */
async function give(files) {
  const carried = new DataTransfer();
  for (const file of files) carried.items.add(file);
  if (!input()) /** @type {HTMLElement | null} */ (document.querySelector(RUNS))?.click();
  const place = await taker();
  place.files = carried.files;
  place.dispatchEvent(new Event("change", { bubbles: true }));
}

const show = (/** @type {boolean} */ isOver) => document.documentElement.toggleAttribute("data-dropping", isOver);

/** Take what is dropped beside the place that takes it by itself. */
export function listen() {
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    show(!isInPlace(event));
  });
  document.addEventListener("dragleave", (event) => !event.relatedTarget && show(false));
  document.addEventListener("drop", (event) => {
    show(false);
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (!isInPlace(event) && event.dataTransfer?.files.length) give(event.dataTransfer.files);
  });
}
