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
    "components": {"app", "torch", "gaba_core.training"},
    "app": {"torch", "gaba_core.training"},
}
# What a package of the dashboard may import: leaves below serving below run_source below views, no sibling.
LEAVES = {"layout", "plotting"}
VIEW = {*LEAVES, "serving"}
MAY_IMPORT = {
    "layout": set(),
    "plotting": {"layout"},
    "serving": LEAVES,
    "run_source": VIEW,
    "convergence": VIEW,
    "step_response": VIEW,
    "guide": VIEW,
    "anti_windup": VIEW,
    "map": {*VIEW, "run_source"},
    "runs": {*VIEW, "run_source"},
    "replay": {*VIEW, "run_source"},
}
VIEWS = ("convergence", "step_response", "anti_windup", "runs", "replay", "map", "guide")
# What is drawn is computed without Dash; `view` and `layout` build the page from it.
DASHLESS = {"figure", "figures", "weights_figure", "deviation_figure", "lower_figure", "state", "sampling"}
THEME_READERS = ("components.layout", "components.serving.prerender", "components.run_source.styles")
METAPHOR = re.compile(r"(^|_)(un)?(told|kept|together|beside|sight|wire)(_|$)", re.IGNORECASE)
FIELD_TERMS = {"wire_type"}  # of a protobuf record
FRAMEWORKS = {  # by the module of its callback
    "gaba_core.training.lightning": "lightning",
    "gaba_core.training.huggingface": "transformers",
}
LIGHT_CORE = {
    "gaba_core.runs",
    "gaba_core.sweep",
    "gaba_core.training",
}  # not loaded with gaba_core


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
            module = absolute(path, node)
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def absolute(path, node):
    """The module that a `from` names; relative inside `components` alone, which ships under another name."""
    inside = path.is_relative_to(ROOT / "components")
    assert not node.level or inside, f"{path}:{node.lineno} imports relatively"
    if not node.level:
        assert not inside or not is_under(node.module, "components"), (
            f"{path}:{node.lineno} names its package"
        )
        return node.module
    package = path.relative_to(ROOT).parts[:-1]
    above = package[: len(package) - node.level + 1]
    return ".".join((*above, *((node.module,) if node.module else ())))


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


def part_of(name):
    """The package of the dashboard that a module lies in; None for what stands above them all."""
    parts = name.split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "components" else None


@by_name([path for path in SOURCES if part_of(module_name(path) + ".") in MAY_IMPORT])
def test_a_package_of_the_dashboard_imports_what_lies_below_it(path):
    own = part_of(module_name(path) + ".")
    reached = {part_of(name + ".") for name in imports(path)} & set(MAY_IMPORT)
    assert reached - {own} <= MAY_IMPORT[own]


def test_every_package_of_the_dashboard_has_a_rule():
    found = {path.parent.name for path in (ROOT / "components").glob("*/__init__.py")}
    assert found == set(MAY_IMPORT)


def test_no_view_imports_a_sibling():
    assert not {(view, other) for view in VIEWS for other in MAY_IMPORT[view] if other in VIEWS}


@by_name([path for path in SOURCES if {path.stem, path.parent.name} & DASHLESS])
def test_figures_and_states_are_made_without_dash(path):
    assert not {"dash", "dash_mantine_components", "flask"} & {name.split(".")[0] for name in imports(path)}


@by_name([path for path in SOURCES if is_under(module_name(path), "gaba_core")])
def test_the_core_stands_on_numpy_alone(path):
    allowed = {"gaba_core", "numpy", *sys.stdlib_module_names}
    if is_under(module_name(path), "gaba_core.training"):
        allowed |= {
            "torch",
            "tqdm",
            *(name for module, name in FRAMEWORKS.items() if is_under(module_name(path), module)),
        }
    if is_under(module_name(path), "gaba_core.runs"):
        allowed |= {"msgspec", "tsdownsample"}  # a million records: parsed and thinned in native code
    if is_under(module_name(path), "gaba_core.sweep"):
        allowed |= {"distributed", "pyarrow", "threadpoolctl", "tqdm"}  # each where it is used
    assert not {name.split(".")[0] for name in imports(path)} - allowed


@by_name(SOURCES)
def test_the_theme_is_read_where_pictures_and_the_shell_are_made(path):
    name = module_name(path)
    reads = any(is_under(imported, "components.layout.theme") for imported in imports(path))
    draws = "figure" in path.parts or path.stem.endswith(("figure", "figures"))
    assert not reads or draws or any(is_under(name, reader) for reader in THEME_READERS)


@by_name([path for path in SOURCES if not is_under(module_name(path), "components.layout.theme")])
def test_colours_are_literals_in_the_theme_only(path):
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", strings_of(path))


def strings_of(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def names_in(path):
    """Every name that a file gives or uses, and its own."""
    found = {path.stem}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.arg | ast.Attribute):
            found.add(getattr(node, "id", "") or getattr(node, "arg", "") or getattr(node, "attr", ""))
    return found


@by_name(SOURCES)
def test_names_are_the_fields_words_and_no_metaphors(path):
    assert not {name for name in names_in(path) - FIELD_TERMS if METAPHOR.search(name)}


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


LARGE = {"Run", "Recording", "Recorded", "Subject", "bytes", "FloatArray"}


@by_name(SOURCES)
def test_what_is_cached_by_number_alone_is_small(path):
    """`lru_cache` counts values, not bytes: what may be large goes into `gaba_core.lru_cache`."""
    assert not {
        (function.name, name)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        and any("lru_cache" in ast.unparse(d) for d in function.decorator_list)
        for argument in function.args.args
        for name in re.findall(r"\w+", ast.unparse(argument.annotation))
        if name in LARGE
    }


@by_name(SOURCES)
def test_there_is_one_cache_of_the_houses_own(path):
    own = is_under(module_name(path), "gaba_core.lru_cache")
    assert own or "collections.OrderedDict" not in imports(path)


def test_the_rules_would_notice_a_break(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text(
        "def late():\n    from components.layout import theme\n    import torch.nn\n", encoding="utf-8"
    )
    assert {"components.layout.theme", "torch.nn"} <= imports(broken)
    broken.write_text("def as_told(x):\n    kept = x.wire\n    return kept\n", encoding="utf-8")
    assert {name for name in names_in(broken) if METAPHOR.search(name)} == {"as_told", "kept", "wire"}
    assert rule_for("components.runs.figure.figure") is FORBIDDEN["components"]
    assert rule_for("gaba_core.runs.reading") is FORBIDDEN["gaba_core"]
