"""Who a reminder goes to: the lawyer's table, and what a column costs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amiable.accounts.addressees import (
    Addressing,
    addressees_of,
    addressing_of,
    estate_addressees_of,
    may_speak_with,
)
from amiable.accounts.models import Account, AccountParty
from amiable.parties.models import Death, LegalProtection, PersonFlag
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/addressees/households.yaml").read_text())


def household(case: dict[str, Any]) -> tuple[Account, dict[int, str]]:
    """The account of a case, and the name the case gives to each person."""
    office = factories.office()
    holder = factories.person(office, "Titulaire")
    account = factories.account(
        office, person=holder, nature=case.get("nature", "loyer"), status=case.get("status", "present")
    )
    names = {holder.pk: "holder"}
    for role, facts in case["people"].items():
        person = holder if role == "holder" else factories.person(office, role.capitalize())
        names[person.pk] = role
        if role != "holder":
            AccountParty.objects.create(
                account=account,
                person=person,
                role=role,
                from_on=facts.get("from"),
                to_on=facts.get("to"),
                replaced_on=facts.get("replaced"),
            )
        if "measure" in facts:
            guardian = factories.person(office, "Représentant") if facts.get("guardian") else None
            LegalProtection.objects.create(
                person=person,
                measure=facts["measure"],
                guardian=guardian,
                started_on=date(2020, 1, 1),
                ended_on=facts.get("measure_to"),
            )
            if guardian is not None:
                curated = facts["measure"].startswith("curatelle") or facts["measure"].endswith("assist")
                names[guardian.pk] = "curator" if curated else "guardian"
        if "died" in facts:
            Death.objects.create(person=person, learned_on=facts["died"])
    return account, names


def told(found: Addressing, names: dict[int, str]) -> tuple[list[str], dict[str, str], list[str]]:
    letters = [("copie : " if one.is_copy else "") + names[one.person.pk] for one in found.written]
    out = {names[one.person.pk]: one.code for one in found.left_out}
    return letters, out, [names[one.person.pk] for one in found.written if one.home is not None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_who_a_reminder_goes_to(case: dict[str, Any]) -> None:
    account, names = household(case)
    found = addressing_of([account], TODAY)[account.pk]
    letters, out, home = told(found, names)
    assert letters == case["letters"]
    assert out == case.get("out", {})
    if "home" in case:
        assert home == case["home"]
    assert (found.blocked is None) == bool(case["letters"])
    assert all(one.why_fr for one in found.written) and all(one.reason_fr for one in found.left_out)


def test_a_column_costs_as_many_queries_as_one() -> None:
    accounts = [household(case)[0] for case in CASES]
    with CaptureQueriesContext(
        connection,
    ) as one:
        addressees_of(accounts[:1], TODAY)
    with CaptureQueriesContext(connection) as many:
        found = addressees_of(accounts, TODAY)
    assert len(many) <= max(len(one), 5) and len(found) == len(CASES)


def test_a_spouse_who_left_the_lease_is_still_bound_by_the_marriage() -> None:
    office = factories.office()
    account = factories.account(office)
    wife = factories.person(office, "Martin", "Léa")
    for role, to_on in (("spouse", None), ("co_holder", date(2025, 1, 31))):
        AccountParty.objects.create(account=account, person=wife, role=role, to_on=to_on)
    found = addressees_of([account], TODAY)[account.pk]
    assert [one.role for one in found] == ["holder", "spouse"]


def test_a_curator_of_both_is_copied_once_and_a_co_holder_is_never_only_copied() -> None:
    office = factories.office()
    account = factories.account(office)
    wife = factories.person(office, "Martin", "Léa")
    AccountParty.objects.create(account=account, person=wife, role="spouse")
    LegalProtection.objects.create(
        person=account.person, measure="curatelle", guardian=wife, started_on=date(2020, 1, 1)
    )
    found = addressees_of([account], TODAY)[account.pk]
    assert [(one.person, one.is_copy) for one in found] == [(account.person, False), (wife, False)]


def test_a_moved_tenant_is_reached_at_the_new_home() -> None:
    office = factories.office()
    tenant = factories.person(office)
    old = factories.account(office, person=tenant, status="mute", left_on=date(2026, 8, 1))
    new = factories.account(office, person=tenant, address="3 place du Marché")
    assert addressees_of([old], TODAY)[old.pk][0].home == new


def test_the_notary_settles_the_estate_else_the_heirs() -> None:
    office = factories.office()
    account = factories.account(office)
    heir, notary = factories.person(office, "Carpentier", "Luc"), factories.person(office, "Aubry", "Maître")
    AccountParty.objects.create(account=account, person=heir, role="heir")
    assert estate_addressees_of([account], TODAY)[account.pk] == []
    death = Death.objects.create(person=account.person, learned_on=TODAY)
    assert [one.person for one in estate_addressees_of([account], TODAY)[account.pk]] == [heir]
    death.notary = notary
    death.save()
    assert [one.person for one in estate_addressees_of([account], TODAY)[account.pk]] == [notary]


def test_what_a_call_may_tell() -> None:
    office = factories.office()
    account = factories.account(office)
    mother, ward = factories.person(office, "Vallin", "Hélène"), account.person
    AccountParty.objects.create(account=account, person=mother, role="guarantor")
    guardian = factories.person(office, "Udaf", "")
    LegalProtection.objects.create(
        person=ward, measure="tutelle", guardian=guardian, started_on=date(2020, 1, 1)
    )
    PersonFlag.objects.create(person=guardian, kind="threat", reason="Menace au guichet", raised_on=TODAY)
    said = {one.person: one for one in may_speak_with(account, TODAY)}
    assert not said[ward].may and said[guardian].may and said[mother].may
    assert said[guardian].only_head and not said[mother].only_head
    assert "ressources" in said[mother].not_fr
