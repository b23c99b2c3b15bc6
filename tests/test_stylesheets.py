"""Whose a class is: the sheet of one view styles nothing of another's."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VIEWS = ("anti_windup", "convergence", "guide", "replay", "runs")


def classes_styled_in(sheet):
    """The class that each selector begins with: what follows in it is styled inside of that alone."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / "assets" / f"{sheet}.css").read_text(), flags=re.DOTALL)
    heads = (head for heads in re.findall(r"([^{}]+)\{", text) for head in heads.split(","))
    found = (re.match(r"\.(gaba-[\w-]+)", head.strip()) for head in heads)
    return {match[1] for match in found if match}


def classes_named_in(view):
    text = "\n".join(path.read_text() for path in (ROOT / "components" / view).rglob("*.py"))
    return {name for names in re.findall(r'className=f?"([^"]*)"', text) for name in names.split()}


@pytest.mark.parametrize("view", VIEWS)
def test_a_class_that_one_views_sheet_styles_is_no_other_views(view):
    others = {other: classes_named_in(other) for other in (*VIEWS, "step_response") if other != view}
    shared = {other: names & classes_styled_in(view) for other, names in others.items()}
    shared = {other: names - classes_styled_in("gaba") for other, names in shared.items()}
    assert not {other: names for other, names in shared.items() if names}


@pytest.mark.parametrize("view", VIEWS)
def test_a_views_sheet_styles_something_of_the_view(view):
    assert classes_styled_in(view) & classes_named_in(view)
