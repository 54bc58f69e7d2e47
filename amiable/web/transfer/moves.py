"""What each person may do with a transfer: its words, its service, whether a reason is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.core.access import may
from amiable.core.models import User
from amiable.transfer import services
from amiable.transfer.lifecycle import LIFECYCLE, State
from amiable.transfer.models import Transfer


@dataclass(frozen=True)
class Move:
    """code: its address; to: where it leads; lead: what will follow, told before it is done."""

    code: str
    to: str
    label: str
    button: str
    capability: str
    run: Callable[..., Transfer]
    lead: str = ""
    needs_reason: bool = False
    done: str = ""


ALL = (
    Move(
        "transmettre", State.DECIDED, "Transmettre au contentieux", "Transmettre", "decide_transfer",
        services.decide,
        "Le dossier de preuves est figé tel qu’il est aujourd’hui et remis au contentieux.",
        done="Dossier transmis : le contentieux peut le recevoir.",
    ),
    Move(
        "refuser", State.REFUSED, "Garder en amiable", "Garder en amiable", "decide_transfer",
        services.refuse,
        "Le compte reste suivi à l’amiable ; le motif est dit dans le fil.",
        needs_reason=True, done="Dossier gardé en amiable, avec son motif.",
    ),
    Move(
        "recevoir", State.RECEIVED, "Recevoir le dossier", "Recevoir", "receive_transfer", services.receive,
        "Le compte vous est confié avec ses limites légales, et les relances amiables s’arrêtent.",
        done="Dossier reçu : le compte et ses limites sont dans votre journée.",
    ),
    Move(
        "rendre", State.RETURNED, "Rendre le dossier", "Rendre", "receive_transfer", services.give_back,
        "Le compte revient à qui le suivait, avec vos raisons.",
        needs_reason=True, done="Dossier rendu avec ses raisons.",
    ),
    Move(
        "retirer", State.WITHDRAWN, "Retirer le dossier", "Retirer", "work_accounts", services.withdraw,
        "Dette payée ou plan repris : le suivi amiable reprend, les actes faits restent dans le fil.",
        needs_reason=True, done="Dossier retiré du contentieux.",
    ),
)  # fmt: skip


def offered(transfer: Transfer, user: User) -> list[Move]:
    """The moves this person may make from where the transfer stands."""
    next_ones = LIFECYCLE.moves[transfer.state]
    return [move for move in ALL if move.to in next_ones and may(user, move.capability)]


def find(code: str) -> Move | None:
    return next((move for move in ALL if move.code == code), None)


def make(move: Move, transfer: Transfer, user: User, today: date, reason: str = "") -> str:
    """Make the move; what to tell once it is made."""
    fields: dict[str, Any] = {"transfer": transfer, "actor": user, "today": today}
    move.run(**fields, reason=reason) if move.needs_reason else move.run(**fields)
    return move.done
