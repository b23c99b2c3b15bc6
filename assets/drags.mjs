/* The drags of the page, one a view, joined to what draws and what asks. */
import { Drag } from "./drag_state.mjs";
import { ask, frameAt } from "./frame_prefetch.mjs";
import { draw, letGo as release, plotOf } from "./plot_painter.mjs";
import { TIMERS } from "./timers.mjs";

/** @type {Map<string, Drag>} By view. */
export const drags = new Map();

/**
 * Put read-outs where the page shows them.
 * @param {string} view
 * @param {Texts | undefined} text By the name of the read-out.
 */
export function write(view, text) {
  for (const [name, value] of Object.entries(text ?? {})) {
    const shown = document.querySelectorAll(`.gaba-formula[data-view="${view}"] [data-live="${name}"]`);
    for (const number of shown) number.textContent = value;
    const place = document.getElementById(`${view}-text-${name}`);
    if (!place || place.textContent === value) continue;
    if (place.firstChild) place.firstChild.nodeValue = value;
    else place.textContent = value;
  }
}

/**
 * Show a frame on the picture of that name, if it is drawn.
 * @param {string} view
 * @param {string} name
 * @param {Frame} frame
 */
export function drawFrame(view, name, frame) {
  const plot = plotOf(dragOf(view).plots, view, name);
  if (plot) draw(plot, frame, dragOf(view).held);
}

/**
 * The hand has let go of a view's controls: the axes that held still for it follow.
 * @param {string} view
 */
export function letGo(view) {
  const drag = dragOf(view);
  drag.held = false;
  for (const plot of drag.plots.values()) release(plot);
}

/** @returns {Drag} */
function made(/** @type {string} */ view) {
  /** @type {Drag} */
  const drag = new Drag({
    ask: async (query) => (await ask(view, query))[0],
    frameAt: (param, value, state) => frameAt(drag, param, value, state),
    draw: (name, frame) => drawFrame(view, name, frame),
    write: (text) => write(view, text),
    timers: TIMERS,
  });
  return drag;
}

/**
 * @param {string} view
 * @returns {Drag} All that is known of a view's controls and pictures.
 */
export function dragOf(view) {
  const drag = drags.get(view) ?? made(view);
  drags.set(view, drag);
  return drag;
}
