"""Projection panel: where floor + renormalise and the exact projection put a point."""
