"""Rows as a file a French spreadsheet opens: CSV (streamed) and XLSX, harmless in both.

A row is a tuple of text, numbers, dates and None, the header first; amounts are in euros.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from amiable.domain.text.spreadsheets import neutral

Rows = Iterable[tuple[Any, ...]]


def csv_response(rows: Rows, name: str) -> StreamingHttpResponse:
    """Semicolons, decimal commas, UTF-8 with a mark; sent as it is read."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def xlsx_response(rows: Rows, name: str, title: str) -> FileResponse:
    """Figures as numbers, dates as dates, the header bold and frozen; `title` names the sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    for index, row in enumerate(rows):
        cells = [WriteOnlyCell(sheet, neutral(cell) if isinstance(cell, str) else cell) for cell in row]
        if index == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        sheet.append(cells)
    # Closed by the response, once sent.
    file = SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: Rows) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff".encode()
    for row in rows:
        yield writer.writerow([_plain(cell) for cell in row]).encode()


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return neutral(cell) if isinstance(cell, str) else str(cell)
