"""The person of the examples: values for every variable, as an account would give them."""

from __future__ import annotations

from amiable.correspondence import catalogue, wording
from amiable.correspondence.typeset import Letter, Letterhead
from amiable.correspondence.variables import VARIABLES

HEAD = Letterhead(
    "Habitat des Deux Rives",
    ("1 place du Bailleur", "69001 Lyon", "01 99 00 00 00"),
    "Habitat des Deux Rives, office public de l’habitat",
)
COLUMNS = [
    {"label": "Échéance", "kind": "date"},
    {"label": "Nature", "kind": "text"},
    {"label": "Montant", "kind": "money"},
    {"label": "Reste dû", "kind": "money"},
]
STATEMENT = {
    "columns": COLUMNS,
    "rows": [
        ["01/09/2026", "Loyer et charges de septembre 2026", "300,00 €", "12,40 €"],
        ["01/10/2026", "Loyer et charges d’octobre 2026", "300,00 €", "250,00 €"],
        ["01/11/2026", "Loyer et charges de novembre 2026", "300,00 €", "250,00 €"],
    ],
    "total": ["Total dû", "512,40 €"],
}
HISTORY = {
    "columns": [
        {"label": "Date", "kind": "date"},
        {"label": "Libellé", "kind": "text"},
        {"label": "Débit", "kind": "money"},
        {"label": "Crédit", "kind": "money"},
        {"label": "Solde", "kind": "money"},
    ],
    "rows": [
        [f"01/{m:02d}/2026", "Loyer et charges", "300,00 €", "", f"{m * 300},00 €"] for m in range(1, 12)
    ]
    * 4,
    "total": ["Solde au 20/11/2026", "512,40 €"],
}
VALUES = {name: variable.example for name, variable in VARIABLES.items()} | {
    "tableau_des_sommes": STATEMENT,
    "historique": HISTORY,
}


def letter(code: str, ident: str = "1", **changes) -> Letter:
    """The shipped wording as one letter to Samira Durand, with changed values if wanted."""
    default = catalogue.get(code)
    values = VALUES | changes
    return Letter(
        id=ident,
        recipient=changes.get(
            "recipient", ("Mme Samira DURAND", "Bâtiment C", "12 rue des Lilas", "69003 LYON")
        ),
        references=(("Compte", values["compte"]), ("Dossier suivi par", "C. Morel")),
        place_date="Le 22 novembre 2026",
        subject=wording.fill(default.subject, values),
        blocks=wording.read(default.body, values),
        signature=("Pour Habitat des Deux Rives", "N. Garnier, responsable de service"),
        notices=([("Vos données personnelles. ", True), ("Texte.", False)],),
        mention="LETTRE RECOMMANDÉE AVEC AVIS DE RÉCEPTION" if default.media == "lrar" else "",
    )
