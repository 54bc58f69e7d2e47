"""What must hold whatever the day: the demo is loaded, its night is run, every page opens and nothing stops.

`.ci/run any_day` runs it on the mornings when a year's values have ended (AMIABLE_TODAY); the ordinary suite,
on the day it is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from amiable.core import clock
from amiable.core.models import Office, User
from amiable.demo import doings, dossiers, files, interviews, offices, plans, surendettement
from amiable.domain import law
from amiable.nightly import services as nightly
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from tests.demo.test_stories import take

pytestmark = [pytest.mark.django_db, pytest.mark.any_day]
#: Accounts whose every page is opened, beside those of no account.
OPENED = 3


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The day of the run, the same to its end though midnight may pass."""
    on = clock.today()
    monkeypatch.setenv("AMIABLE_TODAY", on.isoformat())
    return on


@pytest.fixture
def house(today: date) -> list[Office]:
    """Both offices of the demo, smaller, after their night."""
    landlord, treasury = offices.open_landlord(today), offices.open_treasury(today)
    take(landlord, files.landlord_files(today, homes=40))
    take(treasury, files.treasury_files(today))
    for office in (landlord, treasury):
        positions.refresh(office=office, as_of=today)
    doings.landlord_acts(landlord, today)
    doings.treasury_acts(treasury, today)
    interviews.landlord_interviews(landlord, today)
    plans.landlord_plans(landlord, today)
    dossiers.landlord_dossiers(landlord, today)
    surendettement.landlord_surendettements(landlord, today)
    for office in (landlord, treasury):
        night(office, today)
    return [landlord, treasury]


def night(office: Office, on: date) -> None:
    nightly.run(office=office, as_of=on, now=datetime.combine(on, time(6), ZoneInfo("Europe/Paris")))


def ends_each_year(rule: law.Rule) -> bool:
    return any(parameter.indexed for parameter in rule.parameters.values())


def addresses(office: Office) -> Iterator[str]:
    """Each page of no account, each rule whose values end, and each page of some accounts that owe."""
    owing = AccountPosition.objects.filter(office=office, overdue_cents__gt=0).order_by("-overdue_cents")
    refs = list(owing.values_list("account__ref", flat=True)[:OPENED])
    known = get_resolver().reverse_dict
    for name in sorted(each for each in known if isinstance(each, str)):
        asked = {tuple(params) for possibilities, *_ in known.getlist(name) for _, params in possibilities}
        if () in asked:
            yield reverse(name)
        elif ("ref",) in asked:
            yield from (reverse(name, args=[ref]) for ref in refs)
        elif ("rule_id",) in asked:
            yield from (reverse(name, args=[rule.rule_id]) for rule in law.rules() if ends_each_year(rule))


def test_every_page_opens_and_the_next_night_follows(house: list[Office], today: date) -> None:
    """In one go: an office takes most of the minute."""
    opened = 0
    for office in house:
        client = Client()
        staff = User.objects.filter(office=office).order_by("pk")
        head = staff.filter(role=User.Role.SERVICE_HEAD).first() or staff.first()
        client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
        for address in addresses(office):
            if address.endswith("/deconnexion/"):
                continue
            answer = client.get(address)
            assert answer.status_code < 500, (office.code, address)
            opened += answer.status_code == 200
    assert opened > 150
    for office in house:
        night(office, today + timedelta(days=1))
        stale = AccountPosition.objects.filter(office=office).exclude(as_of=today + timedelta(days=1))
        assert not stale.exists()
