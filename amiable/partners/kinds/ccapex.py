"""CCAPEX: a legal-person landlord seizes it two months before any assignation, or it is deemed seized."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values
from amiable.domain.cases.event import Event, Field, do
from amiable.domain.cases.family import CLOSED, FOLLOWED
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.partners.ccapex import earliest_assignation_on, seizure_by_caf, seizure_of

_AT_HOME = {"fact": "status", "op": "in", "value": ["present", "mute"]}
_CAUSES = (
    ("emploi", "perte d’emploi ou baisse de revenus"),
    ("separation", "séparation"),
    ("maladie", "maladie ou accident"),
    ("aide", "rupture de droits à la caisse"),
    ("loyer", "loyer trop élevé pour les ressources"),
    ("surendettement", "surendettement"),
    ("inconnue", "non connue à ce jour"),
)


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the seizure says; the signalement to the caisse is told with its date and reference."""
    told = seizure_by_caf(dossier.account, today)
    words = "aucun"
    if told is not None:
        words = f"le {told.on:%d/%m/%Y}" + (f", référence {told.reference}" if told.reference else "")
    return {
        **shared_values(dossier, today),
        "ccapex_cause": dict(_CAUSES).get(dossier.fields.get("cause", ""), "non connue à ce jour"),
        "ccapex_demande": dossier.fields.get("demande") or "un diagnostic social et financier",
        "ccapex_signalement": words,
    }


def aside(dossier: Dossier, today: date) -> dict[str, Any]:
    """Since when it is seized, and the first day an assignation may be brought."""
    account = dossier.account
    return {
        "bars_assignation": True,
        "seizure": seizure_of(account, today),
        "earliest": earliest_assignation_on(account, today),
    }


KIND: Kind[Dossier] = Kind(
    code="ccapex",
    label_fr="Saisine de la CCAPEX",
    partner_fr="Commission de coordination des actions de prévention des expulsions locatives",
    traits=("tenancy",),
    must_fr=(
        "un bailleur personne morale saisit la CCAPEX avant d’assigner ; le signalement à la caisse en tient "
        "lieu quand la dette persiste. Un locataire parti n’est plus concerné."
    ),
    rules=("LIT-01", "LIT-02"),
    possible=[{"fact": "overdue_cents", "op": ">", "value": 0}, _AT_HOME],
    due=[
        {"fact": "age_days", "op": ">=", "value": "$policy.ccapex_age_days"},
        {"fact": "actionable_cents", "op": ">=", "value": "$policy.reminder_floor_cents"},
        _AT_HOME,
    ],
    stops={
        "any": [
            {"fact": "hold", "op": "=", "value": "death"},
            {"fact": "status", "op": "=", "value": "parti"},
        ]
    },
    step="saisine_ccapex",
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece(
            "demarches",
            "Démarches déjà tentées et leurs preuves",
            "steps",
            ask_fr="Aucune démarche n’est notée au journal : appeler ou écrire au locataire.",
        ),
        Piece("bail", "Bail", "lease", required=False, ask_fr="Joindre le bail signé."),
        Piece("mise_en_demeure", "Mise en demeure", "formal_notice", required=False),
        Piece("plan", "Plan d’apurement proposé ou rompu", "plan", required=False),
        Piece("situation", "Situation du ménage", "household", required=False),
    ),
    fields=(
        Field("dette", "Dette", "money", "actionable_cents", required=True),
        Field("anciennete", "Retard en jours", "number", "age_days"),
        Field("loyer", "Loyer", "money", "rent_cents"),
        Field("charges", "Charges", "money", "charges_cents"),
        Field("aide", "Aide au logement", "money", "aid_cents"),
        Field("cause", "Cause connue de l’impayé", "choice", choices=_CAUSES),
        Field(
            "demande",
            "Ce qui est demandé à la commission",
            "long",
            help_fr="Un diagnostic social et financier, par défaut.",
        ),
    ),
    papers=(Paper("ccapex_saisine", "Saisine de la CCAPEX"),),
    values=values,
    aside=aside,
    events=(
        Event("avis", "Avis ou recommandation reçus", to=FOLLOWED),
        Event(
            "orientation",
            "Orientation vers un autre dispositif",
            to=FOLLOWED,
            effects=(do("ask", code="ccapex_avis", text="La CCAPEX oriente vers un dispositif"),),
        ),
        Event("sans_suite", "Pas de suite donnée", to=CLOSED),
    ),
    order=20,
)
