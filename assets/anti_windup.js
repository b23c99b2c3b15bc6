/*
 * The raw point of the Projection panel as a handle: dragged by the pointer, moved by the arrow keys.
 *
 * The handle lies over the graph, at the place the server writes into the hidden read-out `spot`. A drag asks for
 * the frame of each new point, the newest only, and draws it as a dragged slider does; on release the number boxes
 * take the values and Dash confirms them. Here is only the way from the pointer to the controls' values.
 */
(() => {
  const VIEW = "anti-windup-projection";
  const FIGURE = "simplex";
  const HEIGHT = Math.sqrt(3) / 2;
  const STEP = { x1: 0.002, split: 0.01 };
  const CONFIRM_MS = 250;
  let state = {};
  let asking = false;
  let wanted = null;
  let timer = null;

  const handleOf = () => document.getElementById(`${VIEW}-handle`);
  const graphOf = () => handleOf()?.parentElement.querySelector(".js-plotly-plot");
  const snap = (value, step) => Number((Math.round(Math.min(1, Math.max(0, value)) / step) * step).toFixed(4));

  /** Put the handle over the drawn point. */
  function settle() {
    const [handle, graph] = [handleOf(), graphOf()];
    const layout = graph?._fullLayout;
    if (!handle || !layout?.xaxis?._length) return;
    const [x, y] = document.getElementById(`${VIEW}-text-spot`).textContent.split(" ").map(Number);
    handle.style.left = `${layout.xaxis._offset + layout.xaxis.d2p(x)}px`;
    handle.style.top = `${layout.yaxis._offset + layout.yaxis.d2p(y)}px`;
    handle.setAttribute("aria-valuenow", state.x1);
    handle.setAttribute("aria-valuetext", `task 1 ${state.x1}${state.tasks === "3" ? `, task 2 of the rest ${state.split}` : ""}`);
  }

  /** The controls' values for a place in the picture. */
  function valuesAt(x, y) {
    if (state.tasks !== "3") return { x1: snap(x, STEP.x1), split: Number(state.split) };
    const first = Math.min(1, Math.max(0, y / HEIGHT));
    const third = x - first / 2;
    const split = first > 0.999 ? Number(state.split) : snap((1 - first - third) / (1 - first), STEP.split);
    return { x1: snap(first, STEP.x1), split };
  }

  /** Draw the point at new values; the newest wish only. */
  async function go(values) {
    if (Number(state.x1) === values.x1 && Number(state.split) === values.split) return;
    state = { ...state, x1: String(values.x1), split: String(values.split) };
    wanted = state;
    if (asking) return;
    asking = true;
    try {
      while (wanted) {
        const query = { ...wanted, control: "x1" };
        wanted = null;
        const [frames] = await window.gabaSlices.ask(VIEW, query);
        window.gabaDraw.draw(VIEW, FIGURE, frames[FIGURE]);
        window.gabaDraw.write(VIEW, frames[FIGURE].text);
      }
    } catch {
      wanted = null; // the confirmation on release draws it
    } finally {
      asking = false;
    }
  }

  function confirm() {
    if (!handleOf()) return; // the reader left the page
    for (const param of ["x1", "split"]) {
      window.dash_clientside.set_props({ type: "number", view: VIEW, param }, { value: Number(state[param]) });
    }
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = handleOf();
    if (!handle || event.target !== handle) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    const handle = handleOf();
    if (!handle?.hasPointerCapture(event.pointerId)) return;
    const graph = graphOf();
    const { left, top } = graph.getBoundingClientRect();
    const { xaxis, yaxis } = graph._fullLayout;
    go(valuesAt(xaxis.p2d(event.clientX - left - xaxis._offset), yaxis.p2d(event.clientY - top - yaxis._offset)));
  });
  document.addEventListener("lostpointercapture", (event) => event.target === handleOf() && confirm());

  document.addEventListener("keydown", (event) => {
    if (event.target !== handleOf()) return;
    const far = event.shiftKey ? 10 : 1;
    const flat = state.tasks !== "3";
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const upwards = { ArrowDown: -1, ArrowUp: 1 }[event.key];
    const move = flat ? { x1: sideways ?? upwards } : { x1: upwards, split: sideways === undefined ? undefined : -sideways };
    if (move.x1 === undefined && move.split === undefined) return;
    event.preventDefault();
    go({
      x1: snap(Number(state.x1) + (move.x1 ?? 0) * far * STEP.x1, STEP.x1),
      split: snap(Number(state.split) + (move.split ?? 0) * far * STEP.split, STEP.split),
    });
    clearTimeout(timer);
    timer = setTimeout(confirm, CONFIRM_MS);
  });

  /* ---- the handle follows the picture: new numbers, new sizes, a new page -------------------------------------- */
  const sizes = new ResizeObserver(() => requestAnimationFrame(settle));
  let watched = null;
  function watch() {
    const spot = document.getElementById(`${VIEW}-text-spot`);
    const graph = graphOf();
    if (!spot || !graph?._fullLayout) return;
    if (watched !== graph) {
      watched = graph;
      sizes.observe(graph);
      new MutationObserver(settle).observe(spot, { childList: true, characterData: true, subtree: true });
      graph.on("plotly_afterplot", settle);
    }
    settle();
  }
  new MutationObserver(() => handleOf() && watched !== graphOf() && watch()).observe(document, { subtree: true, childList: true });

  /** The state of the panel as its controls have it. */
  function remember(numbers, choices, numberIds, choiceIds) {
    const values = [...numbers, ...choices];
    state = Object.fromEntries([...numberIds, ...choiceIds].map((id, i) => [id.param, String(values[i])]));
    requestAnimationFrame(watch);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { gaba_anti_windup: { remember } });
})();
