/* "Figure for a paper": one dialog for every picture, with a preview of the very file that comes out. */
import { put } from "./copy_link.mjs";
import { csvOf, plain } from "./figure_data.mjs";
import { drawnOf, pngOf } from "./figure_files.mjs";
import { hasPlayhead, namesIn, paperFigure, SIZES } from "./paper_figure.mjs";
import { pictureShown } from "./pictures.mjs";

/** @typedef {import("./figure_files.mjs").Drawn} Drawn */

const STYLE = new URL("./figure.css", import.meta.url).href;
const LAST_MS = 60_000; // a file's address is kept until the browser has surely read it
const DIALOG = `<form method="dialog">
  <header><h2 id="gaba-figure-title">Figure for a paper</h2><button class="gaba-quiet">Close</button></header>
  <div class="gaba-figure-parts">
    <div class="gaba-figure-wishes">
      <label>Size, letters of 8 pt (slide: 18 pt)<select name="size"></select></label>
      <label>Ground<select name="ground"><option value="white">White</option><option value="clear">Transparent</option></select></label>
      <label>Resolution of PNG<select name="dpi"><option value="300">300 dpi</option><option value="600">600 dpi</option></select></label>
      <label><input type="checkbox" name="playhead"> Draw the playhead</label>
      <fieldset tabindex="0"><legend>Names; an empty one is left out</legend></fieldset>
    </div>
    <div class="gaba-figure-result">
      <img alt="">
      <label>Caption<textarea name="caption" rows="4"></textarea></label>
      <footer></footer>
      <p role="status"></p>
    </div>
  </div>
</form>`;

/** @returns {any} */
const field = (/** @type {HTMLDialogElement} */ dialog, /** @type {string} */ name) =>
  dialog.querySelector(`[name=${name}]`);

/** The dialog's own stylesheet, which no page needs before. */
async function loadStyle() {
  if (document.querySelector(`link[href="${STYLE}"]`)) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE });
  await new Promise((resolve, reject) => {
    Object.assign(link, { onload: resolve, onerror: reject });
    document.head.append(link);
  }).catch((error) => {
    link.remove();
    throw error;
  });
}

function save(/** @type {Blob} */ blob, /** @type {string} */ name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LAST_MS);
}

const ending = (/** @type {string} */ text) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** @returns {string[]} The settings of a view: its numbers, and what is ticked of its lists. */
function settingsOf() {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll('.gaba-side input[aria-label$=", number"]:not(:disabled)')
  );
  const settings = [...boxes].map((box) => `${box.ariaLabel?.replace(", number", "")} ${box.value}`);
  for (const group of document.querySelectorAll(".gaba-side [role=group][aria-labelledby]")) {
    const name = document.getElementById(group.getAttribute("aria-labelledby") ?? "");
    const words = name?.querySelector("span, p")?.textContent ?? name?.textContent;
    const ticked = /** @type {NodeListOf<HTMLInputElement>} */ (group.querySelectorAll("input:checked"));
    const labels = [...ticked].map(({ labels: own }) => own?.[0]?.textContent?.trim());
    if (words && labels.length) settings.push(`${words.trim()}: ${labels.join(", ")}`);
  }
  return settings;
}

/** @returns {string} What a picture shows, in words and numbers, the settings it shows it for, and a link to them. */
function captionOf(/** @type {HTMLElement} */ place) {
  const described = document.getElementById(place.getAttribute("aria-describedby") ?? "");
  const says = (described?.querySelector("[data-outcome]") ?? described)?.textContent;
  const parts = [place.getAttribute("aria-label"), says, settingsOf().join("; ")];
  const said = parts.map((part) => (part ?? "").trim()).filter(Boolean);
  return [...said.map(ending), location.href].join(" ");
}

/** @returns {import("./paper_figure.mjs").Wishes} */
function wishesOf(/** @type {HTMLDialogElement} */ dialog) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("fieldset input"));
  return {
    size: field(dialog, "size").value,
    transparent: field(dialog, "ground").value === "clear",
    playhead: field(dialog, "playhead").checked,
    names: Object.fromEntries([...inputs].map((input) => [input.dataset.name ?? "", input.value.trim()])),
  };
}

/** @typedef {{picture: any, aspect: number}} Shown */

/**
 * @returns {() => Promise<Drawn>} Draws what is wished for, the same once only; of wishes that follow one another the
 * last one is seen.
 */
function previewer(/** @type {HTMLDialogElement} */ dialog, /** @type {Shown} */ { picture, aspect }) {
  let turn = 0;
  let wished = "";
  /** @type {Promise<Drawn>} */
  let latest;
  const image = /** @type {HTMLImageElement} */ (dialog.querySelector("img"));
  const draw = async (/** @type {import("./paper_figure.mjs").Wishes} */ wishes) => {
    const own = ++turn;
    const drawn = await drawnOf(paperFigure(picture, aspect, wishes));
    if (own !== turn) return drawn;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(new Blob([drawn.svg], { type: "image/svg+xml" }));
    image.className = wishes.transparent ? "gaba-clear" : "";
    dialog.dataset.drawn = String(own);
    return drawn;
  };
  return () => {
    const wishes = wishesOf(dialog);
    const text = JSON.stringify(wishes);
    if (text !== wished) {
      wished = text;
      latest = draw(wishes);
      latest.catch(() => (wished = "")); // what failed is tried again
    }
    return latest;
  };
}

function offerNames(/** @type {HTMLDialogElement} */ dialog, /** @type {Shown} */ { picture, aspect }) {
  const figure = paperFigure(picture, aspect, { ...wishesOf(dialog), playhead: true, names: {} });
  const inputs = namesIn(figure).map((name) => {
    const input = Object.assign(document.createElement("input"), { value: name, ariaLabel: `Name for ${plain(name)}` });
    input.dataset.name = name;
    return input;
  });
  dialog.querySelector("fieldset")?.append(...inputs);
}

/** @returns {Record<string, (drawn: Drawn, name: string) => Promise<void>>} What writes a file, by what its button says. */
function writers(/** @type {HTMLDialogElement} */ dialog) {
  const caption = () => field(dialog, "caption").value;
  return {
    PNG: async (drawn, name) => save(await pngOf(drawn, Number(field(dialog, "dpi").value)), `${name}.png`),
    SVG: async ({ svg }, name) => save(new Blob([svg], { type: "image/svg+xml" }), `${name}.svg`),
    PDF: async (drawn, name) => {
      const { pdfOf } = await import("./figure_pdf.mjs");
      save(await pdfOf(drawn, caption()), `${name}.pdf`);
    },
    "Data (CSV)": async ({ figure }, name) => save(new Blob([csvOf(figure)], { type: "text/csv" }), `${name}.csv`),
    "Matplotlib script": async (drawn, name) => {
      const { scriptOf } = await import("./figure_script.mjs");
      save(new Blob([scriptOf(drawn, `${name}.csv`, caption())], { type: "text/x-python" }), `${name}.py`);
    },
    "Copy caption": async () => put(caption()),
  };
}

/** Offer every file; what came of it is said below. */
function offerFiles(
  /** @type {HTMLDialogElement} */ dialog,
  /** @type {() => Promise<Drawn>} */ draw,
  /** @type {string} */ name,
) {
  const status = /** @type {Element} */ (dialog.querySelector("[role=status]"));
  const buttons = Object.entries(writers(dialog)).map(([text, write]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.addEventListener("click", async () => {
      status.textContent = "";
      const failed = await draw()
        .then((drawn) => write(drawn, name))
        .catch((/** @type {Error} */ error) => error);
      status.textContent = failed ? `${text}: ${failed.message}` : `${text}: done.`;
    });
    return button;
  });
  dialog.querySelector("footer")?.append(...buttons);
}

/** Tab stays in the dialog, and Enter in a box draws anew and does not close it. */
function holdKeys(/** @type {HTMLDialogElement} */ dialog, /** @type {() => Promise<unknown>} */ draw) {
  dialog.addEventListener("keydown", (event) => {
    const { key, shiftKey, target } = event;
    if (key === "Enter" && target instanceof HTMLInputElement) {
      event.preventDefault();
      draw();
    }
    if (key !== "Tab") return;
    const stops = /** @type {HTMLElement[]} */ ([
      ...dialog.querySelectorAll("button, select, input, textarea, fieldset"),
    ]);
    const seen = stops.filter((stop) => stop.offsetParent);
    const [edge, other] = shiftKey ? [seen[0], seen.at(-1)] : [seen.at(-1), seen[0]];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    other?.focus();
  });
}

function filled(/** @type {Shown & {place: HTMLElement}} */ { place, picture, aspect }) {
  const dialog = document.createElement("dialog");
  dialog.className = "gaba-figure";
  dialog.setAttribute("aria-labelledby", "gaba-figure-title");
  dialog.innerHTML = DIALOG;
  for (const [value, { label }] of Object.entries(SIZES)) field(dialog, "size").add(new Option(label, value));
  field(dialog, "playhead").parentElement.hidden = !hasPlayhead(picture.data);
  field(dialog, "caption").value = captionOf(place);
  const image = /** @type {HTMLImageElement} */ (dialog.querySelector("img"));
  image.alt = place.getAttribute("aria-label") ?? "";
  offerNames(dialog, { picture, aspect });
  return dialog;
}

/**
 * Open the dialog of a picture of the page.
 * @param {string} view
 * @param {string} name
 */
export async function open(view, name) {
  const shown = pictureShown(view, name);
  if (!shown || document.querySelector("dialog.gaba-figure")) return;
  await loadStyle();
  const dialog = filled(shown);
  const draw = previewer(dialog, shown);
  offerFiles(dialog, draw, `gaba_${view}_${name}`.replaceAll("-", "_"));
  holdKeys(dialog, draw);
  dialog.addEventListener("change", ({ target }) => target !== field(dialog, "caption") && draw());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await draw();
}
