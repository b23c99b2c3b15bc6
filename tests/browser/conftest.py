"""A live app on the shipped logs, and a browser whose every complaint fails the test."""

import logging
import re
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

import app
from tests.browser.chromium import system_browser

LONGEST_MS = 90_000  # a busy machine is no failure
expect.set_options(timeout=LONGEST_MS)

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


HERE = Path(__file__).parent
FUNCTION = re.compile(r"\s*(async\s+)?(\([^()]*\)|[\w$]+)\s*=>")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Of a test that goes through pages, sizes or controls, all cases but the first are slow."""
    begun = set()
    for item in items:
        if item.path.is_relative_to(HERE) and not item.get_closest_marker("slow"):
            if item.function in begun:
                item.add_marker(pytest.mark.slow)
            begun.add(item.function)


@pytest.fixture(scope="session", autouse=True)
def waits_for_functions():
    """Wait for expressions as functions: our pages may not evaluate text, as Playwright would have them."""
    own = Page.wait_for_function

    def waits(page, expression, **more):
        function = expression if FUNCTION.match(expression) else f"() => ({expression})"
        return own(page, function, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "wait_for_function", waits)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = system_browser()
    path = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **path, "args": FLAGS}


@pytest.fixture
def context(context):
    context.set_default_timeout(LONGEST_MS)
    return context


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def url():
    with serving(app.LOGS) as address:
        yield address


@pytest.fixture
def own_url(tmp_path):
    """The address of an app over a folder of the test's own."""
    with serving(tmp_path) as address:
        yield address


@contextmanager
def serving(folder, options=None):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app.create_app(folder, options).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(autouse=True)
def quiet_console(page):
    """Fail the test that made the browser complain, or that left this machine."""
    problems = []
    page.on("console", lambda m: problems.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("request", lambda r: None if _local(r.url) else problems.append(r.url))
    yield
    assert problems == []


def _local(url):
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))
