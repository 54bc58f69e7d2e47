"""The cautions are asked to pay what the debtor does not; what they pay is owed to them (AL-05)."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import CLOSED
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.guarantees.cautions import for_whom, to_call
from amiable.guarantees.subrogation import payments
from amiable.outreach.statement import unpaid_items


def asked(dossier: Dossier, today: date) -> list[tuple[int, int]]:
    """(entry, cents) of what is unpaid and due, oldest first; part A of a surendettement apart (SUR-02)."""
    return [
        (item.entry_id, item.rest_cents)
        for item in unpaid_items([dossier.account], today)[dossier.account_id]
    ]


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    total = sum(cents for _, cents in asked(dossier, today))
    if not total:
        raise DomainError("nothing_to_call", "Rien n’est échu et impayé à cette date : rien n’est parti.")
    return {**shared_values(dossier, today), "caution_demande": french.euros(total)}


KIND: Kind[Dossier] = Kind(
    code="caution_appel",
    label_fr="Appel à la caution",
    partner_fr="Chaque caution, personne physique",
    traits=("tenancy",),
    must_fr="après la mise en demeure du locataire, la caution peut être appelée, dans la limite de l’acte.",
    rules=("DUN-06", "DUN-07", "AL-05"),
    possible=[
        {"fact": "overdue_cents", "op": ">", "value": 0},
        {"fact": "guarantors", "op": ">", "value": 0},
    ],
    stops={"fact": "hold", "op": "in", "value": ["death", "plan"]},
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece(
            "acte",
            "Acte de cautionnement signé",
            ask_fr="Joindre l’acte de cautionnement : il dit ce que la caution couvre, et jusqu’à quand.",
        ),
        Piece(
            "mise_en_demeure",
            "Mise en demeure du locataire",
            "formal_notice",
            ask_fr="Mettre d’abord le locataire en demeure.",
        ),
    ),
    fields=(Field("dette", "Dette", "money", "actionable_cents"),),
    papers=(Paper("caution_appel", "Appel à la caution"),),
    values=values,
    recipients=to_call,
    personal=for_whom,
    asked=asked,
    events=(
        *payments("La caution"),
        Event(
            "delai",
            "La caution demande des délais",
            effects=(
                do("ask", code="caution_delai", text="La caution demande des délais : convenir d’échéances"),
            ),
        ),
        Event(
            "contestee",
            "La caution refuse ou conteste",
            effects=(
                do("ask", code="caution_conteste", text="La caution conteste : lire son acte, répondre"),
            ),
        ),
        Event("sans_suite", "Appel sans suite", to=CLOSED),
    ),
    order=42,
)
