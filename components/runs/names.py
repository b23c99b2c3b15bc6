"""What a run is called among others: by what differs, in as few words as tell it apart."""

from __future__ import annotations

from collections.abc import Sequence

from gaba_core.runs.library_entry import labels_of

from ..run_source.selected_run import Shown


def short_names(shown: Sequence[Shown]) -> list[str]:
    """Return of each run what tells it from the others: "seed 3", "gradnorm seed 42", else its whole name."""
    labels = [labels_of(s.key, s.run.info) for s in shown]
    differs = [len({label[place] for label in labels}) > 1 for place in range(3)]
    names = []
    for subset, method, seed in labels:
        parts = (subset, method, None if seed is None else f"seed {seed}")
        names.append(" ".join(part for part, apart in zip(parts, differs, strict=True) if apart and part))
    known = all(names) and len(set(names)) == len(names)
    return names if known else [s.label for s in shown]
