"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="procedures",
    verbs={
        "instruction.acknowledged": "a lu une consigne",
        "instruction.ended": "a mis fin à une consigne",
        "instruction.given": "a donné une consigne",
        "policy.set": "a changé un réglage de la politique",
        "procedure.assigned": "a attribué une procédure à une nature de créance",
        "procedure.draft_discarded": "a jeté un brouillon de procédure",
        "procedure.draft_opened": "a ouvert un brouillon de procédure",
        "procedure.draft_saved": "a enregistré un brouillon de procédure",
        "procedure.installed": "a installé une procédure",
        "procedure.published": "a publié une procédure",
    },
    capabilities={
        "give_instructions": (
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
        "edit_procedure": (R.SERVICE_HEAD,),
        "edit_policy": (R.SERVICE_HEAD,),
    },
)
