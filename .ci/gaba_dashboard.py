"""The checkout's `components` under the name that a wheel gives them; installed by `pip install -e` only."""

from importlib.util import find_spec
from pathlib import Path

_found = find_spec("components")
assert _found is not None and _found.origin is not None, "the checkout of this editable installation is gone"  # noqa: S101
__path__ = [str(Path(_found.origin).parent)]
exec(compile(Path(_found.origin).read_text(encoding="utf-8"), _found.origin, "exec"))
