"""What tests of a folder of runs share."""

import pytest

from gaba_core.runs import library


@pytest.fixture
def reads(monkeypatch):
    """The keys of the logs that were read, in order."""
    seen = []
    original = library.read_run_file

    def counted(path, label, **kwargs):
        seen.append(label)
        return original(path, label, **kwargs)

    monkeypatch.setattr(library, "read_run_file", counted)
    return seen
