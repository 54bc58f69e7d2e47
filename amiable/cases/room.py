"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import NightStep, Room

R: Any = User.Role

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
        "dossier.escalated": "a remonté une demande sans réponse",
        "dossier.exported": "a exporté des dossiers",
        "dossier.limit_missed": "a clos une limite légale avec un motif",
        "dossier.opened": "a ouvert un dossier",
        "dossier.partner": "a enregistré un partenaire",
        "dossier.piece_uploaded": "a déposé une pièce",
        "dossier.piece_waived": "a écarté une pièce",
        "dossier.pieces_requested": "a demandé des pièces",
        "dossier.ready": "a vu un dossier prêt à envoyer",
        "dossier.sent": "a envoyé un dossier",
        "dossier.social_note": "a écrit une note réservée",
        "dossier.step": "a fait une étape par un dossier",
        "dossier.to_prepare": "a remis un dossier en préparation",
        "surendettement.erased": "a appliqué un effacement de surendettement",
        "surendettement.lapsed": "a noté la caducité de mesures de surendettement",
        "surendettement.measured": "a noté des mesures de surendettement",
        "surendettement.received": "a noté une recevabilité",
        "surendettement.set_aside": "a noté l’annulation d’une recevabilité",
    },
    capabilities={
        # The social worker's own notes are hers alone; the officer sees her conclusion.
        "social_work": (R.SOCIAL_WORKER,),
    },
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
