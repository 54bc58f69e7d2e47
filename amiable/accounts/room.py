"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="accounts",
    verbs={
        "account.entrusted": "a confié le compte à un collègue",
        "account.terms_changed": "a changé loyer, charges ou aide",
        "account.updated": "a mis à jour le compte",
    },
    capabilities={
        # A caretaker or the reception answers a question; they are not shown who owes what.
        "read_accounts": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
            R.LITIGATION,
            R.SOCIAL_WORKER,
            R.AUDITOR,
            R.ADMIN,
        ),
        "work_accounts": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
            R.LITIGATION,
        ),
    },
)
