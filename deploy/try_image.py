"""Do what `deploy/Dockerfile` says, without Docker: `python deploy/try_image.py`, as an ordinary user.

Copies what `.dockerignore` leaves of the checkout into an empty folder and runs the RUN lines there, then the
CMD with the ENV over logs that cannot be written to; asks for `/healthz` and two pages. No image is built:
Python and the system's packages are those of this machine. Ends with 1 where a line fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from try_proxy import free_port, get, wait_for

ROOT = Path(__file__).parents[1]
INSIDE = "/opt/gaba"
LEFT_OUT = ("useradd",)  # what only root can do, and nothing else hangs on


def instructions(word: str) -> list[str]:
    """Return what follows a word of the Dockerfile, line by line."""
    lines = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith(f"{word} ")]


def main() -> int:
    """Run the lines."""
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    ignored = shutil.ignore_patterns(*{pattern.split("/")[-1] for pattern in patterns})
    with tempfile.TemporaryDirectory() as name:
        image, logs, port = Path(name) / "image", Path(name) / "logs", free_port()
        shutil.copytree(ROOT, image, ignore=ignored)
        shutil.copytree(ROOT / "logs/FD002/gaba", logs / "FD002/gaba")
        for folder in sorted(logs.rglob("*"), reverse=True):
            folder.chmod(0o555 if folder.is_dir() else 0o444)
        for line in instructions("RUN"):
            if not line.startswith(LEFT_OUT):
                print(f"RUN {line}", flush=True)
                subprocess.run(line.replace(INSIDE, str(image)), shell=True, check=True, cwd=image)
        stated = dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())
        own = {"GABA_LOGS": str(logs), "GABA_BIND": f"127.0.0.1:{port}"}
        command = [part.replace(INSIDE, str(image)) for part in json.loads(instructions("CMD")[0])]
        with subprocess.Popen(command, cwd=image, env={**os.environ, **stated, **own}) as server:
            try:
                wait_for(port, "/healthz")
                asked = {path: get(port, path, "localhost")[0] for path in ("/healthz", "/", "/runs")}
            finally:
                server.terminate()
    print(asked)
    return set(asked.values()) != {200}


if __name__ == "__main__":
    sys.exit(main())
