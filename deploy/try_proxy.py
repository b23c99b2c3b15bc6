"""Put a real nginx in front of a real gunicorn, and ask for all there is: `python deploy/try_proxy.py`.

Takes `deploy/nginx.conf` and `deploy/gunicorn.conf.py` as they are, but for TLS and ports, once with the path
kept and once with it stripped. Needs nginx (`apt install nginx-light`) and the dashboard's packages. Ends
with 1 where an answer is not as it should be.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME, PREFIX = "gaba.example.org", "/gaba"
PAGES = ("/", "/runs", "/replay", "/step-response", "/anti-windup", "/guide", "/map")
DROPPED = 65 * 2**20  # bytes of a dropped log of 48 MiB, as a browser sends it
ROUTES = ("/frames/convergence?control=beta&first=0&count=4", "/live/runs", "/healthz", "/_dash-layout")
WRAPPED = """daemon off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
access_log off; include /etc/nginx/mime.types;
client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder};
{server}
}}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def configuration(folder: Path, port: int, behind: int, strips: bool) -> str:
    """Return `deploy/nginx.conf` for plain http on a port of this machine, whole enough for nginx to run."""
    server = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    server = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", server)
    server = re.sub(r"ssl_certificate.*;", "", server)
    passed = f"http://127.0.0.1:{behind}{'/' if strips else ''}"
    server = server.replace("http://127.0.0.1:8050", passed)
    return WRAPPED.format(folder=folder, server=server)


def get(port: int, path: str, host: str = NAME) -> tuple[int, str, bytes]:
    """Return status, kind and body of an address."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.headers.get_content_type(), answer.read()


def refused(port: int, size: int) -> str:
    """Return by whom a body of so many bytes is refused, that no page sends."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"{PREFIX}/live/runs", bytes(size), {"Host": NAME})
    answer = connection.getresponse()
    kind = "the dashboard" if answer.headers.get_content_type() == "application/json" else "the proxy"
    return kind if answer.status == 413 else f"nobody: {answer.status}"


def wait_for(port: int, path: str) -> None:
    """Wait until something answers."""
    for _ in range(300):
        try:
            get(port, path)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def faults(port: int) -> list[str]:
    """Return what is not as it should be behind the proxy."""
    found, asked = [], set(ROUTES)
    for page in PAGES:
        status, kind, body = get(port, PREFIX + page)
        if (status, kind) != (200, "text/html"):
            found.append(f"{page}: {status} {kind}")
        text = body.decode()
        named = {*re.findall(r'(?:src|href)="([^"#]+)"', text), *re.findall(r'": "(/[^"]+\.mjs[^"]*)"', text)}
        asked |= {a.removeprefix(PREFIX) if a.startswith("/") else f"/{a}" for a in named}
        found += [f"{page} names {a}" for a in named if a.startswith("/") and not a.startswith(f"{PREFIX}/")]
    for path in sorted(asked):
        status, kind, _ = get(port, PREFIX + path)
        if status != 200 or kind == "text/html":
            found.append(f"{path}: {status} {kind}")
    if get(port, f"{PREFIX}/", "evil.example.com")[0] != 403:
        found.append("another host name is answered")
    for size, by in ((DROPPED, "the dashboard"), (2 * DROPPED, "the proxy")):
        if (found_by := refused(port, size)) != by:
            found.append(f"a body of {size} bytes must reach {by}; got {found_by}")
    print(f"{len(PAGES)} pages, {len(asked)} files and routes: {len(found)} faults")
    return found


def main() -> int:
    """Try both kinds of proxy."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        raise SystemExit("nginx is not installed: apt install nginx-light")
    found = []
    for strips in (False, True):
        port, behind = free_port(), free_port()
        own = {"GABA_BIND": f"127.0.0.1:{behind}", "GABA_ALLOW_HOST": NAME, "GABA_TRUST_PROXY": "1"}
        environment = {**os.environ, **own, "GABA_URL_PREFIX": PREFIX, "GABA_APP": "app:create_app()"}
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        with tempfile.TemporaryDirectory() as name:
            written = Path(name) / "nginx.conf"
            written.write_text(configuration(Path(name), port, behind, strips), encoding="utf-8")
            log = (Path(name) / "log").open("w", encoding="utf-8")
            with (
                subprocess.Popen(gunicorn, cwd=ROOT, env=environment, stdout=log, stderr=log) as server,
                subprocess.Popen([nginx, "-p", name, "-c", str(written)]) as proxy,
            ):
                try:
                    wait_for(behind, "/healthz")
                    wait_for(port, "/")
                    print("the path stripped: " if strips else "the path kept: ", end="", flush=True)
                    found += faults(port)
                finally:
                    proxy.terminate()
                    server.terminate()
            lines = (Path(name) / "log").read_text(encoding="utf-8").splitlines()
            print("   " + next(line for line in lines if "/frames/" in line))
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
