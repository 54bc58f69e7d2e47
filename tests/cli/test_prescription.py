"""amiable prescription: before, on and after the day a debt may no longer be claimed; what acts change."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from amiable.accounts.models import Account
from amiable.cli.main import main
from amiable.diary.interruptions import record_interruption
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Account:
    office = factories.office("deux-rives")
    install_defaults(office=office, today=date(2026, 11, 12))
    account = factories.account(office, "L-1")
    factories.debit(account, date(2023, 12, 5), 50_000)
    return account


def ask(capsys: pytest.CaptureFixture[str], day: str) -> dict[str, Any]:
    assert main(["prescription", "L-1", "--as-of", day, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def noted(account: Account, on: date) -> None:
    record_interruption(
        account=account, act="acknowledgement", on=on, actor=None, today=date(2027, 1, 15), note="Au dossier."
    )


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-12-04", "running"),
        ("2026-12-05", "running"),
        ("2026-12-06", "prescribed"),
        ("2023-11-01", "nothing"),
    ],
)
def test_it_dies_the_day_after_its_last_day(tenant: Account, capsys, day: str, state: str):
    told = ask(capsys, day)
    ends_on = None if state == "nothing" else "2026-12-05"
    assert told == {"account": "L-1", "ends_on": ends_on, "acts": [], "state": state}


def test_an_act_in_time_begins_it_again_and_a_late_one_does_not(tenant: Account, capsys):
    noted(tenant, date(2026, 12, 6))
    late = {"on": "2026-12-06", "rule": "TIME-02", "effect": "none"}
    assert ask(capsys, "2027-01-15")["acts"] == [late]
    assert ask(capsys, "2027-01-15")["state"] == "prescribed"
    noted(tenant, date(2026, 12, 5))
    told = ask(capsys, "2027-01-15")
    assert (told["state"], told["ends_on"]) == ("running", "2029-12-06")
    assert [one["effect"] for one in told["acts"]] == ["interrupts", "interrupts"]


def test_each_item_runs_on_its_own(tenant: Account, capsys):
    factories.debit(tenant, date(2024, 3, 5), 10_000)
    told = ask(capsys, "2026-12-20")
    assert (told["state"], told["ends_on"]) == ("partly_prescribed", "2027-03-05")


def test_an_unknown_account_is_said(tenant: Account, capsys):
    assert main(["prescription", "NOBODY"]) == 1
    assert "n’existe pas" in capsys.readouterr().err
