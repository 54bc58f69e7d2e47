"""What decisions read of the diary, for a column of accounts."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from amiable.diary import facts
from amiable.diary import services as diary
from amiable.positions.registry import Scope, registered
from tests import factories
from tests.diary.conftest import TODAY, Desk

STEPS = ("appel", "relance_1", "signalement_caf")
CAF_STEPS = ("signalement_caf",)


def ask(desk: Desk, as_of: date = TODAY, oldest: date | None = date(2026, 11, 5), **options: object) -> dict:
    figures = pl.DataFrame(
        {
            "account_id": [desk.account.pk],
            "claimed_since_on": [oldest],
            "first_default_on": [options.get("first_default")],
        },
        schema={"account_id": pl.Int64, "claimed_since_on": pl.Date, "first_default_on": pl.Date},
    )
    ids = options.get("ids", [desk.account.pk])
    found = facts.provide(ids, desk.office.pk, as_of, Scope(figures, STEPS, CAF_STEPS))
    rows = found.to_dicts()
    return rows[0] if rows else {}


def call(desk: Desk, outcome: str, on: date = TODAY, step: str = "") -> object:
    return diary.log_call(
        account=desk.account, outcome=outcome, actor=desk.officer, today=TODAY, on=on, step=step
    )


def test_it_is_registered_with_its_columns() -> None:
    mine = next(one for one in registered() if one.provider is facts.provide)
    assert mine.per_step and set(mine.columns) == set(facts.COLUMNS)


def test_nothing_done_gives_no_row(desk: Desk) -> None:
    assert ask(desk) == {} and ask(desk, ids=None) == {}


def test_failures_count_since_the_person_was_last_spoken_to(desk: Desk) -> None:
    call(desk, "no_answer", on=date(2026, 11, 10))
    call(desk, "reached", on=date(2026, 11, 12))
    call(desk, "voicemail", on=date(2026, 11, 12))
    call(desk, "no_answer", on=date(2026, 11, 20))
    row = ask(desk)
    assert (row["failed_contacts"], row["last_contact_on"], row["days_since_contact"]) == (
        2,
        date(2026, 11, 12),
        10,
    )


def test_the_past_can_be_asked_again(desk: Desk) -> None:
    call(desk, "reached", on=date(2026, 11, 20))
    assert ask(desk, as_of=date(2026, 11, 19)) == {}


def test_a_step_counts_in_the_current_spell_only(desk: Desk) -> None:
    diary.mark_step_done(
        account=desk.account, step="relance_1", actor=desk.officer, today=TODAY, on=date(2026, 11, 10)
    )
    assert ask(desk)["days_since.relance_1"] == 12
    assert ask(desk)["days_since.appel"] is None
    assert ask(desk, oldest=date(2026, 11, 15)).get("days_since.relance_1") is None


def test_a_corrected_line_no_longer_counts(desk: Desk) -> None:
    entry = diary.mark_step_done(account=desk.account, step="relance_1", actor=desk.officer, today=TODAY)
    diary.correct(entry=entry, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert ask(desk).get("days_since.relance_1") is None


def test_the_strongest_hold_speaks_and_all_are_named(desk: Desk) -> None:
    for kind, fields in (
        ("dispute", {"disputed_cents": 31000}),
        ("pause", {"ends_on": TODAY + timedelta(days=5)}),
    ):
        diary.start_hold(
            account=desk.account, kind=kind, reason="Motif", actor=desk.officer, today=TODAY, **fields
        )
    row = ask(desk)
    assert (row["hold"], row["hold_until"], row["disputed_cents"]) == (
        "pause",
        TODAY + timedelta(days=5),
        31000,
    )
    assert row["holds"] == ["pause", "dispute"]
    assert ask(desk, as_of=TODAY + timedelta(days=6))["hold"] == "dispute"


def test_a_dispute_of_the_whole_debt_is_stronger_than_a_partial_freeze(desk: Desk) -> None:
    for kind in ("surendettement", "dispute"):
        diary.start_hold(account=desk.account, kind=kind, reason="Motif", actor=desk.officer, today=TODAY)
    row = ask(desk)
    assert (row["hold"], row["disputed_cents"]) == ("dispute", 0)


@pytest.mark.parametrize(
    ("as_of", "pending", "broken"),
    [(date(2026, 11, 30), True, False), (date(2026, 12, 1), False, True)],
)
def test_a_promise_runs_then_breaks(desk: Desk, as_of: date, pending: bool, broken: bool) -> None:
    diary.make_promise(
        account=desk.account,
        amount_cents=10000,
        due_on=date(2026, 11, 27),
        actor=desk.officer,
        today=TODAY,
    )
    diary.follow_promises(office=desk.office, as_of=as_of)
    row = ask(desk, as_of=as_of)
    assert (row["promise_pending"], row["promise_broken"]) == (pending, broken)


def test_one_account_alone_is_the_same_as_among_others(desk: Desk) -> None:
    call(desk, "no_answer")
    other = factories.account(desk.office)
    diary.log_call(account=other, outcome="reached", actor=None, today=TODAY)
    assert ask(desk) in _all(desk) and len(_all(desk)) == 2


def _all(desk: Desk) -> list[dict]:
    figures = pl.DataFrame(
        {
            "account_id": [desk.account.pk],
            "claimed_since_on": [date(2026, 11, 5)],
            "first_default_on": [None],
        },
        schema={"account_id": pl.Int64, "claimed_since_on": pl.Date, "first_default_on": pl.Date},
    )
    return facts.provide(None, desk.office.pk, TODAY, Scope(figures, STEPS)).to_dicts()


def test_what_was_declared_to_the_caf_stands_for_the_caf_s_whole_spell(desk: Desk) -> None:
    """A payment moved the oldest unpaid term past the declaration: the debt is still the one declared."""
    declared = date(2026, 10, 20)
    for step in ("signalement_caf", "relance_1"):
        diary.mark_step_done(account=desk.account, step=step, actor=desk.officer, today=declared)
    row = ask(desk, first_default=date(2026, 9, 5))
    assert row["days_since.signalement_caf"] == (TODAY - declared).days
    assert row.get("days_since.relance_1") is None
    assert ask(desk, first_default=date(2026, 11, 5)).get("days_since.signalement_caf") is None
