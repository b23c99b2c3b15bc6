/*
 * The first picture, drawn before Dash is there; it goes when the view has drawn its own in the same place.
 *
 * A classic script: modules are run only when the page is parsed to its end, which is after all of Dash. What the
 * modules need of it, how a picture is dressed, they find in `window.gabaPrerender`.
 */
(() => {
  const NARROW = window.matchMedia("(max-width: 767px)"); // the same as in gaba.css

  /** A picture without axes holds words instead of curves. */
  const isDrawing = (/** @type {Layout} */ { xaxis }) =>
    /** @type {{visible?: boolean} | undefined} */ (xaxis)?.visible !== false;

  /**
   * On a phone the page around the picture says what its legend and its labels would.
   * @param {{data: Trace[], layout: Layout}} picture
   */
  function narrow({ data, layout }) {
    const names = Object.keys(layout).filter((name) => name.startsWith("yaxis"));
    const bare = names.map((name) => [
      name,
      { .../** @type {object} */ (layout[name]), title: "", automargin: "left" },
    ]);
    return {
      data: data.map((trace) =>
        trace.mode === "text" && trace.meta !== "stays" ? { ...trace, visible: false } : trace,
      ),
      layout: {
        ...layout,
        title: "",
        annotations: isDrawing(layout) ? [] : layout.annotations, // why there is none
        ...Object.fromEntries(bare),
        showlegend: false,
        margin: { l: 52, r: 8, t: 10, b: 38 },
      },
    };
  }

  /** @type {Prerender["dressed"]} A picture in the colours of the page's theme, as its width has room for. */
  function dressed({ data, layout }, templates) {
    const scheme = /** @type {Scheme} */ (document.documentElement.dataset.mantineColorScheme);
    const whole = { data, layout: { ...layout, template: templates[scheme] ?? templates.light } };
    return NARROW.matches ? narrow(whole) : whole;
  }

  window.gabaPrerender = { dressed };

  /** @returns {Scheme} As the reader chose it (`pictures.mjs` notes that), or as the system has it. */
  function schemeAtStart() {
    const chosen = localStorage.getItem("gaba-scheme");
    if (chosen === "light" || chosen === "dark") return chosen;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  /** Draw the picture that came with the page. What stays is its drawing: nothing should take it for a graph. */
  function paint(/** @type {HTMLElement} */ place) {
    const source = /** @type {HTMLElement} */ (document.getElementById("gaba-first-figure"));
    const { figure, templates } = JSON.parse(/** @type {string} */ (source.textContent));
    const graph = /** @type {HTMLElement} */ (place.cloneNode());
    place.append(graph);
    const { data, layout } = dressed(figure, templates);
    window.Plotly.newPlot(graph, data, layout, { staticPlot: true });
    place.append(...[...graph.querySelectorAll("svg")].filter((svg) => !svg.parentElement?.closest("svg")));
    graph.remove();
  }

  /** Hold the picture where the view's own will be, until that is drawn or the reader goes elsewhere. */
  function standIn(/** @type {HTMLElement} */ page, /** @type {HTMLElement} */ graph) {
    const path = location.pathname;
    let drawn = false;
    document.addEventListener(
      "gaba-drawn",
      () => {
        drawn = true;
      },
      { once: true },
    ); // by plot_painter.mjs
    const follow = () => {
      if (drawn || location.pathname !== path) return page.remove();
      const own = document.querySelector("#react-entry-point .gaba-graph");
      if (own) {
        const [here, there] = [graph, own].map((element) => element.getBoundingClientRect());
        const { m41, m42 } = new DOMMatrix(getComputedStyle(graph).transform);
        page.classList.add("gaba-standing"); // the page is there, but for its picture
        graph.style.transform = `translate(${m41 + there.x - here.x}px, ${m42 + there.y - here.y}px)`;
      }
      requestAnimationFrame(follow);
      return undefined;
    };
    requestAnimationFrame(follow);
  }

  const page = document.getElementById("gaba-first");
  const place = /** @type {HTMLElement | null | undefined} */ (page?.querySelector(".gaba-first-graph"));
  if (!page || !place) return;
  document.documentElement.dataset.mantineColorScheme = schemeAtStart();
  paint(place);
  standIn(page, place);
})();
