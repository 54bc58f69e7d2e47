"""Persons one meets with care: a threat or a conflict restricts who may call, fragility is told first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q

from amiable.core.access import may
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.parties.models import Person, PersonFlag

Kind: Any = PersonFlag.Kind
#: Signals after which nothing leaves by itself, and only a head calls.
RESTRICTING = (Kind.THREAT, Kind.CONFLICT)


def flags_of(persons: Collection[int], on: date) -> dict[int, list[PersonFlag]]:
    """The signals in force that day, by person, a threat first, then a conflict. One query."""
    found: dict[int, list[PersonFlag]] = {}
    in_force = Q(raised_on__lte=on) & (Q(lifted_on=None) | Q(lifted_on__gt=on))
    for flag in PersonFlag.objects.filter(in_force, person_id__in=persons).order_by("pk"):
        found.setdefault(flag.person_id, []).append(flag)
    for flags in found.values():
        flags.sort(key=lambda flag: (flag.kind != Kind.THREAT, flag.kind not in RESTRICTING))
    return found


def check_caller(person: Person, actor: User | None, on: date) -> None:
    """Raise DomainError when the person's file is restricted and the caller is no head."""
    if actor is None or may(actor, "call_restricted"):
        return
    flags = flags_of([person.pk], on).get(person.pk, [])
    if any(flag.kind in RESTRICTING for flag in flags):
        raise DomainError(
            "restricted",
            "Dossier restreint après une menace ou un conflit : seul un responsable appelle cette personne. "
            "Rien n’a été enregistré ; adressez-lui une demande.",
        )
