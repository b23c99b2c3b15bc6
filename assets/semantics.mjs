/* What other people's components leave out for keys and screen readers: each part is told as it comes. */
import { nameFileInput } from "./dash_adapter.mjs";
import { standBack } from "./plotly_adapter.mjs";

/** A list that is open may scroll, and so the keyboard must get there. */
function reach(/** @type {Element} */ list) {
  if (list instanceof HTMLElement) list.tabIndex = 0;
}

/** @type {[string, (part: Element) => void][]} */
const MENDS = [
  [".gaba-graph :is(.modebar-btn, .main-svg)", standBack],
  [".gaba-drop input[type=file]", nameFileInput],
  ["[role=listbox]", reach],
];

function mend(/** @type {Element} */ added) {
  for (const [selector, one] of MENDS) {
    if (added.matches(selector)) one(added);
    added.querySelectorAll(selector).forEach(one);
  }
}

/** Mend what is there and what comes. */
export function listen() {
  mend(document.documentElement);
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof Element) mend(node);
  });
  watch.observe(document, { subtree: true, childList: true });
}
