"""Everything other rooms may ask of dossiers."""

from __future__ import annotations

from amiable.cases.events import conclude_silences, possible_events, record_event
from amiable.cases.lifecycle import tell, transition
from amiable.cases.limits import add_limit, meet
from amiable.cases.opening import edit_fields, open_dossier
from amiable.cases.papers import exports, make_documents, pack
from amiable.cases.partners import save_partner
from amiable.cases.pieces import check_pieces, request_missing, upload_piece, waive_piece
from amiable.cases.repeats import spot_repeats
from amiable.cases.sending import acknowledge, close_dossier, send, send_together
from amiable.cases.watching import due, propose

__all__ = [
    "acknowledge",
    "add_limit",
    "check_pieces",
    "close_dossier",
    "conclude_silences",
    "due",
    "edit_fields",
    "exports",
    "make_documents",
    "meet",
    "open_dossier",
    "pack",
    "possible_events",
    "propose",
    "record_event",
    "request_missing",
    "save_partner",
    "send",
    "send_together",
    "spot_repeats",
    "tell",
    "transition",
    "upload_piece",
    "waive_piece",
]
