"""Map view: a measure over two parameters, each cell of it simulated."""
