"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import NightStep, Room

ROOM = Room(
    code="cases",
    lines={
        "dossier": "Dossier",
    },
    verbs={
        "dossier.abandoned": "a abandonné un dossier",
        "dossier.acknowledged": "a noté un accusé de réception",
        "dossier.answer": "a noté la réponse d’un partenaire",
        "dossier.closed": "a terminé un dossier",
        "dossier.edited": "a complété un dossier",
        "dossier.exported": "a exporté des dossiers",
        "dossier.limit_missed": "a clos une limite légale avec un motif",
        "dossier.opened": "a ouvert un dossier",
        "dossier.partner": "a enregistré un partenaire",
        "dossier.piece_uploaded": "a déposé une pièce",
        "dossier.piece_waived": "a écarté une pièce",
        "dossier.pieces_requested": "a demandé des pièces",
        "dossier.ready": "a vu un dossier prêt à envoyer",
        "dossier.sent": "a envoyé un dossier",
        "dossier.step": "a fait une étape par un dossier",
        "dossier.to_prepare": "a remis un dossier en préparation",
    },
    append_only={"dossiers.DossierEvent": ("note",)},
    night=(
        # A partner's silence changes the decisions.
        NightStep(
            "answers",
            "réponses attendues des partenaires",
            "amiable.cases.night.answers",
            after=("appointments",),
            before=("positions",),
        ),
    ),
)
