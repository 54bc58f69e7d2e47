"""A plan that pays the debt of a former home watches the rent of the present one."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from amiable.accounts.models import Account
from amiable.domain.plans.money import Money, unpaid_at_home
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from tests import factories
from tests.plans.conftest import Desk


@pytest.fixture
def moved(desk: Desk) -> tuple[PlanVersion, Account]:
    """A plan of the former home, signed; its first instalment is paid, the new home's rent is not."""
    old = desk.account
    Account.objects.filter(pk=old.pk).update(status="mute", left_on=date(2026, 10, 31))
    old.refresh_from_db()
    version = desk.signed()
    new = factories.account(desk.office, person=old.person, agency=desk.agency, entered_on=date(2026, 11, 1))
    factories.terms(new)
    factories.debit(new, date(2026, 12, 1), 30_000)
    desk.pay(date(2026, 12, 8), 10_000)
    return version, new


def followed(desk: Desk, version: PlanVersion, on: date) -> tuple[str, int]:
    plans.follow_plans(office=desk.office, as_of=on)
    version.refresh_from_db()
    return version.status, version.rent_missing_cents


def test_the_rent_of_the_present_home_is_watched(desk: Desk, moved: tuple[PlanVersion, Account]) -> None:
    version, new = moved
    assert followed(desk, version, date(2026, 12, 12)) == ("kept", 30_000)
    # Fifteen days of patience for the current rent, then the plan is late though its instalment is paid.
    assert followed(desk, version, date(2026, 12, 20)) == ("late", 30_000)
    factories.payment(new, date(2026, 12, 21), 29_000)
    assert followed(desk, version, date(2026, 12, 21)) == ("late", 1_000)
    factories.payment(new, date(2026, 12, 22), 1_000)
    assert followed(desk, version, date(2026, 12, 22)) == ("kept", 0)
    # What is paid at home, even too much, pays no instalment of the former one.
    factories.payment(new, date(2026, 12, 23), 60_000)
    plans.follow_plans(office=desk.office, as_of=date(2027, 1, 11))
    version.refresh_from_db()
    assert (version.paid_cents, version.missing_cents) == (10_000, 10_000)


def test_a_home_left_or_of_another_is_not_watched(desk: Desk, moved: tuple[PlanVersion, Account]) -> None:
    version, new = moved
    Account.objects.filter(pk=new.pk).update(left_on=date(2026, 12, 15))
    assert followed(desk, version, date(2026, 12, 20)) == ("kept", 0)


def test_what_is_unpaid_at_home_against_a_naive_purse() -> None:
    draw = random.Random(3)
    start = date(2026, 1, 1)
    for _ in range(40):
        debits = [(start + timedelta(days=30 * n), draw.randrange(100, 900)) for n in range(4)]
        credits = [(start + timedelta(days=draw.randrange(120)), draw.randrange(1, 900)) for _ in range(3)]
        before = draw.choice([0, -400, 700])
        purse, left = sum(cents for _, cents in credits), []
        missing = max(0, min(sum(c for _, c in debits) - purse, before + sum(c for _, c in debits) - purse))
        for on, cents in reversed(debits):
            if missing:
                left.append((on, min(cents, missing)))
                missing -= left[-1][1]
        entries = pl.DataFrame(
            [(1, start, before), *((1, on, c) for on, c in debits), *((1, on, -c) for on, c in credits)],
            schema={"account_id": pl.Int64, "document_on": pl.Date, "amount_cents": pl.Int64},
            orient="row",
        )
        moves = {"plan_id": pl.Int64, "on": pl.Date, "amount_cents": pl.Int64}
        found = Money(
            pl.DataFrame([(5, *one) for one in debits], schema=moves, orient="row"),
            pl.DataFrame([(5, *one) for one in credits], schema=moves, orient="row"),
            pl.DataFrame(schema=moves),
        )
        homes = pl.DataFrame({"account_id": [1], "plan_id": [5]})
        told = unpaid_at_home(entries, found, homes, start + timedelta(days=400))
        assert sorted(told.select("on", "amount_cents").iter_rows()) == sorted(left)
