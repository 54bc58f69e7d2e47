"""The books follow the ledger: told once, closed, sealed, proven; the naive oracle counts by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amiable.books import checking, closing, projecting
from amiable.books.models import Close, Line
from amiable.core.models import AuditEvent
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.facts import last_entry_id
from amiable.ledger.models import Posted
from amiable.ledger.services import post, take_back
from tests import factories

TODAY = date(2026, 11, 29)


@pytest.fixture
def office(db):
    return factories.office()


@pytest.fixture
def account(office):
    return factories.account(office, "L1")


def all_right(office, on: date = TODAY) -> None:
    for one in [*checking.controls(office, on), *checking.prove(office)]:
        assert one.ok, one


def close(office, month: int):
    return closing.close_month(office=office, period=date(2026, month, 1), actor=None, today=TODAY)


def test_what_is_posted_is_told_once_and_leaves_no_mark(office, account) -> None:
    factories.debit(account, date(2026, 9, 1), 62_000)
    factories.payment(account, date(2026, 9, 8), 20_000)
    assert Posted.objects.count() == 2
    assert projecting.project() == 2
    assert projecting.project() == 0 == Posted.objects.count()
    Posted.objects.create(after_id=0, upto_id=last_entry_id())
    assert projecting.project() == 0
    assert Line.objects.count() == 4
    found = dict(
        checking.balance(office, TODAY)
        .select("account", pl.col("debit_cents") - pl.col("credit_cents"))
        .rows()
    )
    assert found == {"4111": 42_000, "7043": -62_000, "4718": 20_000}
    all_right(office)


def test_a_kind_without_a_chart_stops_nobody_elses_books(office, account, monkeypatch) -> None:
    own = kind("landlord")
    bare = replace(kind("local_accountant"), charts=())
    monkeypatch.setattr(projecting, "kind", lambda code: own if code == own.code else bare)
    other = factories.office("ailleurs", kind="local_accountant")
    factories.debit(factories.account(other, "T1", nature="cantine"), date(2026, 9, 1), 100)
    factories.debit(account, date(2026, 9, 1), 62_000)
    assert projecting.project() == 1 and not Posted.objects.exists()
    assert set(Line.objects.values_list("office", flat=True)) == {office.pk}


def test_a_month_is_closed_after_the_one_before_it_and_once(office, account) -> None:
    factories.debit(account, date(2026, 9, 1), 62_000)
    for month, code in ((10, "books.not_next"), (8, "books.already_closed")):
        with pytest.raises(DomainError) as refused:
            close(office, month)
        assert refused.value.code == code
    first = close(office, 9)
    with pytest.raises(DomainError) as refused:
        close(office, 9)
    assert refused.value.code == "books.already_closed"
    close(office, 10)
    with pytest.raises(DomainError) as refused:
        close(office, 11)
    assert refused.value.code == "books.not_over"
    assert (first.lines, first.debit_cents) == (2, 62_000)
    assert AuditEvent.objects.filter(verb="books.closed").count() == 2
    all_right(office)


def test_a_late_entry_goes_to_the_first_open_month_and_the_seals_stay(office, account) -> None:
    owed = factories.debit(account, date(2026, 9, 1), 62_000)
    close(office, 9)
    seals = list(Close.objects.values_list("seal", flat=True))
    take_back(entry=owed, cents=2_000, on=date(2026, 9, 15))
    late = factories.debit(account, date(2026, 9, 30), 5_000)
    projecting.project()
    assert set(Line.objects.filter(entry=late).values_list("booked_on", "value_on")) == {
        (date(2026, 10, 1), date(2026, 9, 30))
    }
    assert list(Close.objects.values_list("seal", flat=True)) == seals
    for on in (date(2026, 9, 30), date(2026, 10, 1), TODAY):
        all_right(office, on)
    close(office, 10)
    all_right(office)


def test_a_line_that_is_not_the_ledgers_is_found(office, account) -> None:
    factories.debit(account, date(2026, 9, 1), 62_000)
    close(office, 9)
    other = post(account=account, kind=EntryKind.FRAIS, document_on=date(2026, 9, 2), amount_cents=100, key=4)
    for place, code, aux in ((1, "4111", account), (2, "7588", None)):
        Line.objects.create(
            office=office, entry=other, place=place, journal="QT", account_code=code, auxiliary=aux,
            booked_on=date(2026, 9, 2), value_on=date(2026, 9, 2), debit_cents=100 if aux else 0,
            credit_cents=0 if aux else 100,
        )  # fmt: skip
    wrong = {one.code for one in [*checking.controls(office, TODAY), *checking.prove(office)] if not one.ok}
    assert {"seal_2026-09", "rebuilt"} <= wrong


def test_the_database_refuses_to_change_a_line_or_a_close(office, account) -> None:
    factories.debit(account, date(2026, 9, 1), 62_000)
    close(office, 9)
    for rows, values in ((Line.objects, {"debit_cents": 1}), (Close.objects, {"seal": "x"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**values)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()


ACT = st.tuples(
    st.sampled_from(["owed", "paid", "undone", "loss", "close"]),
    st.integers(0, 1),
    st.integers(1, 9),
    st.integers(1, 28),
    st.integers(1, 500),
)


@given(acts=st.lists(ACT, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_balances_and_gives_the_same_seals_again(db, acts) -> None:
    with transaction.atomic():
        office = factories.office(f"b{factories.office().pk}")
        accounts = [factories.account(office, f"L{number}") for number in range(2)]
        owed: dict[int, int] = defaultdict(int)
        for what, who, month, day, cents in acts:
            account, on = accounts[who], date(2026, month, day)
            if what == "owed":
                factories.debit(account, on, cents)
                owed[account.pk] += cents
            elif what == "paid":
                factories.payment(account, on, cents)
                owed[account.pk] -= cents
            elif what == "loss":
                factories.payment(account, on, cents, kind=EntryKind.EFFACEMENT)
                owed[account.pk] -= cents
            elif what == "undone" and (row := account.entries.exclude(kind=EntryKind.ANNULATION).first()):
                take_back(entry=row, cents=abs(row.amount_cents), on=on)
                owed[account.pk] -= row.amount_cents
            elif what == "close":
                projecting.project()
                if (period := closing.next_period(office)) and period.month < 11:
                    closing.close_month(office=office, period=period, actor=None, today=TODAY)
        projecting.project()
        for on in (date(2026, 3, 31), date(2026, 6, 15), TODAY):
            all_right(office, on)
        lines = Line.objects.filter(office=office, auxiliary__isnull=False)
        told: dict[int, int] = defaultdict(int)
        for account_id, debit, credit in lines.values_list("auxiliary", "debit_cents", "credit_cents"):
            told[account_id] += debit - credit
        assert {k: v for k, v in told.items() if v} == {k: v for k, v in owed.items() if v}
        transaction.set_rollback(True)
