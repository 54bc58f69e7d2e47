"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import LimitSource, NightStep, Room

R: Any = User.Role

ROOM = Room(
    code="partners",
    verbs={
        "dossier.escalated": "a remonté une demande sans réponse",
        "dossier.social_note": "a écrit une note réservée",
    },
    capabilities={
        # The social worker's own notes are hers alone; the officer sees her conclusion.
        "social_work": (R.SOCIAL_WORKER,),
    },
    night=(
        NightStep(
            "social",
            "demandes à la conseillère restées sans réponse",
            "amiable.partners.night.unanswered",
            after=("answers",),
            before=("positions",),
        ),
    ),
    kinds="amiable.partners.kinds",
    limits=(LimitSource("caf", "amiable.partners.limits.signalements"),),
)
