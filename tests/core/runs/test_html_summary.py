"""A run in a notebook's cell."""

import json

from gaba_core.runs import diagnose, read_run
from tests.paths import LOGS


def test_it_says_how_long_the_run_is_what_balanced_it_and_both_verdicts():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    text = run._repr_html_()
    for words in ("45, the last of epoch 44", "gaba, β 0.99, floor 0.05", "rul 0.0477, health 0.952"):
        assert words in text
    assert "rmse_last 16.4 at epoch 24" in text
    found = diagnose(run)
    assert found.balancer.sentence in text
    assert found.model.sentence in text
    assert len(text) < 3_000


def test_names_of_a_log_stay_text():
    log = [{"epoch": e, "w_<i>": 0.4, "w_b": 0.6, "<b>": float(e)} for e in range(3)]
    text = read_run(json.dumps(log), "<script>")._repr_html_()
    assert not any(tag in text for tag in ("<i>", "<b>", "<script>"))


def test_many_weights_are_counted():
    log = [{"epoch": e} | {f"w_t{i}": 0.1 for i in range(10)} for e in range(3)]
    assert "t5 0.1, 4 more" in read_run(json.dumps(log), "ten")._repr_html_()


def test_as_text_a_run_is_one_line():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    assert repr(run) == "<Run 'FD002 gaba seed 42': 45 records of rul, health>"
