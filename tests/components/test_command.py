"""What `gaba-dashboard` says, and that it serves."""

import re
import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest

import app
from components.command import main, startup_lines
from tests.paths import ROOT


def test_three_lines_say_the_address_the_folder_and_what_to_do():
    address, folder, step = startup_lines("127.0.0.1", 8050, app.LOGS)
    assert address == "GABA dashboard: http://127.0.0.1:8050"
    assert folder == f"Logs: {app.LOGS}, {len(list(app.LOGS.rglob('convergence_log.json')))} runs found."
    assert step.startswith("Open the address in a browser")


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("0.0.0.0", "http://127.0.0.1:80, and the other addresses of this machine"),
        ("::", "http://[::1]:80, and the other addresses of this machine"),
        ("::1", "http://[::1]:80"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host, said, tmp_path):
    assert startup_lines(host, 80, tmp_path)[0] == f"GABA dashboard: {said}"


def test_a_folder_without_runs_and_one_that_is_not_there_are_told_apart(tmp_path):
    assert startup_lines("::1", 80, tmp_path)[1].endswith("no runs found yet.")
    assert "not there yet" in startup_lines("::1", 80, tmp_path / "none")[1]
    (tmp_path / "metrics.csv").write_text("epoch,w_a\n0,1\n", encoding="utf-8")
    assert startup_lines("::1", 80, tmp_path)[1].endswith(", 1 run found.")
    (tmp_path / "mine.csv").write_text("epoch,w_a\n0,1\n", encoding="utf-8")
    assert startup_lines("::1", 80, tmp_path)[1].endswith(", 1 run found; files that may be runs: 1.")


def test_a_taken_port_is_told_in_one_line(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert re.fullmatch(rf"Cannot listen on 127\.0\.0\.1, port {port}: .+\n", error)


def test_an_address_of_another_machine_is_told_in_one_line(capsys):
    assert main(["--host", "192.0.2.1", "--port", "0"]) == 1  # reserved for documentation
    assert re.fullmatch(r"Cannot listen on 192\.0\.2\.1, port 0: .+\n", capsys.readouterr().err)


@pytest.mark.parametrize("port", ["70000", "-1", "80.5", "http"])
def test_what_is_no_port_is_named(port, capsys):
    with pytest.raises(SystemExit):
        main([f"--port={port}"])
    assert f"port must be a whole number from 0 to 65535; got {port}." in capsys.readouterr().err


def test_app_py_serves_and_prints_three_lines_and_no_more(tmp_path):
    command = [sys.executable, "-u", ROOT / "app.py", "--port", "0", "--logs", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            said = [server.stdout.readline() for _ in range(3)]
            address = said[0].split(": ", 1)[1].strip()
            with urlopen(address) as answer:
                assert answer.status == 200
        finally:
            server.terminate()
        assert server.stdout.read() == ""


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "waitress", None)
    assert main([]) == 1
    install = 'pip install "gaba-dashboard[dashboard]"'
    assert capsys.readouterr().err == (
        f"The dashboard needs waitress, which is not installed. Install it: {install}\n"
    )
