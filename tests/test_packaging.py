"""What is declared, what is pinned and what is imported are one and the same."""

import ast
import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gaba_core
from tests.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
COMMANDS = {"gunicorn"}  # run, never imported
OPTIONAL = {"lightning", "transformers", "dask", "distributed"}  # named by whoever asks for them
OWN = {"gaba_core", "components", "app"}


def named(lines):
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def imported(*folders):
    """Distributions whose modules are imported anywhere in the files of some folders, lazily or not."""
    modules = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(node.module.split(".")[0])
    found = packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - OWN - OPTIONAL
    return {canonicalize_name(found[module][0]) for module in foreign}


def modules_of(extra):
    found = packages_distributions()
    return {m for m, of in found.items() if {canonicalize_name(d) for d in of} & set(named(EXTRAS[extra]))}


def test_the_dashboard_declares_what_it_imports_and_nothing_else():
    assert imported("components") - set(named(CORE)) == set(named(EXTRAS["dashboard"])) - COMMANDS


def test_core_training_and_sweep_declare_what_they_import_and_nothing_else():
    assert (
        imported("gaba_core")
        == {*named(CORE), *named(EXTRAS["training"]), *named(EXTRAS["sweep"])} - OPTIONAL
    )


@pytest.mark.parametrize(
    ("file", "declared"),
    [
        ("requirements.txt", [*CORE, *EXTRAS["dashboard"], *EXTRAS["redis"], *EXTRAS["training"]]),
        ("requirements-dev.txt", EXTRAS["development"]),
    ],
)
def test_the_pins_are_exact_one_for_each_dependency_and_within_its_bounds(file, declared):
    pinned, wanted = named(pins(file)), named(declared)
    assert set(pinned) == set(wanted)
    for name, pin in pinned.items():
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert wanted[name].specifier.contains(exact.version)
        assert any(one.operator == ">=" for one in wanted[name].specifier)


def test_the_lock_holds_every_pin_and_all_that_they_need():
    locked = {}
    for line in pins("requirements-dev.lock"):
        locked.setdefault(canonicalize_name(Requirement(line).name), []).append(line.split(";")[0].strip())
    direct = named([*pins("requirements.txt"), *pins("requirements-dev.txt")])
    for name, pin in direct.items():
        assert locked[name] == [f"{name}{pin.specifier}"]
    reached, waiting = set(), list(direct)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            needed = map(Requirement, requires(name) or ())
            waiting += [canonicalize_name(r.name) for r in needed if not r.marker or r.marker.evaluate()]
    assert reached - set(locked) == set()


def test_the_version_stands_in_one_place():
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    said = f'"{gaba_core.__version__}"'
    sources = [path for package in OWN - {"app"} for path in (ROOT / package).rglob("*.py")]
    files = [*sources, ROOT / "app.py", ROOT / "pyproject.toml"]
    assert [path.name for path in files if said in path.read_text(encoding="utf-8")] == ["__init__.py"]
    assert "version" not in json.loads((ROOT / "package.json").read_text(encoding="utf-8"))


def run_without(modules, code):
    blocked = f"import sys\nsys.modules |= dict.fromkeys({sorted(modules)})\n{code}"
    return subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True)


def test_the_core_imports_where_dash_and_torch_are_absent():
    files = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "gaba_core").rglob("*.py"))
    names = [".".join(parts) for parts in (file.parts for file in files) if "training" not in parts]
    code = f"import importlib\nfor name in {names}: importlib.import_module(name)\nprint('done')"
    blocked = modules_of("dashboard") | modules_of("training")
    assert {"dash", "flask", "plotly", "torch", "tqdm"} <= blocked
    done = run_without(blocked, code)
    assert (done.stdout.strip(), done.stderr) == ("done", "")


@pytest.mark.parametrize(("module", "package"), [("lightning", "lightning"), ("huggingface", "transformers")])
def test_a_callback_without_its_framework_names_the_command_that_installs_it(module, package):
    done = run_without({package}, f"import gaba_core.training.{module}")
    assert f'Install it: pip install "gaba-dashboard[{module}]"' in done.stderr.splitlines()[-1]


def test_training_without_torch_names_the_command_that_installs_it():
    done = run_without({"torch"}, "from gaba_core.training import GABALoss")
    assert 'Install it: pip install "gaba-dashboard[training]"' in done.stderr.splitlines()[-1]
