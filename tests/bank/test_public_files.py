"""Bank files of public origin: each gives its own totals or a clear refusal, never silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from amiable.bank.readers.statement import BankFile
from amiable.bank.reading import read_bank
from amiable.domain.errors import DomainError

SAMPLES = Path(os.environ.get("AMIABLE_SAMPLES") or "/nonexistent")
FOLDERS = ("camt", "cfonb", "pain")
KINDS = (".xml", ".cfo", ".txt")
FILES = sorted(
    path for folder in FOLDERS for path in (SAMPLES / folder).rglob("*") if path.suffix.lower() in KINDS
)


def said(data: bytes) -> BankFile | str:
    try:
        return read_bank(data)
    except DomainError as refused:
        return refused.message_fr


@pytest.mark.skipif(not FILES, reason="AMIABLE_SAMPLES is not set")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_public_file_gives_its_totals_or_says_why_not(path):
    data = path.read_bytes()
    read = said(data)
    if isinstance(read, str):
        assert read.endswith(".") and "Traceback" not in read
        return
    assert read.statements or read.orphans
    for statement in read.statements:
        if statement.refused:
            continue
        assert statement.lines or statement.unbooked or statement.opening_cents == statement.closing_cents
        if statement.opening_cents is not None and statement.closing_cents is not None:
            moved = sum(line.amount_cents for line in statement.lines)
            assert statement.opening_cents + moved == statement.closing_cents
    # Every entry of the file is somewhere: a line, a part of a batch, or named as not taken.
    placed = sum(len(s.lines) + len(s.unbooked) for s in read.statements) + len(read.orphans)
    refused = any(s.refused for s in read.statements)
    assert refused or placed >= max(data.count(b"<Ntry>"), _records(data))


def _records(data: bytes) -> int:
    """Movements of a CFONB 120 file, counted by their first two characters."""
    return 0 if data.lstrip().startswith(b"<") else sum(r[:2] == b"04" for r in data.splitlines())
