"""Sentences of verdicts are whole: every number that they announce is there."""

import json

import numpy as np
import pytest

from gaba_core.runs import diagnose, read_run

N = 200
WALK = np.clip(0.5 + np.cumsum(np.random.default_rng(5).normal(0.0, 0.02, N)), 0.01, 0.99)
LEFT = np.r_[0.3 + np.random.default_rng(1).normal(0.0, 0.002, N), 0.4, 0.45, 0.5]
PATHS = {
    "walk": WALK,
    "left at the end": LEFT,
    "slow wave": 0.5 + 0.4 * np.sin(2.0 * np.pi * np.arange(N) / 100.0),
    "line": np.linspace(0.1, 0.3, N) + np.random.default_rng(2).normal(0.0, 0.005, N),
    "flip-flop": np.tile([0.1, 0.9], 6),
    "level": np.full(N, 0.3),
    "two records": np.array([0.3, 0.3]),
    "falling": 0.5 * 0.9 ** np.arange(100.0),
}


@pytest.mark.parametrize("name", PATHS)
def test_no_sentence_rule_or_finding_holds_a_place_that_was_never_filled(name):
    records = [{"epoch": i, "lambda_a": w, "lambda_b": 1.0 - w} for i, w in enumerate(PATHS[name].tolist())]
    found = diagnose(read_run(json.dumps(records).encode(), "log.json"))
    for said in (found.balancer, found.model, *found.findings):
        for text in (said.sentence, said.rule, found.summary):
            assert "{" not in text
            assert "nan" not in text.lower().split()


@pytest.mark.parametrize(
    ("columns", "is_said"), [((0.4, 1.6), True), ((40.0, 60.0), True), ((0.4, 0.6), False)]
)
def test_weights_that_do_not_sum_to_1_are_said_to_be_judged_as_shares(columns, is_said):
    a, b = columns
    records = [{"epoch": i, "lambda_a": a, "lambda_b": b} for i in range(20)]
    found = diagnose(read_run(json.dumps(records).encode(), "log.json")).balancer
    assert found.evidence["w"] == pytest.approx(a / (a + b))
    assert ("as a share of the weights' sum" in found.sentence) == is_said
