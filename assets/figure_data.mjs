/* The numbers that a figure draws as CSV: every number with all its digits, gaps left empty. */

/** @returns {boolean} Whether a trace draws numbers. */
export const hasNumbers = (/** @type {any} */ { x, y, mode, visible }) =>
  x?.length > 0 && y?.length > 0 && mode !== "text" && visible !== false;

const quoted = (/** @type {unknown} */ text) =>
  /[",\n\r]/.test(String(text)) ? `"${String(text).replaceAll('"', '""')}"` : String(text);

const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** @returns {string} A text of Plotly's without its tags. */
export const plain = (/** @type {unknown} */ text) =>
  String(text ?? "")
    .replaceAll("<br>", "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:lt|gt|amp);/g, (one) => entities[/** @type {keyof typeof entities} */ (one)]);

const numeral = (/** @type {unknown} */ value) => (Number.isFinite(value) ? String(value) : "");

/** @returns {string} A row a drawn point: which curve, its name, x and y. */
export function csvOf(/** @type {{data: any[]}} */ { data }) {
  const rows = data.filter(hasNumbers).flatMap((/** @type {any} */ { uid, name, showlegend, x, y }) => {
    const head = [uid, showlegend === false ? "" : plain(name).replaceAll("\n", " ")].map(quoted);
    return Array.from(x, (_, i) => [...head, numeral(x[i]), numeral(y[i])].join(","));
  });
  return ["curve,name,x,y", ...rows, ""].join("\n");
}
