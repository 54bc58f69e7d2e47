"""The social worker: a request with a motive and the minimum of facts; she answers by a conclusion only."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import ANSWERED, CLOSED, FOLLOWED
from amiable.domain.cases.kind import Kind

_AT_HOME = {"fact": "status", "op": "in", "value": ["present", "mute"]}
MOTIVES = (
    ("ressources", "Baisse ou perte de ressources"),
    ("droits", "Droits à ouvrir ou à rétablir"),
    ("isolement", "Plus de contact, personne isolée"),
    ("logement", "Logement inadapté ou trop cher"),
    ("budget", "Aide à la gestion du budget"),
    ("menage", "Changement dans le ménage"),
)
CONSENTS = (
    ("oui", "La personne est d’accord"),
    ("a_demander", "À demander par la conseillère"),
    ("non", "La personne refuse"),
)


def _prefill(dossier: Any, facts: Any, today: date) -> dict[str, Any]:
    return {"consentement": "a_demander"}


KIND: Kind[Dossier] = Kind(
    code="social",
    label_fr="Demande à la conseillère sociale",
    partner_fr="Conseillère sociale de l’office",
    traits=("tenancy",),
    must_fr="un accompagnement se propose, il ne s’impose pas : la personne peut refuser.",
    possible=[{"fact": "overdue_cents", "op": ">", "value": 0}, _AT_HOME],
    stops={"fact": "hold", "op": "=", "value": "death"},
    step="orientation_sociale",
    fields=(
        Field("motif", "Motif", "choice", required=True, choices=MOTIVES),
        Field(
            "attendu",
            "Ce qui est attendu",
            "long",
            required=True,
            help_fr="Des faits utiles, en une phrase : ni jugement, ni santé, ni vie privée.",
        ),
        Field("consentement", "Accord de la personne", "choice", required=True, choices=CONSENTS),
        Field("dette", "Dette", "money", "actionable_cents"),
        Field("anciennete", "Retard en jours", "number", "age_days"),
    ),
    prefill=_prefill,
    has_notes=True,
    events=(
        Event("prise_en_charge", "Prise en charge", to=FOLLOWED),
        Event("accompagnement", "Accompagnement en place", to=FOLLOWED),
        Event(
            "aide_demandee",
            "Une aide est demandée (FSL, droits…)",
            to=FOLLOWED,
            effects=(do("ask", code="social_suite", text="La conseillère demande une aide"),),
        ),
        Event(
            "plan_possible",
            "Un plan d’apurement est possible",
            to=CLOSED,
            effects=(do("ask", code="social_plan", text="La conseillère conclut à un plan"),),
        ),
        Event("plan_impossible", "Pas de plan possible à ce jour", to=CLOSED),
        Event("refus", "La personne refuse l’accompagnement", to=CLOSED),
        Event("injoignable", "Personne injoignable", to=CLOSED),
        Event("autre_service", "Suivie par un autre service", to=ANSWERED),
    ),
    answer_capability="social_work",
    internal=True,
    order=30,
)
