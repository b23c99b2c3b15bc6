"""What the browser has drawn, read from the graph itself."""

import numpy as np

_READ = """([view, name, uid]) => {
  const host = document.getElementById(JSON.stringify({name, type: "figure", view}));
  const trace = host.querySelector(".js-plotly-plot")._fullData.find((t) => t.uid === uid);
  return trace && [Array.from(trace.x), Array.from(trace.y)];
}"""


def drawn(page, view, name, uid):
    """x and y of one drawn trace, float32."""
    x, y = page.evaluate(_READ, [view, name, uid])
    return np.float32(x), np.float32(y)


def wait_until_drawn(page, view, name, uid, expected):
    """Wait until a trace's y is exactly the expected numbers, as far along the run as it is drawn."""
    page.wait_for_function(
        """([view, name, uid, y]) => {
          const host = document.getElementById(JSON.stringify({name, type: "figure", view}));
          const trace = host?.querySelector(".js-plotly-plot")?._fullData?.find((t) => t.uid === uid);
          const same = (value, i) => Math.fround(value) === Math.fround(y[i]);
          return trace?.y.length > 0 && trace.y.every(same);
        }""",
        arg=[view, name, uid, np.float32(expected).tolist()],
    )
