"""Plans through time, night after night: kept, missed, warned, cured, completed; broken."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from amiable.positions import duties
from tests import factories
from tests.plans.conftest import Desk

#: Instalments of 100,00 € on the 10th, from December to May; rents of 300,00 € on the first.
DUE = [date(2026, 12, 10), *(date(2027, month, 10) for month in range(1, 6))]


def events(desk: Desk) -> list[str]:
    rows = DiaryEntry.objects.filter(kind="plan", account=desk.account).order_by("pk")
    return [row.data["event"] for row in rows if row.data["event"] not in _BEFORE]


_BEFORE = ("drawn_up", "approved", "to_sign", "signed")


def step(desk: Desk) -> str | None:
    desk.account.position.refresh_from_db()
    due = duties.due(desk.account.position)
    return due[0].code if due else desk.account.position.next_step


def test_two_kept_one_missed_warned_cured_and_completed(desk: Desk) -> None:
    version = desk.signed()
    for due in DUE[:2]:
        desk.rent(due.replace(day=1))
        desk.pay(due, 40_000)
        desk.night(due + timedelta(days=1))
    version.refresh_from_db()
    assert (version.status, version.paid_cents, version.next_due_on) == ("kept", 20_000, DUE[2])
    assert events(desk) == [] and step(desk) is None

    desk.rent(date(2027, 2, 1))
    desk.pay(date(2027, 2, 3), 30_000)
    desk.night(date(2027, 2, 14))
    assert events(desk) == []
    desk.night(date(2027, 2, 16))
    desk.night(date(2027, 2, 16))
    version.refresh_from_db()
    assert (version.status, version.missing_cents, version.days_late) == ("late", 10_000, 6)
    assert events(desk) == ["missed"] and step(desk) == "plan_avertir"

    desk.pay(date(2027, 2, 20), 10_000)
    desk.night(date(2027, 2, 21))
    assert events(desk) == ["missed", "cured"] and step(desk) is None

    for due in DUE[3:]:
        desk.rent(due.replace(day=1))
        desk.pay(due, 40_000)
        desk.night(due + timedelta(days=1))
    version.refresh_from_db()
    assert (version.state, version.ended_on) == ("completed", date(2027, 5, 11))
    assert events(desk) == ["missed", "cured", "completed"]
    assert not Hold.objects.filter(lifted_on=None).exists()
    # Decisions are made for accounts that owe: the word of thanks comes with the next rent.
    desk.rent(date(2027, 6, 1))
    desk.night(date(2027, 6, 2))
    assert step(desk) == "plan_feliciter"


def test_a_break_is_told_and_what_follows_is_never_blocked(desk: Desk) -> None:
    version = desk.signed()
    day = DUE[0] + timedelta(days=6)
    desk.rent(date(2026, 12, 1))
    desk.night(day)
    assert step(desk) == "plan_avertir"
    desk.night(DUE[0] + timedelta(days=36))
    version.refresh_from_db()
    assert version.status == "broken" and step(desk) == "plan_denoncer"
    ended = DUE[0] + timedelta(days=37)
    plans.denounce(version=version, reason="Aucun paiement", actor=desk.officer, today=ended)
    desk.night(ended)
    desk.account.position.refresh_from_db()
    assert events(desk) == ["missed", "broken", "denounced"]
    assert desk.account.position.held_by is None and step(desk) not in (None, "plan_denoncer")


def test_the_current_rent_is_watched_too(desk: Desk) -> None:
    """The instalment alone does not keep the plan: what is paid covers the rent of the month first."""
    version = desk.signed()
    desk.rent(date(2026, 12, 1))
    desk.pay(date(2026, 12, 10), 10_000)
    desk.night(date(2026, 12, 17))
    version.refresh_from_db()
    assert (version.status, version.rent_missing_cents, version.paid_cents) == ("late", 20_000, 0)


def test_aid_still_awaited_is_not_asked_of_the_tenant(desk: Desk) -> None:
    factories.terms(desk.account, date(2026, 11, 15), aid=20_000, third_party=True)
    version = desk.signed()
    desk.rent(date(2026, 12, 1))
    desk.pay(date(2026, 12, 3), 20_000)
    desk.night(date(2026, 12, 18))
    version.refresh_from_db()
    assert (version.status, version.rent_missing_cents, version.paid_cents) == ("kept", 0, 10_000)
    factories.payment(desk.account, date(2026, 12, 26), 20_000, kind=EntryKind.APL, period=date(2026, 12, 1))
    desk.night(date(2026, 12, 31))
    version.refresh_from_db()
    assert (version.status, version.paid_cents) == ("kept", 10_000)


def test_a_rejected_debit_is_an_early_warning(desk: Desk) -> None:
    version = desk.signed()
    desk.rent(date(2026, 12, 1))
    desk.pay(date(2026, 12, 8), 40_000)
    desk.night(DUE[0] + timedelta(days=1))
    paid = Entry.objects.filter(account=desk.account, document_on=date(2026, 12, 8)).get()
    factories.debit(desk.account, date(2026, 12, 14), 40_000, kind=EntryKind.REJET, reverses=paid)
    desk.night(date(2026, 12, 14))
    version.refresh_from_db()
    assert version.status == "at_risk" and events(desk) == ["at_risk"]
    assert step(desk) == "plan_surveiller"


def test_settled_early_it_is_completed_that_night(desk: Desk) -> None:
    version = desk.signed()
    desk.pay(date(2026, 11, 20), 61_000)
    desk.night(date(2026, 11, 20))
    version.refresh_from_db()
    assert (version.state, version.ended_on, version.paid_cents) == (
        "completed",
        date(2026, 11, 20),
        60_000,
    )


def test_a_late_night_tells_the_same_as_each_night(desk: Desk) -> None:
    version = desk.signed()
    desk.rent(date(2026, 12, 1), date(2027, 1, 1))
    desk.pay(date(2026, 12, 10), 40_000)
    for day in (date(2026, 12, 20), date(2027, 1, 12)):
        desk.night(day)
    desk.night(date(2027, 1, 20))
    version.refresh_from_db()
    each_night = (version.status, version.missing_cents, version.rent_missing_cents, version.days_late)
    told, _ = plans.followed([version], desk.office, date(2027, 1, 20))
    row = told.plans.row(0, named=True)
    assert each_night == tuple(
        row[name] for name in ("status", "missing_cents", "rent_missing_cents", "days_late")
    )


@pytest.mark.parametrize("paid", [60_000, 59_600])
def test_a_few_cents_missing_at_the_end_do_not_keep_it_open(desk: Desk, paid: int) -> None:
    version = desk.signed()
    desk.pay(date(2026, 12, 1), paid)
    desk.night(date(2027, 5, 17))
    assert PlanVersion.objects.get(pk=version.pk).state == "completed"
