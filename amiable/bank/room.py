"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="bank",
    lines={
        "rejected_debit": "Prélèvement rejeté",
    },
    verbs={
        "bank.matched": "a rapproché un encaissement",
        "bank.put_back": "a remis un encaissement à rapprocher",
        "bank.same": "a reconnu un mouvement déjà inscrit",
        "bank.another": "a dit qu’un mouvement était une autre opération",
        "bank.split": "a réparti un encaissement entre plusieurs comptes",
        "bank.set_aside": "a mis un encaissement de côté",
    },
    capabilities={
        "match_payments": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
    },
)
