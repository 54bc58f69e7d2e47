"""Promises followed by the ledger itself."""

from __future__ import annotations

from datetime import date, timedelta

from amiable.diary import services as diary
from amiable.diary.models import Promise
from amiable.domain.settlement.entry_kinds import EntryKind
from tests import factories
from tests.diary.conftest import TODAY, Desk

DUE = date(2026, 11, 27)
AFTER_GRACE = date(2026, 12, 1)


def promise(desk: Desk, cents: int = 20000) -> Promise:
    return diary.make_promise(
        account=desk.account, amount_cents=cents, due_on=DUE, actor=desk.officer, today=TODAY
    )


def status(made: Promise) -> str:
    made.refresh_from_db()
    return made.status


def test_a_payment_keeps_it_and_the_diary_says_so_once(desk: Desk) -> None:
    made = promise(desk)
    factories.payment(desk.account, date(2026, 11, 26), 20000)
    assert diary.follow_promises(office=desk.office, as_of=DUE) == 1
    assert diary.follow_promises(office=desk.office, as_of=DUE) == 0
    assert status(made) == "kept" and made.settled_on == date(2026, 11, 26)
    assert desk.account.diary.filter(kind="promise_kept").count() == 1


def test_without_payment_it_is_broken_after_the_grace(desk: Desk) -> None:
    made = promise(desk)
    assert diary.follow_promises(office=desk.office, as_of=DUE + timedelta(days=3)) == 0
    assert diary.follow_promises(office=desk.office, as_of=AFTER_GRACE) == 1
    assert status(made) == "broken"


def test_a_rejected_payment_breaks_what_it_had_kept(desk: Desk) -> None:
    made = promise(desk)
    paid = factories.payment(desk.account, date(2026, 11, 26), 20000)
    diary.follow_promises(office=desk.office, as_of=DUE)
    factories.debit(desk.account, date(2026, 11, 30), 20000, kind=EntryKind.REJET, reverses=paid)
    diary.follow_promises(office=desk.office, as_of=AFTER_GRACE)
    assert status(made) == "broken"


def test_a_late_bank_list_repairs_a_promise_said_broken(desk: Desk) -> None:
    made = promise(desk)
    diary.follow_promises(office=desk.office, as_of=AFTER_GRACE)
    factories.payment(desk.account, DUE, 20000)
    diary.follow_promises(office=desk.office, as_of=AFTER_GRACE)
    assert status(made) == "kept"


def test_aid_is_not_a_promise_kept(desk: Desk) -> None:
    made = promise(desk)
    factories.payment(desk.account, date(2026, 11, 25), 20000, kind=EntryKind.APL)
    diary.follow_promises(office=desk.office, as_of=AFTER_GRACE)
    assert status(made) == "broken"


def test_a_cancelled_promise_is_left_alone(desk: Desk) -> None:
    made = promise(desk)
    diary.cancel_promise(promise=made, actor=desk.officer, today=TODAY)
    assert diary.follow_promises(office=desk.office, as_of=AFTER_GRACE) == 0
    assert status(made) == "cancelled"
