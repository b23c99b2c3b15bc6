/*
 * The first picture, drawn before Dash stands up; it goes when the view has drawn its own in the same place.
 */
(() => {
  const sight = document.getElementById("gaba-first");
  if (!sight) return;
  const { figure, templates } = JSON.parse(document.getElementById("gaba-first-figure").textContent);
  const chosen = localStorage.getItem("mantine-color-scheme-value") ?? "auto"; // where Mantine keeps it
  const dark = chosen === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";

  const graph = sight.querySelector(".gaba-first-graph");
  const { data, layout } = window.gabaDraw.dressed(figure, templates);
  window.Plotly.newPlot(graph, data, layout, { staticPlot: true });
  graph.classList.remove("js-plotly-plot"); // a picture of a graph: nothing on the page should take it for one

  const path = location.pathname;
  function follow() {
    const own = document.querySelector("#react-entry-point .gaba-graph");
    if (own?.querySelector(".scatterlayer path.js-line") || location.pathname !== path) return void sight.remove();
    if (own) {
      const [here, there] = [graph, own].map((element) => element.getBoundingClientRect());
      const { m41, m42 } = new DOMMatrix(getComputedStyle(graph).transform);
      sight.classList.add("gaba-standing"); // the page is there, but for its picture
      graph.style.transform = `translate(${m41 + there.x - here.x}px, ${m42 + there.y - here.y}px)`;
    }
    requestAnimationFrame(follow);
  }
  requestAnimationFrame(follow);
})();
