"""The cautions are told of an incident as soon as the month to cure it is over, each by their own letter
(DUN-06)."""

from __future__ import annotations

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED, WITH_PARTNER
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.guarantees.cautions import for_whom, to_inform

_BOUND = (
    {"fact": "overdue_cents", "op": ">", "value": 0},
    {"fact": "guarantors", "op": ">", "value": 0},
)

KIND: Kind[Dossier] = Kind(
    code="caution",
    label_fr="Information de la caution",
    partner_fr="Chaque caution, personne physique",
    traits=("tenancy",),
    must_fr="la caution personne physique est informée dès qu’un incident n’est pas régularisé dans le mois.",
    rules=("DUN-06",),
    possible=list(_BOUND),
    due=[
        *_BOUND,
        {"fact": "actionable_cents", "op": ">=", "value": "$policy.reminder_floor_cents"},
        {"fact": "age_days", "op": "after_limit", "value": "DUN-06.1"},
    ],
    stops={"fact": "hold", "op": "=", "value": "death"},
    opens_fact="oldest_unpaid_on",
    proposed=True,
    limits=(
        LimitRule(
            "DUN-06.1",
            from_fact="oldest_unpaid_on",
        ),
    ),
    pieces=(Piece("decompte", "Décompte", "statement"),),
    fields=(
        Field("incident_le", "Premier incident", "date", "oldest_unpaid_on", required=True),
        Field("dette", "Dette", "money", "actionable_cents"),
    ),
    papers=(Paper("caution_information", "Information de la caution"),),
    values=shared_values,
    recipients=to_inform,
    personal=for_whom,
    events=(
        Event("prise_en_compte", "La caution a pris connaissance", to=CLOSED),
        Event(
            "contestee",
            "La caution conteste son engagement",
            effects=(do("ask", code="caution_conteste", text="La caution conteste son engagement"),),
        ),
        Event(
            "regle",
            "Dette réglée",
            to=CLOSED,
            stages=("to_prepare", "ready", *WITH_PARTNER),
            effects=(
                do("check_settled"),
                do("drop_limits", reason="La dette est réglée : la limite n’a plus d’objet."),
            ),
        ),
    ),
    order=40,
)
