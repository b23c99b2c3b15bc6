/*
 * The grid of runs weighs more than everything else on the first page, so its script comes when a grid is first
 * drawn. Until then, and from then on, a stand-in bears its name: a component that waits for the real one.
 */
(() => {
  const { createElement, lazy, Suspense } = window.React;
  const fetched = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.querySelector("meta[name=gaba-grid]").content;
      script.onload = () => {
        const real = window.dash_ag_grid;
        window.dash_ag_grid = { ...real, AgGrid };
        resolve({ default: real.AgGrid });
      };
      script.onerror = reject;
      document.head.append(script);
    });
  const Real = lazy(fetched);
  const AgGrid = (props) => createElement(Suspense, { fallback: null }, createElement(Real, props));
  AgGrid.dashRenderType = true;
  window.dash_ag_grid = { AgGrid };
})();
