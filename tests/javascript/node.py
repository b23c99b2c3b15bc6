"""Node, which checks the browser half; `python -m tests.javascript.node` installs it where there is none."""

import os
import shutil
import subprocess
import sys

PACKAGES = {"node": "nodejs", "npm": "npm"}
OLDEST = (18, 18)  # what eslint asks for
HOW = (
    f"node and npm must be installed, version {OLDEST[0]}.{OLDEST[1]} or newer; got {{found}}. They check "
    "the JavaScript (the served product needs neither): `apt-get install nodejs npm`, or https://nodejs.org."
)


def version_of(text: str) -> tuple[int, int]:
    """Return the first two numbers of what `node --version` prints."""
    major, minor, *_ = text.strip().lstrip("v").split(".")
    return int(major), int(minor)


def missing() -> str | None:
    """Return what is wrong with the Node of this machine; None where it will do."""
    absent = [name for name in PACKAGES if shutil.which(name) is None]
    if absent:
        return "no " + " and no ".join(absent)
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return None if version_of(said) >= OLDEST else f"Node {said.strip()}"


def install() -> None:
    """Install Node by the system's packages where that is allowed; else say how to get it, and fail."""
    if missing() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        for program, package in PACKAGES.items():  # some packages of Node bring npm along, Debian's does not
            if shutil.which(program) is None:
                subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False)
    found = missing()
    if found:
        sys.exit(HOW.format(found=found))


if __name__ == "__main__":
    install()
