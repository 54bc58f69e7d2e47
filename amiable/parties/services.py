"""People and how to reach them: contact points, refusals, merges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.lifecycle import move
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.domain.text.french import search_key
from amiable.domain.text.languages import NAMES_FR
from amiable.parties.lifecycle import MERGE
from amiable.parties.models import ContactPoint, MergeProposal, Person

Kind: Any = ContactPoint.Kind
_REGION = "FR"
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise(kind: str, value: str) -> tuple[str, bool]:
    """The stored form of a contact (E.164 for a phone) and whether it is a mobile."""
    text = value.strip()
    if not text:
        raise DomainError("contact_empty", "Indiquez le numéro ou l’adresse.")
    if kind == Kind.PHONE:
        return _phone(text)
    if kind == Kind.EMAIL:
        try:
            validate_email(text)
        except ValidationError:
            raise DomainError("bad_email", f"« {text} » n’est pas une adresse électronique.") from None
        return text.lower(), False
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())[:300], False


def _phone(text: str) -> tuple[str, bool]:
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise DomainError(
            "bad_phone", f"« {text} » n’est pas un numéro de téléphone : dix chiffres attendus."
        )
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Numbers kept for fiction are in no operator's plan: the first digits tell.
    mobile = phonenumbers.number_type(number) in _MOBILE or stored.startswith(("+336", "+337"))
    return stored, mobile


@transaction.atomic
def add_person(
    *,
    office: Office,
    last_name: str,
    first_name: str = "",
    is_company: bool = False,
    contacts: Mapping[str, str] | None = None,
) -> Person:
    """Somebody an officer names (a roommate, a curator, a notary), with their contacts by kind. The same name
    with the same contact is the same person: a curator of thirty people is one."""
    last, first = " ".join(last_name.split()), " ".join(first_name.split())
    if not last:
        raise DomainError("name_missing", "Indiquez le nom.")
    key = search_key(last, first)
    points = [(kind, *normalise(kind, value)) for kind, value in (contacts or {}).items() if value.strip()]
    known = Person.objects.filter(office=office, search_key=key, merged_into=None)
    for kind, value, _ in points:
        same = known.filter(contact_points__kind=kind, contact_points__value=value).first()
        if same is not None:
            person = same
            break
    else:
        person = Person.objects.create(
            office=office, last_name=last, first_name=first, is_company=is_company, search_key=key
        )
    for kind, value, _ in points:
        add_contact_point(person=person, kind=kind, value=value)
    return person


@transaction.atomic
def add_contact_point(*, person: Person, kind: str, value: str) -> ContactPoint:
    """A way to reach the person; one already known becomes current and sound again."""
    if kind not in Kind.values:
        raise DomainError("bad_contact_kind", "Choisissez téléphone, courriel ou adresse.")
    stored, is_mobile = normalise(kind, value)
    point, _created = ContactPoint.objects.update_or_create(
        person=person,
        kind=kind,
        value=stored,
        defaults={"is_mobile": is_mobile, "is_current": True, "problem": "", "problem_on": None},
    )
    return point


def retire_contact_point(*, contact_point: ContactPoint) -> None:
    """No longer used; kept, so that past proofs still show where they went."""
    ContactPoint.objects.filter(pk=contact_point.pk).update(is_current=False)
    contact_point.is_current = False


def mark_problem(*, contact_point: ContactPoint, problem: str, today: date) -> None:
    """Nothing is sent to this point any more, until it is repaired."""
    contact_point.problem, contact_point.problem_on = problem, today
    ContactPoint.objects.filter(pk=contact_point.pk).update(problem=problem, problem_on=today)


def mark_success(*, contact_point: ContactPoint, today: date) -> None:
    """The person was reached there: it works."""
    contact_point.last_success_on, contact_point.problem = today, ""
    ContactPoint.objects.filter(pk=contact_point.pk).update(
        last_success_on=today, problem="", problem_on=None
    )


def clear_problem(*, contact_point: ContactPoint) -> None:
    contact_point.problem, contact_point.problem_on = "", None
    ContactPoint.objects.filter(pk=contact_point.pk).update(problem="", problem_on=None)


@transaction.atomic
def set_preferences(
    *,
    person: Person,
    email_opt_out: bool,
    sms_opt_out: bool,
    actor: User,
    preferred_channel: str | None = None,
    language: str | None = None,
) -> Person:
    """What the person accepts to receive, prefers, and reads. None: unchanged."""
    require(actor, "work_accounts")
    person.email_opt_out, person.sms_opt_out = email_opt_out, sms_opt_out
    if preferred_channel is not None:
        person.preferred_channel = preferred_channel
    if language is not None:
        if language not in NAMES_FR:
            raise DomainError("unknown_language", "Choisissez une langue de la liste.")
        person.language = language
    person.save(update_fields=["email_opt_out", "sms_opt_out", "preferred_channel", "language"])
    record(
        "person.preferences",
        office=person.office,
        actor=actor,
        target=person,
        data={"email_opt_out": email_opt_out, "sms_opt_out": sms_opt_out},
    )
    return person


@transaction.atomic
def accept_merge(*, proposal: MergeProposal, actor: User, keep_second: bool = False) -> Person:
    """Two persons are one: accounts and contacts go to the kept one, the other keeps its own past.

    What was sent or noted under the other's name stays under it: proofs are never rewritten.
    """
    require(actor, "import_lists")
    kept, gone = (proposal.second, proposal.first) if keep_second else (proposal.first, proposal.second)
    _decide(proposal, MergeProposal.Status.ACCEPTED, actor)
    accounts = list(gone.accounts.values_list("pk", flat=True))
    gone.accounts.update(person=kept)
    for point in gone.contact_points.filter(is_current=True):
        ContactPoint.objects.get_or_create(
            person=kept,
            kind=point.kind,
            value=point.value,
            defaults={"is_mobile": point.is_mobile, "problem": point.problem, "problem_on": point.problem_on},
        )
    for iban in gone.ibans.all():
        kept.ibans.get_or_create(iban=iban.iban, defaults={"learned_on": iban.learned_on})
    # Refusals are never lost in a merge.
    kept.email_opt_out |= gone.email_opt_out
    kept.sms_opt_out |= gone.sms_opt_out
    kept.save(update_fields=["email_opt_out", "sms_opt_out"])
    Person.objects.filter(pk=gone.pk).update(merged_into=kept)
    data = {"kept": kept.pk, "merged": gone.pk, "accounts": accounts}
    record("person.merged", office=proposal.office, actor=actor, target=kept, data=data)
    return kept


@transaction.atomic
def refuse_merge(*, proposal: MergeProposal, actor: User) -> None:
    """Two persons who only look alike; the proposal does not come back."""
    require(actor, "import_lists")
    _decide(proposal, MergeProposal.Status.REFUSED, actor)
    record("person.merge_refused", office=proposal.office, actor=actor, target=proposal)


def _decide(proposal: MergeProposal, status: Any, actor: User) -> None:
    move(proposal, status, MERGE, decided_by=actor, decided_at=timezone.now())
