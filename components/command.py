"""The command `gaba-dashboard`: serve one folder of logs, and say where, of what and what to do next."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from gaba_core import number_text
from gaba_core.errors import ParameterError
from gaba_core.runs.tailing.folder_scan import FolderScan

from .options import ServerOptions, proxies_of

INSTALL = 'pip install "gaba-dashboard[dashboard]"'
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what a browser here calls them
HIGHEST_PORT = 2**16 - 1
THREADS = 8  # requests at once: the six connections of one browser, and some
CONNECTIONS = 500  # held open at once; Windows' select knows 512
LOOK_AHEAD = 1  # requests read beside the one at work: so it is seen that a client goes before its answer


def make_parser() -> argparse.ArgumentParser:
    """The command line's parser."""
    parser = argparse.ArgumentParser(
        prog="gaba-dashboard", description="Serve the GABA dashboard, until Ctrl+C."
    )
    stated = ServerOptions.from_environment()
    parser.add_argument(
        "--logs",
        type=Path,
        default=stated.logs,
        help="folder of training runs (GABA_LOGS; default: %(default)s)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8050, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=list(stated.allow_hosts),
        metavar="NAME",
        help="answer under this host name too, besides the loopback ones; * for any; may be repeated "
        "(GABA_ALLOW_HOST, separated by commas)",
    )
    parser.add_argument(
        "--trust-proxy",
        type=_proxies,
        default=stated.trust_proxy,
        metavar="N",
        help="believe the forwarded headers of N proxies in front (GABA_TRUST_PROXY; default: %(default)s)",
    )
    parser.add_argument(
        "--url-prefix",
        default=stated.url_prefix,
        metavar="/PATH",
        help="serve under this path, behind a proxy that keeps it or one that strips it (GABA_URL_PREFIX)",
    )
    parser.add_argument(
        "--cache-folder",
        type=Path,
        default=stated.cache_folder,
        metavar="FOLDER",
        help="where dropped logs are kept for the browsers that dropped them (GABA_CACHE_FOLDER; default: "
        "the user's cache)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the dashboard until it is interrupted; 0 then, 1 where it could not start."""
    options = make_parser().parse_args(arguments)
    try:
        serving_options = ServerOptions(
            options.logs,
            tuple(options.allow_host),
            options.trust_proxy,
            options.url_prefix,
            options.cache_folder,
        )
    except ParameterError as error:
        return _fail(str(error))
    try:
        import waitress

        from .application import create_app
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith(("gaba_", "components")):
            raise  # a fault of ours
        return _fail(f"The dashboard needs {missing.name}, which is not installed. Install it: {INSTALL}")
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        listening = socket.create_server((options.host, options.port), family=family)
    except OSError as error:  # a taken port, or no address of this machine
        where = f"{options.host}, port {options.port}"
        return _fail(f"Cannot listen on {where}: {error.strerror}. Name another by --host or --port.")
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a queue of one request is no news
    with listening:
        serving = waitress.create_server(
            create_app(options=serving_options).server,
            sockets=[listening],
            threads=THREADS,
            channel_request_lookahead=LOOK_AHEAD,
            connection_limit=CONNECTIONS,
        )
        host, port = listening.getsockname()[:2]
        sys.stdout.write(
            "\n".join(startup_lines(host, port, options.logs, serving_options.url_prefix)) + "\n"
        )
        sys.stdout.flush()
        serving.run()
    return 0


def startup_lines(host: str, port: int, logs: Path, prefix: str = "") -> tuple[str, str, str]:
    """Return three lines: the address, the folder of logs with the number of runs in it, what to do next."""
    name = EVERYWHERE.get(host, host)
    place = f"/{prefix.strip('/')}/" if prefix else ""
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}{place}"
    reach = ", and the other addresses of this machine" if host in EVERYWHERE else ""
    next_step = "Open the address in a browser; drop a log of your own on its Runs page. Ctrl+C stops."
    return f"GABA dashboard: {address}{reach}", f"Logs: {logs.resolve()}, {_count(logs)}", next_step


def _port(text: str) -> int:
    """Return a number of a port; the system's own look-up takes larger ones modulo 65536."""
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"port must be a whole number from 0 to {HIGHEST_PORT}; got {text}.")
    return int(text)


def _proxies(text: str) -> int:
    try:
        return proxies_of(text)
    except ParameterError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(logs: Path) -> str:
    if not logs.is_dir():
        return "a folder that is not there yet: its runs are listed as soon as it is."
    found, _ = FolderScan(logs).look()
    runs = sum(log.by_name for log in found)
    others = len(found) - runs  # read, and listed or passed by, when Runs is opened
    said = f"{number_text.count(runs)} run{'' if runs == 1 else 's'} found" if runs else "no runs found yet"
    return f"{said}{f'; files that may be runs: {number_text.count(others)}' if others else ''}."


def _fail(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1
