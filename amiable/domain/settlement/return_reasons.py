"""Why a direct debit came back, as banks and lists write it."""

from __future__ import annotations

import re

#: A transfer taken back on request (ISO 20022): what a ledger says of a payment undone that was no debit.
RECALLED = "FOCR"
#: ISO 20022 reasons of a returned direct debit, as banks write them in labels too.
REASON = re.compile(
    r"\b(A[BCGM]\d{2}|B[EY]\d{2}|C[NU]\w{2}|D[NTU]\d{2}|ED\d{2}|FF\d{2}|M[DS]\d{2}|R[CR]\d{2}|SL\d{2}|TM\d{2})\b"
)


def reason_in(text: str) -> str:
    """The ISO reason code written in a label, or empty."""
    found = REASON.search(text.upper())
    return found.group(1) if found else ""
