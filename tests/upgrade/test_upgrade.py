"""An installation of an older Amiable, brought to this version as an office would, loses nothing."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from amiable.domain import law
from tests import postgresql
from tests.installation import Installation

HERE = Path(__file__).resolve().parent
TODAY = "2026-11-24"
OFFICES = ("deux-rives", "valmont")
#: The upgrade itself may write there (a profile newly shipped): nothing may be missing.
MAY_GROW = {"journal", "procedures"}
#: What a rule mended since gives otherwise, and why: (section, office, account, field) -> the new value.
DIFFERENCES: dict[tuple[str, str, str, str], Any] = {
    # Legal limits are ordered by their date alone.
    ("positions", "deux-rives", "L000101", "priority"): 13000.0,
    ("positions", "deux-rives", "L000113", "priority"): 13000.0,
    # A hold without end is looked at again after the office's delay, a promise after its day.
    ("positions", "deux-rives", "L000110", "review_on"): "2027-02-19",
    ("positions", "deux-rives", "L001146", "review_on"): "2026-12-02",
    ("positions", "deux-rives", "L001263", "review_on"): "2027-02-22",
    ("positions", "valmont", "T2609014", "review_on"): "2026-12-24",
}


#: What a row said of itself and now reads elsewhere, compared by a test of its own: (section, field).
SAID_ELSEWHERE = {("limits", "label"), ("limits", "consequence")}
#: Limits the law words otherwise than a dossier did: one rule, one wording for all it is opened for.
REWORDED_LIMITS = {
    "SUR-07": ("Déclaration ou justification de la créance", "À défaut, les chiffres du débiteur font foi."),
    "SUR-08": (
        "Contestation des mesures ou du rétablissement personnel",
        "Sans contestation, les mesures s’imposent à l’office et l’effacement lui est opposable.",
    ),
}


def kept(name: str) -> str:
    return gzip.decompress((HERE / f"{name}.gz").read_bytes()).decode()


@pytest.fixture(scope="module")
def expected() -> dict[str, list[dict[str, Any]]]:
    return json.loads(kept("expected.json"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The older installation after `amiable init`, as docs/operations.md says to upgrade one."""
    made = Installation(tmp_path_factory.mktemp("older") / "home", TODAY)
    made.home.mkdir()
    if made.database:
        postgresql.create(made.database)
        with psycopg.connect(postgresql.url_of(made.database)) as server:
            server.execute(kept("installation.postgresql.sql").encode())
    else:
        with closing(sqlite3.connect(made.home / "amiable.sqlite3")) as database:
            database.executescript(kept("installation.sqlite.sql"))
    made.run("init")
    return made


def told(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    """What it holds, read by the models of today."""
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "amiable.config.settings"}
    command = [sys.executable, str(HERE / "reading.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wanted(section: str, rows: list[dict[str, Any]]) -> Counter[str]:
    """The old rows with the differences decided since, as a bag."""
    changed = [
        {name: value for name, value in row.items() if (section, name) not in SAID_ELSEWHERE} for row in rows
    ]
    for row in changed:
        for (of, office, account, field), value in DIFFERENCES.items():
            if of == section and (row.get("office"), row["account"]) == (office, account) and field in row:
                row[field] = value
    return bag(changed)


#: What a position says of the next contact. Where an older one named a duty of the office, the duty stands
#: beside the contact now, and these speak of the contact alone.
_OF_THE_CONTACT = (
    "next_step", "next_step_on", "step_mode", "lane", "priority", "deadline_on", "review_on", "why", "rules",
)  # fmt: skip


#: Two contacts of one person are kept apart: this step of this account comes once the gap has passed.
LATER = {("L000205", "plan_avertir")}


def beside(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Both without what they say of the contact, for the accounts whose step has become a duty."""
    now = {(row.get("office"), row["account"]): row for row in after}
    moved = set()
    for row in before:
        found = now.get((row.get("office"), row["account"]), {})
        if row["next_step"] and row["next_step"] != found.get("next_step"):
            waits = (row["account"], row["next_step"]) in LATER
            assert waits or row["next_step"] in str(found.get("duties")), (
                f"{row['account']}: {row['next_step']} is gone"
            )
            moved.add((row.get("office"), row["account"]))

    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in row.items() if k not in _OF_THE_CONTACT}
            if (row.get("office"), row["account"]) in moved
            else row
            for row in rows
        ]

    return bare(before), bare(after)


def bag(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)


def assert_kept(expected: dict[str, list[dict[str, Any]]], found: dict[str, list[dict[str, Any]]]) -> None:
    for section, rows in found.items():
        # What a row has learnt to say since is no loss.
        said = {name for row in expected[section] for name in row}
        older = expected[section]
        if section.startswith("positions"):
            older, rows = beside(older, rows)
        rows = [{name: value for name, value in row.items() if name in said} for row in rows]
        before, after = wanted(section, older), bag(rows)
        assert not before - after, f"{section}: lost or changed {(before - after).most_common(3)}"
        if section not in MAY_GROW:
            assert not after - before, f"{section}: came from nowhere {(after - before).most_common(3)}"


@pytest.fixture(scope="module")
def found(upgraded: Installation) -> dict[str, list[dict[str, Any]]]:
    return told(upgraded)


def test_everything_is_still_there(
    found: dict[str, list[dict[str, Any]]], expected: dict[str, list[dict[str, Any]]]
):
    assert {section for section in expected if " " not in section} == set(found)
    assert_kept(expected, found)


@pytest.mark.parametrize("office", OFFICES)
def test_the_ledger_gives_the_same_positions(
    upgraded: Installation, expected: dict[str, list[dict[str, Any]]], office: str
):
    section = f"positions --office {office}"
    assert_kept(expected, {section: upgraded.lines("positions", "--office", office)})
    assert upgraded.lines("positions", "check", "--office", office) == []


def test_the_law_says_of_each_limit_what_the_row_said(expected: dict[str, list[dict[str, Any]]]):
    for row in expected["limits"]:
        words = law.limit_words(row["rule"])
        said = REWORDED_LIMITS.get(row["rule"], (row["label"], row["consequence"]))
        assert (words.label, words.consequence) == said


def test_it_is_in_order(upgraded: Installation):
    """But for what its offices never said: they propose a transfer and give no IBAN."""
    seen = [check for check in upgraded.lines("doctor", expect=1) if not check["ok"]]
    assert [check["name"] for check in seen] == ["envois"] and "sans IBAN" in seen[0]["detail"]


def test_upgrading_twice_changes_nothing(upgraded: Installation, found: dict[str, list[dict[str, Any]]]):
    upgraded.run("init")
    assert told(upgraded) == found
