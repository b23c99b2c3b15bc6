"""The guided experiments: their links open what they say, and what they say is so."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from components.anti_windup import view
from components.anti_windup.experiments import GUIDES, guide_of
from components.anti_windup.projection.readouts import landings
from components.layout.url_state import from_text, to_text
from gaba_core.comparators import failures_of, run_divergence


def opened(number):
    """The state that a guide's link opens."""
    query = dict(parse_qsl(urlsplit(GUIDES[number - 1].href(number)).query))
    panel = next(p for p in view.PANELS if query["panel"] == p.PANEL)
    state, problems = from_text(panel.STATE, query)
    assert problems == ()
    return query, state


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_link_sets_the_controls_and_says_what_to_look_at(number):
    query, state = opened(number)
    assert {name: to_text(state)[name] for name in query if name not in ("panel", "guide")} != {}
    page = json.dumps(
        view.layout(**query).to_plotly_json(), default=lambda c: c.to_plotly_json(), ensure_ascii=False
    )
    assert GUIDES[number - 1].look in page
    for guide, n in zip(GUIDES, (1, 2, 3), strict=True):
        assert guide.href(n) in page


def test_without_a_floor_all_three_points_coincide():
    found = landings(opened(1)[1])
    assert {tuple(weights.round(9)) for weights in found.values()} == {(0.0001, 0.9999)}


def test_above_noise_two_raw_gradnorm_leaves_and_gaba_stays():
    failures = failures_of(run_divergence(opened(2)[1].settings()))
    assert failures["gradnorm-raw"].failed("left").all()
    assert failures["gradnorm-raw"].first["left"].max() < 10
    assert not any(found.failed("non-finite").any() for found in failures.values())
    assert not failures["gradnorm-softmax"].failed("left").any()
    assert failures["gaba"].share["weight-starved"].max() == 0.0


def test_a_floor_of_point_three_presses_the_weight_up():
    result = run_divergence(opened(3)[1].settings())
    assert result.weights["gaba"][0, -1, 0] == pytest.approx(0.23, abs=0.005)
    pulls = {
        method: (weights * result.norms / (weights * result.norms).sum(-1, keepdims=True))[..., 1].mean()
        for method, weights in result.weights.items()
    }
    assert pulls["equal"] < pulls["gaba"] < 0.1 * pulls["gaba-unfloored"]


@pytest.mark.parametrize("text", ["", "0", "4", "one"])
def test_anything_else_is_no_guide(text):
    assert guide_of(text) is None
