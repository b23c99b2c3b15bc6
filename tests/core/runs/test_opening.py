"""What an archive and a size are refused for, at the edge of each rule."""

import io
import zipfile

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import read_run
from gaba_core.runs.npz_arrays import Archive
from gaba_core.runs.opening import LIMIT_VARIABLE, head_of, read_regular, size_limit


def archive(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream


def opened(stream):
    stream.seek(0)
    return Archive(stream, "steps.npz")


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_either_order_is_read_as_numpy_wrote_it(order):
    values = np.asarray(np.arange(6.0).reshape(2, 3), order=order)
    found = opened(archive(norms=values))
    header = found.header("norms")
    assert header.fortran == (order == "F")
    np.testing.assert_array_equal(found.read("norms", header), values)


def test_a_single_array_and_an_archive_that_is_cut_off_are_no_archives():
    alone = io.BytesIO()
    np.save(alone, np.ones(3))
    with pytest.raises(LogFormatError, match="got a single array"):
        opened(alone)
    whole = archive(norms=np.ones(3)).getvalue()
    for broken in (whole[:-1], whole[:-22], b"XX" + whole[2:]):
        with pytest.raises(LogFormatError, match="without an end, or none"):
            opened(io.BytesIO(broken))


def test_a_list_of_too_many_members_is_refused_before_it_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for i in range(1500):
            written.writestr(f"{i}.npy", b"")
    with pytest.raises(LogFormatError, match="too many members"):
        opened(stream)


def test_all_arrays_that_are_read_together_share_one_limit(monkeypatch):
    monkeypatch.setenv(LIMIT_VARIABLE, "2")  # 1 MiB of them is left to the steps
    found = opened(archive(one=np.zeros(100_000), two=np.zeros(100_000)))
    assert len(found.read("one", found.header("one"))) == 100_000
    with pytest.raises(LogFormatError, match=r"The arrays of steps\.npz must be at most 1 MiB"):
        found.read("two", found.header("two"))


@pytest.mark.parametrize(("stated", "mebibytes"), [("3", 3), ("", 1024), ("-1", 1024), ("1234567890", 1024)])
def test_a_limit_that_is_no_plain_number_leaves_the_usual_one(monkeypatch, stated, mebibytes):
    monkeypatch.setenv(LIMIT_VARIABLE, stated)
    assert size_limit() == mebibytes * 2**20
    assert size_limit("steps") == mebibytes * 2**19


@pytest.mark.parametrize(("size", "said"), [(4096, "4096 bytes"), (3 * 2**20, "3 MiB")])
def test_nothing_but_zero_bytes_is_no_log(tmp_path, size, said):
    path = tmp_path / "log.csv"
    path.write_bytes(bytes(size))
    with pytest.raises(LogFormatError, match=f"must hold a log; got {said} of zero bytes"):
        read_regular(path, "log.csv")


def test_the_head_of_a_file_is_what_it_begins_with(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(b"epoch,loss")
    assert head_of(path, 5, root=tmp_path) == b"epoch"
    assert head_of(tmp_path / "none.csv", 5, root=tmp_path) is None


def test_a_log_of_the_longest_name_has_no_run_json_and_no_note_of_one(tmp_path):
    path = tmp_path / f"{'x' * 251}.csv"
    path.write_text("epoch,w_a,w_b\n0,.5,.5\n")
    assert not any("run.json" in note for note in read_run(path).notes)
