"""XLSX workbooks: the sheet that holds a list is found by its header; every cell becomes the text a CSV
would hold.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal

import polars as pl

from amiable.domain.errors import DomainError
from amiable.intake.readers.delimited import MAX_COLUMNS
from amiable.intake.readers.table import (
    HEADER_SEARCH_LINES,
    LINE,
    Recogniser,
    Table,
    header_names,
    locate_header,
    trimmed,
    without_furniture,
)

#: Unpacked size beyond which a workbook is refused: a small archive may unfold into all the memory.
MAX_UNPACKED_BYTES = 1_000_000_000
#: Beyond this ratio, an archive is a bomb rather than a list.
MAX_RATIO = 300

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def is_workbook(data: bytes) -> bool:
    """True for XLSX (a zip archive) and for the older XLS, which is refused with its own message."""
    return data.startswith((b"PK\x03\x04", _OLD_EXCEL))


def read_xlsx(data: bytes, recognise: Recogniser) -> Table:
    """The table of the sheet whose header is best recognised. Raises DomainError when there is none."""
    if data.startswith(_OLD_EXCEL):
        raise DomainError(
            "intake.xls",
            "Ancien format Excel (.xls) : enregistrez le classeur en .xlsx. Rien n'a été importé.",
        )
    _check_archive(data)
    try:
        sheets = _sheets(data)
    except DomainError:
        raise
    except Exception as error:  # openpyxl raises a wide family on damaged workbooks
        raise DomainError("intake.xlsx", "Classeur illisible ou endommagé. Rien n'a été importé.") from error
    best: tuple[int, str, list[list[str]], int, int] | None = None
    for title, rows in sheets:
        try:
            index, height = locate_header(rows, recognise)
        except DomainError:
            continue
        known = sum(1 for row in rows[index : index + height] for c in row if c.strip() and recognise(c))
        if best is None or known > best[0]:
            best = (known, title, rows, index, height)
    if best is None:
        raise DomainError("intake.no_header", "Aucune feuille n'a d'en-tête reconnu. Rien n'a été importé.")
    _, title, rows, index, height = best
    return _table(title, rows, index, height)


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(i.file_size for i in archive.infolist())
    except Exception as error:  # zipfile too: BadZipFile, NotImplementedError, struct.error, …
        raise DomainError("intake.xlsx", "Classeur illisible ou endommagé. Rien n'a été importé.") from error
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(len(data), 100_000):
        raise DomainError(
            "intake.xlsx_bomb", "Classeur anormalement volumineux une fois décompressé : refusé."
        )


def _sheets(data: bytes) -> list[tuple[str, list[list[str]]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return [
            (
                sheet.title,
                [[_text(v) for v in row[:MAX_COLUMNS]] for row in sheet.iter_rows(values_only=True)],
            )
            for sheet in book.worksheets
        ]
    finally:
        book.close()


def _text(value: object) -> str:
    """A cell as the text a CSV would hold: ISO dates, plain integers, amounts without binary noise."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        exact = Decimal(repr(value))
        cents = exact.quantize(Decimal("0.01")) if abs(exact) < 10**15 else exact
        # 1034.2600000000001 is 1034.26 after a spreadsheet's addition; 12.345 is not an amount and stays
        # visible.
        return str(cents) if abs(exact - cents) < Decimal("1e-6") else str(exact)
    return str(value)


def _table(title: str, rows: list[list[str]], index: int, height: int) -> Table:
    head = rows[index : index + height]
    header = header_names(head)
    data = rows[index + height :]
    width = max([len(header), *(len(r) for r in data)])
    header = header + [f"colonne {i + 1}" for i in range(len(header), width)]
    columns: dict[str, list[str | None]] = {
        name: [row[i] if i < len(row) else None for row in data] for i, name in enumerate(header)
    }
    frame = pl.DataFrame(
        {LINE: range(index + height + 1, index + height + 1 + len(data)), **columns},
        schema={LINE: pl.Int64, **dict.fromkeys(header, pl.String)},
    )
    frame, _ = without_furniture(trimmed(frame), header)
    named = [c for c in header if not c.startswith("colonne ") or frame[c].null_count() < frame.height]
    return Table(
        frame=frame.select(LINE, *named),
        header=named,
        header_line=index + 1,
        titles=[c.strip() for row in rows[: min(index, HEADER_SEARCH_LINES)] for c in row if c.strip()]
        + [title],
        encoding="xlsx",
        sheet=title,
    )
