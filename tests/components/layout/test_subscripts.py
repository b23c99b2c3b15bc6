"""Indices in running text."""

from dash import html

from components.layout.subscripts import subscripts


def test_every_index_is_lowered():
    first, low, between, lower, last = subscripts("λ_min to 1 − (K−1) λ_min.")
    assert (first, between, last) == ("λ", " to 1 − (K−1) λ", ".")
    assert isinstance(low, html.Sub)
    assert isinstance(lower, html.Sub)
    assert (low.children, lower.children) == ("min", "min")


def test_text_without_one_and_names_in_code_stay_as_they_are():
    for text in ("The floor.", "rmse_last", "val_minimum"):
        assert subscripts(text) == text
