"""One access function: office first, then the agencies one is bound to."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from amiable.accounts.models import Account
from amiable.core import access, rooms
from amiable.core.models import Agency, Office, User
from amiable.parties.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> dict[str, object]:
    office = Office.objects.create(code="A", name="A", kind="landlord")
    other = Office.objects.create(code="B", name="B", kind="landlord")
    north, south = (Agency.objects.create(office=office, code=c, name=c) for c in ("N", "S"))
    person = Person.objects.create(office=office, last_name="DURAND")
    stranger = Person.objects.create(office=other, last_name="MARTIN")
    for ref, agency in (("n", north), ("s", south), ("none", None)):
        Account.objects.create(office=office, ref=ref, person=person, agency=agency, nature="loyer")
    Account.objects.create(office=other, ref="foreign", person=stranger, nature="loyer")
    officer = User.objects.create(username="o", office=office, role=User.Role.OFFICER)
    officer.agencies.add(north)
    head = User.objects.create(username="h", office=office, role=User.Role.SERVICE_HEAD)
    head.agencies.add(south)
    return {"officer": officer, "head": head}


def seen(user: object) -> set[str]:
    assert isinstance(user, User)
    return set(access.scope(Account.objects.all(), user).values_list("ref", flat=True))


def test_an_officer_sees_their_agency_and_what_has_none(house: dict[str, object]) -> None:
    assert seen(house["officer"]) == {"n", "none"}


def test_a_head_of_service_sees_the_office_and_no_other(house: dict[str, object]) -> None:
    assert seen(house["head"]) == {"n", "s", "none"}


def test_outside_the_scope_nothing_exists(house: dict[str, object]) -> None:
    officer = house["officer"]
    assert isinstance(officer, User)
    assert access.fetch(Account, officer, ref="n").ref == "n"
    with pytest.raises(Http404):
        access.fetch(Account, officer, ref="s")


def test_every_scoped_model_names_real_paths() -> None:
    from django.apps import apps

    user = User(office_id=0, role=User.Role.SERVICE_HEAD)
    bound = User(office_id=0, role=User.Role.OFFICER)
    bound._agency_ids = [0]  # type: ignore[attr-defined]
    scoped = [model for model in apps.get_models() if hasattr(model, "ACCESS")]
    assert len(scoped) >= 20
    for model in scoped:
        for someone in (user, bound):
            assert not access.scope(model._default_manager.all(), someone).exists()


def test_an_auditor_writes_nothing() -> None:
    auditor = User(role=User.Role.AUDITOR)
    granted = {name for name in rooms.house().capabilities if access.may(auditor, name)}
    assert granted == {"read_accounts", "read_journal"}
    with pytest.raises(PermissionDenied):
        access.require(auditor, "work_accounts")
