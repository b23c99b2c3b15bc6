/*
 * All that is private of Dash and ag-grid, and the classes of Mantine's that are relied on: how clientside functions are
 * found, which parts a slider is made of, how a grid's component is exported. What an upgrade moves is mended here.
 */

/** @returns {any} What a clientside function answers to change nothing. */
export const noUpdate = () => window.dash_clientside.no_update;

/**
 * @param {string | object} id
 * @returns {boolean} Whether Dash has a component: of one whose page the reader left, it fails to say so.
 */
function isThere(id) {
  try {
    /** @type {any} */ (window).dash_component_api?.getLayout(id);
    return true;
  } catch {
    return false;
  }
}

/**
 * Change a component; nothing where its page has gone, as what is late finds it.
 * @param {string | object} id
 * @param {object} props
 */
export const setProps = (id, props) => isThere(id) && window.dash_clientside.set_props(id, props);

/** Go to another page of ours, as a click on a link to it does. */
export function goTo(/** @type {string} */ address) {
  const { pathname, search } = new URL(address, location.href);
  setProps("_pages_location", { pathname, search });
}

/** @returns {string} The id of the component that triggered the callback at work; undefined when the page opens. */
export const triggeredId = () => window.dash_clientside.callback_context.triggered_id;

/** @returns {string[]} Every `id.property` that triggered the callback at work. */
export const triggeredProps = () => window.dash_clientside.callback_context.triggered.map((one) => one.prop_id);

/**
 * Offer functions to Dash's clientside callbacks.
 * @param {string} namespace
 * @param {Record<string, (...args: any[]) => unknown>} functions
 */
export function offer(namespace, functions) {
  window.dash_clientside = Object.assign({}, window.dash_clientside, { [namespace]: functions });
}

const RETRY_MS = 1000; // a module that did not come, as its server was away

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>} What it gives, as soon as what it imports can be had.
 */
async function atLast(load) {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}

/**
 * Offer functions of a module that comes when the first of them is called. None of them may ask what triggered it.
 * @param {string} namespace
 * @param {() => Promise<Record<string, any>>} load
 * @param {Record<string, string>} names Of the functions in their module, by the name they are offered under.
 */
export function offerLater(namespace, load, names) {
  const late =
    (/** @type {string} */ name) =>
    async (/** @type {any[]} */ ...values) =>
      (await atLast(load))[name](...values);
  offer(namespace, Object.fromEntries(Object.entries(names).map(([as, name]) => [as, late(name)])));
}

/* ---- Dash's questions to the server ------------------------------------------------------------------------------ */

const CALLBACK = "_dash-update-component";
const OUTPUT = /^\{"output":"((?:[^"\\]|\\.)*)"/; // a body may hold a dropped file: it is not read to its end

/**
 * @param {RequestInfo | URL} what
 * @param {RequestInit} [how]
 * @returns {string | null} What a callback's question is for, the outputs of it; null for another question.
 */
export function callbackAsked(what, how) {
  if (!String(what).includes(CALLBACK) || typeof how?.body !== "string") return null;
  return OUTPUT.exec(how.body)?.[1] ?? null;
}

const READS_LOGS = /"type":"picture","view":"(runs|replay)"/;

/**
 * @param {string} name What a callback's question is for.
 * @returns {boolean} Whether that is a page, or a picture for which logs are read: Dash takes the newest answer alone.
 */
export const isLong = (name) => name.includes("_pages_content.") || READS_LOGS.test(name.replaceAll("\\", ""));

/** @returns {Response} What Dash takes for an answer that changes nothing. */
export const nothingToChange = () => new Response(null, { status: 204 });

/**
 * Ask the server's questions in the place of the browser: Dash's too, which finds `fetch` when it has one to ask.
 * @template T
 * @param {(own: typeof fetch) => {made: T, ask: (what: RequestInfo | URL, how: RequestInit) => Promise<Response>}} make
 * @returns {T} What was made.
 */
export function inFrontOfFetch(make) {
  const own = window.fetch.bind(window);
  const { made, ask } = make(own);
  window.fetch = (what, how = {}) => ask(what, how);
  return made;
}

/* ---- Mantine's slider: nothing private, the classes are those of its Styles API ----------------------------------- */

const SLIDER = ".gaba-control .mantine-Slider-root:not(:has([data-disabled]))";

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null} The slider, one that can be moved, that an event is about.
 */
export const sliderAt = (target) => (target instanceof Element ? target.closest(SLIDER) : null);

/**
 * @typedef {object} SliderParts
 * @property {HTMLElement} root
 * @property {HTMLElement} thumb
 * @property {HTMLElement} track
 */

/**
 * @param {Element} within A slider, or what holds one.
 * @returns {SliderParts | null} null where there is none.
 */
export function sliderParts(within) {
  const thumb = /** @type {HTMLElement | null} */ (within.querySelector("[role=slider]"));
  const root = /** @type {HTMLElement | null | undefined} */ (thumb?.closest(".mantine-Slider-root"));
  const track = /** @type {HTMLElement | null | undefined} */ (root?.querySelector(".mantine-Slider-track"));
  return thumb && root && track ? { root, thumb, track } : null;
}

/**
 * Show a place on a slider; the stylesheet puts thumb and bar there.
 * @param {SliderParts} parts
 * @param {number} share 0 at the left end, 1 at the right one.
 */
export const showOnSlider = ({ root }, share) => root.style.setProperty("--gaba-share", String(share));

/* ---- Dash's drop zone -------------------------------------------------------------------------------------------- */

/**
 * @param {Element} input That opens the choice of files, and has no name of its own.
 */
export const nameFileInput = (input) => input.setAttribute("aria-label", input.parentElement?.textContent ?? "");

/* ---- ag-grid's component ---------------------------------------------------------------------------------------- */

/** @typedef {(api: any) => void} Equipper */
/** @type {Map<string, Equipper>} What is done with a grid's own programming interface once it stands, by its id. */
const equippers = new Map();

export const onGrid = (/** @type {string} */ id, /** @type {Equipper} */ equip) => equippers.set(id, equip);

/** @returns {any} The programming interface of a grid that is on the page; null where there is none. */
export function gridApi(/** @type {string} */ id) {
  const api = document.getElementById(id) ? window.dash_ag_grid?.getApi?.(id) : null;
  return api && !api.isDestroyed() ? api : null;
}

/**
 * Offer functions and cells to columns that name them.
 * @param {Record<string, (...args: any[]) => unknown>} functions
 * @param {Record<string, (props: any) => unknown>} cells
 */
export function inGrid(functions, cells) {
  window.dashAgGridFunctions = Object.assign({}, window.dashAgGridFunctions, functions);
  window.dashAgGridComponentFunctions = Object.assign({}, window.dashAgGridComponentFunctions, cells);
}

/** What is asked of a grid a little after an event, and what one that has gone by then says. */
const WHEN_GONE = {
  forEachNode: undefined,
  forEachNodeAfterFilter: undefined,
  getQuickFilter: "",
  getRenderedNodes: [],
  getSelectedRows: [],
  refreshClientSideRowModel: undefined,
};

/**
 * The component and the list ask a grid a millisecond after an event, also one that has gone by then, which ag-grid
 * complains of: such a grid has no rows.
 * @param {any} api
 */
export function answerWhenGone(api) {
  for (const [name, nothing] of Object.entries(WHEN_GONE)) {
    const own = api[name]?.bind(api);
    api[name] = (/** @type {any[]} */ ...given) => (api.isDestroyed() ? nothing : own(...given));
  }
}

/** @typedef {{id: string, setProps: (changed: object) => void}} GridProps Of Dash's component. */

/**
 * Let a component stand in for the grid until its script is asked for, by the first grid that is drawn. Which rows are
 * ticked is the grid's own business: the component would put back a selection that a faster hand has changed since.
 * @param {() => Promise<void>} load Runs the grid's own script.
 */
export function deferGrid(load) {
  const { createElement, lazy, Suspense, useCallback, useEffect, useState } = window.React;
  const Real = lazy(async () => {
    await load();
    const real = window.dash_ag_grid;
    window.dash_ag_grid = { ...real, AgGrid };
    const Equipped = (/** @type {GridProps} */ props) => {
      const [isUp, setUp] = useState(false);
      const heard = useCallback(
        (/** @type {Record<string, unknown>} */ changed) => {
          if ("virtualRowData" in changed) setUp(true); // it has its grid: of a tick before that it fails to tell
          const { selectedRows: _, virtualRowData: __, ...rest } = changed; // all rows, at every sort
          if (Object.keys(rest).length > 0) props.setProps(rest);
        },
        [props.setProps],
      );
      useEffect(() => {
        if (props.id) real.getApiAsync(props.id).then(answerWhenGone); // a table of records has none
      }, []);
      useEffect(() => {
        const api = isUp && props.id && real.getApi(props.id);
        if (api) equippers.get(props.id)?.(api);
      }, [isUp]);
      const style = { display: "contents", pointerEvents: isUp ? undefined : "none" };
      const grid = createElement(real.AgGrid, { ...props, setProps: heard, selectedRows: null });
      return createElement("div", { style }, grid);
    };
    return { default: Equipped };
  });
  const AgGrid = (/** @type {object} */ props) =>
    createElement(Suspense, { fallback: null }, createElement(Real, props));
  AgGrid.dashRenderType = true;
  window.dash_ag_grid = { AgGrid };
}
