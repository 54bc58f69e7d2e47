"""A real server, a real browser: what a user sees, from log-in to the proofs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import chromium
from tests.installation import Installation

#: A Monday, so that the contact window is open on the day of the tests.
TODAY = "2026-11-23"
PASSWORD = "deux-rives-demo"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # One server and one browser for all of them: they stay in one process.
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


@dataclass
class Site:
    """A served installation."""

    url: str
    installation: Installation


@contextmanager
def served(installation: Installation, log: Path, *command: str, seconds: int = 30) -> Iterator[Site]:
    """`amiable serve --with-worker` (or `command`) on a free port, stopped with everything it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "amiable", *(command or ("serve", "--with-worker")), "--port", str(port)],
            cwd=installation.home.parent,
            env=installation.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/sante/", process, log, seconds)
        yield Site(f"http://127.0.0.1:{port}", installation)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: int) -> None:
    for _ in range(seconds * 10):
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server does not answer: {log.read_text()}")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The home of the demo (or a copy of AMIABLE_E2E_HOME, loaded earlier for the same day).

    Tests that write take it in turn, each on accounts or batches of its own.
    """
    home = tmp_path_factory.mktemp("demo") / "home"
    if loaded := os.environ.get("AMIABLE_E2E_HOME"):
        return Installation(Path(loaded), today=TODAY).copy(home)
    return Installation(home, today=TODAY)


@pytest.fixture(scope="session")
def demo(demo_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What `make demo` does: one command loads and serves."""
    log = tmp_path_factory.mktemp("log") / "demo.log"
    with served(demo_home, log, "demo", seconds=300) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)


@contextmanager
def a_page(browser: Browser) -> Iterator[Page]:
    """A page of its own session; a script error or a blocked resource fails the test."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(f"{opened.url}: {error}"))
    opened.on(
        "console",
        lambda message: problems.append(f"{opened.url}: {message.text}") if message.type == "error" else None,
    )
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as opened:
        yield opened


def log_in(page: Page, site: Site, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{site.url}/connexion/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("button:has-text('Se connecter')")
    page.wait_for_url(lambda url: "/connexion/" not in url)


def assert_accessible(page: Page) -> None:
    """No violation that axe can find, and one title of first level."""
    found = Axe().run(page).response["violations"]
    told = [f"{page.url} {v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in found]
    assert told == []
    assert page.locator("h1").count() == 1, page.url
