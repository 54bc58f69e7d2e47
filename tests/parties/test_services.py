"""People and how to reach them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.parties import services as parties
from amiable.parties.models import ContactPoint, MergeProposal
from tests import factories
from tests.diary.conftest import TODAY


@pytest.fixture
def office(db: None) -> Office:
    return factories.office()


@pytest.fixture
def head(office: Office) -> User:
    return factories.user(office, "service_head")


@pytest.mark.parametrize(
    ("typed", "stored", "mobile"),
    [
        ("06 39 98 11 02", "+33639981102", True),
        ("01.99.00.12.34", "+33199001234", False),
        ("+33 (0)6 39 98 11 02", "+33639981102", True),
        ("0039 06 6982", "+39066982", False),
    ],
)
def test_a_phone_is_stored_one_way_only(typed: str, stored: str, mobile: bool) -> None:
    assert parties.normalise("phone", typed) == (stored, mobile)


@pytest.mark.parametrize(
    ("kind", "typed"), [("phone", "1234"), ("phone", "bonjour"), ("email", "samira@"), ("address", "  ")]
)
def test_what_is_no_contact_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(DomainError):
        parties.normalise(kind, typed)


def test_the_same_contact_twice_is_one_and_sound_again(office: Office) -> None:
    person = factories.person(office)
    first = parties.add_contact_point(person=person, kind="phone", value="0639981102")
    parties.mark_problem(contact_point=first, problem="wrong", today=TODAY)
    again = parties.add_contact_point(person=person, kind="phone", value="06 39 98 11 02")
    assert again.pk == first.pk and again.problem == "" and ContactPoint.objects.count() == 1


def proposal(office: Office) -> MergeProposal:
    first, second = factories.person(office), factories.person(office, email_opt_out=True)
    factories.account(office, "C1", person=first)
    factories.account(office, "C2", person=second)
    factories.contact(second, "email", "samira@exemple.fr")
    return MergeProposal.objects.create(office=office, first=first, second=second, reason="même nom")


def test_a_merge_keeps_accounts_contacts_and_refusals(office: Office, head: User) -> None:
    found = proposal(office)
    kept = parties.accept_merge(proposal=found, actor=head)
    kept.refresh_from_db()
    assert sorted(kept.accounts.values_list("ref", flat=True)) == ["C1", "C2"]
    assert kept.contact_points.get().value == "samira@exemple.fr" and kept.email_opt_out
    found.second.refresh_from_db()
    assert found.second.merged_into == kept


def test_a_merge_is_decided_once(office: Office, head: User) -> None:
    found = proposal(office)
    parties.refuse_merge(proposal=found, actor=head)
    with pytest.raises(DomainError, match="déjà été traitée"):
        parties.accept_merge(proposal=found, actor=head)
    assert found.second.accounts.count() == 1


def test_an_auditor_merges_nobody(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        parties.accept_merge(proposal=proposal(office), actor=factories.user(office, "auditor"))
