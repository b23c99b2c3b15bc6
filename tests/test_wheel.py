"""The wheel, built and installed where nothing of the checkout can be imported."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.paths import LOGS, ROOT

pytestmark = pytest.mark.slow

LARGEST = 5 * 10**6  # bytes
REPLAYABLE = {
    f"gaba_dashboard/logs/{run}/steps.npz"
    for run in (
        "FD002/gaba/seed_42",
        "FD002/gaba-unfloored/seed_42",
        "FD002/gradnorm/seed_42",
        "FD004/gaba/seed_42",
    )
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    return fresh(tmp_path_factory.mktemp("fresh"), wheel)


def fresh(place, *wanted):
    """Scripts and packages of a fresh environment; dependencies are those of the tests' own environment."""
    venv.create(place, with_pip=False)
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(place)}))
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(place)}))
    # Behind the environment's own packages; path files of that folder (an editable checkout) are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    interpreter = scripts / Path(sys.executable).name
    pip("--python", interpreter, "install", "--no-deps", "--no-build-isolation", *wanted)
    return scripts, packages


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(installed, tmp_path, *command):
    program = installed[0] / command[0]
    return subprocess.run(
        [program, *command[1:]], cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=120
    )


def clean():
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def files_under(*folders):
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return {path.relative_to(ROOT).as_posix() for path in found if path.is_file() and path.suffix != ".pyc"}


def test_the_wheel_is_small_and_takes_two_names(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size <= LARGEST
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"gaba_core", "gaba_dashboard"}
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_wheel_holds_the_dashboard_all_records_and_every_step_of_four_runs(wheel):
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    own = files_under("gaba_core") | {
        name.replace("components/", "gaba_dashboard/", 1) for name in files_under("components")
    }
    others = {name for name in files_under("assets", "logs") if not name.startswith("assets/readme/")}
    steps = {name for name in others if name.endswith("steps.npz")}
    assert carried == own | {f"gaba_dashboard/{name}" for name in others - steps} | REPLAYABLE


def test_nothing_of_the_checkout_can_be_imported(installed, tmp_path):
    code = (
        "import gaba_core, gaba_dashboard, importlib.util as u\n"
        "print(gaba_core.__file__, gaba_dashboard.__file__)\n"
        "print([n for n in ('components', 'app', 'tests', 'assets', 'logs') if u.find_spec(n)])"
    )
    done = run(installed, tmp_path, Path(sys.executable).name, "-c", code)
    _, packages = installed
    places = [packages / name / "__init__.py" for name in ("gaba_core", "gaba_dashboard")]
    assert done.stdout.splitlines() == [" ".join(map(str, places)), "[]"]


def test_the_readmes_five_lines_run(installed, tmp_path):
    script = tmp_path / "training_loop.py"
    script.write_bytes((ROOT / "tests/training_loop.py").read_bytes())
    done = run(installed, tmp_path, Path(sys.executable).name, script, ROOT / "README.md", "GABALoss(")
    assert done.returncode == 0, done.stderr
    log = json.loads((tmp_path / "logs/mine/gaba/seed_0/convergence_log.json").read_text())
    assert [record["epoch"] for record in log] == [0, 1]


def test_gaba_runs_judges_a_shipped_log(installed, tmp_path):
    shipped = installed[1] / "gaba_dashboard/logs/FD002/gaba/seed_42"
    done = run(installed, tmp_path, "gaba-runs", "diagnose", "--json", shipped)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["balancer"]["code"] == "converged"


def test_a_notebook_shows_a_shipped_run(installed, tmp_path):
    code = (
        "import sys; from gaba_dashboard import show; report = show(sys.argv[1])\n"
        "print(report); assert 'srcdoc' in report._repr_html_()"
    )
    shipped = installed[1] / "gaba_dashboard/logs/FD002/gaba/seed_42"
    done = run(installed, tmp_path, Path(sys.executable).name, "-c", code, shipped)
    assert done.stdout == "FD002 gaba seed 42: The balancer converged, and the model settled.\n", done.stderr


def test_gaba_dashboard_serves_the_shipped_runs_and_its_assets(installed, tmp_path):
    command = [installed[0] / "gaba-dashboard", "--port", "0"]
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, env=clean(), **out) as server:
        try:
            said = [server.stdout.readline().strip() for _ in range(3)]
            address = said[0].split(": ", 1)[1]
            for path in ("/", "/runs", "/assets/gaba.css", "/assets/vendor/plotly-basic-4.1.1.min.js"):
                with urlopen(address + path) as answer:
                    assert answer.status == 200
        finally:
            server.terminate()
        assert server.stdout.read() == ""
    count = len(list(LOGS.rglob("run.json")))
    assert said[1] == f"Logs: {installed[1] / 'gaba_dashboard/logs'}, {count} runs found."


def test_the_module_that_python_runs_says_the_same_as_its_command(installed, tmp_path):
    command = run(installed, tmp_path, "gaba-runs", "--help")
    module = run(installed, tmp_path, Path(sys.executable).name, "-m", "gaba_core.runs", "--help")
    assert command.stdout == module.stdout
    assert command.stdout.startswith("usage: gaba-runs ")


def test_an_editable_installation_runs_the_checkout_under_both_names(tmp_path):
    code = (
        "import gaba_core, gaba_dashboard.folders as folders\n"
        "from gaba_dashboard import create_app\n"
        "print(gaba_core.__path__, folders.LOGS, create_app)"
    )
    done = run(fresh(tmp_path, "--editable", ROOT), tmp_path, Path(sys.executable).name, "-c", code)
    assert done.stdout.startswith(f"['{ROOT / 'gaba_core'}'] {ROOT / 'logs'} <function create_app"), (
        done.stderr
    )
