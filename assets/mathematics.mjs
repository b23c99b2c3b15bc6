/*
 * Formulas, set as MathML where a place in the page asks for one: `data-formula` holds its tokens, parted by blanks.
 * A live number, [name], is a read-out like any other: a dragged control rewrites it.
 */
const SPACE = "http://www.w3.org/1998/Math/MathML";

/** @typedef {{tag: string, text?: string, live?: string, children?: Node[]}} Node */

/** @returns {Node} */
function atom(/** @type {string} */ token) {
  const live = /^\[(.+)\]$/.exec(token);
  if (live) return { tag: "mn", live: live[1] };
  const [base, index] = token.split("_");
  if (index) return { tag: "msub", children: [atom(base), atom(index)] };
  if (/^\d/.test(token)) return { tag: "mn", text: token };
  return { tag: /^\p{L}+$/u.test(token) && token !== "Σ" ? "mi" : "mo", text: token };
}

/**
 * @param {string} formula
 * @returns {Node[]} Its elements; what stands before and after a slash is a fraction, a sum sign with what it sums.
 */
export function elementsOf(formula) {
  /** @type {Node[]} */
  const made = [];
  const tokens = formula.split(" ");
  const next = () => {
    const token = tokens.shift() ?? "";
    if (token !== "Σ") return atom(token);
    return { tag: "mrow", children: [atom(token), atom(tokens.shift() ?? "")] };
  };
  while (tokens.length) {
    const one = next();
    if (tokens[0] !== "/") made.push(one);
    else {
      tokens.shift();
      made.push({ tag: "mfrac", children: [one, next()] });
    }
  }
  return made;
}

function build(/** @type {Node} */ node, /** @type {HTMLElement} */ place) {
  const element = document.createElementNS(SPACE, node.tag);
  if (node.live) {
    element.dataset.live = node.live;
    element.textContent = place.getAttribute(`data-${node.live}`);
  } else if (node.text) element.textContent = node.text;
  for (const child of node.children ?? []) element.append(build(child, place));
  return element;
}

function set(/** @type {HTMLElement} */ place) {
  const math = document.createElementNS(SPACE, "math");
  math.setAttribute("display", "block");
  math.append(...elementsOf(place.dataset.formula ?? "").map((node) => build(node, place)));
  place.append(math);
}

/** Set the formulas of the page, also of one that is opened later. */
export function listen() {
  const look = () =>
    document.querySelectorAll(".gaba-formula:empty").forEach((place) => set(/** @type {HTMLElement} */ (place)));
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
  look();
}
