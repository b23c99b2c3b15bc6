/*
 * Browser side of the Runs view: which runs are ticked, the playhead and its player, the picture as a file.
 * Every number shown here was read from a log by Python; this file only picks and prints it.
 */
(() => {
  const RUN_MS = 10_000; // a whole run is played in about so long
  const SLOWEST_MS = 400; // but a short one no slower than this a position
  const noUpdate = () => window.dash_clientside.no_update;
  const id = (name) => `runs-${name}`;
  const graphOf = () => document.querySelector('[id*="\\"view\\":\\"runs\\""] .js-plotly-plot');

  let head = null; // positions and every run's numbers at each
  let here = null; // the epoch the reader left the playhead at; null until it was moved
  let at = 0; // position now
  let timer = null;

  /* ---- the list ------------------------------------------------------------------------------------------- */
  const quoted = (key) =>
    Array.from(key, (c) => (c === "," || c === "%" || c < " " || c > "~" ? encodeURIComponent(c) : c)).join("");

  const listed = (value) => (value ? value.split(",") : []);

  /** The ticked rows in the order of ticking; a dropped file that is not in the list yet keeps its place. */
  function select(selected, before, rows) {
    if (!Array.isArray(selected)) return noUpdate();
    const there = new Set((rows ?? []).map((row) => quoted(row.key)));
    const ticked = selected.map((row) => quoted(row.key));
    const kept = listed(before).filter((key) => ticked.includes(key) || (key.startsWith("dropped: ") && !there.has(key)));
    const now = [...kept, ...ticked.filter((key) => !kept.includes(key))].join(",");
    return now === (before ?? "") ? noUpdate() : now;
  }

  let seen = null; // dropped files the list has shown before; null until the page's first list

  /** A list that was read again keeps its ticks; a file just dropped is ticked. */
  function tick(rows, selected, dropped, chosen) {
    const wanted = new Set([...listed(chosen), ...(selected ?? []).map((row) => quoted(row.key))]);
    const keys = (dropped ?? []).map((row) => row.key);
    for (const row of dropped ?? []) if (seen && row.fresh && !seen.has(row.key)) wanted.add(quoted(row.key));
    seen = new Set(keys);
    return rows.filter((row) => wanted.has(quoted(row.key)) && !row.failed);
  }

  /* A link may ask for a card of this page, which Dash draws later than the browser looks for it. */
  if (location.pathname.endsWith("/runs") && location.hash) {
    const wanted = location.hash.slice(1);
    const seek = new MutationObserver(() => {
      const card = document.getElementById(wanted);
      if (!card || !graphOf()) return;
      seek.disconnect();
      card.scrollIntoView();
    });
    seek.observe(document, { subtree: true, childList: true });
  }

  const find = (text, options) => ({ ...options, quickFilterText: text ?? "" });

  /* ---- the playhead --------------------------------------------------------------------------------------- */
  /** Decimals, or four significant digits where `digits` is -4; `runs_playhead.cell` writes the same. */
  function print(value, digits) {
    if (value === null) return "–";
    if (digits !== -4) return value.toFixed(digits);
    const size = Math.abs(value);
    if (size > 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(3);
    return size > 0 && size < 1000 ? value.toFixed(3 - Math.floor(Math.log10(size))) : value.toFixed(0);
  }

  function paint() {
    if (!head?.epochs.length) return;
    head.values.forEach((columns, run) =>
      columns.forEach((values, column) => {
        const place = document.getElementById(`runs-text-${run}-${column}`);
        const text = print(values[at], head.digits[column]);
        if (place && place.textContent !== text) place.textContent = text;
      }),
    );
    line();
  }

  function line() {
    const graph = graphOf();
    if (!graph?._fullLayout || !graph.data) { // not drawn yet, or the reader left the page
      if (document.getElementById(id("scrub"))) requestAnimationFrame(line);
      return;
    }
    if (!graph.gabaRuns) {
      graph.gabaRuns = true;
      graph.on("plotly_afterplot", line);
    }
    const x = head.xs[at];
    const traces = graph.data.map((t, i) => (t.uid?.startsWith("playhead-") ? i : -1)).filter((i) => i >= 0);
    if (!traces.length || graph.data[traces[0]].x?.[0] === x) return;
    const instantly = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
    window.Plotly.animate(graph, { data: traces.map(() => ({ x: [x, x] })), traces }, instantly);
  }

  /**
   * Other runs or another axis: the playhead stays at its epoch, or the nearest there is. At the last epoch of a
   * log that grew it goes with it, and a player plays on.
   */
  function load(data) {
    const before = head;
    head = data;
    if (!data.live) stop();
    if (!data.epochs.length) return [1, 0];
    const grown = data.live && before?.epochs.length;
    const last = grown && at === before.epochs.length - 1;
    if (last && here !== null) here = data.epochs.at(-1);
    const epoch = last ? data.epochs.at(-1) : grown ? before.epochs[at] : here ?? data.epochs[data.best];
    at = data.epochs.reduce((best, e, i) => (Math.abs(e - epoch) < Math.abs(data.epochs[best] - epoch) ? i : best), 0);
    const held = document.activeElement?.closest?.(`#${id("scrub")}`);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      paint();
      if (held && !held.isConnected) document.querySelector(`#${id("scrub")} [role=slider]`)?.focus(); // a new range is a new slider
    }));
    return [Math.max(1, data.epochs.length - 1), at];
  }

  function scrub(position, data) {
    if (!data?.epochs.length) return "";
    head = data;
    const triggered = window.dash_clientside.callback_context.triggered.map((t) => t.prop_id);
    const lag = timer !== null && position !== at; // an answer the player has overtaken
    if (!triggered.includes(`${id("head")}.data`) && !lag) {
      at = Math.min(position, data.epochs.length - 1);
      here = data.epochs[at];
      paint();
    }
    const words = data.words[at];
    document.querySelector(`#${id("scrub")} [role=slider]`)?.setAttribute("aria-valuetext", words);
    return words;
  }

  /* ---- the player ------------------------------------------------------------------------------------------ */
  const say = (word) => window.dash_clientside.set_props(id("play"), { children: word });

  function stop() {
    if (timer === null) return;
    cancelAnimationFrame(timer);
    timer = null;
    if (document.getElementById(id("play"))) say("Play");
  }

  /** Play from here to the end, or from the start where here is the end; time decides, not the frame rate. */
  function play() {
    if (timer !== null) {
      stop();
      return "Play";
    }
    if (!head?.epochs.length) return noUpdate();
    const first = at >= head.epochs.length - 1 ? 0 : at;
    const beat = Math.min(SLOWEST_MS, RUN_MS / head.epochs.length);
    let began = null;
    const turn = (now) => {
      const last = head.epochs.length - 1; // a log may grow or be cut meanwhile
      if (last < 0 || !document.getElementById(id("scrub"))) return stop(); // the reader left the page
      began ??= now;
      const position = Math.min(last, first + Math.floor((now - began) / beat));
      if (position !== at) {
        at = position;
        here = head.epochs[at];
        paint();
        window.dash_clientside.set_props(id("scrub"), { value: at });
      }
      if (at >= last) return stop();
      timer = requestAnimationFrame(turn);
      return undefined;
    };
    timer = requestAnimationFrame(turn);
    return "Pause";
  }

  /** A hand on the playhead stops the player. */
  const grip = (event) => event.target instanceof Element && event.target.closest(`#${id("scrub")}`) && stop();
  document.addEventListener("pointerdown", grip, true);
  document.addEventListener("keydown", grip, true);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    gaba_runs: { select, tick, find, load, scrub, play },
  });
})();
