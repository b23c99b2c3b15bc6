/*
 * Browser side of the dashboard: Dash clientside callbacks, and the drag engine.
 *
 * A dragged value goes control -> (here) a frame the server computed ahead, or else one throttled request ->
 * Plotly.animate and plain text. On release Dash's own callbacks confirm it. No mathematics of the product lives
 * here: every number shown was computed in Python.
 */
(() => {
  const PACE_MS = 60; // at most one state update a view and this many milliseconds
  const BATCHES = [6, 18, 36, 60, 300]; // frames a request brings, the nearest positions first
  const NARROW = 768; // pixels; the same as in gaba.css
  const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
  const noUpdate = () => window.dash_clientside.no_update;

  /* ---- what Mantine asks for -------------------------------------------------------------------------------- */
  const functions = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  functions.gabaValue = (position, { values }) => values[Math.round(position)] ?? position;

  /* ---- views ------------------------------------------------------------------------------------------------ */
  const views = {};
  /** Everything known of one view: its state as text, the slice at hand, and how recent the drawn picture is. */
  const viewOf = (name) => (views[name] ??= { state: {}, clock: 0, slice: null, pace: { due: 0 } });
  let held = null; // the control under the pointer or the arrow keys

  const graphOf = (view, name) =>
    document.getElementById(`{"name":"${name}","type":"figure","view":"${view}"}`)?.querySelector(".js-plotly-plot");

  function unpack(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return new Float32Array(bytes.buffer);
  }

  /** Put the read-outs of a picture where the page shows them. */
  function write(view, text) {
    for (const [name, value] of Object.entries(text ?? {})) {
      const place = document.getElementById(`${view}-text-${name}`);
      if (!place || place.textContent === value) continue;
      if (place.firstChild) place.firstChild.nodeValue = value;
      else place.textContent = value;
    }
  }

  /** Axes follow the picture, but only where the picture changed them: the reader's own zoom stays. */
  function rescale(graph, ranges) {
    const before = graph.gabaRanges;
    graph.gabaRanges = ranges;
    const moved = Object.keys(ranges).filter((axis) => before && String(before[axis]) !== String(ranges[axis]));
    if (moved.length) window.Plotly.relayout(graph, Object.fromEntries(moved.map((a) => [`${a}.range`, [...ranges[a]]])));
  }

  /** Draw one frame on top of the figure that is there. */
  function draw(view, name, frame) {
    const graph = graphOf(view, name);
    if (!graph?._fullLayout || !window.Plotly) return;
    const before = (graph.gabaDrawn ??= {});
    const data = [];
    const traces = [];
    graph.data.forEach((trace, index) => {
      const at = frame.series[trace.uid]?.map((i) => frame.grids[i]);
      if (!at || String(at) === before[trace.uid]) return; // what did not move is not drawn again
      before[trace.uid] = String(at);
      data.push({ x: unpack(at[0]), y: unpack(at[1]) });
      traces.push(index);
    });
    const instantly = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
    if (traces.length) window.Plotly.animate(graph, { data, traces }, instantly);
    rescale(graph, frame.ranges);
    write(view, frame.text);
  }

  function show(view, frames) {
    for (const [name, frame] of Object.entries(frames)) draw(view, name, frame);
  }

  /* ---- slices: the pictures at every position of one control, the others as they stand ----------------------- */
  const others = (state, param) => JSON.stringify({ ...state, [param]: null });

  async function ask(view, query) {
    const reply = await fetch(`frames/${view}?${new URLSearchParams(query)}`);
    if (!reply.ok) throw new Error(`frames/${view}: ${reply.status}`);
    return reply.json();
  }

  async function prefetch(view, param, value) {
    const v = viewOf(view);
    const key = others(v.state, param);
    if (v.slice?.param === param && v.slice.key === key) return;
    const slice = (v.slice = { param, key, frames: {} });
    const query = { ...v.state, control: param, value };
    try {
      for (let first = 0, i = 0; i < BATCHES.length && v.slice === slice; first += BATCHES[i++]) {
        const batch = await ask(view, { ...query, first, count: BATCHES[i] });
        Object.assign(slice.frames, batch);
        if (Object.keys(batch).length < BATCHES[i]) break;
      }
    } catch {
      if (v.slice === slice) v.slice = null; // single requests carry on; the next grab tries again
    }
  }

  /** Numbers as Python writes them are the keys of a slice. */
  const framesAt = (slice, value) =>
    slice.frames[value] ?? slice.frames[`${value}.0`] ?? slice.frames[Number(value).toExponential().replace(/e-(\d)$/, "e-0$1")];

  /** The held control has a new value: pick its frame, or fetch it, the newest only. */
  async function move(view, param, value) {
    const v = viewOf(view);
    const clock = ++v.clock;
    v.wanted = { param, value, clock };
    const slice = v.slice?.param === param && v.slice.key === others(v.state, param) ? v.slice : null;
    const ready = slice && framesAt(slice, value);
    if (ready) return show(view, ready);
    if (v.asking) return undefined;
    v.asking = true;
    try {
      while (v.wanted) {
        const want = v.wanted;
        v.wanted = null;
        const found = await ask(view, { ...v.state, [want.param]: want.value, control: want.param });
        if (v.clock === want.clock || held?.view === view) {
          if (want.clock > (v.drawn ?? 0)) show(view, Object.values(found)[0]);
          v.drawn = want.clock;
        }
      }
    } catch {
      v.wanted = null; // the confirmation on release draws it
    } finally {
      v.asking = false;
    }
    return undefined;
  }

  /* ---- the slider's own events -------------------------------------------------------------------------------- */
  const controlOf = (target) => (target instanceof Element ? target.closest(".gaba-control") : null);
  const thumbOf = (control) => control.querySelector("[role=slider]");

  function grab(event, hold) {
    const control = controlOf(event.target);
    if (hold) held = control ? { view: control.dataset.view, param: control.dataset.param } : null;
    const thumb = control && thumbOf(control);
    if (thumb) prefetch(control.dataset.view, control.dataset.param, thumb.getAttribute("aria-valuenow"));
  }
  document.addEventListener("pointerdown", (e) => grab(e, true), true);
  document.addEventListener("pointerover", (e) => !held && grab(e, false), true);
  document.addEventListener("focusin", (e) => grab(e, false), true);
  document.addEventListener("keydown", (e) => ARROWS.includes(e.key) && grab(e, true), true);
  document.addEventListener("pointerup", () => setTimeout(() => (held = null), 0), true);

  /** Mantine gives a thumb the position's range; a screen reader needs the value's. */
  function label(thumb) {
    const control = controlOf(thumb);
    if (!control) return;
    const { low, high, unit } = control.dataset;
    thumb.setAttribute("aria-valuemin", low);
    thumb.setAttribute("aria-valuemax", high);
    thumb.setAttribute("aria-valuetext", `${thumb.getAttribute("aria-valuenow")} ${unit}`.trim());
  }

  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") {
        for (const node of addedNodes) node.querySelectorAll?.(".gaba-control [role=slider]").forEach(label);
        continue;
      }
      const control = target.getAttribute("role") === "slider" ? controlOf(target) : null;
      if (!control) continue;
      label(target);
      const { view, param } = control.dataset;
      if (held?.view !== view || held.param !== param) continue;
      const value = target.getAttribute("aria-valuenow");
      const box = control.querySelector("input:not([type=hidden])");
      if (box && box.value !== value) box.value = value;
      move(view, param, value);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuenow"] });

  /* ---- Dash clientside callbacks -------------------------------------------------------------------------------- */

  /** Slider and number box of one control follow each other; the number box holds the truth. */
  function pair(position, number, scale) {
    const values = scale.options.values;
    const triggered = window.dash_clientside.callback_context.triggered_id;
    if (triggered?.type === "slider") {
      const value = values[position];
      return [noUpdate(), value === number ? noUpdate() : value];
    }
    if (typeof number !== "number") return [noUpdate(), noUpdate()];
    const distances = values.map((value) => Math.abs(value - number));
    const nearest = distances.indexOf(Math.min(...distances));
    return [nearest === position ? noUpdate() : nearest, noUpdate()];
  }

  const asText = (value) => (Array.isArray(value) ? value.join(",") : String(value));

  /** Every control of a view -> its state as text and the URL; at most one a beat, and the last one always. */
  function collect(numbers, choices, numberIds, choiceIds, defaults) {
    const ids = [...numberIds, ...choiceIds];
    const values = [...numbers, ...choices];
    const view = ids[0].view;
    const v = viewOf(view);
    const state = Object.fromEntries(ids.map((id, i) => [id.param, asText(values[i] ?? "")]).filter(([, t]) => t !== "" ));
    for (const id of choiceIds) state[id.param] ??= "";
    const changed = JSON.stringify(state) !== JSON.stringify(v.state);
    v.state = state;
    if (!changed || !window.dash_clientside.callback_context.triggered_id) return noUpdate(); // the page just opened
    const clock = ++v.clock;
    clearTimeout(v.pace.timer);
    v.pace.resolve?.(noUpdate());
    return new Promise((resolve) => {
      v.pace.resolve = resolve;
      v.pace.timer = setTimeout(() => {
        v.pace = { due: performance.now() + PACE_MS };
        const kept = Object.entries(state).filter(([name, text]) => !same(text, defaults[name]));
        history.replaceState(history.state, "", location.pathname + (kept.length ? `?${new URLSearchParams(kept)}` : ""));
        resolve({ ...state, clock });
      }, Math.max(0, v.pace.due - performance.now()));
    });
  }
  const same = (a, b) => a === b || (a !== "" && b !== "" && Number(a) === Number(b));

  /**
   * A picture from the server, in the colours of the theme: redrawn in place where its traces are the ones drawn,
   * else as a new figure. A picture older than what the reader has done since is left alone.
   */
  function picture(data, scheme, templates, id) {
    if (!data) return noUpdate();
    const v = viewOf(id.view);
    const repaint = window.dash_clientside.callback_context.triggered.some((t) => t.prop_id.startsWith("scheme"));
    if (!repaint && data.clock !== 0 && data.clock < v.clock) return noUpdate();
    const graph = graphOf(id.view, id.name);
    const now = repaint ? scheme : document.documentElement.dataset.mantineColorScheme;
    const layout = { ...data.layout, template: templates[now] ?? templates.light };
    if (graph?._fullLayout && !repaint && graph.gabaKey === data.key) {
      draw(id.view, id.name, strip(data));
      return noUpdate();
    }
    write(id.view, data.text);
    remember(id, data);
    return window.innerWidth < NARROW ? narrow({ data: data.data, layout }) : { data: data.data, layout };
  }

  /** On a phone the page around the picture says what its legend and its labels would. */
  function narrow({ data, layout }) {
    return {
      data: data.map((trace) => (trace.mode === "text" ? { ...trace, visible: false } : trace)),
      layout: {
        ...layout,
        ...Object.fromEntries(Object.keys(layout).filter((k) => k.startsWith("yaxis")).map((k) => [k, { ...layout[k], title: "" }])),
        showlegend: false,
        margin: { l: 44, r: 8, t: 6, b: 38 },
      },
    };
  }

  /** The frame in a whole picture; the server's `frame` does the same to the pictures of a slice. */
  function strip(data) {
    const grids = [];
    const series = {};
    for (const trace of data.data) {
      if (trace.x?.bdata) series[trace.uid] = ["x", "y"].map((axis) => grids.push(trace[axis].bdata) - 1);
    }
    return { grids, series, ranges: rangesOf(data), text: data.text };
  }

  const rangesOf = ({ layout }) =>
    Object.fromEntries(["xaxis", "yaxis"].filter((a) => layout[a]?.range).map((a) => [a, layout[a].range]));

  /** Once the graph is there, note which picture it shows. */
  function remember(id, data) {
    requestAnimationFrame(() => {
      const graph = graphOf(id.view, id.name);
      if (!graph) return remember(id, data);
      graph.gabaKey = data.key;
      graph.gabaDrawn = {};
      graph.gabaRanges = rangesOf(data);
      return undefined;
    });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { gaba: { pair, collect, picture } });
})();
