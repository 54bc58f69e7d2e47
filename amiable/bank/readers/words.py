"""What the label of a movement says when the bank gives no code: taken back, or come back."""

from __future__ import annotations

import re

from amiable.domain.text.french import search_key

#: A direct debit or a cheque of a debtor that was not paid after all.
_UNPAID = re.compile(
    r"\b(REJETS?|IMPAYES?|REJ)\b|\b(PRLV|PRELEVEMENT|CHEQUE|CHQ|SDD) (IMP|REJ|RETOURNE)\w*"
    r"|\b(RETOUR|RET|RTN) (DE )?(PRLV|PRELEVEMENT|SDD|CHEQUE|CHQ)\b"
)
#: A transfer that the bank undoes, whoever had sent it.
_UNDONE = re.compile(
    r"\b(RAPPEL|RECALL|RETOUR|RET|RTN|REPRISE|ANNUL\w*|RESTITUTION|REJETS?|REJ)"
    r" (DE |D |DU )?(VIR\w*|FONDS|SCT)\b"
    r"|\bVIR\w* (SEPA )?(RECU |EMIS )?(RAPPELE|RETOURNE|REJETE|ANNULE|RESTITUE|REPRIS)\b"
    r"|\b(EXTOURNE\w*|CONTRE ?PASS\w*|RECALL|REVERSAL|CHARGEBACK)\b"
)
_FEE = re.compile(r"\b(FRAIS|COMMISSIONS?|COM|COTISATIONS?|AGIOS|TVA)\b")


def undone(label: str) -> bool:
    """Whether a label says that a transfer is undone."""
    words = _plain(label)
    return bool(_UNDONE.search(words)) and not _FEE.search(words)


def unpaid(label: str) -> bool:
    """Whether a label says that a direct debit or a cheque came back."""
    words = _plain(label)
    return bool(_UNPAID.search(words)) and not undone(label) and not _FEE.search(words)


def real_reason(code: str) -> str:
    """A reason's code, or empty when it is the banks' way to write that there is none (« 0000 »)."""
    return code.strip() if code.strip("0 ") else ""


def _plain(label: str) -> str:
    return search_key(label).upper()
