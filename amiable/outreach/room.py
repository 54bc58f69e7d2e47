"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import NightStep, Room

R: Any = User.Role

ROOM = Room(
    code="outreach",
    lines={
        "email": "Courriel",
        "sms": "SMS",
        "letter": "Lettre",
        "lrar": "Lettre recommandée",
        "suppressed": "Envoi retenu",
    },
    verbs={
        "batch.approved": "a approuvé un lot de relances",
        "batch.line_removed": "a retiré une ligne d’un lot",
        "batch.line_restored": "a remis une ligne dans un lot",
        "batch.sent_now": "a fait partir un lot sans attendre",
        "batch.undone": "a annulé l’approbation d’un lot",
        "outbox.returned": "a noté un courrier revenu",
        "outbox.tracking": "a noté un numéro de recommandé",
    },
    capabilities={
        "approve_batches": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
    },
    night=(
        NightStep("batches", "relances à approuver", "amiable.outreach.night.batches", after=("positions",)),
    ),
)
