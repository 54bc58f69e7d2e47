"""Two offices, two agencies, one user per role: what every screen's tests begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client

from amiable.accounts.models import Account
from amiable.core.models import Agency, Office, User
from tests import factories

TODAY = date(2026, 11, 22)


def seen(account: Account) -> dict[str, int]:
    """What a page just read says of the account it shows."""
    return {"version": Account.objects.values_list("version", flat=True).get(pk=account.pk)}


@dataclass
class House:
    """An office of two agencies and its users by role (officer, head and colleague are of `north`)."""

    office: Office
    north: Agency
    south: Agency
    other_office: Office
    users: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, role: str) -> User:
        return self.users[role]


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house of the tests; the clock is stopped on 22 November 2026."""
    monkeypatch.setenv("AMIABLE_TODAY", TODAY.isoformat())
    office = factories.office("deux-rives", name="Habitat des Deux Rives")
    north, south = factories.agency(office, "NORD"), factories.agency(office, "SUD")
    made = House(office, north, south, factories.office("ailleurs"))
    bound = {User.Role.OFFICER, User.Role.AGENCY_HEAD, User.Role.COLLEAGUE}
    for role in User.Role.values:
        agencies = (north,) if role in bound else ()
        made.users[role] = factories.user(office, role, *agencies, name=role, last_name=role.capitalize())
    made.users["officer_south"] = factories.user(office, User.Role.OFFICER, south, name="officer_south")
    made.users["stranger"] = factories.user(made.other_office, User.Role.SERVICE_HEAD, name="stranger")
    return made


@pytest.fixture
def log_in(house: House) -> Callable[[str], Client]:
    """`log_in("officer")` gives a client of that role, or of the users `officer_south` and `stranger`."""

    def client_of(name: str) -> Client:
        client = Client()
        client.force_login(house[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
