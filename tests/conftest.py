"""What every test gets: a home of its own and a fast password hash; what this machine lacks is said."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings as django_settings

from amiable.operations.tables import BY_MIGRATION
from tests import kept, postgresql
from tests.installation import Installation

CHROMIUMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
#: Under AMIABLE_CI a skipped test is a failure. Each run leaves the other database to the other run;
#: the foreign samples are another matter (their licences keep them out of the repository).
#: The estimate of rights is an optional extra of 600 MB: its protocol is tested with a runner of our own.
ALWAYS_MAY = ("AMIABLE_SAMPLES", "AMIABLE_RIGHTS_PYTHON")
MAY_SKIP_IN_CI = {False: (*ALWAYS_MAY, "PostgreSQL"), True: (*ALWAYS_MAY, "SQLite")}


def chromium() -> str | None:
    """The browser of the end-to-end tests: AMIABLE_CHROMIUM, Debian's, or the one on the path."""
    given = os.environ.get("AMIABLE_CHROMIUM")
    for candidate in (given, *CHROMIUMS, shutil.which("chromium"), shutil.which("google-chrome")):
        if candidate and Path(candidate).exists():
            return candidate
    return None


def on_postgresql() -> bool:
    return bool(postgresql.given_url())


def pytest_configure(config: pytest.Config) -> None:
    # Developers' runs explore; a check of a change must not fail by the luck of the draw, nor by its speed.
    hypothesis.settings.register_profile("house", deadline=None)
    hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("ci" if os.environ.get("AMIABLE_CI") else "house")
    # PBKDF2 costs 0.2 s a user: the tests make hundreds.
    django_settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    # A test database is made as `init` makes one, at once: tests/operations/test_tables.py compares it with
    # what the migrations make, tests/upgrade lives through them.
    django_settings.MIGRATION_MODULES = {
        config.label: None for config in apps.get_app_configs() if config.label not in BY_MIGRATION
    }


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest first, after the shuffle: begun last, they would run alone on one core at the end.
    items.sort(key=lambda item: item.get_closest_marker("kill") is None)
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgresql():
            item.add_marker(pytest.mark.skip(reason="PostgreSQL absent : définir AMIABLE_DATABASE_URL"))
        if item.get_closest_marker("e2e") and chromium() is None:
            item.add_marker(pytest.mark.skip(reason="Chromium absent : définir AMIABLE_CHROMIUM"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The tests run on a database that refuses what an office's does."""
    from amiable.core import append_only

    with django_db_blocker.unblock():
        append_only.install()
    kept.let_flush_through()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path) -> object:
    """Documents and spool of a test go to its own folder, never to the user's installation."""
    before = django_settings.AMIABLE_HOME
    django_settings.AMIABLE_HOME = tmp_path / "home"
    yield
    django_settings.AMIABLE_HOME = before


@pytest.fixture(scope="session")
def fresh_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation after `amiable init`, made once: copy it, never write in it."""
    made = Installation(tmp_path_factory.mktemp("fresh") / "home")
    made.run("init")
    return made


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    """The databases installations were given on PostgreSQL are dropped at the end."""
    yield
    postgresql.drop_all()


@pytest.fixture
def installation(fresh_installation: Installation, tmp_path: Path) -> Installation:
    """A landlord's empty installation of one's own."""
    return fresh_installation.copy(tmp_path / "installation")


def pytest_terminal_summary(terminalreporter: object, exitstatus: int, config: pytest.Config) -> None:
    write = terminalreporter.write_line  # type: ignore[attr-defined]
    database = "PostgreSQL" if on_postgresql() else "SQLite (sans PostgreSQL : définir AMIABLE_DATABASE_URL)"
    write(f"Base : {database}. Chromium : {chromium() or 'absent, les parcours e2e ne sont pas joués'}.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing is skipped: a part that is missing is an error."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("AMIABLE_CI") != "1" or reporter is None:
        return
    reasons = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
    allowed = MAY_SKIP_IN_CI[on_postgresql()]
    refused = [reason for reason in reasons if not any(word in reason for word in allowed)]
    if refused:
        reporter.write_line(f"{len(refused)} test(s) sautés : refusé en intégration continue", red=True)
        for reason in sorted(set(refused)):
            reporter.write_line(f"  {reason}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
