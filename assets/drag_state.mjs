/*
 * The state of a drag, one object a view, and the rules of order: which picture may be drawn after which.
 *
 * Every request has a clock, one more than the request before. A picture carries the clock of the request that it
 * answers, and none older ever follows a newer one. Nothing here touches the page: what draws, asks and waits is handed
 * in as a port, so that the rules can be tried without a browser.
 */

/** @typedef {import("./timers.mjs").Timers} Timers */
/** @typedef {import("./plot_painter.mjs").Plot} Plot */
/** @typedef {import("./frame_prefetch.mjs").Prefetch} Prefetch */

/** @typedef {{param: string, value: number, clock: number}} Request A control at a value. */

/**
 * @typedef {object} Port What a drag needs of the page.
 * @property {(query: Texts) => Promise<Frames>} ask The frames of one state, from the server.
 * @property {(param: string, value: number, state: Texts) => Frames | undefined} frameAt Those fetched ahead, if there.
 * @property {(name: string, frame: Frame) => void} draw
 * @property {(text: Texts | undefined) => void} write
 * @property {Timers} timers
 */

export const ASIDE_MS = 50; // read-outs and second pictures follow a drag this much behind, at most

export class Drag {
  /** @type {Texts} The controls of the view, as text. */
  state = {};
  /** Of the newest request. */
  clock = 0;
  /** Of the picture that is drawn. */
  drawn = 0;
  /** Of the newest request that the server has. */
  reported = 0;
  /** Of a request whose picture was there, fetched ahead, before it was reported. */
  painted = 0;
  /** @type {Request | null} Where the held control is. */
  newest = null;
  /** @type {Request | null} Where it is and no frame was there; the next to ask for. */
  wanted = null;
  asking = false;
  /** Whether the hand is at a control. */
  held = false;
  /** @type {Map<string, Plot>} What is drawn, by the name of the picture. */
  plots = new Map();
  /** @type {Prefetch | null} Frames of the held control. */
  prefetch = null;
  /** @type {Map<string, unknown>} By control, the timer after which what it was left at is confirmed. */
  resting = new Map();
  /** @type {Frames | null} Whose read-outs and second pictures are due. */
  #behind = null;
  /** @type {unknown} */
  #aside = null;
  /** @type {Port} */
  #port;

  constructor(/** @type {Port} */ port) {
    this.#port = port;
  }

  /**
   * The held control has a new value: its frame is drawn if it is there, or asked for, the newest only.
   * @param {string} param
   * @param {number} value
   */
  async move(param, value) {
    const request = { param, value, clock: ++this.clock };
    this.newest = request;
    const ready = this.#port.frameAt(param, value, this.state);
    this.wanted = ready ? null : request;
    if (ready) this.#showIfNews(request.clock, ready);
    if (ready || this.asking) return;
    this.asking = true;
    try {
      while (this.wanted) {
        const { clock, ...asked } = /** @type {Request} */ (this.wanted);
        this.wanted = null;
        const query = { ...this.state, [asked.param]: String(asked.value), control: asked.param };
        this.#showIfNews(clock, await this.#port.ask(query));
      }
    } catch {
      this.wanted = null; // the confirmation on release draws it
    } finally {
      this.asking = false;
    }
  }

  /** Frames fetched ahead have come: the one that the control is at may be among them. */
  catchUp() {
    if (!this.newest || this.newest.clock <= this.drawn) return;
    const ready = this.#port.frameAt(this.newest.param, this.newest.value, this.state);
    if (ready) this.#showIfNews(this.newest.clock, ready);
  }

  /**
   * The controls have a state: what the server must hear of it.
   * @param {Texts} state
   * @param {boolean} opens Whether the page has just been opened, with the picture of this state in it.
   * @returns {number | null} The clock to report it with; null where there is nothing new in it.
   */
  report(state, opens) {
    const changed = JSON.stringify(state) !== JSON.stringify(this.state);
    this.state = state;
    const owed = this.reported > this.drawn; // what was asked for is not drawn yet
    if (opens && !owed) this.reported = this.drawn = ++this.clock;
    // A pointer may have moved on and come back: then the state is the same, and the picture is not.
    const known = opens ? !owed : !changed && this.reported === this.clock;
    if (known) return null;
    const isPainted = this.#shows(state);
    this.reported = ++this.clock;
    if (isPainted) this.painted = this.clock;
    return this.reported;
  }

  /** Whether the frame that is drawn is that of a state. */
  #shows(/** @type {Texts} */ state) {
    const at = this.newest;
    return at?.clock === this.clock && this.drawn === this.clock && Number(state[at.param]) === at.value;
  }

  /** Whether the controls have moved on from the picture that is drawn. */
  get isBehind() {
    return this.clock > Math.max(this.drawn, this.painted);
  }

  /**
   * Whether a whole picture from the server may be drawn: not where the reader has moved on since. Nothing that
   * waits to be drawn aside is drawn over it.
   * @param {number} clock Of the picture; 0 for one that belongs to the page as it was opened.
   */
  admits(clock) {
    if (clock !== 0 && clock < this.clock) return false;
    this.drawn = Math.max(this.drawn, clock);
    this.#port.timers.clear(this.#aside);
    this.#aside = null;
    return true;
  }

  /** Draw frames unless newer ones are drawn: the first picture at once, the rest as fast as an eye can follow. */
  #showIfNews(/** @type {number} */ clock, /** @type {Frames} */ frames) {
    if (clock < this.drawn) return;
    this.drawn = clock;
    const [[name, frame]] = Object.entries(frames);
    this.#port.draw(name, frame);
    this.#behind = frames;
    this.#aside ??= this.#port.timers.set(() => this.#catchUpAside(), ASIDE_MS);
  }

  #catchUpAside() {
    this.#aside = null;
    const [first, ...rest] = Object.entries(this.#behind ?? {});
    for (const [name, frame] of rest) this.#port.draw(name, frame);
    for (const [, { text }] of [first, ...rest]) this.#port.write(text);
  }
}
