import gzip
import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.training.conditions import Normaliser, assign_conditions, find_conditions
from gaba_core.training.data import Histories, read_fleet
from gaba_core.training.generated import CONDITIONS, generate_fleet
from gaba_core.training.holdout import CUTS, cut_points, hold_out
from gaba_core.training.windows import (
    ends_from_first_row,
    ends_from_last_row,
    health_classes,
    make_dataset,
    window_rows,
)
from tests.training.inputs import small_fleet, write_nasa


def _lengths(*lengths):
    rows = sum(lengths)
    starts = np.cumsum([0, *lengths])
    return Histories(starts, np.zeros((rows, 3)), np.zeros((rows, 21)), np.zeros(rows))


@pytest.mark.parametrize("packed", [False, True])
def test_nasa_files_are_read_plain_and_packed(tmp_path, packed):
    write_nasa(tmp_path, "FD002", (40, 35), (31, 12), (7, 150), packed)
    fleet = read_fleet(tmp_path, "FD002")
    assert fleet.train.lengths.tolist() == [40, 35]
    assert fleet.train.sensors.shape == (75, 21)
    assert fleet.train.rul[[0, 39, 40, 74]].tolist() == [39, 0, 34, 0]
    assert fleet.test.rul[[0, 30, 42]].tolist() == [37, 7, 150]
    assert fleet.train.settings[1].tolist() == [42.003, 0.8405, 100.0]
    assert fleet.origin == "C-MAPSS FD002 (NASA)"


def test_the_sum_is_that_of_the_unpacked_content(tmp_path):
    write_nasa(tmp_path, "FD001", (40,), (31,), (7,), packed=True)
    content = gzip.decompress((tmp_path / "train_FD001.txt.gz").read_bytes())
    assert read_fleet(tmp_path, "FD001").sha256["train_FD001.txt"] == hashlib.sha256(content).hexdigest()


def _spoil(folder, name, change):
    path = folder / name
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "train_FD002.txt",
            lambda t: t.replace("1 2 ", "1 2 9 ", 1),
            "26 columns in every row; got 27 in row 2",
        ),
        ("train_FD002.txt", lambda t: t.replace("1 2 ", "1 x ", 1), "numbers only; got text"),
        ("train_FD002.txt", lambda t: t.replace("1 2 ", "1 nan ", 1), "finite numbers; got NaN"),
        ("train_FD002.txt", lambda t: t.replace("1 2 ", "1 5 ", 1), "cycles from 1; got 5 in row 2"),
        (
            "test_FD002.txt",
            lambda t: "\n".join(t.splitlines()[31:]),
            r"engines 1, 2, 3 \.\.\. in column 1; got \[2",
        ),
        ("test_FD002.txt", lambda t: "", "finite numbers; got no row"),
        ("RUL_FD002.txt", lambda t: "7\n", "one line for each of 2 test engines; got 1"),
    ],
)
def test_a_bad_file_is_named_with_what_was_expected(tmp_path, name, change, message):
    write_nasa(tmp_path, "FD002", (40, 35), (31, 12), (7, 150))
    _spoil(tmp_path, name, change)
    with pytest.raises(ParameterError, match=f"^{name} must .*{message}"):
        read_fleet(tmp_path, "FD002")


def test_a_missing_file_and_a_torn_one_are_named(tmp_path):
    with pytest.raises(ParameterError, match=r"must hold train_FD002.txt or train_FD002.txt.gz"):
        read_fleet(tmp_path, "FD002")
    write_nasa(tmp_path, "FD002", (40,), (31,), (7,), packed=True)
    packed = tmp_path / "train_FD002.txt.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(ParameterError, match=r"train_FD002.txt.gz must be a whole gzip file"):
        read_fleet(tmp_path, "FD002")
    with pytest.raises(ParameterError, match="subset must be one of"):
        read_fleet(tmp_path, "FD005")


@pytest.mark.parametrize("stride", [1, 3, 4, 30])
@pytest.mark.parametrize("length", [29, 30, 31, 64, 128])
def test_an_engine_gives_as_many_windows_as_the_formula_says(length, stride):
    ends = ends_from_first_row(_lengths(200, length), 30, stride)
    expected = max(0, (length - 30) // stride + 1) if length >= 30 else 0
    assert len(ends[ends >= 200]) == expected


def test_test_windows_end_at_the_last_row_and_short_engines_keep_one():
    ends = ends_from_last_row(_lengths(38, 12, 30), 30, 4)
    assert ends.tolist() == [29, 33, 37, 49, 79]


def test_a_window_before_its_engine_repeats_the_first_row():
    rows = window_rows(_lengths(5, 3), np.array([4, 7]), 4)
    assert rows.tolist() == [[1, 2, 3, 4], [5, 5, 6, 7]]


def test_health_has_three_classes_with_edges_at_80_and_30_cycles():
    assert health_classes(np.array([125.0, 80.5, 80.0, 30.5, 30.0, 0.0])).tolist() == [0, 0, 1, 1, 2, 2]


def test_rul_is_capped_and_windows_carry_the_label_of_their_last_row():
    fleet = small_fleet()
    data = make_dataset(fleet, torch.device("cpu"), window=30, stride=4)
    features, rul, health = data.train.take(torch.tensor([0]))
    assert features.shape == (1, 30, 24)
    assert float(rul) == min(125.0, float(data.train.life[0]))
    assert int(health) == 0
    assert float(data.train.rul.max()) == 125.0
    assert data.last.engines == len(data.last) == 3
    assert data.last.rul.tolist() == np.minimum(fleet.test.rul[fleet.test.starts[1:] - 1], 125).tolist()


def test_features_are_normalised_within_each_condition_by_the_training_engines():
    fleet = small_fleet()
    normaliser = Normaliser.fit(fleet.train)
    features = normaliser.apply(fleet.train)
    label = assign_conditions(fleet.train.settings, normaliser.centres)
    assert len(normaliser.centres) == 6
    for condition in range(6):
        rows = features[label == condition, :14]
        np.testing.assert_allclose(rows.mean(0), 0, atol=1e-4)
        np.testing.assert_allclose(rows.std(0), 1, atol=1e-3)
    assert np.isfinite(normaliser.apply(fleet.test)).all()


def test_a_constant_sensor_becomes_zero(tmp_path):
    write_nasa(tmp_path, "FD001", (40,), (31,), (7,))
    train = read_fleet(tmp_path, "FD001").train
    features = Normaliser.fit(train).apply(train)
    assert np.abs(features[:, 0]).max() == 0
    assert features[:, 3].std() == pytest.approx(1.0, abs=1e-3)


def test_conditions_are_found_whatever_the_jitter():
    rng = np.random.default_rng(0)
    settings = CONDITIONS[rng.integers(0, 6, 500)] + rng.uniform(-1, 1, (500, 3)) * [0.008, 0.0008, 0]
    assert len(find_conditions(settings)) == 6
    assert len(find_conditions(settings[:1] + rng.uniform(-1, 1, (50, 3)) * [0.008, 0.0008, 0])) == 1


def test_the_generated_fleet_is_the_same_for_a_seed_and_labelled():
    one, again, other = (generate_fleet(seed, 2, 2) for seed in (0, 0, 1))
    assert one.sha256 == again.sha256 != other.sha256
    assert np.array_equal(one.train.sensors, again.train.sensors)
    assert "generated" in one.origin
    assert one.train.rul[one.train.starts[1:] - 1].tolist() == [0, 0]
    assert (one.test.rul[one.test.starts[1:] - 1] > 0).all()


def test_a_window_longer_than_every_engine_is_refused():
    with pytest.raises(ParameterError, match=r"window must fit an engine of \d+ cycles; got 1000"):
        make_dataset(small_fleet(), torch.device("cpu"), window=1000)


def test_a_fifth_of_the_training_engines_is_held_out_whatever_the_seed():
    rows = generate_fleet(0, 12, 1).train
    train, held = hold_out(rows)
    assert (len(train.lengths), len(held.lengths)) == (10, 2)
    assert held.lengths.tolist() == rows.lengths[[4, 9]].tolist()
    second = slice(rows.starts[9], rows.starts[10])
    assert np.array_equal(held.sensors[held.starts[1] :], rows.sensors[second])
    assert len(train.rul) + len(held.rul) == len(rows.rul)
    assert len(hold_out(_lengths(5, 3))[1].lengths) == 1
    with pytest.raises(ParameterError, match="at least 2 training engines, one to hold out; got 1"):
        hold_out(_lengths(5))


def test_held_out_engines_are_cut_at_the_same_points_each_before_its_last_cycle():
    rows = generate_fleet(0, 7, 1).train
    cuts = cut_points(rows)
    assert np.array_equal(cuts, cut_points(rows))
    engine = np.repeat(np.arange(7), CUTS)
    seen = cuts - rows.starts[engine] + 1
    assert (seen >= rows.lengths[engine] // 5).all()
    assert (seen < rows.lengths[engine]).all()
    assert len(set(seen.tolist())) > 20
    assert cut_points(_lengths(1, 2)).tolist() == [0] * CUTS + [1] * CUTS


def test_nothing_of_the_held_out_or_test_engines_is_trained_on():
    fleet = generate_fleet(0, 10, 4)
    data = make_dataset(fleet, torch.device("cpu"), stride=4)
    train, _ = hold_out(fleet.train)
    assert (data.train.engines, data.held.engines, data.last.engines) == (8, 2, 4)
    assert len(data.train.features) == len(train.rul)
    other = replace(fleet, train=_other_held(fleet.train), test=_shifted(fleet.test))
    again = make_dataset(other, torch.device("cpu"), stride=4)
    assert torch.equal(again.train.features, data.train.features)  # the normaliser has not seen them either
    assert not torch.equal(again.held.features, data.held.features)


def _shifted(rows):
    return replace(rows, sensors=rows.sensors + 1.0)


def _other_held(rows):
    """The same engines with the sensors of the held-out ones changed."""
    sensors = rows.sensors.copy()
    for i in (4, 9):
        sensors[rows.starts[i] : rows.starts[i + 1]] += 1.0
    return replace(rows, sensors=sensors)
