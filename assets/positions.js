/* The positions of a slider: which one is nearest to a value. */
(() => {
  window.gabaNearest = (positions, value) =>
    positions.reduce((best, p, i) => (Math.abs(p - value) < Math.abs(positions[best] - value) ? i : best), 0);
})();
