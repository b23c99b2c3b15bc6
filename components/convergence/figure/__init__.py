"""The picture of the Convergence view: plain dicts, cheap enough to make at every position of a slider."""
