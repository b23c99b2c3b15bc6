/*
 * A page for a lecture: its figure, one row of controls and one sentence fill the screen, in larger letters. A button
 * or the key P leads there, and back, as Escape does. What is shown is marked `data-stage`; `presentation.css` hides
 * the rest.
 */
import { say } from "./announcer.mjs";

const CONTROLS = 3; // in the row, at most
const FIGURES = ".gaba-picture .gaba-graph, .gaba-board .gaba-graph, .gaba-view .gaba-graph";
const FIELDS = "input, textarea, select, [contenteditable], [role=listbox], [role=grid]";
const root = document.documentElement;

/** @param {string} selector @returns {HTMLElement[]} */
const all = (selector) =>
  [...document.querySelectorAll(`.gaba-view ${selector}`)].filter((one) => one instanceof HTMLElement);

/** @returns {Map<HTMLElement, string>} What a presentation shows of the page, and as what. */
function staged() {
  const found = /** @type {Map<HTMLElement, string>} */ (new Map());
  const graph = FIGURES.split(", ")
    .map((selector) => document.querySelector(selector))
    .find(Boolean);
  if (!graph) return found;
  const figure = graph.closest(".gaba-spotted, .gaba-draggable, .gaba-tall") ?? graph.parentElement;
  if (figure instanceof HTMLElement) found.set(figure, "figure");
  const sentence = all("[data-outcome]").find((one) => !one.closest(".gaba-side"));
  if (sentence) found.set(sentence, "sentence");
  for (const title of all("h1")) if (!title.contains(sentence ?? null)) found.set(title, "title");
  const kinds = [".gaba-player", ".gaba-side .gaba-control:not(:has([data-disabled]))", ".gaba-side .gaba-typed"];
  const unfolded = kinds.map((kind) => all(kind).filter((one) => !one.closest("details")));
  const controls = unfolded.find((each) => each.length) ?? [];
  for (const control of controls.slice(0, CONTROLS)) found.set(control, "control");
  return found;
}

/** Mark what is shown; on a page that came meanwhile too. */
function stage() {
  const wanted = staged();
  for (const one of all("[data-stage]")) if (!wanted.has(one)) delete one.dataset.stage;
  for (const [one, as] of wanted) if (one.dataset.stage !== as) one.dataset.stage = as;
  root.dataset.presenting = String([...wanted.values()].filter((as) => as === "control").length);
  if (!wanted.size) leave();
}

const watch = new MutationObserver(stage);
const isOn = () => "presenting" in root.dataset;

function resized() {
  window.dispatchEvent(new Event("resize")); // Plotly fits its figures to their new places
}

function enter() {
  stage();
  if (!isOn()) return; // a page without a figure
  watch.observe(document.body, { subtree: true, childList: true });
  document.getElementById("gaba-leave")?.focus();
  resized();
  say("Presentation. Escape leaves it.");
}

function leave() {
  watch.disconnect();
  delete root.dataset.presenting;
  for (const one of all("[data-stage]")) delete one.dataset.stage;
  resized();
  document.getElementById("gaba-present")?.focus();
}

/** @returns {boolean} Whether a key is the shortcut, and no letter that is typed. */
function isShortcut(/** @type {KeyboardEvent} */ { key, target, ctrlKey, metaKey, altKey, repeat }) {
  const isTyped = target instanceof Element && Boolean(target.closest(FIELDS));
  return key.toLowerCase() === "p" && !(ctrlKey || metaKey || altKey || repeat || isTyped);
}

function press(/** @type {KeyboardEvent} */ event) {
  if (event.key === "Escape" && isOn()) leave();
  else if (!isShortcut(event)) return;
  else if (isOn()) leave();
  else enter();
}

/** Listen to the two buttons and the keys. */
/** Paper is white: a page is printed in the light theme, and is as it was afterwards. */
function printLight() {
  const { dataset } = root;
  let own = dataset.mantineColorScheme;
  window.addEventListener("beforeprint", () => {
    own = dataset.mantineColorScheme;
    dataset.mantineColorScheme = "light";
  });
  window.addEventListener("afterprint", () => (dataset.mantineColorScheme = own));
}

export function listen() {
  printLight();
  document.addEventListener("keydown", press);
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("#gaba-present, #gaba-leave") : null;
    if (button?.id === "gaba-present") enter();
    else if (button) leave();
  });
}
