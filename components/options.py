"""What an operator decides: each option of `gaba-dashboard` is also a variable of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from gaba_core.errors import ParameterError

from .folders import LOGS
from .serving.dropped_files import FOLDER_VARIABLE

MOST_PROXIES = 16
PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How the dashboard is served.

    Attributes:
        logs: folder of training runs, searched at every depth (`GABA_LOGS`).
        allow_hosts: names that the server answers to besides the loopback ones; "*" for any
            (`GABA_ALLOW_HOST`, separated by commas).
        trust_proxy: how many proxies in front are believed when they say who asks, by which name and scheme
            (`GABA_TRUST_PROXY`).
        url_prefix: the path that the dashboard is served under, "/gaba"; "" for none (`GABA_URL_PREFIX`). A
            slash at its end is taken off.
        cache_folder: where dropped logs are kept for the browsers that dropped them, in a folder of its own
            (`GABA_CACHE_FOLDER`); None for the user's folder for caches.

    Raises:
        ParameterError: names option, rule and value.
    """

    logs: Path = LOGS
    allow_hosts: tuple[str, ...] = ()
    trust_proxy: int = 0
    url_prefix: str = ""
    cache_folder: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "url_prefix", self.url_prefix.rstrip("/"))
        if not PREFIX.fullmatch(self.url_prefix):
            rule = "url_prefix must be a path, as /gaba, of letters, digits and the marks _ . ~ -"
            raise ParameterError(f"{rule}; got {self.url_prefix[:80]!r}.")
        if not 0 <= self.trust_proxy <= MOST_PROXIES:
            rule = f"trust_proxy must be a whole number from 0 to {MOST_PROXIES}"
            raise ParameterError(f"{rule}; got {self.trust_proxy}.")
        object.__setattr__(self, "allow_hosts", tuple(host_name(name) for name in self.allow_hosts))

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> ServerOptions:
        """Return the options that the environment states, the defaults for the others."""
        names = tuple(name.strip() for name in environ.get("GABA_ALLOW_HOST", "").split(",") if name.strip())
        logs = environ.get("GABA_LOGS", "")
        return cls(
            Path(logs) if logs else LOGS,
            names,
            proxies_of(environ.get("GABA_TRUST_PROXY") or "0"),
            environ.get("GABA_URL_PREFIX", ""),
            Path(environ[FOLDER_VARIABLE]) if environ.get(FOLDER_VARIABLE) else None,
        )


def host_name(text: str) -> str:
    """Return a host name or address as a Host header is compared with it: no brackets, no final dot.

    Raises:
        ParameterError: there is more than a name: a scheme, a port, a path.
    """
    name = text.casefold().rstrip(".")
    try:
        return str(ip_address(name.removeprefix("[").removesuffix("]")))
    except ValueError:
        if not name or any(c in name for c in "/ @?#:[]"):
            rule = "allow_host must be a host name without scheme, port or path"
            raise ParameterError(f"{rule}; got {text[:80]!r}.") from None
    return name


def proxies_of(text: str) -> int:
    """Return a number of trusted proxies.

    Raises:
        ParameterError: the text is no whole number.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PROXIES))):
        raise ParameterError(
            f"trust_proxy must be a whole number from 0 to {MOST_PROXIES}; got {text[:40]!r}."
        )
    return int(text)
