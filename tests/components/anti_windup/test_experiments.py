"""The guided experiments: their links open what they say, and what they say is so."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from components.anti_windup import view
from components.anti_windup.experiments import GUIDES, guide_of, span
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
    assert GUIDES[number - 1].look() in page
    assert "What to look for" not in page  # one instruction at a time
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


def test_the_words_of_the_second_guide_are_the_numbers_of_its_runs():
    failures = failures_of(run_divergence(opened(2)[1].settings()))
    shares = 100 * failures["gaba"].share["gradient-starved"]
    words = GUIDES[1].look()
    assert f"gradient-starved on {shares.min():.0f} to {shares.max():.0f} % of the steps" in words
    assert f"by step {failures['gradnorm-raw'].first['left'].max()} on every seed" in words
    assert shares.min() > 50


def test_the_words_of_the_third_guide_are_the_numbers_of_its_run():
    state = opened(3)[1]
    failures = failures_of(run_divergence(state.settings()))
    weight = run_divergence(state.settings()).weights["gaba"][0, -1]
    words = GUIDES[2].look()
    assert f"forced up to {weight[0] / weight.sum():.2f}" in words
    for method in ("gaba", "gaba-unfloored", "equal"):
        assert f"{100 * failures[method].share['gradient-starved'][0]:.0f} %" in words


@pytest.mark.parametrize(
    ("shares", "words"), [([0.531, 0.586], "53 to 59 %"), ([0.5], "50 %"), ([0.501, 0.503], "50 %")]
)
def test_a_range_of_shares_is_said_in_whole_per_cent(shares, words):
    assert span(shares) == words


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


@pytest.mark.parametrize("panel", view.PANELS, ids=lambda panel: panel.PANEL)
def test_a_question_is_the_title_of_every_panel_and_stands_on_its_tab(panel):
    page = json.dumps(
        view.layout(panel=panel.PANEL).to_plotly_json(),
        default=lambda c: c.to_plotly_json(),
        ensure_ascii=False,
    )
    assert panel.QUESTION.endswith("?")
    assert page.count(panel.QUESTION) == 2  # the title, and the tab
    for other in view.PANELS:
        assert other.QUESTION in page
