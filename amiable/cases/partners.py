"""The bodies dossiers are sent to, and their addresses, kept by the office."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.models import Partner
from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.cases.kind import Kind
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.parties.models import ContactPoint, Person


@transaction.atomic
def save_partner(
    *,
    office: Office,
    kind: str,
    code: str,
    name: str,
    address: str,
    actor: User | None,
    departments: str = "",
    email: str = "",
) -> Partner:
    """A partner, new or changed, found by its kind and code. DomainError without name or address."""
    if actor is not None:
        require(actor, "edit_policy")
    kind_of(kind)
    if not code.strip() or not name.strip() or not address.strip():
        raise DomainError("partner_incomplete", "Indiquez le code, le nom et l’adresse du partenaire.")
    found = Partner.objects.filter(office=office, kind=kind, code=code.strip()).first()
    partner = found or Partner(office=office, kind=kind, code=code.strip())
    person = partner.person or Person(office=office, is_company=True)
    person.last_name, person.search_key = name.strip()[:120], french.search_key(name)
    person.save()
    _point(person, "address", address)
    _point(person, "email", email)
    partner.person, partner.name, partner.departments = person, name.strip()[:120], departments.strip()
    partner.save()
    record("dossier.partner", office=office, actor=actor, target=partner)
    return partner


def partners_of(kind: Kind, office: Office) -> list[Partner]:
    """Everybody dossiers of that kind may be sent to."""
    rows = Partner.objects.filter(office=office, kind=kind.partner_kind or kind.code)
    return list(rows.select_related("person"))


def partner_among(partners: Sequence[Partner], account: Account) -> Partner | None:
    """The partner of the home's department, else the office's only one for that kind."""
    for row in partners:
        if any(account.postcode.startswith(each) for each in row.departments.split()):
            return row
    free = [row for row in partners if not row.departments]
    return free[0] if len(free) == 1 else None


def _point(person: Person, kind: str, value: str) -> None:
    value = "\n".join(line.strip() for line in value.strip().splitlines())
    ContactPoint.objects.filter(person=person, kind=kind).exclude(value=value).update(is_current=False)
    if value:
        ContactPoint.objects.update_or_create(
            person=person, kind=kind, value=value, defaults={"is_current": True, "problem": ""}
        )
