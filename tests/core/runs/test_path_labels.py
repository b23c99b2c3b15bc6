"""Subset, method and seed as people write them into the names of folders and files."""

import pytest

from gaba_core.runs.library_entry import entry_of
from gaba_core.runs.path_labels import path_labels
from gaba_core.runs.reading import read_run


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("FD002/gaba/seed_42", ("FD002", "gaba", 42)),
        ("gaba/seed_42", (None, "gaba", 42)),
        ("seed_3/metrics.csv", (None, None, 3)),
        ("ours_seed0.json", (None, "ours", 0)),
        ("nyu/ours_seed0.json", ("nyu", "ours", 0)),
        ("nyu/gradnorm/seed_3/metrics.csv", ("nyu", "gradnorm", 3)),
        ("nyu/gradnorm-s42.csv", ("nyu", "gradnorm", 42)),
        ("run_seed=7", (None, None, 7)),
        ("run_seed=7/log.csv", (None, None, 7)),
        ("ours.seed1.csv", (None, "ours", 1)),
        ("Seed7-mgda.json", (None, "mgda", 7)),
        ("exp/dwa/seeds/3/log.jsonl", (None, "dwa", 3)),
        ("lr=0.1_seed=3_gradnorm/history.json", (None, "lr=0.1_gradnorm", 3)),
        ("2026-11-25_10:30:00_seed3_ours.csv", (None, "ours", 3)),
        ("random_seed_5/our method/log.csv", (None, "our method", 5)),
        ("ours/seed_3/events.out.tfevents.173.host.0", (None, "ours", 3)),
        ("cityscapes/pcgrad.csv", ("cityscapes", "pcgrad", None)),
        ("dropped: ours_seed0.json #0123456789abcdef01234567", (None, "ours", 0)),
        ("lightning_logs/version_0/metrics.csv", (None, None, None)),
        ("nyu/ours.csv [seed 42]", (None, None, 42)),
        ("nyu/gradnorm.csv [seed 42]", ("nyu", "gradnorm", 42)),
        ("ours_seed3.csv [restart 2]", (None, "ours", 3)),
        ("speed_30.csv", (None, None, None)),
        ("proceeds7.csv", (None, None, None)),
        ("seed1234567890123456789/x.json", (None, None, None)),
        (".", (None, None, None)),
    ],
)
def test_what_a_name_says_is_found(key, labels):
    assert path_labels(key) == labels


def test_what_the_log_itself_says_wins():
    run = read_run(b'{"subset": "A", "seed": 5, "history": [{"epoch": 0, "w_a": 0.5, "w_b": 0.5}]}')
    entry = entry_of("B/ours_seed0.json", run)
    assert (entry.subset, entry.method, entry.seed) == ("A", "ours", 5)
