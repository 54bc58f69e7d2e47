"""Letters into PDF with Typst: one compile for a whole batch, PDF/UA, data as inputs and never as markup."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from amiable.correspondence.press import compile_pdf
from amiable.correspondence.wording import Block, Runs

#: Letters laid out in one compile: it bounds the memory (about 0.8 MB a letter while it lasts).
MOST_LETTERS = 500

#: A letter whose signature ends above this on a later page left little more than its end there.
SPILT_MM = 60

#: Characters the letters' font lacks and that have an equal.
EQUALS = str.maketrans(
    {"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2011": "-", "\u2010": "-", "≥": ">=", "≤": "<=", "\t": " "}
)


@dataclass(frozen=True)
class Letterhead:
    """Who writes: shown on top of each letter; `footer` at the bottom of each page."""

    name: str
    lines: tuple[str, ...]
    footer: str


@dataclass(frozen=True)
class Letter:
    """One letter, ready to be laid out: texts with their values in place, no markup."""

    id: str
    recipient: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    place_date: str
    subject: str
    blocks: Sequence[Block]
    signature: tuple[str, ...]
    notices: tuple[Runs, ...] = ()
    mention: str = ""


@dataclass(frozen=True)
class Typeset:
    """The merged PDF; `ranges[i]` = (first page from 0, number of pages) of letter i."""

    pdf: bytes
    ranges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class DepositRow:
    number: int
    account: str
    recipient: str
    address: str
    pages: int
    tracking_number: str = ""


def _folder() -> Path:
    return Path(str(files("amiable").joinpath("letters")))


@cache
def _covered() -> frozenset[int]:
    """Code points the fonts can draw. A missing glyph would make a PDF/UA refuse the whole batch."""
    ranges = (_folder() / "fonts" / "coverage.txt").read_text().split()
    points: set[int] = set()
    for part in ranges:
        first, _, last = part.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def drawable(text: str) -> str:
    """`text` with only what the font can draw: an unknown letter loses its mark (ễ -> ê or e), another
    character becomes "?". A name in a foreign script must not stop a thousand other letters."""
    text = unicodedata.normalize("NFC", text).translate(EQUALS)
    covered = _covered()
    if all(ord(c) in covered for c in text):
        return text
    return "".join(c if ord(c) in covered else _nearest(c) for c in text)


def _nearest(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    for kept in (unicodedata.normalize("NFC", decomposed[:2]), decomposed[:1]):
        if kept and all(ord(c) in _covered() for c in kept):
            return kept
    if unicodedata.category(character) in ("Cc", "Cf", "Mn"):
        return ""
    return "?"


def typeset(title: str, head: Letterhead, letters: Sequence[Letter]) -> Typeset:
    """All letters in one PDF/UA document, each starting on a new page.

    A letter that would end a few lines down a second page is set again, a little smaller, on one.
    500 letters take about 2 s of one core and 0.4 GB, in a process that ends (see press)."""
    pdf, found = _compile(title, head, letters, frozenset())
    spilt = frozenset(i for i, (_, count, end) in enumerate(found) if count > 1 and end < SPILT_MM)
    if spilt:
        pdf, found = _compile(title, head, letters, spilt)
    return Typeset(pdf, [(first - 1, count) for first, count, _ in found])


def _compile(
    title: str, head: Letterhead, letters: Sequence[Letter], tight: frozenset[int]
) -> tuple[bytes, list[tuple[int, int, float]]]:
    """The PDF, and of each letter its first page, their number, and where it ends on the last, in mm."""
    data = {
        "title": drawable(title),
        "office": {
            "name": drawable(head.name),
            "lines": [drawable(line) for line in head.lines],
            "footer": drawable(head.footer),
        },
        "letters": [_payload(letter) | {"tight": i in tight} for i, letter in enumerate(letters)],
    }
    return compile_pdf(_folder(), "letter.typ", data, query="<ranges>")


def typeset_all(title: str, head: Letterhead, groups: Sequence[Sequence[Letter]]) -> list[Typeset]:
    """One PDF per group (at most MOST_LETTERS each), two at a time: each compile uses one core."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda letters: typeset(title, head, letters), groups))


def deposit_list(title: str, office: str, summary: str, rows: Iterable[DepositRow]) -> bytes:
    """The deposit list as a PDF to sign at the post office's counter."""
    data = {
        "title": drawable(title),
        "office": drawable(office),
        "summary": drawable(summary),
        "rows": [
            [drawable(str(value)) for value in (r.number, r.account, r.recipient, r.address, r.pages)]
            + [drawable(r.tracking_number)]
            for r in rows
        ],
    }
    return compile_pdf(_folder(), "deposit.typ", data)[0]


def deposit_csv(rows: Iterable[DepositRow]) -> bytes:
    """The same list for a spreadsheet: ";" between cells and a BOM, as French Excel expects."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(["numero", "compte", "destinataire", "adresse", "pages", "numero_recommande"])
    for r in rows:
        cells = (r.number, r.account, r.recipient, r.address, r.pages, r.tracking_number)
        writer.writerow([_safe_cell(str(cell)) for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def _safe_cell(value: str) -> str:
    """A spreadsheet runs a cell that begins like a formula: a quote in front keeps it a text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _payload(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "recipient": [drawable(line) for line in letter.recipient],
        "references": [[drawable(label), drawable(value)] for label, value in letter.references],
        "place-date": drawable(letter.place_date),
        "subject": drawable(letter.subject),
        "mention": drawable(letter.mention),
        "blocks": [_block(block) for block in letter.blocks],
        "signature": [drawable(line) for line in letter.signature],
        "notices": [_runs(runs) for runs in letter.notices],
    }


def _runs(runs: Runs) -> list[list[Any]]:
    return [[drawable(text), bold] for text, bold in runs]


def _block(block: Block) -> dict[str, Any]:
    if block.type == "list":
        return {"type": "list", "items": [_runs(item) for item in block.items]}
    if block.type == "table" and block.table is not None:
        table = block.table
        total = table.get("total")
        return {
            "type": "table",
            "columns": [{"label": drawable(c["label"]), "kind": c["kind"]} for c in table["columns"]],
            "rows": [[drawable(cell) for cell in row] for row in table["rows"]],
            "total": [drawable(cell) for cell in total] if total else None,
        }
    return {"type": block.type, "runs": _runs(block.runs)}
