"""Node is found, installed, or asked for in words; nothing here needs one."""

import subprocess

import pytest

from tests.javascript import node


def machine(monkeypatch, programs, said="v20.1.0", user=1000, installs=()):
    """A machine with some programs, on which apt brings others; the commands that are run on it."""
    there, run = set(programs), []

    def answer(command, **_):
        run.append(command)
        if command[:2] == ["apt-get", "install"] and command[-1] in installs:
            there.add({"nodejs": "node"}.get(command[-1], command[-1]))
        return subprocess.CompletedProcess(command, 0, stdout=said)

    monkeypatch.setattr(node.shutil, "which", lambda name: f"/usr/bin/{name}" if name in there else None)
    monkeypatch.setattr(node.subprocess, "run", answer)
    monkeypatch.setattr(node.os, "geteuid", lambda: user)
    return run


def test_a_node_that_is_there_is_taken(monkeypatch):
    run = machine(monkeypatch, ["node", "npm"], said="v18.18.0\n")
    node.install()
    assert run == [["node", "--version"]] * 2


@pytest.mark.parametrize(
    ("programs", "said", "found"),
    [
        ([], "", "no node and no npm"),
        (["node"], "v20.1.0", "no npm"),
        (["node", "npm"], "v18.17.1", "Node v18.17.1"),
        (["node", "npm", "apt-get"], "v12.22.12", "Node v12.22.12"),
    ],
)
def test_where_there_is_none_it_says_how_to_get_it(monkeypatch, programs, said, found):
    machine(monkeypatch, programs, said)
    with pytest.raises(SystemExit) as stopped:
        node.install()
    assert f"must be installed, version 18.18 or newer; got {found}." in stopped.value.code
    assert "apt-get install nodejs npm" in stopped.value.code


def test_where_that_is_allowed_apt_brings_what_is_missing(monkeypatch):
    run = machine(monkeypatch, ["apt-get"], user=0, installs=("nodejs", "npm"))
    node.install()
    assert [command[-1] for command in run if "install" in command] == ["nodejs", "npm"]
