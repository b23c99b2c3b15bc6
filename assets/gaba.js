/*
 * Browser side of the dashboard: Dash clientside callbacks, and the drag engine.
 *
 * A dragged value goes control -> (here) a frame the server computed ahead, or else one throttled request ->
 * Plotly.animate and plain text. On release Dash's own callbacks confirm it. No mathematics of the product lives
 * here: every number shown was computed in Python.
 */
(() => {
  const PACE_MS = 60; // at most one state update a view and this many milliseconds
  const ASIDE_MS = 50; // read-outs and second pictures follow a drag this much behind, at most
  const RELEASE_MS = 50; // what the hand let go of is painted first, and confirmed then
  const noUpdate = () => window.dash_clientside.no_update;

  /* ---- what Mantine asks for -------------------------------------------------------------------------------- */
  const functions = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  functions.gabaValue = (position, { values }) => values[Math.round(position)] ?? position;

  /* ---- views ------------------------------------------------------------------------------------------------ */
  const views = {};
  /** Everything known of one view: its state as text, what is wished for, and how recent the drawn picture is. */
  const viewOf = (name) => (views[name] ??= { state: {}, clock: 0, drawn: 0, told: 0, pace: { due: 0 } });
  const resting = {}; // by control, the timer after which what it was left at is confirmed
  let level = null; // a level dragged in a picture: its control, the axis it lies on, and the value it has reached

  /** The first picture at once; what stands around it at a pace that an eye can follow. */
  function show(view, frames) {
    const [[name, frame], ...rest] = Object.entries(frames);
    const { draw, write } = window.gabaDraw;
    draw(view, name, frame);
    const v = viewOf(view);
    v.around = () => {
      rest.forEach(([other, its]) => draw(view, other, its));
      [[name, frame], ...rest].forEach(([, { text }]) => write(view, text));
    };
    v.aside ??= setTimeout(() => {
      v.aside = undefined;
      v.around();
    }, ASIDE_MS);
  }

  /* ---- the held control: its frame is at hand, or on its way ---------------------------------------------------- */
  const controlBy = (view, param) => document.querySelector(`.gaba-control[data-view="${view}"][data-param="${param}"]`);

  function prefetch(view, param, value, whole) {
    const { positions, block } = controlBy(view, param).dataset;
    window.gabaSlices.fetch(view, param, {
      positions: JSON.parse(positions),
      size: Number(block),
      value,
      whole,
      state: viewOf(view).state,
      arrived: () => catchUp(view),
    });
  }

  /** What the hand is at may have come with a block. */
  function catchUp(view) {
    const v = viewOf(view);
    if (!v.newest || v.newest.clock <= v.drawn) return;
    const ready = window.gabaSlices.frameAt(view, v.newest.param, v.newest.value, v.state);
    if (ready && isNews(v, v.newest.clock)) show(view, ready);
  }

  /** Whether a picture of that time may be drawn: no older one ever follows a newer one. */
  function isNews(v, clock) {
    if (clock < v.drawn) return false;
    v.drawn = clock;
    return true;
  }

  /** The held control has a new value: pick its frame, or fetch it, the newest only. */
  async function move(view, param, value) {
    const v = viewOf(view);
    const clock = ++v.clock;
    v.newest = { param, value, clock };
    const ready = window.gabaSlices.frameAt(view, param, value, v.state);
    v.wanted = ready ? null : { param, value, clock };
    if (ready && isNews(v, clock)) return show(view, ready);
    if (v.asking) return undefined;
    v.asking = true;
    try {
      while (v.wanted) {
        const want = v.wanted;
        v.wanted = null;
        const found = await window.gabaSlices.ask(view, { ...v.state, [want.param]: want.value, control: want.param });
        if (isNews(v, want.clock)) show(view, found[0]);
      }
    } catch {
      v.wanted = null; // the confirmation on release draws it
    } finally {
      v.asking = false;
    }
    return undefined;
  }

  /* ---- the hand: a slider (assets/sliders.js) or a level in a picture -------------------------------------------- */
  const controlOf = (target) => (target instanceof Element ? target.closest(".gaba-control") : null);

  /** A control is held at a value: the pictures at its positions are fetched before the hand. */
  const grab = (view, param, value) => prefetch(view, param, value, true);

  /** A control has come to rest: its value goes into its number box, and from there Dash's own way. */
  function rest(view, param, value, after = RELEASE_MS) {
    const control = `${view} ${param}`;
    clearTimeout(resting[control]);
    const confirm = () => controlBy(view, param) && window.dash_clientside.set_props({ type: "number", view, param }, { value });
    resting[control] = setTimeout(confirm, after); // the reader may have left the page by then
  }

  function near(event) {
    const control = event.buttons ? null : controlOf(event.target); // the hand that holds one passes over others
    const thumb = control?.querySelector("[role=slider]");
    if (!thumb) return;
    const { view, param } = control.dataset;
    prefetch(view, param, Number(thumb.getAttribute("aria-valuenow")), event.type === "focusin");
  }
  document.addEventListener("pointerover", near, true);
  document.addEventListener("focusin", near, true);

  /* ---- a level in a picture that is a control too: it is dragged where it is drawn ------------------------------ */
  const REACH_PX = 7;

  /** The draggable level under the pointer, if there is one. */
  function levelAt(event) {
    const frame = event.target instanceof Element && event.target.closest(".gaba-draggable");
    const graph = frame && frame.querySelector(".js-plotly-plot");
    const trace = graph?._fullData?.find((t) => t.uid === frame.dataset.level);
    if (!trace) return null;
    const { xaxis, yaxis } = graph._fullLayout;
    const { left, top } = graph.getBoundingClientRect();
    const [x, y] = [event.clientX - left - xaxis._offset, event.clientY - top - yaxis._offset];
    if (x < 0 || x > xaxis._length || Math.abs(y - yaxis.d2p(trace.y[0])) > REACH_PX) return null;
    return { view: frame.dataset.view, param: frame.dataset.param, graph, yaxis };
  }

  function pullLevel(event) {
    const { view, param, graph, yaxis } = level;
    const control = controlBy(view, param);
    const wish = yaxis.p2d(event.clientY - graph.getBoundingClientRect().top - yaxis._offset);
    const positions = JSON.parse(control.dataset.positions);
    const value = positions[window.gabaNearest(positions, wish)];
    if (value === level.value) return;
    level.value = value;
    control.querySelector("input:not([type=hidden])").value = String(value);
    move(view, param, value);
  }

  document.addEventListener("pointerdown", (event) => {
    level = levelAt(event);
    if (!level) return;
    event.stopPropagation();
    grab(level.view, level.param, Number(viewOf(level.view).state[level.param]));
  }, true);
  document.addEventListener("mousedown", (event) => level && event.stopPropagation(), true); // no zoom box of Plotly's
  document.addEventListener("pointermove", (event) => {
    if (level) return pullLevel(event);
    const frame = event.target instanceof Element && event.target.closest(".gaba-draggable");
    if (frame) frame.classList.toggle("gaba-near", Boolean(levelAt(event)));
    return undefined;
  }, true);
  function letGo() {
    if (level?.value !== undefined) rest(level.view, level.param, level.value);
    level = null;
  }
  document.addEventListener("pointerup", letGo, true);
  document.addEventListener("pointercancel", letGo, true); // a touch that turned out to scroll the page

  /* ---- Dash clientside callbacks -------------------------------------------------------------------------------- */

  /** The slider goes to the position nearest to the number. */
  function follow(number, position, scale) {
    if (typeof number !== "number") return noUpdate();
    const nearest = window.gabaNearest(scale.options.values, number);
    return nearest === position ? noUpdate() : nearest;
  }

  const here = () => location.pathname + location.search;
  let opened = null; // the address this page was opened at: Dash takes it for where the reader still is

  /** A link to the page as it was opened leads back to that, whatever has been set since. */
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) return;
    if (link.hash || link.pathname + link.search !== opened || here() === opened) return;
    event.preventDefault();
    event.stopPropagation();
    location.assign(link.href);
  }, true);

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
    const opens = !window.dash_clientside.callback_context.triggered_id; // the page just opened
    if (opens) v.page = opened = here();
    const owed = v.told > v.drawn; // what was asked for is not drawn yet
    if (opens && !owed) v.told = v.drawn = ++v.clock;
    if (opens ? !owed : !changed && v.told === v.clock) return noUpdate(); // a hand may have moved on and come back
    const clock = (v.told = ++v.clock);
    clearTimeout(v.pace.timer);
    v.pace.resolve?.(noUpdate());
    return new Promise((resolve) => {
      v.pace.resolve = resolve;
      v.pace.timer = setTimeout(() => {
        v.pace = { due: performance.now() + PACE_MS };
        const kept = Object.entries(state).filter(([name, text]) => !same(text, defaults[name]));
        if (!opens && here() === v.page) { // the reader is not on the way to another page
          history.replaceState(history.state, "", location.pathname + (kept.length ? `?${new URLSearchParams(kept)}` : ""));
          v.page = here();
        }
        resolve({ ...state, clock });
      }, Math.max(0, v.pace.due - performance.now()));
    });
  }
  const same = (a, b) => a === b || (a !== "" && b !== "" && Number(a) === Number(b));

  /** A picture from the server, in the colours of the theme, unless the reader has moved on since it was asked for. */
  function picture(data, templates, id) {
    if (!data) return noUpdate();
    const v = viewOf(id.view);
    if (data.clock !== 0 && data.clock < v.clock) return noUpdate();
    v.drawn = Math.max(v.drawn, data.clock);
    clearTimeout(v.aside);
    v.aside = undefined;
    const figure = () => window.gabaDraw.figure(id.view, id.name, data, templates) ?? noUpdate();
    const first = document.querySelector(`[id*='"type":"figure","view":"${id.view}"']`);
    return first?.id.includes(`"name":"${id.name}"`) ? figure() : afterDrawing(first, figure);
  }

  /** Do what a view's first picture must not wait for. */
  function afterDrawing(first, work) {
    const isDrawn = () => !first?.isConnected || first.querySelector(".js-plotly-plot path.js-line, .js-plotly-plot .trace");
    if (isDrawn()) return work();
    return new Promise((resolve) => {
      const look = () => (isDrawn() ? resolve(work()) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
  }

  /** Keep the present setting to compare with, as the query of its own link; or let go of it. */
  function pin(_pin, _unpin, state) {
    if (window.dash_clientside.callback_context.triggered_id.endsWith("unpin")) return "";
    return String(new URLSearchParams(Object.entries(state).filter(([name]) => name !== "pin" && name !== "clock")));
  }

  /** Nothing is pinned, so there is nothing to let go of. */
  const nothing = (pinned) => !pinned;

  /** A figure as a picture file. */
  function save(clicks, { view, name, kind }) {
    if (clicks) window.gabaDraw.save(view, name, kind);
    return noUpdate();
  }

  window.gabaHand = { grab, move, rest };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { gaba: { follow, collect, picture, pin, nothing, save } });
})();
