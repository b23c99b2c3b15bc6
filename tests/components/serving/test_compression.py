"""What leaves the server is compressed, and what can be kept for good says so."""

import gc
import gzip
import re
import warnings
from pathlib import Path

import brotli
import pytest
from plotly.offline import get_plotlyjs_version

import app
from components.serving import compression

ASSETS = Path(app.__file__).parent / "assets"


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def get(client, path, coding="br"):
    return client.get(path, headers={"Accept-Encoding": coding})


@pytest.fixture(scope="module")
def files(client):
    """Every script and style of the first page."""
    page = brotli.decompress(get(client, "/").data).decode()
    return ["/" + path.lstrip("/") for path in re.findall(r'(?:src|href)="([^"]+\.(?:m?js|css)[^"]*)"', page)]


def test_every_file_of_the_first_page_is_compressed_and_kept_for_good(client, files):
    assert any("plotly" in path for path in files)
    for path in files:
        reply = get(client, path)
        assert reply.headers["Cache-Control"] == compression.FOREVER, path
        assert reply.headers.get("Content-Encoding") == "br" or len(reply.data) < compression.SMALL, path


def test_the_first_page_has_the_small_plotly_and_not_the_grid(client, files):
    assert not any("ag_grid" in path or "plotly.min.js" in path for path in files)
    assert sum(len(get(client, path).data) for path in files) < 900_000


def test_the_largest_script_comes_as_it_was_packed_beforehand(client, files):
    (path,) = (path for path in files if "vendor/plotly-basic" in path)
    source = ASSETS / path.partition("?")[0].removeprefix("/assets/")
    ready = source.with_name(source.name + ".br").read_bytes()
    assert brotli.decompress(ready) == source.read_bytes()
    assert get(client, path).data == ready
    assert gzip.decompress(get(client, path, "gzip").data) == source.read_bytes()


def test_the_largest_scripts_are_packed_ahead_in_the_versions_that_are_installed(client, files):
    large = (
        "dash_mantine_components.v",
        "dash_core_components.v",
        "components-shared.v",
        "dash_renderer.v",
        "react-dom@18.v",
    )
    for name in large:
        (path,) = (path for path in files if name in path)
        plain = get(client, path, "identity").data
        ahead = compression.PACKED / f"{compression.digest_of(plain)}.br"
        assert ahead.exists(), f"{path} is another: python deploy/pack_ahead.py"
        assert brotli.decompress(ahead.read_bytes()) == plain
        assert get(client, path).data == ahead.read_bytes()
    assert len(list(compression.PACKED.glob("*.br"))) == len(large)


def test_the_polyfill_stays_off_and_the_generators_that_old_bundles_call_are_there(files):
    assert not any("polyfill" in path for path in files)
    assert sum("regenerator-runtime" in path for path in files) == 1
    assert sum("react-dom" in path for path in files) == 1


def test_the_small_plotly_is_of_the_version_that_dash_brings_and_draws_every_trace_in_use():
    version = get_plotlyjs_version()
    source = (ASSETS / f"vendor/plotly-basic-{version}.min.js").read_text()
    assert f"plotly.js (basic - minified) v{version}" in source[:100]
    assert (ASSETS / f"vendor/plotly-basic-{version}.LICENSE.txt").exists()
    kinds = {
        kind
        for path in (ASSETS.parent / "components").rglob("*.py")
        if "figure" in f"{path.parent.name}/{path.stem}" or path.parent.name == "plotting"
        for kind in re.findall(r'"type": "([a-z]+)"', path.read_text())
    }
    assert "scatter" in kinds
    assert kinds <= {"scatter", "bar", "pie", "linear", "log"}


def test_a_script_that_comes_later_can_be_had_where_the_page_says(client):
    page = get(client, "/", "identity").text
    path = re.search(r'name="gaba-grid" content="([^"]+)"', page).group(1)
    assert get(client, path).headers["Cache-Control"] == compression.FOREVER


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)],
)
def test_the_best_accepted_encoding_is_used(client, accepted, coding, unpack):
    plain, reply = get(client, "/", "identity"), get(client, "/", accepted)
    assert reply.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert len(unpack(reply.data)) == pytest.approx(len(plain.data), abs=200)


def test_a_page_is_asked_for_again(client):
    assert compression.FOREVER not in get(client, "/").headers.get("Cache-Control", "")
    assert compression.FOREVER not in get(client, "/assets/mark.svg").headers.get("Cache-Control", "")


def test_a_file_is_compressed_once(client, files, monkeypatch):
    get(client, files[0])
    monkeypatch.setattr(compression, "packed", lambda *_: pytest.fail("compressed again"))
    assert get(client, files[0]).status_code == 200


def test_a_file_that_is_not_there_is_not_kept(client):
    reply = get(client, "/assets/nothing.js?m=1")
    assert reply.status_code == 404
    assert compression.FOREVER not in reply.headers.get("Cache-Control", "")


def test_a_file_that_is_still_as_it_was_is_not_left_open(client):
    with client.get("/assets/mark.svg") as first:
        tag = first.headers["ETag"]
    again = client.get("/assets/mark.svg", headers={"If-None-Match": tag})
    assert again.status_code == 304
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del again
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
