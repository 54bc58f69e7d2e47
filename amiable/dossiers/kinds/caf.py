"""CAF and MSA: the signalement of an impayé, what the caisse answers, and the limits that follow."""

from __future__ import annotations

from amiable.domain.dossiers import CLOSED, FOLLOWED, Answer, Field, Kind, LimitRule, Piece, do

#: The limit exists only in tiers payant; otherwise the caisse acts by itself (CAF-05).
_TIERS_PAYANT = {"fact": "third_party", "op": "=", "value": True}
_FACTS = (
    {"fact": "caf_constituted_on", "op": "not_null"},
    {"fact": "status", "op": "in", "value": ["present", "mute"]},
)

KIND = Kind(
    code="caf",
    label_fr="Signalement à la CAF",
    partner_fr="Caisse d’allocations familiales ou Mutualité sociale agricole",
    creditors=("landlord",),
    must_fr=(
        "en tiers payant, l’impayé constitué est signalé dans les deux mois ; sinon le signalement est "
        "volontaire. Un locataire parti ne se signale pas : la caisse est informée du départ."
    ),
    rules=("CAF-04", "CAF-05", "CAF-06"),
    possible=list(_FACTS),
    due=[*_FACTS, _TIERS_PAYANT],
    stops={
        "any": [
            {"fact": "hold", "op": "=", "value": "death"},
            {"fact": "status", "op": "=", "value": "parti"},
        ]
    },
    opens_fact="caf_constituted_on",
    regime_fact="caf_rule",
    limits=(
        LimitRule(
            "CAF-04",
            "Signalement à la caisse",
            "Pénalité d’au plus 70 % des sommes indûment versées, plafonnée à quatre PMSS, doublée en cas de "
            "récidive dans les trois ans (CAF-06).",
            from_fact="caf_constituted_on",
            on_fact="caf_limit_on",
            needs=_TIERS_PAYANT,
        ),
    ),
    step="signalement_caf",
    proposed=True,
    pieces=(
        Piece("decompte", "Décompte depuis le premier incident", "statement"),
        Piece("demarches", "Démarches déjà tentées et leurs preuves", "steps"),
        Piece("plan", "Plan d’apurement proposé", "plan", required=False),
    ),
    fields=(
        Field("dette", "Dette au sens de la caisse", "money", "caf_debt_cents", required=True),
        Field("constitue_le", "Impayé constitué le", "date", "caf_constituted_on", required=True),
        Field("premier_impaye_le", "Premier impayé", "date", "first_default_on"),
        Field("loyer", "Loyer", "money", "rent_cents"),
        Field("charges", "Charges", "money", "charges_cents"),
        Field("aide", "Aide versée", "money", "aid_cents"),
        Field("allocataire", "Numéro d’allocataire"),
    ),
    answers=(
        Answer(
            "plan_demande",
            "Plan d’apurement demandé",
            needs_document=True,
            effects=(
                do(
                    "add_limit",
                    rule="CAF-08",
                    consequence="La caisse met en demeure, puis saisit le FSL (CAF-09).",
                ),
                do("ask", code="caf_plan", text="La caisse demande un plan d’apurement", until_rule="CAF-08"),
            ),
        ),
        Answer(
            "plan_transmis",
            "Plan transmis à la caisse",
            to=FOLLOWED,
            effects=(do("meet_limit", rule="CAF-08"),),
        ),
        Answer("regle", "Dette réglée", to=CLOSED),
    ),
    order=10,
)
