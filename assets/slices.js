/*
 * Slices: the pictures at every position of one control, the others as they stand, fetched ahead of the hand.
 *
 * Positions come in blocks. The block at the hand comes first, then those before it; `assets/gaba.js` picks from
 * what is there and asks for a single picture where it is not there yet.
 */
(() => {
  const ABREAST = 2; // requests under way at once: over a slow line one is answered while the next travels
  const BEHIND = 3; // what lies behind a moving hand is fetched as if it were so many times as far away

  const slices = {}; // the one at hand, by view

  /** Two states that differ in nothing but the control have one slice of it. */
  const keyOf = (param, state) => JSON.stringify({ ...state, [param]: null });
  const atHand = (view, param, state) =>
    slices[view]?.param === param && slices[view].key === keyOf(param, state) ? slices[view] : null;

  async function ask(view, query, signal) {
    const reply = await fetch(`frames/${view}?${new URLSearchParams(query)}`, { signal });
    if (!reply.ok) throw new Error(`frames/${view}: ${reply.status}`);
    return window.gabaDraw.read(await reply.arrayBuffer());
  }

  function begin(view, param, { positions, size, value, state }) {
    slices[view]?.stop.abort();
    return (slices[view] = {
      param,
      key: keyOf(param, state),
      places: new Map(positions.map((position, index) => [position, index])),
      size, // positions of a block
      waiting: new Set(Array.from({ length: Math.ceil(positions.length / size) }, (_, i) => i)), // blocks not asked for
      frames: [],
      at: window.gabaNearest(positions, value),
      heading: 0,
      loops: 0,
      whole: false,
      begun: false,
      stop: new AbortController(),
    });
  }

  /** The block to fetch next: the nearest to the hand, rather before it than behind it. */
  function next({ waiting, size, at, heading }) {
    const far = (block) => {
      const above = Math.max(block * size - at, 0);
      const below = Math.max(at - (block * size + size - 1), 0);
      return above * (heading < 0 ? BEHIND : 1) + below * (heading > 0 ? BEHIND : 1);
    };
    return [...waiting].reduce((best, block) => (far(block) < far(best) ? block : best));
  }

  async function work(view, slice, state, arrived) {
    slice.loops += 1;
    const { [slice.param]: _, ...query } = state; // the positions are the control's values: so the server knows a question again
    try {
      do {
        const block = next(slice);
        slice.waiting.delete(block);
        const first = block * slice.size;
        const frames = await ask(view, { ...query, control: slice.param, first, count: slice.size }, slice.stop.signal);
        frames.forEach((frame, i) => (slice.frames[first + i] = frame));
        arrived();
      } while (slice.whole && slice.waiting.size);
    } catch {
      if (slices[view] === slice) slices[view] = null; // single requests carry on; the next grab tries again
    } finally {
      slice.loops -= 1;
    }
  }

  /** Fetch the slice of a control around a value, and all of it once `whole` is asked for; `arrived` after each block. */
  function fetchSlice(view, param, options) {
    const slice = atHand(view, param, options.state) ?? begin(view, param, options);
    slice.whole ||= options.whole;
    if (slice.begun && !slice.whole) return;
    slice.begun = true;
    while (slice.loops < ABREAST && slice.waiting.size) work(view, slice, options.state, options.arrived);
  }

  /** The frame of a held control's value, if it is there; the hand is now at that value. */
  function frameAt(view, param, value, state) {
    const slice = atHand(view, param, state);
    const place = slice?.places.get(value);
    if (place === undefined) return undefined;
    slice.heading = Math.sign(place - slice.at) || slice.heading;
    slice.at = place;
    return slice.frames[place];
  }

  /** How many positions of the slice at hand are there. */
  const held = (view) => slices[view]?.frames.filter(Boolean).length ?? 0;

  /** What the pictures show has changed without a control: what is at hand is out of date. */
  function drop(view) {
    slices[view]?.stop.abort();
    slices[view] = null;
  }

  window.gabaSlices = { ask, drop, held, fetch: fetchSlice, frameAt };
})();
