/* A figure as a PDF with text as text. What writes it comes when the first one is asked for. */
import { loadedFont, placed } from "./figure_files.mjs";
import { FAMILY } from "./paper_figure.mjs";

const WRITERS = ["jspdf-4.2.1", "svg2pdf-2.8.1"].map((name) => new URL(`./vendor/${name}.min.js`, import.meta.url));
const MM_PER_POINT = 25.4 / 72;

/** @type {Promise<unknown> | undefined} */
let writer;

const loadScript = (/** @type {URL} */ address) =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: address.href });
    script.onload = resolve;
    script.onerror = () => reject(new Error("What writes PDF did not load."));
    document.head.append(script);
  });

/** @returns {Promise<any>} jsPDF. */
async function loadedWriter() {
  writer ??= loadScript(WRITERS[0]).then(() => loadScript(WRITERS[1]));
  await writer.catch((error) => {
    writer = undefined;
    throw error;
  });
  return /** @type {any} */ (window).jspdf.jsPDF;
}

/** Give every run of letters a place of its own: what writes the PDF knows no relative sizes and shifts. */
function flatten(/** @type {SVGTextElement} */ text) {
  const count = text.getNumberOfChars();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.textContent ?? "";
    const place = words.trim() && at < count ? text.getStartPositionOfChar(at) : null;
    at += words.length;
    const own = node.parentElement && getComputedStyle(node.parentElement);
    const clean = words.replaceAll("\u200b", "");
    if (!place || !own || !clean.trim()) continue;
    const run = /** @type {SVGTextElement} */ (text.cloneNode());
    run.textContent = clean;
    run.setAttribute("x", String(place.x));
    run.setAttribute("y", String(place.y));
    run.setAttribute("text-anchor", "start");
    Object.assign(run.style, { textAnchor: "start", fontSize: own.fontSize, fill: own.fill, whiteSpace: "pre" });
    text.before(run);
  }
  text.remove();
}

/**
 * @param {import("./figure_files.mjs").Drawn} drawn
 * @param {string} title
 * @returns {Promise<Blob>}
 */
export async function pdfOf({ svg: text, figure: { width, height, mm } }, title) {
  const [base64, JsPdf] = [await loadedFont(), await loadedWriter()];
  const format = [mm, (mm * height) / width].map((length) => length / MM_PER_POINT);
  const made = new JsPdf({
    unit: "pt",
    format,
    orientation: width > height ? "landscape" : "portrait",
    compress: true,
    putOnlyUsedFonts: true,
  });
  made.setProperties({ title });
  made.addFileToVFS(`${FAMILY}.ttf`, base64);
  for (const style of ["normal", "bold", "italic"]) made.addFont(`${FAMILY}.ttf`, FAMILY, style);
  const { place, svg } = placed(text);
  svg.querySelectorAll("text").forEach(flatten);
  svg.querySelector("style")?.remove();
  await made.svg(svg, { x: 0, y: 0, width: format[0], height: format[1] });
  place.remove();
  return made.output("blob");
}
