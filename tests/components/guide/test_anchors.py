"""What the chapters teach has a heading in the Guide that a link can name."""

import json

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.guide import view

TAUGHT = {
    "steps to the floor": "first-step",
    "mechanism and signature of a regime": "regimes",
    "what sets the edge between regimes": "boundary",
    "FD002 and FD004": "smaller",
    "marks of best epochs": "off-axis",
    "a best epoch is no convergence": "best-epoch",
    "the ten runs and seed 789": "published",
    "closed form of the equilibrium": "closed-form",
    "takeaways": "takeaways",
    "symptoms of windup and three fixes": "signal",
    "proof of the bound": "bound",
    "GABA against GradNorm": "gradnorm",
    "other fields": "fields",
    "five fields that run": "analogies",
    "floor 0": "no-floor",
    "floor 1/K": "full-floor",
    "no renormalising": "unnormalised",
    "clamping the raw share": "input-clamp",
    "writing back": "write-back",
    "three parts of the controller": "trio",
    "errata": "errata",
    "predict, then look": "predict",
}


@pytest.fixture(scope="module")
def page():
    return json.dumps(json.loads(json.dumps(view.layout(), cls=PlotlyJSONEncoder)))


@pytest.mark.parametrize("taught", TAUGHT)
def test_what_is_taught_has_an_anchor(page, taught):
    assert f'"id": "{TAUGHT[taught]}"' in page


def test_every_entry_of_the_contents_leads_somewhere(page):
    links = [part.partition('"')[0] for part in page.split('"href": "#')[1:]]
    assert len(links) >= 10
    assert all(f'"id": "{link}"' in page for link in links)
