/* The legend of a figure for print, whole: its items, as Plotly drew them, in rows and columns below the picture. */

const GAP = 1.6; // letters from an item to the next
const FILL = 0.8; // letters that the swatch of an area is high

/** @typedef {{item: SVGGraphicsElement, box: DOMRect}} Item */

/** @returns {Item[]} Without what clips them, and what only a pointer needs. */
function itemsOf(/** @type {Element} */ legend) {
  for (const one of legend.querySelectorAll("[clip-path]")) one.removeAttribute("clip-path");
  for (const one of legend.querySelectorAll("rect")) one.remove();
  const items = /** @type {SVGGraphicsElement[]} */ ([...legend.querySelectorAll(".traces")]);
  return items.filter((item) => item.querySelector("text")).map((item) => ({ item, box: item.getBBox() }));
}

/** A pale area needs more than a line of it to be known by. */
function raiseFills(/** @type {Element} */ legend, /** @type {number} */ font) {
  for (const fill of legend.querySelectorAll(".legendfill path")) {
    const [from, length] = /M([\d.]+),[-\d.]+h([\d.]+)/.exec(fill.getAttribute("d") ?? "")?.slice(1) ?? [];
    if (length) fill.setAttribute("d", `M${from},${(-FILL / 2) * font}h${length}v${FILL * font}h-${length}z`);
  }
}

/**
 * Lay the legend of a drawing, which is in the page, along its lower edge.
 * @param {SVGSVGElement} svg
 * @param {import("./paper_figure.mjs").Figure} figure
 * @returns {{height: number, columns: number}} Pixels that it takes, and items of a row.
 */
export function layLegend(svg, { width, height, font }) {
  const legend = svg.querySelector(".legend");
  if (!legend) return { height: 0, columns: 0 };
  raiseFills(legend, font);
  const items = itemsOf(legend);
  const edge = font / 2;
  const room = width - 2 * edge + GAP * font;
  const start = Math.min(...items.map(({ box }) => box.x)); // the same for all, that names stand below one another
  const across = Math.max(1, ...items.map(({ box }) => box.x + box.width - start)) + GAP * font;
  const columns = Math.min(items.length, Math.max(1, Math.floor(room / across)));
  let top = 0;
  for (let first = 0; first < items.length; first += columns) {
    const row = items.slice(first, first + columns);
    const high = Math.max(1.5 * font, ...row.map(({ box }) => box.height + 0.3 * font));
    for (const [i, { item, box }] of row.entries()) {
      const [x, y] = [edge + i * across, top + (high - box.height) / 2];
      item.setAttribute("transform", `translate(${x - start},${y - box.y})`);
    }
    top += high;
  }
  for (let group = items[0]?.item.parentElement; group && group !== legend; group = group.parentElement)
    group.removeAttribute("transform");
  const whole = items.length ? Math.ceil(top + edge) : 0;
  legend.setAttribute("transform", `translate(0,${height - whole})`);
  return { height: whole, columns };
}
