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


def wait_until_drawn(page, view, name, uid, expected, unit=1):
    """Wait until a trace's y are exactly the expected numbers, one a step; `unit` steps are 1 of x."""
    page.wait_for_function(
        """([view, name, uid, y, unit]) => {
          const host = document.getElementById(JSON.stringify({name, type: "figure", view}));
          const trace = host?.querySelector(".js-plotly-plot")?._fullData?.find((t) => t.uid === uid);
          const same = (value, i) => Math.fround(value) === Math.fround(y[Math.round(trace.x[i] * unit)]);
          return trace?.y.length > 0 && trace.y.every(same);
        }""",
        arg=[view, name, uid, np.float32(expected).tolist(), unit],
    )
