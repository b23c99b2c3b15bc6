/*
 * Drawing: pictures and frames from the server onto Plotly graphs.
 *
 * A picture is a whole figure; a frame is what moves in it. While a control is dragged a frame is painted straight
 * onto the SVG paths that Plotly made (Plotly.animate works over every trace again and takes several times as long);
 * as soon as the hand rests, Plotly is told the same numbers, so that hover, zoom and export are right.
 */
(() => {
  const NARROW = window.matchMedia("(max-width: 767px)"); // the same as in gaba.css
  const REST_MS = 250; // without a new frame for so long, Plotly catches up
  const STRETCH = 4; // an axis that should be so many times longer or shorter does not wait for that
  const FRAMES_MS = 30; // two frames: what is painted before is on the screen
  const AGAIN_MS = 400; // nor is one moved again so soon: each time costs three frames

  const placeOf = (view, name) => document.getElementById(`{"name":"${name}","type":"figure","view":"${view}"}`);
  const graphOf = (view, name) => placeOf(view, name)?.querySelector(".js-plotly-plot");

  /** The floats of a picture's curve. */
  const decoded = ({ bdata }) => new Float32Array(Uint8Array.from(atob(bdata), (c) => c.charCodeAt(0)).buffer);

  /** The frames in an answer of the server, position by position; `components/serving/frame_codec.py` says how they lie in it. */
  function read(buffer) {
    const head = new DataView(buffer).getUint32(0, true);
    const { sizes, frames } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, head)));
    const planes = new Uint8Array(buffer, 4 + head);
    const count = planes.length / 4;
    const bytes = new Uint8Array(planes.length);
    for (let plane = 0; plane < 4; plane++) {
      for (let i = 0, at = plane, from = plane * count; i < count; i++, at += 4) bytes[at] = planes[from + i];
    }
    const floats = new Float32Array(bytes.buffer);
    let end = 0;
    const curves = sizes.map((size) => floats.subarray(end, (end += size)));
    for (const position of frames) for (const frame of Object.values(position)) frame.curves = curves;
    return frames;
  }

  const same = (a, b) => a === b || (a !== undefined && a.length === b.length && a.every((value, i) => Object.is(value, b[i])));

  /** Put the read-outs of a picture where the page shows them. */
  function write(view, text) {
    for (const [name, value] of Object.entries(text ?? {})) {
      const place = document.getElementById(`${view}-text-${name}`);
      if (!place || place.textContent === value) continue;
      if (place.firstChild) place.firstChild.nodeValue = value;
      else place.textContent = value;
    }
  }

  /** The traces of a frame that differ from what `known` says, by index; `known` then says the same. */
  function changes(graph, frame, known) {
    const found = [];
    graph.data.forEach((trace, index) => {
      if (!frame.series[trace.uid]) return;
      const [x, y] = frame.series[trace.uid].map((i) => frame.curves[i]);
      const [oldX, oldY] = known[trace.uid] ?? [];
      const [stillX, stillY] = [same(oldX, x), same(oldY, y)];
      if (stillX && stillY) return; // what did not move is not drawn again
      known[trace.uid] = [x, y];
      found.push({ index, x: stillX ? null : x, y: stillY ? null : y });
    });
    return found;
  }

  /** Paint one trace onto the paths that are there; false where Plotly itself must. */
  function paint(graph, { index, x, y }) {
    const full = graph._fullData[index];
    if (x) full.x = x;
    if (y) full.y = y;
    if (full.visible !== true || full.mode === "markers") return full.visible !== true;
    const group = graph.querySelector(`.trace.trace${CSS.escape(full.uid)}`);
    const { xaxis } = graph._fullLayout;
    const yaxis = graph._fullLayout[`yaxis${(full.yaxis ?? "y").slice(1)}`];
    const at = (i) => [xaxis.d2p(full.x[i]).toFixed(2), yaxis.d2p(full.y[i]).toFixed(2)];
    if (full.mode === "text") {
      const texts = group?.querySelectorAll("text") ?? [];
      texts.forEach((text, i) => {
        const [left, top] = at(i);
        text.setAttribute("x", left);
        text.setAttribute("y", Number(top) + 4);
      });
      return texts.length === full.x.length;
    }
    const path = group?.querySelector(full.fill === "toself" ? "path.js-fill" : "path.js-line");
    if (!path) return false;
    const points = new Array(full.x.length);
    let pen = "M";
    for (let i = 0; i < points.length; i++) {
      const [left, top] = [xaxis.d2p(full.x[i]), yaxis.d2p(full.y[i])];
      const there = Number.isFinite(left) && Number.isFinite(top);
      points[i] = there ? `${pen}${left.toFixed(2)},${top.toFixed(2)}` : ""; // a gap stays a gap
      pen = there ? "L" : "M";
    }
    path.setAttribute("d", `${points.join("")}${full.fill === "toself" ? "Z" : ""}`);
    for (const symbol of full.mode.includes("markers") ? group.querySelectorAll("path.point") : []) {
      const i = symbol.__data__?.i; // Plotly draws some of the points only
      if (points[i]) symbol.setAttribute("transform", `translate(${at(i)})`);
    }
    return true;
  }

  /** Tell Plotly what is painted. */
  function sync(graph, frame) {
    clearTimeout(graph.gabaRest);
    if (!graph.isConnected || !graph._fullLayout) return; // the reader has left the page
    const moved = changes(graph, frame, graph.gabaTold);
    const plain = (values) => Array.from(values); // Plotly.animate looks at every entry of a typed array as if it were a key
    const data = moved.map(({ x, y }) => ({ ...(x && { x: plain(x) }), ...(y && { y: plain(y) }) }));
    const instantly = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
    const traces = moved.map(({ index }) => index);
    if (traces.length) window.Plotly.animate(graph, { data, traces }, instantly);
    Object.assign(graph.gabaPainted, graph.gabaTold);
    rescale(graph, frame.ranges);
  }

  /** Axes follow the picture, but only where the picture changed them: the reader's own zoom stays. */
  function rescale(graph, ranges) {
    const before = graph.gabaRanges;
    const moved = Object.keys(ranges).filter((axis) => String(before[axis]) !== String(ranges[axis]));
    graph.gabaRanges = ranges;
    if (!moved.length) return;
    graph.gabaMoved = performance.now();
    window.Plotly.relayout(graph, Object.fromEntries(moved.map((a) => [`${a}.range`, [...ranges[a]]])));
    comeHome(graph);
  }

  /**
   * A double-click and "Reset axes" lead back to the ranges of the picture. Plotly would show all that is drawn, marks
   * that lie out of sight on purpose among it, or the ranges that it happened to be drawn with first. Where the zoom is
   * part of the link no range is home: Plotly then asks for all there is, and `runs_zoom.js` decides what that means.
   */
  function comeHome(graph) {
    const linked = Boolean(graph.layout.meta?.zoom);
    for (const [name, range] of Object.entries(graph.gabaRanges)) {
      const [low, high] = linked ? [undefined, undefined] : range;
      const axis = graph._fullLayout[name]; // none yet where the graph is still empty
      if (axis) Object.assign(axis, { _rangeInitial0: low, _rangeInitial1: high, _autorangeInitial: linked });
    }
  }

  /**
   * Whether the axes that are drawn would hide what the frame shows. Otherwise they hold still under a moving hand,
   * which sees the curves move and not the numbers below them, and follow when it rests.
   */
  function misfits(graph, ranges) {
    const length = ([low, high]) => Math.abs(high - low);
    return Object.entries(ranges).some(([axis, range]) => {
      const before = graph.gabaRanges[axis];
      if (!before || !length(before)) return String(before) !== String(range);
      const growth = length(range) / length(before);
      const outgrown = axis.startsWith("y") && (range[0] < before[0] || range[1] > before[1]);
      return outgrown || growth > STRETCH || growth < 1 / STRETCH;
    });
  }

  /** What was still to be told Plotly of is no longer to be. */
  function forget(graph) {
    clearTimeout(graph.gabaRest);
    clearTimeout(graph.gabaAxes);
    graph.gabaAxes = undefined;
  }

  /** Axes that must not wait for the hand to rest move when the picture is painted: on those there are, at first. */
  function moveAxes(graph) {
    graph.gabaAxes ??= setTimeout(() => {
      graph.gabaAxes = undefined;
      sync(graph, graph.gabaFrame);
    }, FRAMES_MS);
  }

  /** Show one frame on the figure that is there: at once by paint, and at rest by Plotly. */
  function draw(view, name, frame) {
    const graph = graphOf(view, name);
    if (!graph?.gabaTold || !window.Plotly) return;
    clearTimeout(graph.gabaRest);
    const pressing = performance.now() - (graph.gabaMoved ?? -Infinity) > AGAIN_MS && misfits(graph, frame.ranges);
    graph.gabaFrame = frame;
    if (!changes(graph, frame, graph.gabaPainted).every((change) => paint(graph, change))) sync(graph, frame);
    else if (pressing) moveAxes(graph);
    else graph.gabaRest = setTimeout(() => sync(graph, frame), REST_MS);
  }

  const rangesOf = ({ layout }) =>
    Object.fromEntries(Object.keys(layout).filter((a) => /^[xy]axis/.test(a) && layout[a].range).map((a) => [a, layout[a].range]));

  /** The frame in a whole picture; the server's `frame` does the same to the pictures of a slice. */
  function strip(picture) {
    const curves = [];
    const series = {};
    for (const trace of picture.data) {
      if (trace.x?.bdata) series[trace.uid] = ["x", "y"].map((axis) => curves.push(decoded(trace[axis])) - 1);
    }
    return { curves, series, ranges: rangesOf(picture), text: picture.text };
  }

  /** On a phone the page around the picture says what its legend and its labels would. */
  function narrow({ data, layout }) {
    const bare = Object.keys(layout).filter((k) => k.startsWith("yaxis")).map((k) => [k, { ...layout[k], title: "", automargin: "left" }]);
    return {
      data: data.map((trace) => (trace.mode === "text" ? { ...trace, visible: false } : trace)),
      layout: { ...layout, title: "", ...Object.fromEntries(bare), showlegend: false, margin: { l: 52, r: 8, t: 10, b: 38 } },
    };
  }

  const themeNow = () => document.documentElement.dataset.mantineColorScheme;

  /** A picture in the colours of the page's theme, as its width has room for. */
  function dressed({ data, layout }, templates) {
    const whole = { data, layout: { ...layout, template: templates[themeNow()] ?? templates.light } };
    return NARROW.matches ? narrow(whole) : whole;
  }

  /** Once the graph is drawn, note which picture it shows. */
  function remember(view, name, picture) {
    const graph = graphOf(view, name);
    if (!graph?._fullLayout) return placeOf(view, name) && requestAnimationFrame(() => remember(view, name, picture));
    graph.gabaKey = picture.key;
    graph.gabaRanges = rangesOf(picture);
    const { curves, series } = strip(picture);
    graph.gabaTold = Object.fromEntries(Object.entries(series).map(([uid, [x, y]]) => [uid, [curves[x], curves[y]]]));
    graph.gabaPainted = { ...graph.gabaTold };
    if (!graph.gabaHome) graph.on("plotly_afterplot", () => comeHome(graph)); // whenever Plotly may have set its own
    graph.gabaHome = true;
    comeHome(graph);
    settle(graph);
    return undefined;
  }

  /** Plotly places a legend by the height that its plot had before it was resized: drawn once more it is right. */
  function settle(graph) {
    if (graph.gabaSettled) return;
    graph.gabaSettled = true;
    const again = (event) => event.autosize && graph.isConnected && graph._fullLayout.showlegend && window.Plotly.redraw(graph);
    graph.on("plotly_relayout", again);
  }

  const shown = new Map(); // by view and name, the picture a graph was last given, and the themes there are

  /** The page has another width, and room for legends and labels or none, or another theme, be it by another tab. */
  function redress() {
    for (const [key, [view, name, picture, templates]] of shown) {
      if (!placeOf(view, name)) shown.delete(key); // the reader has left the page
      else {
        const drawn = anew(graphOf(view, name), view, name, picture, templates);
        window.dash_clientside.set_props({ type: "figure", view, name }, { figure: drawn });
      }
    }
  }
  NARROW.addEventListener("change", redress);

  let theme = themeNow();
  function follow() {
    if (themeNow() === theme) return;
    theme = themeNow();
    redress();
  }
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });

  function anew(graph, view, name, picture, templates) {
    if (graph) forget(graph);
    requestAnimationFrame(() => remember(view, name, picture));
    return dressed(picture, templates);
  }

  /** A picture as a figure in the page's theme; undefined where its traces are there and it was drawn in place. */
  function figure(view, name, picture, templates) {
    const graph = graphOf(view, name);
    shown.set(`${view} ${name}`, [view, name, picture, templates]);
    write(view, picture.text);
    if (graph?._fullLayout && graph.gabaKey === picture.key) {
      draw(view, name, strip(picture));
      return undefined;
    }
    return anew(graph, view, name, picture, templates);
  }

  /** Save a graph as a picture on the background it is seen on, with the legend that the page may show beside it. */
  function save(view, name, format) {
    const graph = graphOf(view, name);
    if (!graph?._fullLayout) return;
    const legend = graph.layout.legend ?? { orientation: "h", y: -0.14, yanchor: "top", x: 0 };
    const paper = getComputedStyle(document.body).backgroundColor;
    const layout = { ...graph.layout, paper_bgcolor: paper, showlegend: true, legend };
    const size = { width: 1200, height: Math.round(1200 * Math.max(0.4, graph.offsetHeight / graph.offsetWidth)) };
    const file = { format, filename: `gaba_${view}_${name}`, scale: format === "png" ? 2 : 1, ...size };
    window.Plotly.downloadImage({ data: graph.data, layout }, file);
  }

  window.gabaDraw = { draw, dressed, figure, read, save, write };
})();
