"""Everything other rooms may ask of the surendettement: what each decision does to an account."""

from __future__ import annotations

from amiable.overindebtedness.erasing import (
    Decision,
    Erased,
    annul,
    contest_ends_on,
    erase,
    erase_part,
    preview,
    preview_part,
)
from amiable.overindebtedness.measures import (
    lapse,
    moratorium,
    reschedule,
    unpaid_instalments,
)
from amiable.overindebtedness.receiving import Received, receive, refuse_dossier, write_apology
from amiable.overindebtedness.repairing import Letter, letters_since

__all__ = [
    "Decision",
    "Erased",
    "Letter",
    "Received",
    "annul",
    "contest_ends_on",
    "erase",
    "erase_part",
    "lapse",
    "letters_since",
    "moratorium",
    "preview",
    "preview_part",
    "receive",
    "refuse_dossier",
    "reschedule",
    "unpaid_instalments",
    "write_apology",
]
