"""XLSX workbooks: every sheet under the same header is one list; what is hidden or left out is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from amiable.domain.errors import DomainError
from amiable.intake.readers.table import (
    HEADER_SEARCH_LINES,
    LINE,
    LINES_PER_SHEET,
    Recogniser,
    Table,
    header_names,
    locate_header,
    normalise,
    trimmed,
    without_furniture,
)

if TYPE_CHECKING:
    from amiable.intake.readers.workbook import Sheet

#: Beyond, the lines of the last sheets could no longer be numbered.
MAX_READ_SHEETS = 40
#: Places named one by one in a sentence.
SHOWN = 8


def is_workbook(data: bytes) -> bool:
    """True for XLSX, an archive whose kind is found among its own files."""
    return data.startswith(b"PK\x03\x04")


@dataclass(frozen=True)
class _Found:
    """A sheet and its header: `start` is the position of its first data row, `known` its recognised names."""

    sheet: Sheet
    names: list[str]
    start: int
    height: int
    known: int

    @property
    def header(self) -> frozenset[str]:
        return frozenset(normalise(n) for n in self.names if not n.startswith("colonne "))


def read_xlsx(data: bytes, recognise: Recogniser) -> Table:
    """The rows of all sheets that share the best recognised header. Raises DomainError when there is none."""
    # What reads their cells takes a quarter of a second to load: not at each start of each command.
    from amiable.intake.readers import workbook

    try:
        sheets = [sheet for sheet in workbook.sheets(data) if sheet.rows]
    except DomainError:
        raise
    except Exception as error:  # zipfile, lxml and odd workbooks raise a wide family
        raise DomainError("intake.xlsx", "Classeur illisible ou endommagé. Rien n'a été importé.") from error
    found = [f for f in (_find(sheet, recognise) for sheet in sheets) if f is not None]
    if not found:
        raise DomainError("intake.no_header", "Aucune feuille n'a d'en-tête reconnu. Rien n'a été importé.")
    best = max(found, key=lambda f: (not f.sheet.hidden, f.known))
    taken = [f for f in found if f.header == best.header]
    if len(taken) > MAX_READ_SHEETS:
        raise workbook.too_big()
    _refuse_unsolved(taken)
    frames = [_frame(f, best, rank) for rank, f in enumerate(taken)]
    frame, _ = without_furniture(trimmed(pl.concat([rows for rows, _ in frames])), best.names)
    kept = set(frame[LINE])
    named = [c for c in best.names if not c.startswith("colonne ") or frame[c].null_count() < frame.height]
    titles = [_titles(f) for f in taken]
    return Table(
        frame=frame.select(LINE, *named),
        header=named,
        header_line=best.sheet.rows[best.start - best.height][0],
        titles=titles[taken.index(best)],
        other_titles=[t for f, t in zip(taken, titles, strict=True) if f is not best],
        encoding="xlsx",
        sheet=", ".join(f.sheet.title for f in taken),
        notes=_notes(taken, [s for s in sheets if all(s is not f.sheet for f in taken)]),
        hidden=[line for _, lines in frames for line in lines if line in kept],
        hidden_fr=_hidden_fr(taken, [[n for n in lines if n in kept] for _, lines in frames]),
    )


def _find(sheet: Sheet, recognise: Recogniser) -> _Found | None:
    early = [cells for _, _, cells in sheet.rows[: HEADER_SEARCH_LINES + 1]]
    width = max(map(len, early))
    rows = [[*cells, *[""] * (width - len(cells))] for cells in early]
    try:
        index, height = locate_header(rows, recognise)
    except DomainError:
        return None
    head = rows[index : index + height]
    known = sum(1 for row in head for c in row if c.strip() and recognise(c))
    return _Found(sheet, header_names(head), index + height, height, known)


def _refuse_unsolved(taken: list[_Found]) -> None:
    for found in taken:
        if found.sheet.unsolved:
            cells = ", ".join(found.sheet.unsolved[:SHOWN])
            raise DomainError(
                "intake.formulas",
                "Classeur refusé, formules sans résultat : ouvrez et enregistrez le classeur dans un "
                f"tableur, puis importez-le (feuille « {found.sheet.title} », {cells}"
                f"{'…' if len(found.sheet.unsolved) > SHOWN else ''}). Rien n'a été importé.",
            )


def _frame(found: _Found, best: _Found, rank: int) -> tuple[pl.DataFrame, list[int]]:
    """(the sheet's rows under the names of `best`, its hidden lines)."""
    rows = found.sheet.rows[found.start :]
    lines = [line + rank * LINES_PER_SHEET for line, _, _ in rows]
    width = max([len(best.names), *(len(cells) for _, _, cells in rows)])
    if found is best:
        best.names.extend(f"colonne {i + 1}" for i in range(len(best.names), width))
    places = {normalise(name): i for i, name in reversed(list(enumerate(found.names)))}
    columns: dict[str, list[str | None]] = {}
    for position, name in enumerate(best.names):
        at = position if found is best else places.get(normalise(name), width)
        columns[name] = [cells[at] if at < len(cells) else None for _, _, cells in rows]
    schema = {LINE: pl.Int64, **dict.fromkeys(best.names, pl.String)}
    marks = [row_hidden or found.sheet.hidden for _, row_hidden, _ in rows]
    hidden = [line for line, is_hidden in zip(lines, marks, strict=True) if is_hidden]
    return pl.DataFrame({LINE: lines, **columns}, schema=schema), hidden


def _titles(found: _Found) -> list[str]:
    above = found.sheet.rows[: found.start - found.height]
    return [c.strip() for _, _, cells in above for c in cells if c.strip()] + [found.sheet.title]


def _quoted(titles: list[str]) -> str:
    more = "…" if len(titles) > SHOWN else ""
    return ", ".join(f"« {title} »" for title in titles[:SHOWN]) + more


def _notes(taken: list[_Found], left: list[Sheet]) -> list[str]:
    """What the officer must know: which sheets were read together, which were left out."""
    notes = []
    if len(taken) > 1:
        numbered = ", ".join(f"{n} « {f.sheet.title} »" for n, f in enumerate(taken, 1))
        notes.append(f"Feuilles lues ensemble, car elles ont le même en-tête : {numbered}.")
    if left:
        names = [s.title + (" (masquée)" if s.hidden else "") for s in left]
        notes.append(
            f"Feuilles laissées de côté, car leur en-tête n'est pas celui de la liste : {_quoted(names)}."
        )
    return notes


def _hidden_fr(taken: list[_Found], lines: list[list[int]]) -> str:
    """The hidden sheets and rows that hold rows of the list; empty when nothing is hidden."""
    said = []
    for found, hidden in zip(taken, lines, strict=True):
        if hidden and found.sheet.hidden:
            said.append(f"feuille masquée « {found.sheet.title} » ({len(hidden)} lignes)")
        elif hidden:
            shown = ", ".join(str(line % LINES_PER_SHEET) for line in hidden[:SHOWN])
            more = "…" if len(hidden) > SHOWN else ""
            said.append(f"lignes masquées de la feuille « {found.sheet.title} » ({shown}{more})")
    return " ; ".join(said)
