"""What stops dunning, and when it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.diary import services as diary
from amiable.diary.models import Hold
from amiable.domain.errors import DomainError
from tests.diary.conftest import TODAY, Desk


def hold(desk: Desk, kind: str, **fields: object) -> Hold:
    fields.setdefault("reason", "Motif")
    return diary.start_hold(account=desk.account, kind=kind, actor=desk.officer, today=TODAY, **fields)


def test_a_pause_has_an_end(desk: Desk) -> None:
    with pytest.raises(DomainError, match="date de fin"):
        hold(desk, "pause")
    with pytest.raises(DomainError, match="plus tard"):
        hold(desk, "pause", ends_on=TODAY - timedelta(days=1))


def test_a_hold_has_a_reason(desk: Desk) -> None:
    with pytest.raises(DomainError, match="motif"):
        hold(desk, "death", reason="  ")


def test_the_recevabilite_splits_the_account_until_it_is_lifted(desk: Desk) -> None:
    found = hold(desk, "surendettement", starts_on=date(2026, 10, 20))
    desk.account.refresh_from_db()
    assert desk.account.split_on == date(2026, 10, 20)
    # SUR-01: two years at most.
    assert found.ends_on == date(2028, 10, 20)
    diary.lift_hold(hold=found, actor=desk.officer, today=TODAY)
    desk.account.refresh_from_db()
    assert desk.account.split_on is None


def test_a_hold_is_lifted_once(desk: Desk) -> None:
    found = hold(desk, "dispute", disputed_cents=31000)
    diary.lift_hold(hold=found, actor=desk.officer, today=TODAY, reason="Charges expliquées")
    with pytest.raises(DomainError, match="déjà levée"):
        diary.lift_hold(hold=found, actor=desk.officer, today=TODAY)


def test_expiring_twice_changes_nothing(desk: Desk) -> None:
    hold(desk, "pause", ends_on=TODAY)
    assert diary.expire_holds(office=desk.office, as_of=TODAY) == 0
    tomorrow = TODAY + timedelta(days=1)
    assert diary.expire_holds(office=desk.office, as_of=tomorrow) == 1
    assert diary.expire_holds(office=desk.office, as_of=tomorrow) == 0
    assert Hold.objects.get().lifted_on == tomorrow
    assert desk.account.diary.filter(kind="hold_end").count() == 1
