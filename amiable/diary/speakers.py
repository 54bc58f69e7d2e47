"""Who may hear about an account’s debt on the telephone: who owes it, answers for it, or represents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from amiable.ledger.models import Account, AccountParty
from amiable.parties.models import LegalProtection, Person

Role: Any = AccountParty.Role
Measure: Any = LegalProtection.Measure
#: The representative acts in the adult's place; otherwise the adult is spoken to, and assisted.
_IN_PLACE = (Measure.TUTELLE, Measure.HABILITATION, Measure.MANDAT)
#: What each may be told; an occupant, or anybody else, is a third party.
_TOLD: dict[str, str] = {
    Role.CO_HOLDER: "doit toute la dette avec le titulaire",
    Role.SPOUSE: "doit toute la dette avec le titulaire",
    Role.ROOMMATE: "doit la dette commune avec le titulaire",
    Role.GUARANTOR: "seulement de ce qu’elle garantit",
    Role.HEIR: "de la succession",
    Role.NOTARY: "de la succession",
}


@dataclass(frozen=True)
class Speaker:
    """person: whom to ask for; role_fr: « co-titulaire du bail »; why_fr: what may be spoken of."""

    person: Person
    role_fr: str
    why_fr: str


def may_speak_with(account: Account, on: date) -> list[Speaker]:
    """In the order in which to ask for them. Two queries; `account.person` is read."""
    holder = account.person
    in_force = Q(ended_on=None) | Q(ended_on__gte=on)
    measures = LegalProtection.objects.filter(in_force, person=holder, started_on__lte=on)
    measure = measures.select_related("guardian").order_by("-started_on").first()
    found = list(_holder(holder, measure))
    current = Q(to_on=None) | Q(to_on__gte=on)
    parties = account.parties.filter(current, role__in=_TOLD).select_related("person").order_by("pk")
    found += [Speaker(one.person, one.get_role_display(), _TOLD[one.role]) for one in parties]
    return found


def _holder(holder: Person, measure: LegalProtection | None) -> Iterable[Speaker]:
    if measure is None:
        yield Speaker(holder, "titulaire", "de toute la dette")
        return
    guardian, label = measure.guardian, measure.get_measure_display()
    if measure.measure in _IN_PLACE:
        if guardian is not None:
            yield Speaker(guardian, f"représentant ({label})", "de toute la dette, à la place du titulaire")
        return
    if measure.measure == Measure.UNKNOWN:
        # Nobody decides for an adult before the measure is known (the account is held).
        return
    yield Speaker(holder, f"titulaire ({label})", "de toute la dette")
    if guardian is not None:
        yield Speaker(guardian, f"assiste le titulaire ({label})", "de toute la dette, avec le titulaire")
