"""TensorBoard event files: scalars of any writer, and every way in which a file can be damaged."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.runs import LogFormatError, read_run
from gaba_core.runs.formats.tfrecord import is_framed
from tests.core.runs.test_refusals import outcome
from tests.event_files import crc32c, event, event_file, field, frame, simple, tensor


def test_the_checksum_is_that_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283  # RFC 3720's own check value
    assert is_framed(frame(b"123456789"))


def test_scalars_of_one_step_are_one_row_and_epochs_the_time_axis():
    data = event_file(
        *(event(9 * e, simple("train_loss", 1.0 / (e + 1)), simple("epoch", e)) for e in range(4)),
    )
    run = read_run(data)
    assert run.reading.format == "TensorBoard event file"
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.metrics["step"].tolist() == [0, 9, 18, 27]
    np.testing.assert_array_equal(run.metrics["train_loss"], np.float32([1, 1 / 2, 1 / 3, 1 / 4]))
    assert run.metrics["wall_time"].tolist() == [0, 9, 18, 27]


def test_without_epochs_time_is_the_step_and_weights_are_found_by_their_tags():
    rows = [event(s, simple("w/seg", 0.25), simple("w/depth", 0.75)) for s in (0, 50, 100)]
    run = read_run(event_file(*rows))
    assert (run.unit, run.epochs.tolist()) == ("step", [0, 50, 100])
    assert run.tasks == ("seg", "depth")
    assert run.state.tolist() == [[0.25, 0.75]] * 3


def test_tags_of_different_steps_fill_one_row_an_epoch():
    parts = []
    for e in range(3):
        parts += [event(10 * e + 4, simple("train_loss", 2.0 - e), simple("epoch", e))]
        parts += [event(10 * e + 9, simple("val_loss", 3.0 - e), simple("epoch", e))]
    run = read_run(event_file(*parts))
    assert run.epochs.tolist() == [0, 1, 2]
    assert run.metrics["train_loss"].tolist() == [2, 1, 0]
    assert run.metrics["val_loss"].tolist() == [3, 2, 1]
    assert any(note.startswith("6 rows became 3") for note in run.notes)


TENSORS = {
    "float content": (field(1, 1) + field(4, struct.pack("<f", 0.5)), 0.5),
    "double content": (field(1, 2) + field(4, struct.pack("<d", 0.1)), 0.1),
    "int64 content": (field(1, 9) + field(4, struct.pack("<q", -3)), -3.0),
    "packed float_val": (field(1, 1) + field(5, struct.pack("<f", 0.5)), 0.5),
    "int64_val": (field(1, 9) + field(10, 7), 7.0),
}


@pytest.mark.parametrize(("content", "value"), TENSORS.values(), ids=TENSORS.keys())
def test_a_scalar_tensor_of_tensorflow_2_is_a_scalar(content, value):
    run = read_run(event_file(event(0, tensor("loss", content)), event(1, simple("loss", 2.0))))
    assert run.metrics["loss"].tolist() == [value, 2.0]


def test_what_is_no_scalar_is_passed_by():
    text = tensor("note", field(1, 7) + field(8, b"hello"))
    several = tensor("curve", field(1, 1) + field(5, struct.pack("<2f", 1, 2)))
    histogram = field(1, field(1, b"weights") + field(5, field(1, 0.0)))
    run = read_run(event_file(event(0, text, several, histogram, simple("loss", 1.0))))
    assert sorted(run.metrics) == ["loss", "step", "wall_time"]


def test_a_value_that_is_not_finite_is_a_flagged_gap():
    run = read_run(event_file(event(0, simple("loss", 1.0)), event(1, simple("loss", float("nan")))))
    assert np.isnan(run.metrics["loss"]).tolist() == [False, True]
    assert any("loss has no finite value in 1 of 2" in note for note in run.notes)


def test_a_restarted_run_keeps_both_passes():
    steps = [0, 1, 2, 1, 2, 3]
    run = read_run(event_file(*(event(s, simple("loss", i)) for i, s in enumerate(steps))))
    assert run.epochs.tolist() == steps
    assert any(note.startswith("Step 1 stands after step 2") for note in run.notes)


def test_a_negative_step_is_read_as_one():
    assert read_run(event_file(event(-2, simple("loss", 1.0)))).epochs.tolist() == [-2]


WHOLE = event_file(event(0, simple("loss", 1.0)), event(1, simple("loss", 2.0)))


def test_a_file_that_breaks_off_is_read_up_to_there():
    run = read_run(WHOLE[:-5])
    assert run.metrics["loss"].tolist() == [1.0]
    assert run.notes[0].startswith("The file stops where record 2 breaks off")


def test_a_record_that_does_not_match_its_checksum_ends_the_file():
    broken = bytearray(WHOLE)
    broken[-8] ^= 1
    run = read_run(bytes(broken))
    assert run.metrics["loss"].tolist() == [1.0]
    assert "record 2 does not match its checksum" in run.notes[0]


def test_a_file_without_scalars_is_refused():
    with pytest.raises(LogFormatError, match=r"mine must hold at least one scalar; got 1 events"):
        read_run(event_file(), "mine")


def test_a_record_that_is_no_event_is_refused_by_its_number():
    with pytest.raises(LogFormatError, match=r"log, record 1 must be a TensorBoard event; got wire type 7"):
        read_run(event_file(b"\x0f\x00"))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60))
def test_any_record_is_read_or_refused(content):
    assert outcome(event_file(content, event(0, simple("loss", 1.0))))
