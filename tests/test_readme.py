"""What the documents say of parameters, commands, files and runs is what there is."""

import json
import re
import tomllib

import pytest

from components.convergence.state import ConvergenceState
from gaba_core.parameters import quantities
from tests.paths import LOGS, ROOT

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
CHANGELOG = ROOT / "CHANGELOG.md"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def table():
    rows = []
    for field in quantities(ConvergenceState):
        what = field.metadata["quantity"]
        letter, _, index = what.symbol.partition("_")
        name = f"{what.label} {letter}{f'<sub>{index}</sub>' if index else ''}".strip()
        slider = f"{what.scale.low:g} to {what.scale.high:g}"
        rows.append(f"| {name} | {field.default:g} | {what.legal} | {slider} | {what.help} |")
    return rows


@pytest.mark.parametrize("row", table())
def test_the_table_of_parameters_is_the_codes_own(row):
    assert row in README.read_text(encoding="utf-8").splitlines()


documents = pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=lambda path: path.name)


@documents
def test_every_linked_file_is_there(document):
    links = re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@documents
def test_every_make_target_that_is_named_is_there(document):
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)(?=[`\s]*(?:[`#,;.]|$))", commands(document), re.M))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert {"run", "test"} <= named <= targets


@documents
def test_every_command_that_is_named_is_installed(document):
    named = set(re.findall(r"\.venv/bin/([a-z-]+)", commands(document)))
    installed = {"python", "gunicorn", "pre-commit", *PYPROJECT["project"]["scripts"]}
    assert {"gaba-dashboard", "gaba-runs"} <= named <= installed


@documents
def test_every_extra_that_is_named_is_declared(document):
    named = set(re.findall(r'"(?:\.|gaba-dashboard)\[([a-z,]+)\]"', document.read_text(encoding="utf-8")))
    assert {extra for one in named for extra in one.split(",")} <= set(
        PYPROJECT["project"]["optional-dependencies"]
    )


def commands(document):
    """Blocks and spans of code."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", text)])


def test_the_readme_names_the_runs_whose_steps_a_wheel_carries():
    excluded = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]
    carried = [re.fullmatch(r"!/logs/(.+)/steps\.npz", one) for one in excluded]
    runs = [match[1] for match in carried if match]
    assert len(runs) == 4
    text = README.read_text(encoding="utf-8")
    assert [run for run in runs if f"`{run}`" not in text or not (LOGS / run / "steps.npz").exists()] == []


def test_the_readme_counts_the_shipped_runs():
    made = [json.loads(path.read_text(encoding="utf-8")) for path in LOGS.rglob("run.json")]
    methods = [run["method"] for run in made]
    words = {10: "ten", 20: "twenty"}
    own = methods.count("gaba")
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert f"{words[own]} of GABA and {words[len(made) - own]} of its rivals" in text
    assert f"all {len(made)} runs" in text


def test_what_is_not_released_yet_stands_first_in_the_changelog():
    headings = re.findall(r"^## (.+)$", CHANGELOG.read_text(encoding="utf-8"), re.M)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+( \(.+\))?", heading) for heading in headings[1:])


def test_the_packages_that_contributing_explains_are_those_of_the_house():
    text = CONTRIBUTING.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:gaba_core|components|assets|logs|tests)/[a-z_/]*)`", text))
    assert {"gaba_core/", "gaba_core/runs/", "components/"} <= named
    assert [path for path in named if not (ROOT / path).is_dir()] == []


def test_the_glossary_is_in_order_and_says_each_word_once():
    _, _, glossary = CONTRIBUTING.read_text(encoding="utf-8").partition("## Glossary")
    words = [word.lower() for word in re.findall(r"^\| ([^|]+) \|", glossary, re.M)][1:]
    assert len(words) >= 40
    assert words == sorted(set(words))
