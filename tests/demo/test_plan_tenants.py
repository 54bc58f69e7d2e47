"""The plans of the demo show every state, whatever the day it runs."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from amiable.core.models import Office
from amiable.demo import files, offices, plan_tenants, plans, stories, tenants
from amiable.diary.writing import postponed
from amiable.domain.plans.following import AT_RISK, BROKEN, KEPT, LATE
from amiable.plans.models import PlanVersion
from amiable.plans.services import follow_plans
from amiable.positions import services as positions
from tests.demo.days import HARDEST
from tests.demo.test_stories import take

pytestmark = pytest.mark.django_db


def loaded(today: date, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(tenants, "ordinary", lambda count, day, first: iter(()))
    office = offices.open_landlord(today)
    take(office, files.landlord_files(today, homes=1_200))
    with postponed():
        plans.landlord_plans(office, today)
    positions.refresh(office=office, as_of=today)
    follow_plans(office=office, as_of=today)
    return office


@pytest.mark.parametrize("today", HARDEST[-1:], ids=str)
def test_every_state_shows(today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(today, monkeypatch)
    states = Counter(PlanVersion.objects.values_list("state", flat=True))
    status = Counter(PlanVersion.objects.filter(state="active").values_list("status", flat=True))
    assert {"draft", "to_approve", "to_sign", "active", "completed", "denounced", "cancelled"} <= set(states)
    assert {KEPT, AT_RISK, LATE, BROKEN} <= set(status), status
    assert status[KEPT] > status[LATE] + status[BROKEN]
    assert sum(states.values()) >= len(plan_tenants.CASES)


def test_each_ref_is_one_account() -> None:
    refs = [*stories.REFS.values(), *plan_tenants.REFS]
    assert len(refs) == len(set(refs)) and max(refs) < "L001000"
