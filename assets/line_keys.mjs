/* On a phone a picture has no room for its titles, its legend and the names at the ends of its lines: they stand below. */

/** @typedef {{color: string, name: string}} Key */
/** @typedef {{title: string, keys: Key[]}} Words */

const MARK = /<span style="color:([^"]+)">[^<]*<\/span>([^<]*)/g; // plotting/line_names.py
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

const plain = (/** @type {string} */ text) =>
  text
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (entity)])
    .trim();

/** @returns {Words} What words of a picture say: before the first mark, and after each. */
const read = (/** @type {string} */ text) => ({
  title: plain(text.split("<span")[0]),
  keys: [...text.matchAll(MARK)].map(([, color, name]) => ({ color, name: plain(name) })),
});

const titleOf = (/** @type {any} */ axis) => String(axis?.title?.text ?? axis?.title ?? "");

/** @returns {boolean} */
const isListed = (/** @type {any} */ { name, showlegend, visible }) =>
  Boolean(name) && showlegend !== false && visible !== false;

/**
 * @param {{data: any[], layout: any}} picture
 * @returns {{titles: string[], keys: Key[]}} What its axes and its lines are called.
 */
export function wordsOf({ data, layout }) {
  const axes = Object.keys(layout).filter((name) => name.startsWith("yaxis"));
  const notes = (layout.annotations ?? []).filter((/** @type {any} */ { name }) => name !== "unlisted");
  const heads = notes.map((/** @type {any} */ note) => read(String(note.text)));
  const ends = data.filter(({ mode, text }) => mode === "text" && text).flatMap(({ text }) => [text].flat().map(read));
  const listed = layout.showlegend === false ? [] : data.filter(isListed);
  const legend = listed.map(({ name, line, marker, fillcolor }) => ({
    name: plain(name),
    color: line?.color ?? fillcolor ?? marker?.color ?? "currentcolor",
  }));
  const keys = [...heads, ...ends].flatMap((/** @type {Words} */ words) => words.keys);
  return {
    titles: [
      ...axes.map((name) => plain(titleOf(layout[name]))),
      ...heads.map((/** @type {Words} */ one) => one.title),
    ].filter(Boolean),
    keys: [...keys, ...legend].filter(({ name }) => name),
  };
}

function keyOf(/** @type {Key} */ { color, name }) {
  const mark = Object.assign(document.createElement("span"), { className: "gaba-dash" });
  mark.style.borderTop = `3px solid ${color}`;
  const key = Object.assign(document.createElement("span"), { className: "gaba-key" });
  key.append(mark, name);
  return key;
}

/**
 * Write below a picture what its lines are called.
 * @param {string} view
 * @param {string} name
 * @param {{data: any[], layout: any}} picture
 */
export function nameLines(view, name, picture) {
  const place = document.querySelector(`.gaba-names[data-view="${view}"][data-figure="${name}"]`);
  if (!place) return;
  const { titles, keys } = wordsOf(picture);
  place.replaceChildren(titles.join("; "), ...keys.map(keyOf));
}
