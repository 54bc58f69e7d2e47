"""CIL-PASS assistance: an employee in difficulty is shown the way to Action Logement, with their consent."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import CLOSED, FOLLOWED
from amiable.domain.cases.kind import Kind, Paper
from amiable.domain.errors import DomainError

_CONSENTS = (("oui", "La personne est d’accord"), ("a_demander", "À demander"))
_EMPLOYERS = (("prive", "Salarié du secteur privé"), ("autre", "Autre situation"), ("inconnu", "Non connu"))


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the referral says; DomainError without consent, or for who is not concerned (AL-04)."""
    fields = dossier.fields
    if fields.get("consentement") != "oui":
        raise DomainError(
            "cil_pass_no_consent", "Demandez d’abord l’accord de la personne : rien n’est parti."
        )
    if fields.get("emploi") != "prive":
        raise DomainError(
            "cil_pass_not_concerned",
            "CIL-PASS assistance concerne les salariés du secteur privé : vérifiez d’abord l’emploi. Rien "
            "n’est parti.",
        )
    return {
        **shared_values(dossier, today),
        "cil_pass_telephone": fields.get("telephone") or "non communiqué",
        "cil_pass_difficulte": str(fields.get("difficulte") or "impayé de loyer").rstrip(" ."),
    }


def _prefill(dossier: Dossier, facts: Any, today: date) -> dict[str, Any]:
    return {"consentement": "a_demander", "emploi": "inconnu"}


KIND: Kind[Dossier] = Kind(
    code="cil_pass",
    label_fr="Orientation CIL-PASS assistance",
    noun_fr="orientation CIL-PASS",
    partner_fr="Action Logement Services",
    traits=("tenancy",),
    must_fr="la personne fait elle-même la demande ; l’orientation suppose son accord.",
    rules=("AL-04",),
    possible=[
        {"fact": "overdue_cents", "op": ">", "value": 0},
        {"fact": "status", "op": "in", "value": ["present", "mute"]},
    ],
    stops={"fact": "hold", "op": "=", "value": "death"},
    fields=(
        Field("consentement", "Accord de la personne", "choice", required=True, choices=_CONSENTS),
        Field("emploi", "Emploi", "choice", required=True, choices=_EMPLOYERS),
        Field("telephone", "Téléphone où la joindre", help_fr="Celui qu’elle a donné pour cela."),
        Field("difficulte", "Difficulté rencontrée", "long"),
    ),
    prefill=_prefill,
    papers=(Paper("cil_pass", "Fiche d’orientation"),),
    values=values,
    partner_kind="action_logement",
    events=(
        Event("suivie", "La personne est suivie", to=FOLLOWED),
        Event(
            "aide",
            "Une aide est accordée",
            to=FOLLOWED,
            effects=(do("ask", code="cil_pass_aide", text="CIL-PASS accorde une aide : revoir le plan"),),
        ),
        Event("sans_suite", "La personne ne donne pas suite", to=CLOSED),
        Event("refus", "Action Logement ne peut pas aider", to=CLOSED),
    ),
    order=34,
)
