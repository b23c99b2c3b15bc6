/*
 * Lines of many runs: the server sends those of one colour as one trace with gaps, and names its runs
 * (`figure/merged_lines.py`). Plotly gets them for its pointer and its axes only; `line_canvas.mjs` draws them.
 */
import { decoded } from "./frame_codec.mjs";

/** @typedef {[string, number]} Part A run's name, and how many points of the trace are its own, the gap after them too. */

/** @returns {Part[] | null} The runs in a trace; null of one that is a single line. */
export const partsOf = (/** @type {any} */ { meta }) => meta?.lines ?? null;

const numbers = (/** @type {any} */ column) => (column?.bdata ? decoded(column) : column);

/** Plotly draws nothing of it, and finds the name of a run at each of its points. */
function left(/** @type {Trace} */ trace, /** @type {Part[]} */ parts) {
  const { x, y } = /** @type {any} */ (trace);
  const hovertext = parts.flatMap(([name, points]) => new Array(points).fill(name));
  return { ...trace, x: numbers(x), y: numbers(y), mode: "none", hovertext };
}

/**
 * @template {{data: Trace[]}} Figure
 * @param {Figure} figure
 * @returns {Figure} The figure, its lines of many runs left to the canvas.
 */
export function leftToCanvas(figure) {
  const data = figure.data.map((trace) => {
    const parts = partsOf(trace);
    return parts ? left(trace, parts) : trace;
  });
  return { ...figure, data };
}

/**
 * @param {Trace[]} data Of a graph.
 * @returns {Trace[]} The same for a file, which Plotly draws alone: a trace for each run.
 */
export const takenApart = (data) =>
  data.flatMap((trace) => {
    const { x, y } = /** @type {any} */ (trace);
    let end = 0;
    return (
      partsOf(trace)?.map(([name, points], i) => {
        const first = end;
        end += points;
        const own = { x: x.slice(first, end - 1), y: y.slice(first, end - 1), hovertext: name };
        return {
          ...trace,
          ...own,
          mode: "lines",
          name,
          uid: `${trace.uid}-${i}`,
          customdata: undefined,
          meta: undefined,
        };
      }) ?? [trace]
    );
  });
