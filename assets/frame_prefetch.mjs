/*
 * The pictures at every position of one control, the others as they stand, fetched ahead of the pointer.
 *
 * Positions come in blocks. The block at the pointer comes first, then those ahead of it; `drag_state.mjs` picks from
 * what is there and asks for a single picture where it is not there yet.
 */
import { inLink } from "./run_ranges.mjs";
import { nearest } from "./positions.mjs";
import { read } from "./frame_codec.mjs";

const ABREAST = 2; // requests under way at once: over a slow line one is answered while the next travels
const BEHIND = 3; // what lies behind a moving pointer is fetched as if it were so many times as far away

/**
 * @typedef {object} Prefetch The frames of one control.
 * @property {string} param
 * @property {string} key
 * @property {Map<number, number>} places By value, the place of its frame.
 * @property {number} size Positions of a block.
 * @property {Set<number>} waiting Blocks not asked for.
 * @property {Frames[]} frames
 * @property {number} at Place of the control.
 * @property {number} heading Whence it moves: -1, 0 or 1.
 * @property {number} loops Requests under way.
 * @property {boolean} whole Whether every block is to come.
 * @property {boolean} begun
 * @property {AbortController} stop
 */

/**
 * @typedef {object} Wanted
 * @property {number[]} positions
 * @property {number} size
 * @property {number} value
 * @property {boolean} whole
 * @property {Texts} state
 * @property {() => void} arrived Called after each block.
 */

/** @typedef {{prefetch: Prefetch | null}} Holder */
/** @typedef {(query: Record<string, string>, signal: AbortSignal) => Promise<Frames[]>} Ask */

/** @returns {string} Two states that differ in nothing but the control have the same frames for it. */
const keyOf = (/** @type {string} */ param, /** @type {Texts} */ state) => JSON.stringify({ ...state, [param]: null });

/** @returns {Prefetch | null} The frames that were fetched for this control in this state. */
const cached = (/** @type {Holder} */ { prefetch }, /** @type {string} */ param, /** @type {Texts} */ state) =>
  prefetch?.param === param && prefetch.key === keyOf(param, state) ? prefetch : null;

/**
 * @param {string} view
 * @param {Record<string, string>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<Frames[]>} The frames that the server has for a question.
 */
export async function ask(view, query, signal) {
  const reply = await fetch(`frames/${view}?${new URLSearchParams(inLink(query))}`, { signal });
  if (!reply.ok) throw new Error(`frames/${view}: ${reply.status}`);
  return read(await reply.arrayBuffer());
}

/** @returns {Prefetch} */
function begin(/** @type {string} */ param, /** @type {Wanted} */ { positions, size, value, state }) {
  return {
    param,
    key: keyOf(param, state),
    places: new Map(positions.map((position, index) => [position, index])),
    size,
    waiting: new Set(Array.from({ length: Math.ceil(positions.length / size) }, (_, i) => i)),
    frames: [],
    at: nearest(positions, value),
    heading: 0,
    loops: 0,
    whole: false,
    begun: false,
    stop: new AbortController(),
  };
}

/**
 * @param {Pick<Prefetch, "waiting" | "size" | "at" | "heading">} prefetch
 * @returns {number} The block to fetch next: the nearest to the pointer, rather ahead of it than behind.
 */
export function next({ waiting, size, at, heading }) {
  const far = (/** @type {number} */ block) => {
    const above = Math.max(block * size - at, 0);
    const below = Math.max(at - (block * size + size - 1), 0);
    return above * (heading < 0 ? BEHIND : 1) + below * (heading > 0 ? BEHIND : 1);
  };
  return [...waiting].reduce((best, block) => (far(block) < far(best) ? block : best));
}

async function work(
  /** @type {Holder} */ holder,
  /** @type {Prefetch} */ prefetch,
  /** @type {Wanted} */ { state, arrived },
  /** @type {Ask} */ asks,
) {
  prefetch.loops += 1;
  const { [prefetch.param]: _, ...query } = state; // positions are the control's values: so the server knows a question again
  try {
    do {
      const block = next(prefetch);
      prefetch.waiting.delete(block);
      const first = block * prefetch.size;
      const asked = { ...query, control: prefetch.param, first: String(first), count: String(prefetch.size) };
      const frames = await asks(asked, prefetch.stop.signal);
      frames.forEach((frame, i) => (prefetch.frames[first + i] = frame));
      arrived();
    } while (prefetch.whole && prefetch.waiting.size);
  } catch {
    if (holder.prefetch === prefetch) holder.prefetch = null; // single requests carry on; the next grab tries again
  } finally {
    prefetch.loops -= 1;
  }
}

/**
 * Fetch the frames of a control around a value, and all of them once `whole` is asked for.
 * @param {Holder} holder
 * @param {string} param
 * @param {Wanted} wanted
 * @param {Ask} asks
 */
export function prefetchAround(holder, param, wanted, asks) {
  let prefetch = cached(holder, param, wanted.state);
  if (!prefetch) {
    holder.prefetch?.stop.abort();
    prefetch = holder.prefetch = begin(param, wanted);
  }
  prefetch.whole ||= wanted.whole;
  if (prefetch.begun && !prefetch.whole) return;
  prefetch.begun = true;
  while (prefetch.loops < ABREAST && prefetch.waiting.size) work(holder, prefetch, wanted, asks);
}

/**
 * @param {Holder} holder
 * @param {string} param
 * @param {number} value Where the control is now.
 * @param {Texts} state
 * @returns {Frames | undefined} The frames of that value, if they are there.
 */
export function frameAt(holder, param, value, state) {
  const prefetch = cached(holder, param, state);
  const place = prefetch?.places.get(value);
  if (!prefetch || place === undefined) return undefined;
  prefetch.heading = Math.sign(place - prefetch.at) || prefetch.heading;
  prefetch.at = place;
  return prefetch.frames[place];
}

/** @returns {number} How many positions of the control at hand are there. */
export const prefetched = (/** @type {Holder} */ { prefetch }) => prefetch?.frames.filter(Boolean).length ?? 0;

/** What the pictures show has changed without a control: what was fetched is out of date. */
export function drop(/** @type {Holder} */ holder) {
  holder.prefetch?.stop.abort();
  holder.prefetch = null;
}
