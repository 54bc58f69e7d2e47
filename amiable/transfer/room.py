"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="transfer",
    lines={
        "transfer": "Transmission au contentieux",
    },
    verbs={
        "transfer.decided": "a transmis un dossier au contentieux",
        "transfer.proposed": "a présenté un dossier pour transmission",
        "transfer.received": "a reçu un dossier au contentieux",
        "transfer.refused": "a gardé un dossier en amiable",
        "transfer.returned": "a rendu un dossier",
        "transfer.waived": "a dit pourquoi un moyen est impossible",
        "transfer.withdrawn": "a retiré un dossier du contentieux",
    },
    capabilities={
        "decide_transfer": (R.SERVICE_HEAD,),
        "receive_transfer": (R.LITIGATION,),
    },
)
