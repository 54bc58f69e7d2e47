"""What a visit may tell: facts anybody at the door could see or hear, from closed lists. No judgement.

The codes are kept, the French words are shown. Free text is for what was said, and is checked (RGPD-03)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from amiable.domain.errors import DomainError

#: How the visit ended; a home is never entered without being invited in.
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "present": "La personne était là et a échangé",
        "absent": "Personne n’a ouvert",
        "refused": "La personne n’a pas souhaité échanger",
        "third_party": "Quelqu’un d’autre a ouvert",
    }
)
OUTCOMES_SHORT: Mapping[str, str] = MappingProxyType(
    {
        "present": "personne rencontrée",
        "absent": "personne n’a ouvert",
        "refused": "échange refusé",
        "third_party": "quelqu’un d’autre a ouvert",
    }
)
#: What tells from outside whether somebody lives there.
OCCUPANCY: Mapping[str, str] = MappingProxyType(
    {
        "name_on_box": "Nom sur la boîte aux lettres",
        "mail_piled": "Courrier accumulé",
        "light_or_sound": "Lumière ou bruit à l’intérieur",
        "shutters_closed": "Volets fermés",
        "furnished": "Meubles ou rideaux visibles",
        "looks_empty": "Logement visiblement vide",
        "neighbour_says_lives": "Un voisin dit que la personne y habite",
        "neighbour_says_left": "Un voisin dit que la personne est partie",
        "other_name": "Un autre nom sur la boîte ou la porte",
    }
)
#: The dwelling's state, for the technical service; seen only when invited in, or from the landing.
DWELLING: Mapping[str, str] = MappingProxyType(
    {
        "in_order": "Rien à signaler",
        "damp": "Humidité ou moisissures",
        "water_leak": "Fuite d’eau",
        "heating": "Chauffage en panne",
        "electricity": "Électricité à vérifier",
        "window_or_door": "Fenêtre ou porte abîmée",
        "common_parts": "Parties communes abîmées",
        "works_asked": "Travaux demandés par l’occupant",
    }
)
COMMITMENTS: Mapping[str, str] = MappingProxyType(
    {
        "call_back": "La personne rappellera",
        "comes_to_agency": "La personne viendra à l’agence",
        "sends_papers": "La personne enverra des papiers",
        "wants_plan": "La personne souhaite un plan",
        "wants_social": "La personne accepte la conseillère sociale",
        "we_call": "Nous rappelons",
    }
)
#: Somebody spoke with the person: it is a contact.
MET = frozenset({"present", "refused"})
#: Nothing may be promised by somebody who was not met.
_NEEDS_MEETING = frozenset({"call_back", "comes_to_agency", "sends_papers", "wants_plan", "wants_social"})


def check(
    outcome: str, occupancy: Collection[str], dwelling: Collection[str], commitments: Collection[str]
) -> None:
    """Raise DomainError unless every code is known and they do not contradict one another."""
    if outcome not in OUTCOMES:
        raise DomainError("visit_outcome", "Indiquez comment la visite s’est terminée.")
    for given, known in ((occupancy, OCCUPANCY), (dwelling, DWELLING), (commitments, COMMITMENTS)):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise DomainError("visit_code", f"« {unknown[0]} » n’est pas un fait prévu dans le rapport.")
    if outcome != "present" and _NEEDS_MEETING & set(commitments):
        raise DomainError(
            "visit_commitment",
            "Un engagement suppose que la personne a été rencontrée et a échangé.",
        )
    if "in_order" in dwelling and len(set(dwelling)) > 1:
        raise DomainError("visit_dwelling", "« Rien à signaler » ne va pas avec un autre constat.")


def words(codes: Collection[str], labels: Mapping[str, str]) -> list[str]:
    """The French of some codes, in the order of the list they come from."""
    return [label for code, label in labels.items() if code in codes]
