"""CCAPEX: a legal-person landlord seizes it two months before any assignation, or it is deemed seized."""

from __future__ import annotations

from amiable.domain.dossiers import CLOSED, Answer, Field, Kind, Piece

KIND = Kind(
    code="ccapex",
    label_fr="Saisine de la CCAPEX",
    partner_fr="Commission de coordination des actions de prévention des expulsions locatives",
    creditors=("landlord",),
    must_fr=(
        "un bailleur personne morale saisit la CCAPEX deux mois au moins avant d’assigner ; le signalement "
        "à la CAF en tient lieu quand la dette persiste."
    ),
    rules=("LIT-01", "LIT-02"),
    possible=[
        {"fact": "overdue_cents", "op": ">", "value": 0},
        {"fact": "status", "op": "in", "value": ["present", "mute"]},
    ],
    due=[
        {"fact": "age_days", "op": ">=", "value": "$policy.ccapex_age_days"},
        {"fact": "status", "op": "in", "value": ["present", "mute"]},
        {"fact": "actionable_cents", "op": ">=", "value": "$policy.reminder_floor_cents"},
    ],
    stops={"fact": "hold", "op": "in", "value": ["death"]},
    step="saisine_ccapex",
    pieces=(
        Piece("decompte", "Décompte", "statement"),
        Piece("demarches", "Démarches déjà tentées et leurs preuves", "steps"),
        Piece("bail", "Bail", "lease", ask_fr="Joindre le bail signé."),
        Piece("mise_en_demeure", "Mise en demeure", "formal_notice", required=False),
        Piece("plan", "Plan d’apurement proposé ou rompu", "plan", required=False),
    ),
    fields=(
        Field("dette", "Dette", "money", "actionable_cents", required=True),
        Field("anciennete", "Retard en jours", "number", "age_days"),
        Field("loyer", "Loyer", "money", "rent_cents"),
        Field("charges", "Charges", "money", "charges_cents"),
        Field("aide", "Aide au logement", "money", "aid_cents"),
        Field("demande", "Ce qui est demandé à la commission", "long"),
    ),
    answers=(
        Answer("avis", "Avis ou recommandation reçus"),
        Answer("sans_suite", "Pas de suite donnée", to=CLOSED),
    ),
    order=20,
)
