"""The example notebook, executed by a kernel and exported as a reader would."""

import os
from html.parser import HTMLParser

import pytest

from tests.paths import ROOT

pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbconvert ipykernel")

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

NOTEBOOK = ROOT / "examples/two_losses.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook after every cell was run in an empty folder."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        NotebookClient(notebook, resources=folder, timeout=300).execute()
    return notebook


def outputs_of(notebook, mark):
    (cell,) = [one for one in notebook.cells if one.cell_type == "code" and mark in one.source]
    return cell.outputs


def test_it_is_shipped_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def frames(page):
    """The pages that frames of a page hold."""
    found = []

    class Frames(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag == "iframe":
                found.append(dict(attrs)["srcdoc"])

    Frames().feed(page)
    return found


@pytest.mark.slow
def test_its_cells_show_run_report_and_replay(executed):
    (run,) = outputs_of(executed, "read_run(")
    assert "Converged at epoch" in run.data["text/html"]
    (report,) = outputs_of(executed, "show(run")
    assert report.data["text/html"].startswith("<iframe ")
    (replayed,) = outputs_of(executed, "replay(")
    weights = eval(replayed.data["text/plain"])
    assert weights["no floor"] < weights["as trained"] < 0.05
    assert not any(one.output_type == "stream" for cell in executed.cells for one in cell.get("outputs", ()))


@pytest.mark.slow
def test_the_report_survives_the_export_to_html(executed):
    page, _ = HTMLExporter().from_notebook_node(executed)
    (report,) = outputs_of(executed, "show(run")
    assert frames(page) == frames(report.data["text/html"])
    assert "Plotly.react" in frames(page)[0]
