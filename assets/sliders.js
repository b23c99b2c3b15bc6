/*
 * Sliders under the hand.
 *
 * Mantine draws a slider; while a pointer or the keys move it, it is moved here, in the same task as the picture.
 * React, whose own way takes longer than a frame, hears of the value when the hand rests.
 */
(() => {
  const KEYS_REST_MS = 200; // stepping by keys is confirmed once, when the hand rests
  const PAGE = 10; // positions that PageUp and PageDown move by
  const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: PAGE, PageDown: -PAGE, Home: -Infinity, End: Infinity };
  const ROOT = ".gaba-control .mantine-Slider-root:not(:has([data-disabled]))";

  let keyed = null; // the slider under the keys and its parts: React may show again what was confirmed before the last step
  let hold = null; // the slider under the pointer: its parts, and how a place on the screen becomes a position

  const rootOf = (event) => (event.target instanceof Element ? event.target.closest(ROOT) : null);

  function partsOf(root) {
    const control = root.closest(".gaba-control");
    const thumb = root.querySelector("[role=slider]");
    const positions = JSON.parse(control.dataset.positions);
    return {
      thumb,
      positions,
      bar: root.querySelector(".mantine-Slider-bar"),
      box: control.querySelector("input:not([type=hidden])"),
      view: control.dataset.view,
      param: control.dataset.param,
      at: window.gabaNearest(positions, Number(thumb.getAttribute("aria-valuenow"))),
    };
  }

  /** Show a position as Mantine would and let the picture follow; whether it was another than before. */
  function place(parts, wish) {
    const last = parts.positions.length - 1;
    const at = Math.max(0, Math.min(last, Math.round(wish)));
    if (at === parts.at) return false;
    parts.at = at;
    const value = parts.positions[at];
    const share = (at / last) * 100;
    parts.thumb.style.setProperty("--slider-thumb-offset", `${share}%`);
    parts.bar.style.setProperty("--slider-bar-width", `calc(${share}% + 2 * var(--slider-size))`);
    parts.thumb.setAttribute("aria-valuenow", value);
    parts.box.value = value;
    window.gabaHand.move(parts.view, parts.param, value);
    return true;
  }

  /* ---- the pointer -------------------------------------------------------------------------------------------- */
  document.addEventListener("pointerdown", (event) => {
    keyed = null;
    const root = event.button === 0 && !hold ? rootOf(event) : null;
    if (!root) return;
    const parts = partsOf(root);
    const { left, width } = root.querySelector(".mantine-Slider-track").getBoundingClientRect();
    const wishAt = (x) => ((x - left) / width) * (parts.positions.length - 1);
    const grip = parts.thumb.contains(event.target) ? parts.at - wishAt(event.clientX) : 0; // a thumb held beside its middle stays put
    hold = { parts, pointer: event.pointerId, moved: false, wishAt: (x) => wishAt(x) + grip };
    root.setPointerCapture(event.pointerId);
    parts.thumb.focus({ preventScroll: true });
    window.gabaHand.grab(parts.view, parts.param, parts.positions[parts.at]);
    pull(event);
  }, true);
  const pull = (event) => (hold.moved = place(hold.parts, hold.wishAt(event.clientX)) || hold.moved);
  const holds = (event) => hold?.pointer === event.pointerId; // a second finger moves nothing
  document.addEventListener("pointermove", (event) => holds(event) && pull(event), true);
  const release = (event) => {
    if (!holds(event)) return;
    const { parts, moved } = hold;
    hold = null;
    if (moved) window.gabaHand.rest(parts.view, parts.param, parts.positions[parts.at]);
  };
  document.addEventListener("pointerup", release, true);
  document.addEventListener("pointercancel", release, true);
  for (const type of ["mousedown", "touchstart"]) {
    document.addEventListener(type, (event) => {
      if (!rootOf(event)) return;
      event.stopPropagation(); // Mantine would move it a second time
      event.preventDefault(); // the thumb has the focus
    }, { capture: true, passive: false });
  }

  /* ---- the keys ----------------------------------------------------------------------------------------------- */
  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const root = step && !event.altKey && !event.ctrlKey && !event.metaKey ? rootOf(event) : null;
    if (!root) return;
    event.stopPropagation();
    event.preventDefault();
    const parts = keyed?.root === root && keyed.parts.thumb.isConnected ? keyed.parts : partsOf(root);
    keyed = { root, parts };
    window.gabaHand.grab(parts.view, parts.param, parts.positions[parts.at]);
    if (place(parts, parts.at + step)) window.gabaHand.rest(parts.view, parts.param, parts.positions[parts.at], KEYS_REST_MS);
  }, true);

  document.addEventListener("focusout", () => { keyed = null; }, true);

  /* ---- what a screen reader is told --------------------------------------------------------------------------- */

  /** Mantine gives a thumb the position's range; a screen reader needs the value's. */
  function label(thumb) {
    const control = thumb.closest(".gaba-control");
    if (!control) return;
    const { low, high, unit } = control.dataset;
    thumb.setAttribute("aria-valuemin", low);
    thumb.setAttribute("aria-valuemax", high);
    thumb.setAttribute("aria-valuetext", `${thumb.getAttribute("aria-valuenow")} ${unit}`.trim());
  }

  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") label(target);
      else for (const node of addedNodes) node.querySelectorAll?.(".gaba-control [role=slider]").forEach(label);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuenow"] });
})();
