"""The rules of the house, read from the source: direction of imports, place of colours, length of files."""

import ast
import re
import sys

import pytest

from tests.paths import ROOT

LONGEST = 300
PACKAGES = ("gaba_core", "components")
SOURCES = sorted(
    [ROOT / "app.py", *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]
)
WRITTEN = sorted([*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])

# What a module may not import, by the longest matching prefix of its own name. A rule names whole packages.
USER_INTERFACE = {"dash", "plotly", "flask", "flask_caching", "dash_mantine_components", "dash_ag_grid"}
FORBIDDEN = {
    "gaba_core": {*USER_INTERFACE, "components", "app", "torch", "gaba_core.training"},
    "gaba_core.training": {*USER_INTERFACE, "components", "app"},
    "components": {"app", "torch", "gaba_core.training", "components.views"},
    "components.figures": {
        *{"app", "torch", "gaba_core.training", "components.views", "components.cache"},
        *{"flask", "flask_caching", "dash_mantine_components", "dash"},
    },
    "components.views": {"app", "torch", "gaba_core.training"},
    "app": {"torch", "gaba_core.training"},
}
THEME_READERS = (
    "app",
    "components.first_sight",
    "components.shell",
    "components.figures",
    "components.theme",
)
LIGHT_CORE = {"gaba_core.runs", "gaba_core.training"}  # `import gaba_core` must not load these


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path):
    """Every module imported anywhere in a file, lazily or not; `from a import b` counts as a and as a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def is_under(name, package):
    return name == package or name.startswith(package + ".")


def rule_for(name):
    return FORBIDDEN[max((package for package in FORBIDDEN if is_under(name, package)), key=len)]


def by_name(paths):
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


@by_name(SOURCES)
def test_imports_point_one_way(path):
    forbidden = rule_for(module_name(path))
    crossing = {name for name in imports(path) for package in forbidden if is_under(name, package)}
    assert not crossing


@by_name([path for path in SOURCES if is_under(module_name(path), "gaba_core")])
def test_the_core_stands_on_numpy_alone(path):
    allowed = {"gaba_core", "numpy", *sys.stdlib_module_names}
    if is_under(module_name(path), "gaba_core.training"):
        allowed |= {"torch", "tqdm"}
    if is_under(module_name(path), "gaba_core.runs"):
        allowed |= {"msgspec", "tsdownsample"}  # a million records: parsed and thinned in native code
    assert not {name.split(".")[0] for name in imports(path)} - allowed


@by_name(SOURCES)
def test_the_theme_is_read_where_pictures_and_the_shell_are_made(path):
    name = module_name(path)
    reads = any(is_under(imported, "components.theme") for imported in imports(path))
    assert not reads or any(is_under(name, reader) for reader in THEME_READERS)


@by_name([path for path in SOURCES if not is_under(module_name(path), "components.theme")])
def test_colours_are_literals_in_the_theme_only(path):
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", strings_of(path))


def strings_of(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@by_name(WRITTEN)
def test_a_file_is_one_idea_and_no_longer(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < LONGEST


def test_the_core_package_itself_loads_only_its_light_half():
    loaded = reached_from("gaba_core")
    assert not {name for name in loaded for heavy in LIGHT_CORE if is_under(name, heavy)}
    assert "gaba_core.simulation" in loaded


def reached_from(start):
    """Modules of the core that importing one loads, followed from file to file."""
    known = {module_name(path): path for path in SOURCES if is_under(module_name(path), "gaba_core")}
    reached, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in known and name not in reached:
            reached.add(name)
            waiting.extend(imports(known[name]))
    return reached


def test_the_rules_would_notice_a_break(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text(
        "def late():\n    from components import theme\n    import torch.nn\n", encoding="utf-8"
    )
    assert {"components.theme", "torch.nn"} <= imports(broken)
    assert rule_for("components.figures.runs") is FORBIDDEN["components.figures"]
    assert rule_for("gaba_core.runs.reading") is FORBIDDEN["gaba_core"]
