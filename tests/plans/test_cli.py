"""`amiable plan`: what scripts and other tools read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from amiable.cli.main import main
from amiable.plans.models import Plan
from tests.plans.conftest import TODAY, Desk


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMIABLE_TODAY", TODAY.isoformat())


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict]:
    assert main(["plan", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_simulate_writes_nothing_and_adds_up(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("simulate", "--account", "C0000001", "--months", "7", "--start", "2026-12-31", "--json")
    (found,) = answer(capsys, *asked)
    assert sum(one["amount_cents"] for one in found["instalments"]) == found["total_cents"] == 60_000
    assert [one["due_on"] for one in found["instalments"]][:3] == ["2026-12-31", "2027-01-31", "2027-02-28"]
    assert {check["code"] for check in found["checks"]} == {"capacity", "duration", "delegation"}
    assert not Plan.objects.exists()


def test_a_lump_is_paid_first(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("simulate", "--account", "C0000001", "--months", "4", "--start", "2026-12-10", "--lump", "200")
    (found,) = answer(capsys, *asked, "--json")
    assert [one["amount_cents"] for one in found["instalments"]] == [20_000, 10_000, 10_000, 10_000, 10_000]


def test_status_follows_the_ledger_at_any_date(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.signed()
    desk.rent(date(2026, 12, 1), date(2027, 1, 1))
    desk.pay(date(2026, 12, 10), 40_000)
    known = {}
    for day in ("2026-11-11", "2026-12-11", "2027-01-20", "2027-02-20"):
        rows = answer(capsys, "status", "--account", "C0000001", "--as-of", day, "--json")
        known[day] = [
            (row["status"], row["expected_cents"], row["paid_cents"], row["next_due_on"]) for row in rows
        ]
    assert known == {
        "2026-11-11": [],
        "2026-12-11": [("kept", 10_000, 10_000, "2027-01-10")],
        "2027-01-20": [("late", 20_000, 10_000, "2027-02-10")],
        "2027-02-20": [("broken", 30_000, 10_000, "2027-03-10")],
    }


def test_an_unknown_account_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "status", "--account", "ZZZ", "--as-of", "2026-12-11"]) == 1
    assert "ZZZ" in capsys.readouterr().err
