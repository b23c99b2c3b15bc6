"""Pack the largest scripts of Dash and Mantine as tightly as brotli can: `python deploy/pack_ahead.py`.

It takes some seconds of a processor, too long for the first visitor: the packed files lie in
`assets/vendor/packed`, each under the digest of what it packs. To be run when one of the packages changes; a
script that none of them packs is packed more loosely when it is asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import dash
import dash_mantine_components

sys.path.insert(0, str(Path(__file__).parents[1]))

from components.serving.compression import PACKED, digest_of

DASH = Path(dash.__file__).parent
SCRIPTS = (
    Path(dash_mantine_components.__file__).parent / "dash_mantine_components.js",
    DASH / "dcc" / "dash_core_components.js",
    DASH / "dcc" / "dash_core_components-shared.js",
    DASH / "dash-renderer" / "build" / "dash_renderer.min.js",
    *sorted((DASH / "deps").glob("react-dom@18*.min.js"))[-1:],
)


def main() -> None:
    """Write the packed files of the packages that are installed, and remove those of others."""
    PACKED.mkdir(exist_ok=True)
    wanted = {f"{digest_of(script.read_bytes())}.br": script for script in SCRIPTS}
    for old in {path.name for path in PACKED.glob("*.br")} - wanted.keys():
        (PACKED / old).unlink()
    for name, script in wanted.items():
        packed = brotli.compress(script.read_bytes(), quality=11)
        (PACKED / name).write_bytes(packed)
        print(f"{len(packed):9,}  {script.name}")


if __name__ == "__main__":
    main()
