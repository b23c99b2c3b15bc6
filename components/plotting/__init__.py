"""Parts of figures that views share: arrays, traces and line styles as plain dictionaries."""
