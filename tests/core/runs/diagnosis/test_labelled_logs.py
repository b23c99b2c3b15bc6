"""Verdicts on twenty more logs of every kind, from the half of the parameters that no rule was tuned on."""

import math

import pytest

from benchmarks.labelled_logs import KINDS, Draw
from benchmarks.labelled_logs.limits import LIMITS, WALKS
from benchmarks.labelled_logs.living import false_groups, found_outliers
from gaba_core.runs import diagnose, read_run

EACH = 20
SEED = 7_000_000  # of no log that the benchmark makes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged():
    """Every log with its kind and the code of its verdict."""
    found = []
    for number, (kind, make) in enumerate(KINDS.items()):
        for i in range(EACH):
            log = make(Draw(SEED + 1_000 * number + i, "unseen"))
            found.append((kind, log, diagnose(read_run(log.text())).balancer.code))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_two_logs_of_a_kind_are_judged_wrong(judged, kind):
    outcomes = [(log.outcome(code), log.records, code) for name, log, code in judged if name == kind]
    assert len(outcomes) == EACH
    wrong = [found for found in outcomes if found[0] == "wrong"]
    assert len(wrong) <= (3 if kind in WALKS else 2), wrong


@pytest.mark.parametrize("limit", LIMITS, ids=[limit.name for limit in LIMITS])
def test_a_limit_is_kept_to_one_log(judged, limit):
    share = limit.share(judged)
    assert share.whole
    allowed = limit.limit * share.whole
    retained = share.part <= math.ceil(allowed) if limit.most else share.part >= math.floor(allowed)
    assert retained, f"{share.part} of {share.whole}"


def test_siblings_are_told_apart_on_the_scale_of_their_scatter():
    (false,), (found,) = false_groups(30), found_outliers(30)
    assert false.part <= 1
    assert found.part >= 20
