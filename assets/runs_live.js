/*
 * The Runs page while logs are being written: asks every 0.6 s what is new, says it in words, keeps the list of
 * runs up to date, and has the picture drawn again where a selected run changed. A hidden page asks nothing, and a
 * server that does not answer is asked again later, without a word to the reader.
 */
(() => {
  const PACE_MS = 600; // a big log takes about a second more to its picture: two in all
  const PATIENCE_MS = 8000; // a redraw that has not come by then is asked for once more
  const noUpdate = () => window.dash_clientside.no_update;
  const part = (name) => document.getElementById(`runs-${name}`);

  let on = true; // the reader's switch
  let chosen = []; // keys of the selected runs
  let drawn = null; // tag of what the picture shows, and the clock of the state that it was drawn for
  let wanted = { tag: null, at: 0 }; // the redraw last asked for
  let seen = ""; // tag of the last answer
  let facts = {}; // what it said of each log: another process may answer next, and goes on from there
  let rows = new Map(); // the list as the grid has it, each row as text
  let told = null; // the page whose list that is
  let came = 0; // when the last news did
  let timer = null;
  let hand = false; // a button is down: a redraw would take playhead or zoom box out of the hand

  for (const [kind, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
    document.addEventListener(kind, () => { hand = down; }, true);
  }
  document.addEventListener("pointermove", ({ buttons }) => { hand = buttons !== 0; }, true); // a menu may swallow a release

  /* ---- what the page tells us ---------------------------------------------------------------------------------- */
  const follow = (checked) => (checked ? "on" : "off");

  function shown(tag, runs, following) {
    if (on !== (following !== "off")) {
      on = !on;
      seen = "";
      if (!on) tell([]);
      soon(0);
    }
    const keys = (runs ?? "").split(",").filter(Boolean).map(decodeURIComponent);
    if (String(keys) !== String(chosen)) {
      chosen = keys;
      wanted = { tag: null, at: performance.now() }; // the page itself redraws for another selection
      soon(0);
    }
    if (drawn !== null && drawn.tag !== tag.tag) window.gabaSlices.drop("runs"); // frames of the logs as they were
    drawn = tag;
    return noUpdate();
  }

  function listed(data) {
    rows = new Map((data ?? []).map((row) => [row.key, JSON.stringify(row)]));
    told = part("news");
    seen = ""; // a new page says nothing yet, and a list that was read earlier may have come last
    soon(0);
    return noUpdate();
  }

  /* ---- asking ---------------------------------------------------------------------------------------------------- */
  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  }

  async function look() {
    const page = part("news");
    if (!on || document.hidden || !page || told !== page) return soon(PACE_MS); // nobody looks at the runs
    const keys = chosen;
    try {
      const query = new URLSearchParams([...keys.map((key) => ["run", key]), ["seen", seen]]);
      const headers = { "Content-Type": "application/json" };
      const reply = await fetch(`live/runs?${query}`, { method: "POST", headers, body: JSON.stringify(facts) });
      const answer = reply.status === 200 ? await reply.json() : null; // read in any case, or the request never ends
      if (answer && on && keys === chosen && page.isConnected) take(answer);
    } catch {
      // the server is away: the view stays, and the next look will tell
    }
    tick();
    return soon(PACE_MS);
  }

  function take(answer) {
    seen = hand ? "" : answer.seen; // the next look brings it again
    facts = answer.told;
    tell(answer.words);
    if (answer.rows) list(answer.rows);
    const now = performance.now();
    const asked = wanted.tag === answer.drawn && now - wanted.at < PATIENCE_MS;
    if (hand || answer.drawn === drawn?.tag || asked || !chosen.length) return;
    wanted = { tag: answer.drawn, at: now };
    window.dash_clientside.set_props("runs-look", { data: { tag: answer.drawn, clock: drawn?.clock } });
  }

  /* ---- the list --------------------------------------------------------------------------------------------------- */
  const own = (key) => key.startsWith("dropped: ");

  /** Only the rows that differ go to the grid; a run that is gone stays while it is selected. */
  function list(fresh) {
    const keys = new Set(fresh.map((row) => row.key));
    const gone = [...rows.keys()].filter((key) => !keys.has(key) && !own(key));
    const add = fresh.filter((row) => !rows.has(row.key));
    const update = fresh.filter((row) => rows.has(row.key) && rows.get(row.key) !== JSON.stringify(row));
    for (const key of gone.filter((one) => chosen.includes(one))) {
      const row = { ...JSON.parse(rows.get(key)), note: "deleted" };
      if (rows.get(key) !== JSON.stringify(row)) update.push(row);
    }
    const remove = gone.filter((key) => !chosen.includes(key)).map((key) => ({ key }));
    if (!add.length && !update.length && !remove.length) return;
    for (const row of [...add, ...update]) rows.set(row.key, JSON.stringify(row));
    for (const row of remove) rows.delete(row.key);
    window.dash_clientside.set_props("runs-grid", { rowTransaction: { add, update, remove, async: false } });
  }

  /* ---- the words ---------------------------------------------------------------------------------------------------- */
  function span(className, text) {
    const made = document.createElement("span");
    made.className = className;
    made.textContent = text;
    return made;
  }

  function tell(news) {
    came = performance.now();
    const place = part("news");
    if (!place) return;
    const lines = news.map((one) => {
      const line = document.createElement("div");
      line.className = "gaba-news-line";
      line.dataset.status = one.status;
      const age = span("gaba-news-age gaba-live", "");
      age.dataset.age = one.age ?? "";
      age.setAttribute("aria-hidden", "true"); // it changes every second
      const said = span("gaba-news-words", one.words);
      said.title = one.words; // a long reason is cut to one line
      line.append(span("gaba-news-badge", one.badge), span("gaba-news-run", one.label), said, age);
      return line;
    });
    const plain = ({ dataset }) => dataset.status === "growing" || dataset.status === "quiet";
    place.firstElementChild.replaceChildren(...lines.filter(plain));
    place.lastElementChild.replaceChildren(...lines.filter((line) => !plain(line)));
    tick();
  }

  const ago = (seconds) => {
    if (seconds < 90) return `${Math.round(seconds)} s ago`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
    return seconds < 172800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} days ago`;
  };

  function tick() {
    const passed = (performance.now() - came) / 1000;
    part("news")?.querySelectorAll(".gaba-news-age").forEach((place) => {
      const text = place.dataset.age === "" ? "" : ago(Number(place.dataset.age) + passed);
      if (place.textContent !== text) place.textContent = text;
    });
  }

  document.addEventListener("visibilitychange", () => !document.hidden && soon(0));

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    gaba_live: { follow, drawn: shown, listed },
  });
})();
