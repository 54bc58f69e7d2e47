"""A death during a plan ends it as a recevabilité does: nothing agreed or prepared goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.diary import situations
from amiable.diary.models import Hold
from amiable.diary.promises import make_promise
from amiable.nightly import services as nightly
from amiable.overindebtedness.repairing import stand_down
from amiable.plans.models import PlanVersion
from amiable.positions.models import AccountPosition
from tests import factories
from tests.plans.conftest import TODAY, Desk, noon

LEARNED = TODAY + timedelta(days=20)


def recevabilite(desk: Desk) -> None:
    stand_down(account=desk.account, on=LEARNED, actor=desk.officer, today=LEARNED)


def death(desk: Desk) -> None:
    situations.record_death(
        account=desk.account, person=desk.account.person, actor=desk.officer, today=LEARNED
    )


def left(version: PlanVersion) -> dict[str, object]:
    """What is left of a plan: its state, its holds, the promises beside it, what the diary says of it."""
    version.refresh_from_db()
    account = version.plan.account
    told = account.diary.filter(kind="plan").order_by("-pk").first()
    return {
        "state": version.state,
        "ended_on": version.ended_on,
        "event": told.data["event"],
        "held": Hold.objects.filter(account=account, kind="plan", lifted_on=None).count(),
        "promises": list(account.promises.values_list("status", flat=True)),
    }


@pytest.mark.parametrize("signed", [True, False])
def test_a_death_leaves_of_a_plan_what_a_recevabilite_leaves(desk: Desk, signed: bool) -> None:
    found = []
    for end in (recevabilite, death):
        version = desk.signed() if signed else desk.drawn()
        make_promise(
            account=desk.account,
            amount_cents=5000,
            due_on=LEARNED + timedelta(days=5),
            actor=desk.officer,
            today=TODAY,
        )
        end(desk)
        found.append(left(version))
    assert found[0]["state"] == "cancelled" and found[0]["held"] == 0
    assert found[0] | {"promises": []} == found[1] | {"promises": []}
    assert set(found[1]["promises"]) == {"cancelled"}


def test_nothing_of_the_plan_comes_back_in_the_nights_after(desk: Desk) -> None:
    version = desk.signed()
    death(desk)
    factories.debit(desk.account, date(2026, 12, 1), 30_000)
    as_of = date(2027, 1, 20)
    nightly.run(office=desk.office, as_of=as_of, now=noon(as_of))
    version.refresh_from_db()
    row = AccountPosition.objects.get(pk=desk.account.pk)
    assert version.state == "cancelled"
    assert (row.held_by, row.next_step) == ("death", None) and "plan" not in row.duties
