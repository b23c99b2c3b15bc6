"""Every option of the command is also a variable of the environment, for `create_app()`."""

import os
from pathlib import Path

import pytest

from components.command import make_parser
from components.options import ServerOptions
from tests.paths import ROOT

BY_COMMAND_ALONE = {"help", "host", "port"}  # gunicorn binds by itself
STATED = {  # what is typed, and the field with what it means
    "logs": ("some/runs", "logs", Path("some/runs")),
    "allow_host": ("gaba.example.org", "allow_hosts", ("gaba.example.org",)),
    "trust_proxy": ("2", "trust_proxy", 2),
    "url_prefix": ("/gaba", "url_prefix", "/gaba"),
    "cache_folder": ("some/cache", "cache_folder", Path("some/cache")),
}


@pytest.fixture
def parser(monkeypatch):
    for name in [name for name in os.environ if name.startswith("GABA_")]:
        monkeypatch.delenv(name)
    return make_parser()


def actions(parser):
    return [action for action in parser._actions if action.dest not in BY_COMMAND_ALONE]


def variable(action):
    return f"GABA_{action.dest.upper()}"


def test_every_option_is_tried_here(parser):
    assert {action.dest for action in actions(parser)} == set(STATED)
    assert {field for _, field, _ in STATED.values()} == set(ServerOptions.__dataclass_fields__)


@pytest.mark.parametrize("name", STATED)
def test_an_option_and_its_variable_mean_the_same(parser, name):
    [action] = [action for action in actions(parser) if action.dest == name]
    typed, field, meant = STATED[name]
    by_option = getattr(parser.parse_args([action.option_strings[0], typed]), name)
    by_variable = getattr(ServerOptions.from_environment({variable(action): typed}), field)
    assert (tuple(by_option) if isinstance(by_option, list) else by_option) == by_variable == meant
    assert getattr(ServerOptions.from_environment({}), field) != meant


def test_help_and_readme_name_every_variable(parser):
    said, readme = parser.format_help(), (ROOT / "README.md").read_text(encoding="utf-8")
    for action in actions(parser):
        assert variable(action) in said
        assert f"`{variable(action)}`" in readme
