"""The application as a whole, without a browser."""

import subprocess
import sys

import app
from components.serving import cache
from tests.paths import ROOT


def test_two_apps_live_side_by_side():
    first, second = app.create_app(), app.create_app()
    assert first.server is not second.server
    assert len(first.callback_map) == len(second.callback_map) > 0


def test_the_server_never_imports_torch():
    code = "import app, sys; app.create_app(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_page_loads_nothing_from_elsewhere():
    page = app.create_app().server.test_client().get("/").get_data(as_text=True)
    assert "https://" not in page


def test_the_cache_tells_long_arguments_apart():
    def size(argument):
        return str(sum(argument)).encode()

    server = app.create_app().server
    with server.app_context():
        long = tuple(range(5000))
        assert cache.cached(size, long) != cache.cached(size, (*long[:-1], 0))
