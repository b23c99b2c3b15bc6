/*
 * The reader's zoom of the Runs picture: written into the state, and so into the link; the server then draws what is
 * in sight in full detail. The picture itself says what a zoom of each axis is called and what its whole range is; a
 * double-click on the whole shows all there is, what stood out of range included, and "all" stays while a log grows.
 */
(() => {
  const ID = { param: "zoom", type: "choice", view: "runs" };
  const DIGITS = 9;
  const ALL = "all";
  const noUpdate = () => window.dash_clientside.no_update;
  const graphOf = () => document.querySelector('[id*="\\"view\\":\\"runs\\""] .js-plotly-plot');

  let zoom = ""; // as the state has it

  /** The range of one axis after a change of the view: two ends, ALL, null for the whole, undefined where it stands. */
  function rangeOf(event, axis, { whole }, sent) {
    const ends = event[`${axis}.range`] ?? [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
    if (event[`${axis}.autorange`]) return ALL;
    if (ends[0] === undefined || ends[1] === undefined) return undefined;
    const [low, high] = ends.map(Number).sort((a, b) => a - b);
    const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.abs(whole[1] - whole[0]);
    if (near(low, whole[0]) && near(high, whole[1])) return null;
    return String(ends) === String(sent) ? undefined : [low, high]; // what the server sent is no doing of the reader's
  }

  /** Show the whole of some axes at once, before the server draws it in the detail that goes with it. */
  function show(graph, axes) {
    window.Plotly.relayout(graph, Object.fromEntries(axes.map(([axis, { whole }]) => [`${axis}.range`, [...whole]])));
  }

  function moved(graph, event) {
    const axes = graph.layout?.meta?.zoom;
    if (!axes) return;
    const kept = new Map(zoom.split(",").filter(Boolean).map((item) => [item.split(":", 2).join(":"), item]));
    const now = [];
    const zoomed = ([axis, { name }]) => event[`${axis}.autorange`] && kept.has(name);
    const leaves = Object.entries(axes).some(zoomed); // a double-click leaves a zoom, and one on the whole shows all
    for (const [axis, about] of Object.entries(axes)) {
      const range = rangeOf(event, axis, about, graph.gabaRanges?.[axis]);
      if (range === ALL && !leaves) now.push(`${about.name}:${ALL}`);
      else if (range && range !== ALL) now.push([about.name, ...range.map((end) => Number(end.toPrecision(DIGITS)))].join(":"));
      else if (range === undefined && kept.has(about.name)) now.push(kept.get(about.name));
    }
    if (leaves) show(graph, Object.entries(axes).filter(([axis]) => event[`${axis}.autorange`]));
    const text = now.join(",");
    if (text === zoom) return;
    zoom = text;
    window.dash_clientside.set_props(ID, { value: text });
  }

  /** A graph that was drawn for the first time tells from then on how it is zoomed. */
  function watch() {
    const graph = graphOf();
    if (!document.getElementById("runs-news")) return undefined; // the reader left the page
    if (!graph?.on) return requestAnimationFrame(watch);
    if (!graph.gabaZoom) {
      graph.gabaZoom = true;
      graph.on("plotly_relayout", (event) => moved(graph, event));
    }
    return undefined;
  }

  function know(_figure, value) {
    zoom = value ?? "";
    watch();
    return noUpdate();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { gaba_zoom: { know } });
})();
