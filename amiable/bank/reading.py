"""Which bank format a file is, told from its first bytes; anything else is refused aloud."""

from __future__ import annotations

from amiable.bank.readers import camt, cfonb120, cfonb240
from amiable.bank.readers.statement import BankFile
from amiable.domain.errors import DomainError
from amiable.intake.readers.kinds import AS_BANK, XML, what_it_is
from amiable.intake.readers.text import decode


def read_bank(data: bytes) -> BankFile:
    """The statements in `data`. Raises DomainError when it is none of CFONB 120, CFONB 240, camt,
    pain.002.
    """
    other = what_it_is(data)
    if other and AS_BANK not in other and not other.startswith(XML):
        raise DomainError("intake.bank", f"Ce fichier est {other}. Rien n'a été importé.")
    if camt.looks_like(data):
        return camt.read(data)
    text, _ = decode(data)
    if cfonb240.looks_like(text):
        return cfonb240.read(text)
    if cfonb120.looks_like(text):
        return cfonb120.read(text)
    raise DomainError(
        "intake.bank",
        "Format bancaire non reconnu (CFONB 120, CFONB 240, camt.052/053/054, pain.002). Rien n'a "
        "été importé.",
    )
