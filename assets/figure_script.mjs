/* A Matplotlib script that redraws a figure from its CSV. What it draws stands at its top as plain Python. */
import { hasNumbers, plain } from "./figure_data.mjs";

/** @typedef {import("./paper_figure.mjs").Figure} Figure */

const POINTS = 0.75; // of a pixel
/** @type {Record<string, string>} */
const MARKERS = {
  circle: "o",
  square: "s",
  diamond: "D",
  cross: "P",
  x: "X",
  star: "*",
  hexagon: "h",
  "triangle-up": "^",
  "triangle-down": "v",
};
/** @type {Record<string, number[]>} Lengths of strokes and gaps in widths of the line, as Plotly draws them. */
const DASHES = { dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2] };
const VEIL = { facecolor: [1, 1, 1, 0.75], edgecolor: "none", pad: 1 };
const SCRIPT = `
HERE = Path(__file__).parent
plt.rcParams.update({"font.family": "sans-serif", "font.size": POINTS, "axes.labelsize": POINTS})
plt.rcParams.update({"pdf.fonttype": 42, "svg.fonttype": "none", "legend.fontsize": POINTS})

points = {}
with (HERE / CSV).open(encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        xy = tuple(float(row[axis] or "nan") for axis in "xy")
        points.setdefault(row["curve"], []).append(xy)

fig = plt.figure(figsize=SIZE)
panels = []
for place, x, y in PANELS:
    ax = fig.add_axes(place, frameon=x["shown"] or y["shown"])
    ax.patch.set_visible(False)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    for axis, side in ((ax.xaxis, x), (ax.yaxis, y)):
        name = axis.axis_name
        ax.set(**{f"{name}scale": side["scale"], f"{name}lim": side["range"]})
        if side["ticks"] is not None:
            axis.set_ticks(side["ticks"], side["labels"])
            axis.set_ticks([], minor=True)
        elif side["scale"] == "linear":
            ax.ticklabel_format(axis=name, style="plain", useOffset=False)
        if side["grid"]:
            axis.grid(color="#e3e6ea", linewidth=0.6)
        axis.set_visible(side["shown"])
        axis.set_label_text(side["label"])
        ax.spines["bottom" if name == "x" else "left"].set_visible(side["shown"])
    panels.append(ax)

for i, source, extent in IMAGES:
    image = plt.imread(io.BytesIO(base64.b64decode(source)))
    under = panels[i] if i is not None else fig.add_axes(extent, xticks=[], yticks=[])
    limits = {"extent": extent} if i is not None else {}
    under.imshow(image, aspect="auto", zorder=0, interpolation="nearest", **limits)

handles = {}
for curve, name, i, fill, style in CURVES:
    x, y = zip(*points[curve])
    if fill:
        [drawn] = panels[i].fill(x, y, **style)
    else:
        [drawn] = panels[i].plot(x, y, **style)
    if name:
        handles[name, curve] = drawn

for i, x, y, text, style in TEXTS:
    ax = panels[i or 0]
    where = {} if i is not None else {"transform": fig.transFigure}
    ax.text(x, y, text, clip_on=False, **where, **style)

if handles:
    names = [name for name, _ in handles]
    below = {"loc": "lower left", "bbox_to_anchor": (0, 0), "ncols": COLUMNS, "handlelength": 4.2}
    fig.legend(handles.values(), names, frameon=False, **below)
for kind in ("pdf", "png"):
    fig.savefig(HERE / f"{Path(CSV).stem}_redrawn.{kind}", dpi=300, bbox_inches="tight", transparent=CLEAR)
`;

/** @returns {string} A value as Python writes it. */
export function python(/** @type {any} */ value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : 'float("nan")';
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `(${value.map(python).join(", ")}${value.length === 1 ? "," : ""})`;
  const items = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${items.map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`).join(", ")}}`;
}

/** @returns {string | number[]} A colour as Matplotlib takes it. */
function colorOf(/** @type {unknown} */ color, opacity = 1) {
  const parts = /^rgba?\(([^)]+)\)/.exec(String(color))?.[1].split(",").map(Number);
  if (!parts) return String(color ?? "#000000");
  return [...parts.slice(0, 3).map((part) => part / 255), (parts[3] ?? 1) * opacity];
}

/** @returns {string} A text of Plotly's as Matplotlib writes it. */
const worded = (/** @type {unknown} */ text) =>
  plain(
    String(text ?? "")
      .replaceAll("$", "\\$")
      .replace(/<sub>(.*?)<\/sub>/g, "$$_{\\mathrm{$1}}$$"),
  );

/** @returns {any} How a line is dashed: an offset and lengths in widths, or Matplotlib's name for none. */
function dashOf(/** @type {string | undefined} */ dash, /** @type {number} */ width) {
  if (!dash || dash === "solid") return "-";
  const unit = Math.max(width, 3) / width; // Plotly's strokes of thin lines are those of one of 3 pixels
  const own = DASHES[dash]?.map((one) => one * unit) ?? dash.split(",").map((one) => parseFloat(one) / width);
  return [0, own.map((one) => Number(one.toFixed(3)))];
}

/** @returns {number | undefined} One that is not left to the colour. */
const opacityOf = (/** @type {number} */ opacity) => (opacity === 1 ? undefined : opacity);

/** @returns {object} How Matplotlib draws the points of a trace. */
function markerOf(/** @type {any} */ { marker = {}, x }, /** @type {any} */ color) {
  const { symbol = "circle", size = 6, maxdisplayed } = marker;
  const own = [marker.color].flat()[0];
  const face = own === undefined ? color : colorOf(own);
  const edge = marker.line?.color ? colorOf(marker.line.color) : face;
  const isOpen = symbol.endsWith("-open");
  return {
    marker: MARKERS[symbol.replace("-open", "")] ?? "o",
    markersize: size * POINTS,
    markerfacecolor: isOpen ? "none" : face,
    markeredgecolor: isOpen ? face : edge,
    markevery: maxdisplayed ? Math.max(1, Math.ceil(x.length / maxdisplayed)) : undefined,
  };
}

/** @returns {object} How Matplotlib draws a trace. */
function styleOf(/** @type {any} */ trace) {
  const { mode = "lines", line = {}, marker = {}, fill, fillcolor, opacity = 1 } = trace;
  if (fill === "toself") return { facecolor: colorOf(fillcolor, opacity), linewidth: 0 };
  const width = line.width ?? 2;
  const hasLine = mode.includes("lines") && width > 0;
  const color = colorOf(line.color ?? [marker.color].flat()[0]);
  const linestyle = hasLine ? dashOf(line.dash, width) : "none";
  const style = { color, linewidth: width * POINTS, linestyle, alpha: opacityOf(opacity) };
  return mode.includes("markers") ? { ...style, ...markerOf(trace, color) } : style;
}

const axisKey = (/** @type {string} */ ref) => `${ref[0]}axis${ref.slice(1)}`;

/** @returns {{ticks: number[] | null, labels: string[] | null}} Those of an axis that it states itself and shows. */
function ticksOf(/** @type {any} */ { showticklabels, tickvals, ticktext }, /** @type {number[]} */ range) {
  if (showticklabels === false) return { ticks: [], labels: [] };
  if (!tickvals) return { ticks: null, labels: null };
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const seen = [...tickvals.keys()].filter((i) => tickvals[i] >= low && tickvals[i] <= high);
  return { ticks: seen.map((i) => tickvals[i]), labels: seen.map((i) => worded(ticktext?.[i] ?? tickvals[i])) };
}

/** @returns {any} One side of a panel. */
function sideOf(/** @type {any} */ layout, /** @type {string} */ ref, /** @type {string} */ across) {
  const axis = layout[axisKey(ref)] ?? {};
  const isLog = axis.type === "log";
  const range = (axis.range ?? [0, 1]).map((/** @type {number} */ end) => (isLog ? 10 ** end : end));
  const isShown = axis.visible !== false && !axis.overlaying && (axis.anchor ?? across[0]) === across;
  const scale = isLog ? "log" : "linear";
  const grid = isShown && axis.showgrid !== false;
  return { label: worded(axis.title?.text), scale, range, ...ticksOf(axis, range), shown: isShown, grid };
}

/** @returns {{at: (x: number, y: number) => number[], share: number}} Places on the paper, of shares of the plot. */
function paperOf(/** @type {Figure} */ { layout: { margin }, width, height }) {
  const [across, up] = [width - margin.l - margin.r, height - margin.t - margin.b];
  return { at: (x, y) => [(margin.l + x * across) / width, (margin.b + y * up) / height], share: across / width };
}

const HORIZONTAL = /** @type {Record<string, string>} */ ({ left: "right", right: "left", center: "center" });
const VERTICAL = /** @type {Record<string, string>} */ ({ top: "bottom", bottom: "top", middle: "center" });

/** @returns {any[]} The words of a trace: panel, place, text and how they lie. */
function wordsOf(/** @type {any} */ trace, /** @type {number} */ panel) {
  return Array.from(trace.x, (/** @type {number} */ x, i) => {
    const { textposition = "middle center" } = trace;
    const [up, across] = (Array.isArray(textposition) ? textposition[i] : textposition).split(" ");
    const style = { ha: HORIZONTAL[across], va: VERTICAL[up] };
    return [panel, x, trace.y[i], worded([trace.text].flat()[i]), style];
  }).filter(([, x, y, text]) => text && Number.isFinite(x) && Number.isFinite(y));
}

/** @returns {any[]} A note: on the paper, or in the first panel that has its axes. */
function noteOf(/** @type {any} */ note, /** @type {Figure} */ figure, /** @type {string[]} */ pairs) {
  const isPaper = note.xref === "paper";
  const [x, y] = isPaper ? paperOf(figure).at(note.x, note.y) : [note.x, note.y];
  const [ha, va] = [note.xanchor ?? "center", note.yanchor ?? "center"].map((side) => side.replace("middle", "center"));
  const panel = isPaper ? null : Math.max(0, pairs.indexOf(`${note.xref ?? "x"} ${note.yref ?? "y"}`));
  return [panel, x, y, worded(note.text), { ha, va, ...(panel !== null && { bbox: VEIL }) }];
}

/** @returns {any[]} A picture in the figure: its panel, or null and its place on the paper, and its bytes. */
function imageOf(/** @type {any} */ { x, y, sizex, sizey, xref, source }, /** @type {Figure} */ figure) {
  const bytes = source.slice(source.indexOf(",") + 1);
  if (xref !== "paper") return [0, bytes, [x, x + sizex, y - sizey, y]];
  const [[left, low], [right, high]] = [paperOf(figure).at(x, y - sizey), paperOf(figure).at(x + sizex, y)];
  return [null, bytes, [left, low, right - left, high - low]];
}

/** @returns {[string, any][]} What the script draws, by the names it has there. */
function partsOf(/** @type {Figure} */ figure, /** @type {string} */ file, /** @type {number} */ columns) {
  const { data, layout, width, height, mm, font } = figure;
  const pairOf = (/** @type {any} */ { xaxis = "x", yaxis = "y" }) => `${xaxis} ${yaxis}`;
  const seen = data.filter(({ visible }) => visible !== false);
  const pairs = [...new Set(seen.map(pairOf))];
  const { at } = paperOf(figure);
  const panels = pairs.map((pair) => {
    const [x, y] = pair.split(" ");
    const [[x0, x1], [y0, y1]] = [x, y].map((ref) => layout[axisKey(ref)]?.domain ?? [0, 1]);
    const [[left, low], [right, high]] = [at(x0, y0), at(x1, y1)];
    return [[left, low, right - left, high - low], sideOf(layout, x, y), sideOf(layout, y, x)];
  });
  const curves = seen.filter(hasNumbers).map((trace) => {
    const name = trace.showlegend === false ? null : worded(trace.name);
    return [trace.uid, name, pairs.indexOf(pairOf(trace)), trace.fill === "toself", styleOf(trace)];
  });
  const words = seen.filter(({ mode }) => mode === "text");
  const texts = words.flatMap((trace) => wordsOf(trace, pairs.indexOf(pairOf(trace))));
  const notes = layout.annotations.map((/** @type {any} */ note) => noteOf(note, figure, pairs));
  const images = (layout.images ?? []).map((/** @type {any} */ image) => imageOf(image, figure));
  const inches = mm / 25.4;
  return [
    ["CSV", file],
    ["SIZE", [inches, (inches * height) / width]],
    ["POINTS", Number(((font * mm) / width / (25.4 / 72)).toFixed(3))],
    ["CLEAR", layout.paper_bgcolor !== "#ffffff"],
    ["COLUMNS", Math.max(1, columns)],
    ["PANELS", panels],
    ["CURVES", curves],
    ["TEXTS", [...texts, ...notes]],
    ["IMAGES", images],
  ];
}

/** @returns {string} A list with an item a line. */
const listed = (/** @type {any} */ value) =>
  Array.isArray(value) && Array.isArray(value[0])
    ? `[\n${value.map((one) => `    ${python(one)},\n`).join("")}]`
    : python(value);

/**
 * @param {import("./figure_files.mjs").Drawn} drawn
 * @param {string} file Name of its CSV.
 * @param {string} caption
 * @returns {string} The script; it reads the CSV beside itself.
 */
export function scriptOf({ figure, columns }, file, caption) {
  const says = caption.replaceAll("\\", "/").replaceAll('"', "'");
  const parts = partsOf(figure, file, columns).map(([name, value]) => `${name} = ${listed(value)}`);
  const imports = ["base64", "csv", "io"].map((name) => `import ${name}`).join("\n");
  return `"""${says}"""\n\n${imports}\nfrom pathlib import Path\n\nimport matplotlib.pyplot as plt\n\n${parts.join("\n")}\n${SCRIPT}`;
}
