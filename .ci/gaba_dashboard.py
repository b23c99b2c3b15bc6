"""The checkout's `components` under the name that a wheel gives them; installed by `pip install -e` only."""

from importlib.util import find_spec
from pathlib import Path

_place = Path(next(iter(find_spec("components").submodule_search_locations)))
__path__ = [str(_place)]
exec(compile((_place / "__init__.py").read_text(encoding="utf-8"), _place / "__init__.py", "exec"))
