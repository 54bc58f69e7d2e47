"""Guided states: what each starts, ends, and leaves in the diary; on every account the person holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from amiable.accounts.addressees import addressees_of, estate_addressees_of
from amiable.accounts.models import Account, AccountParty
from amiable.diary import person_facts, situations
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry
from amiable.diary.situations import Identity
from amiable.domain.errors import DomainError
from amiable.parties.models import Death, Person
from tests import factories
from tests.diary.conftest import TODAY, Desk

UDAF = Identity("UDAF", address="1 rue Fictive\n69000 LYON", is_company=True)


def holds(account: Account) -> list[str]:
    return list(account.holds.filter(active_on(TODAY)).values_list("kind", flat=True))


def doing(desk: Desk) -> dict:
    return {"account": desk.account, "actor": desk.officer, "today": TODAY}


def test_a_tied_person_is_written_to_leaves_and_is_untied(desk: Desk) -> None:
    party = situations.tie_person(**doing(desk), role="roommate", who=Identity("Vallin", "Emma"))
    names = [one.person.last_name for one in addressees_of([desk.account], TODAY)[desk.account.pk]]
    assert names[1:] == ["Vallin"]
    left = TODAY - timedelta(days=300)
    situations.note_departure(party=party, to_on=left, actor=desk.officer, today=TODAY)
    assert len(addressees_of([desk.account], TODAY)[desk.account.pk]) == 1
    situations.note_departure(party=party, to_on=None, actor=desk.officer, today=TODAY)
    assert len(addressees_of([desk.account], TODAY)[desk.account.pk]) == 2
    situations.untie_person(party=party, actor=desk.officer, today=TODAY)
    assert not AccountParty.objects.exists()
    events = [row.data["event"] for row in DiaryEntry.objects.filter(kind="situation").order_by("pk")]
    assert events == ["party_added", "party_left", "party_stays", "party_removed"]
    assert "Vallin" not in str(list(DiaryEntry.objects.values_list("data", flat=True)))


def test_the_same_person_twice_is_refused(desk: Desk) -> None:
    who = Identity("Vallin", "Emma", email="emma@exemple.fr")
    situations.tie_person(**doing(desk), role="roommate", who=who)
    with pytest.raises(DomainError, match="déjà liée"):
        situations.tie_person(**doing(desk), role="roommate", who=who)
    assert Person.objects.filter(last_name="Vallin").count() == 1


def test_an_unknown_measure_holds_every_account_and_a_known_one_frees_them(desk: Desk) -> None:
    other = factories.account(desk.office, person=desk.account.person)
    person = desk.account.person
    situations.set_protection(**doing(desk), person=person, measure="unknown")
    assert holds(desk.account) == holds(other) == ["protection"]
    situations.set_protection(**doing(desk), person=person, measure="tutelle")
    assert holds(desk.account) == ["protection"], "no guardian is known yet"
    made = situations.set_protection(**doing(desk), person=person, measure="curatelle", guardian=UDAF)
    assert holds(desk.account) == holds(other) == []
    assert [one.is_copy for one in addressees_of([other], TODAY)[other.pk]] == [False, True]
    situations.end_protection(**doing(desk), protection=made)
    assert len(addressees_of([other], TODAY)[other.pk]) == 1


def test_one_curator_of_many_is_one_person(desk: Desk) -> None:
    second = factories.account(desk.office)
    for account in (desk.account, second):
        situations.set_protection(
            account=account,
            person=account.person,
            measure="curatelle",
            guardian=UDAF,
            actor=desk.officer,
            today=TODAY,
        )
    assert Person.objects.filter(last_name="UDAF").count() == 1


def test_a_death_freezes_all_and_can_be_undone(desk: Desk) -> None:
    other = factories.account(desk.office, person=desk.account.person)
    death = situations.record_death(
        **doing(desk), person=desk.account.person, died_on=TODAY - timedelta(days=3), notary=Identity("Aubry")
    )
    assert holds(desk.account) == holds(other) == ["death"]
    estate = estate_addressees_of([desk.account], TODAY)[desk.account.pk]
    assert [one.person.last_name for one in estate] == ["Aubry"]
    situations.cancel_death(**doing(desk), death=death)
    assert holds(desk.account) == holds(other) == [] and not Death.objects.exists()


def test_the_death_of_a_co_holder_freezes_only_what_they_hold(desk: Desk) -> None:
    party = situations.tie_person(**doing(desk), role="co_holder", who=Identity("Martin", "Léa"))
    situations.record_death(**doing(desk), person=party.person)
    assert holds(desk.account) == []
    assert len(addressees_of([desk.account], TODAY)[desk.account.pk]) == 1


def test_a_death_after_the_day_it_is_learned_is_refused(desk: Desk) -> None:
    with pytest.raises(DomainError, match="postérieur"):
        situations.record_death(
            **doing(desk), person=desk.account.person, died_on=TODAY, learned_on=TODAY - timedelta(days=1)
        )
    assert not Death.objects.exists()


def test_only_a_head_lifts_a_threat_and_the_facts_say_it(desk: Desk) -> None:
    person = desk.account.person
    flag = situations.raise_flag(**doing(desk), person=person, kind="threat", reason="Menaces au guichet")
    frame = person_facts.provide([desk.account.pk], desk.office.pk, TODAY, None)
    assert frame["restricted"].to_list() == [True] and frame["fragile"].to_list() == [False]
    with pytest.raises(PermissionDenied):
        situations.lift_flag(**doing(desk), flag=flag)
    head = factories.user(desk.office, "service_head")
    situations.lift_flag(account=desk.account, flag=flag, actor=head, today=TODAY)
    with pytest.raises(DomainError, match="déjà levé"):
        situations.lift_flag(account=desk.account, flag=flag, actor=head, today=TODAY)


def test_insults_and_judgments_are_refused(desk: Desk) -> None:
    with pytest.raises(DomainError):
        situations.raise_flag(
            **doing(desk), person=desk.account.person, kind="conflict", reason="C’est un connard"
        )


def test_two_officers_at_once(desk: Desk) -> None:
    version = desk.account.version
    situations.tie_person(**doing(desk), role="spouse", who=Identity("Martin"), version=version)
    with pytest.raises(DomainError, match="pendant que cette fiche était ouverte"):
        situations.tie_person(**doing(desk), role="spouse", who=Identity("Autre"), version=version)


def test_dates_are_coherent(desk: Desk) -> None:
    party = situations.tie_person(
        **doing(desk), role="roommate", who=Identity("Vallin"), from_on=date(2024, 1, 1)
    )
    with pytest.raises(DomainError, match="précède"):
        situations.note_departure(party=party, to_on=date(2023, 1, 1), actor=desk.officer, today=TODAY)
