"""The cells of an XLSX workbook, streamed within hard bounds, each as the text a CSV would hold."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from amiable.domain.errors import DomainError

#: Wider than any list met: cells beyond are not read.
MAX_COLUMNS = 200
MAX_SHEETS = 200
#: Cells and characters one workbook may hold, whatever its size, and for each of its bytes: a small archive
#: may unfold into all the memory, and one long text may be shown by each cell.
MAX_CELLS, FREE_CELLS, CELLS_PER_BYTE = 25_000_000, 500_000, 10
MAX_CHARACTERS, FREE_CHARACTERS, CHARACTERS_PER_BYTE = 400_000_000, 5_000_000, 100
#: Unpacked size, as the archive declares it before anything is read.
MAX_UNPACKED, FREE_UNPACKED, UNPACKED_PER_BYTE = 1_500_000_000, 15_000_000, 150
#: Rows of a spreadsheet are numbered up to 1 048 576.
MAX_ROW = 2_000_000
#: A spreadsheet keeps fifteen figures of a number: the others are lost.
EXACT = 10**15
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass
class Sheet:
    """`rows`: (line, hidden, cells) of the rows that hold something; `unsolved`: formulas without result."""

    title: str
    hidden: bool
    rows: list[tuple[int, bool, list[str]]] = field(default_factory=list)
    unsolved: list[str] = field(default_factory=list)
    formulas: int = 0
    #: Formulas whose kept result is zero: some programs write it for « not computed ».
    zeros: list[str] = field(default_factory=list)


def too_big() -> DomainError:
    """What is said of a workbook that unfolds beyond the bounds."""
    return DomainError(
        "intake.xlsx_bomb",
        "Classeur anormalement volumineux une fois décompressé : refusé. Enregistrez la seule feuille utile "
        "en CSV. Rien n'a été importé.",
    )


class _Bounds:
    """What is left of the cells and characters a workbook of so many bytes may hold."""

    def __init__(self, size: int) -> None:
        self.cells = min(MAX_CELLS, FREE_CELLS + CELLS_PER_BYTE * size)
        self.characters = min(MAX_CHARACTERS, FREE_CHARACTERS + CHARACTERS_PER_BYTE * size)

    def take(self, cells: int, characters: int) -> None:
        self.cells -= cells
        self.characters -= characters
        if self.cells < 0 or self.characters < 0:
            raise too_big()


@dataclass
class _Book:
    archive: zipfile.ZipFile
    bounds: _Bounds
    shared: list[str] = field(default_factory=list)
    #: Per cell format: « date », a number of figures to pad to, or nothing.
    formats: list[str | int | None] = field(default_factory=list)
    epoch: dt.datetime = WINDOWS_EPOCH
    computes_on_load: bool = False


def sheets(data: bytes) -> list[Sheet]:
    """Every sheet of the workbook, hidden ones included. Raises DomainError beyond the bounds.

    Anything else that is raised means a damaged workbook.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > min(MAX_UNPACKED, FREE_UNPACKED + UNPACKED_PER_BYTE * len(data)):
            raise too_big()
        book = _Book(archive, _Bounds(len(data)))
        places = _open(book)
        if len(places) > MAX_SHEETS:
            raise too_big()
        found = []
        for title, hidden, path in places:
            sheet = Sheet(title, hidden)
            with archive.open(path) as source:
                for line, is_hidden, cells in _rows(source, book, sheet):
                    sheet.rows.append((line, is_hidden, cells))
            if book.computes_on_load and len(sheet.zeros) == sheet.formulas:
                sheet.unsolved += sheet.zeros
            found.append(sheet)
    return found


def _open(book: _Book) -> list[tuple[str, bool, str]]:
    """(title, hidden, path) of each sheet; shared texts, formats and the calendar of the book are read."""
    relations = {
        r.get("Id"): (r.get("Type", ""), r.get("Target", ""))
        for r in _tree(book, "xl/_rels/workbook.xml.rels")
        if isinstance(r.tag, str)
    }
    root = _tree(book, "xl/workbook.xml")
    properties = root.find("{*}workbookPr")
    mac = properties is not None and properties.get("date1904") in ("1", "true")
    book.epoch = MAC_EPOCH if mac else WINDOWS_EPOCH
    calculation = root.find("{*}calcPr")
    book.computes_on_load = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
    for kind, target in relations.values():
        if kind.endswith("/styles"):
            book.formats = _formats(_tree(book, _path(target)))
        elif kind.endswith("/sharedStrings"):
            _read_shared(book, _path(target))
    found = []
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        kind, target = relations[sheet.get(_RELATION) or sheet.get(_STRICT_RELATION)]
        if kind.endswith("/worksheet"):
            found.append((sheet.get("name", ""), sheet.get("state", "visible") != "visible", _path(target)))
    return found


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _tree(book: _Book, path: str) -> Any:
    return etree.fromstring(book.archive.read(path), etree.XMLParser(**_SAFE))


def _formats(root: Any) -> list[str | int | None]:
    own = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iterfind("{*}numFmts/{*}numFmt")}
    found: list[str | int | None] = []
    for style in root.iterfind("{*}cellXfs/{*}xf"):
        number = style.get("numFmtId", "0")
        code = own.get(number) or BUILTIN_FORMATS.get(int(number), "")
        padded = re.fullmatch(r"0{2,20}", code)
        found.append(len(code) if padded else "date" if is_date_format(code) else None)
    return found


def _read_shared(book: _Book, path: str) -> None:
    with book.archive.open(path) as source:
        for _, element in etree.iterparse(source, events=("end",), tag="{*}si", **_SAFE):
            text = _words(element)
            book.bounds.take(1, len(text))
            book.shared.append(text)
            _forget(element)


def _words(element: Any) -> str:
    """The text of a cell, its runs joined; how it is pronounced (rPh) is no text of it."""
    return "".join(
        t.text or "" for t in element.iterfind(".//{*}t") if not t.getparent().tag.endswith("}rPh")
    )


def _forget(element: Any) -> None:
    """Free an element that was read, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _rows(source: Any, book: _Book, sheet: Sheet) -> Iterator[tuple[int, bool, list[str]]]:
    line, hidden, cells = 0, False, [""] * 0
    for event, element in etree.iterparse(source, events=("start", "end"), tag=("{*}row", "{*}c"), **_SAFE):
        is_row = element.tag.endswith("}row")
        if event == "start":
            if is_row:
                line, hidden, cells = int(element.get("r") or line + 1), _is_on(element, "hidden"), []
                if not 0 < line <= MAX_ROW:
                    raise ValueError(f"row {line}")
        elif is_row:
            if any(cells):
                book.bounds.take(len(cells), sum(map(len, cells)))
                yield line, hidden, cells
            _forget(element)
        else:
            place = element.get("r")
            index = _column(place) if place else len(cells)
            if index < MAX_COLUMNS:
                cells += [""] * (index + 1 - len(cells))
                cells[index] = _text(element, book, sheet)
            _forget(element)


def _is_on(element: Any, name: str) -> bool:
    return element.get(name) in ("1", "true")


def _column(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(element: Any, book: _Book, sheet: Sheet) -> str:
    kind, parts = element.get("t", "n"), {child.tag.rpartition("}")[2]: child for child in element}
    value = (parts["v"].text or "") if "v" in parts else ""
    if "f" in parts:
        _note_formula(sheet, element.get("r", ""), value, kind)
    if "is" in parts:
        return _words(parts["is"])
    if kind == "s" and value:
        return book.shared[int(value)]
    if kind == "b":
        return {"1": "oui", "0": "non"}.get(value, value)
    if kind == "d":
        return value.removesuffix("Z").removesuffix("T00:00:00")
    if kind != "n" or not value:
        return value
    style = int(element.get("s") or 0)
    return _number(value, book.formats[style] if style < len(book.formats) else None, book.epoch)


def _note_formula(sheet: Sheet, place: str, value: str, kind: str) -> None:
    """An empty text is a result; an empty number is none."""
    sheet.formulas += 1
    if not value and kind != "str":
        sheet.unsolved.append(place)
    elif value == "0":
        sheet.zeros.append(place)


def _number(raw: str, shown: str | int | None, epoch: dt.datetime) -> str:
    """A number as its format shows it: an ISO date, a padded number, else its exact figures."""
    value = float(raw)
    if shown == "date":
        return _date(value, epoch) or raw
    if abs(value) >= EXACT:
        return f"{value:.5E}"
    if value.is_integer():
        return str(int(value)).zfill(shown) if isinstance(shown, int) else str(int(value))
    exact = Decimal(repr(value))
    cents = exact.quantize(Decimal("0.01"))
    # 1034.2600000000001 is 1034.26 after a spreadsheet's addition; 12.345 is not an amount and stays visible.
    return str(cents) if abs(exact - cents) < Decimal("1e-6") else str(exact)


def _date(value: float, epoch: dt.datetime) -> str:
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return ""
    if isinstance(moment, dt.datetime):
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(sep=" ")
    return str(moment)
