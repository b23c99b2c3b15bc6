/*
 * What the page holds besides our own modules, as far as these use it, and the shapes that travel between server and
 * browser. Private parts of Plotly are typed in `plotly_adapter.mjs`, where they are read, and nowhere else.
 */

type Ends = [number, number];
type Texts = Record<string, string>;

/** A column of numbers as the server writes it into a picture. */
interface Encoded {
  dtype: string;
  bdata: string;
}

interface Trace {
  uid: string;
  mode?: string;
  visible?: boolean | string;
  x?: Encoded | ArrayLike<number>;
  y?: Encoded | ArrayLike<number>;
  [key: string]: unknown;
}

interface Layout {
  meta?: { zoom?: Record<string, ZoomAxis> };
  legend?: object;
  showlegend?: boolean;
  [key: string]: unknown;
}

/** An axis whose zoom is part of the link: what it is called there, and the whole of it. */
interface ZoomAxis {
  name: string;
  whole: Ends;
}

/** A whole figure, as the server makes it. */
interface Picture {
  key: string;
  clock: number;
  data: Trace[];
  layout: Layout;
  text?: Texts;
}

/** What moves in a picture: curves, which of them each trace shows as x and y, axis ranges, read-outs. */
interface Frame {
  curves: Float32Array[];
  series: Record<string, [number, number]>;
  ranges: Record<string, Ends>;
  text?: Texts;
}

type Frames = Record<string, Frame>;

/** A graph of Plotly's: its documented part. */
interface Graph extends HTMLElement {
  data: Trace[];
  layout: Layout;
  on(event: string, listener: (event: any) => void): void;
}

interface PlotlyApi {
  version: string;
  Fx: { unhover(graph: Graph): void };
  newPlot(place: HTMLElement, data: Trace[], layout: Layout, config?: object): Promise<Graph>;
  react(graph: Graph, data: Trace[], layout: Layout): Promise<Graph>;
  relayout(graph: Graph, update: Record<string, unknown>): Promise<Graph>;
  redraw(graph: Graph): Promise<Graph>;
  restyle(graph: Graph, update: Record<string, unknown>, traces: number[]): Promise<Graph>;
  animate(
    graph: Graph,
    frames: { data?: object[]; traces?: number[]; layout?: object }[],
    options: object,
  ): Promise<void>;
  toImage(figure: { data: Trace[]; layout: Layout }, options: object): Promise<string>;
}

interface CallbackContext {
  triggered: { prop_id: string }[];
  triggered_id: any;
}

interface DashClientside {
  no_update: unknown;
  callback_context: CallbackContext;
  set_props(id: string | object, props: object): void;
}

type Scheme = "light" | "dark";
type Templates = Record<Scheme, object>;

interface Prerender {
  dressed(picture: { data: Trace[]; layout: Layout }, templates: Templates): { data: Trace[]; layout: Layout };
}

interface Window {
  Plotly: PlotlyApi;
  React: any;
  dash_ag_grid: any;
  dashAgGridFunctions: object;
  dashAgGridComponentFunctions: object;
  dash_clientside: DashClientside;
  dashMantineFunctions?: Record<string, (...args: any[]) => unknown>;
  /** Of ours: what `prerender.js`, a classic script, shares with the modules. */
  gabaPrerender: Prerender;
}
