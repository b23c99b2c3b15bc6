"""What goes over HTTP: cached answers, frames of a dragged control, compression, the first picture."""
