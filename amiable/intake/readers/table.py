"""A list as text: named columns, physical line numbers, and what was left out of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from amiable.domain.errors import DomainError

#: Column of physical line numbers (1-based, as a text editor shows them).
LINE = "_line"
#: The lines of a workbook's next sheet are numbered from here (see `place_fr`).
LINES_PER_SHEET = 50_000_000
#: How far down a header is looked for, under titles and blank lines.
HEADER_SEARCH_LINES = 40


@dataclass(frozen=True)
class Table:
    """`frame`: LINE (Int64) then one String column per header, cells trimmed, empty cells null.

    `header` holds the source's own names in order; `broken` lists (line, reason, text) of rows that could
    not be cut
    into cells; `titles` are the text cells found above the header (a date of the list is often there).
    """

    frame: pl.DataFrame
    header: list[str]
    header_line: int
    titles: list[str]
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    #: Titles above the headers of a workbook's other sheets.
    other_titles: list[list[str]] = field(default_factory=list)
    #: What was read together or left out, in French.
    notes: list[str] = field(default_factory=list)
    #: Lines of hidden rows and sheets, and the words that name them: whether they count is asked.
    hidden: list[int] = field(default_factory=list)
    hidden_fr: str = ""


def place_of(line: int) -> tuple[int, int]:
    """(rank of the sheet, line in it): a file that is no workbook has one sheet, numbered 1."""
    sheet, row = divmod(line, LINES_PER_SHEET)
    return sheet + 1, row


def place_fr(line: int) -> str:
    """Where a row stands, for a person: « ligne 3 », « feuille 2, ligne 3 » beyond the first sheet."""
    sheet, row = place_of(line)
    return f"feuille {sheet}, ligne {row}" if sheet > 1 else f"ligne {row}"


def short_place(line: int) -> str:
    """`place_fr` under a heading that says « ligne »: « 3 », « feuille 2, 3 »."""
    sheet, row = place_of(line)
    return f"feuille {sheet}, {row}" if sheet > 1 else str(row)


def places_fr(lines: Sequence[int], shown: int) -> str:
    """« lignes 3, 7… »: the first `shown` places."""
    plain = all(line < LINES_PER_SHEET for line in lines)
    named = ", ".join(short_place(line) if plain else place_fr(line) for line in lines[:shown])
    return f"{'lignes ' if plain else ''}{named}{'…' if len(lines) > shown else ''}"


def place(column: str) -> pl.Expr:
    """`place_fr` of a column of lines."""
    sheet, row = pl.col(column) // LINES_PER_SHEET + 1, pl.col(column) % LINES_PER_SHEET
    return (
        pl.when(sheet > 1)
        .then(pl.format("feuille {}, ligne {}", sheet, row))
        .otherwise(pl.format("ligne {}", row))
    )


def normalise(name: str) -> str:
    """A header or code reduced to lower-case ASCII words: « N° Compte » and « no_compte » become comparable.

    >>> normalise("Date Éch."), normalise("N\u00b0\u00a0COMPTE"), normalise("> 90 j")
    ('date ech', 'no compte', 'plus 90 j')
    """
    text = unicodedata.normalize("NFKD", name.replace("°", "o").replace(">", " plus ").replace("€", " "))
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


Recogniser = Callable[[str], bool]


def locate_header(rows: Sequence[Sequence[str]], recognise: Recogniser) -> tuple[int, int]:
    """(index, height) of the header among the first rows: the row with most recognised cells, 1 or 2 high.

    Height 2 is a merged header: a second row that only fills what the first left open under a group.
    Raises DomainError when no row looks like a header.
    """
    best, best_score, best_height = -1, 0, 1
    for index in range(min(len(rows), HEADER_SEARCH_LINES)):
        height = 2 if _is_second_row(rows, index) else 1
        cells = [c for row in rows[index : index + height] for c in row]
        score = len({normalise(c) for c in cells if c.strip() and recognise(c)})
        if score > best_score:
            best, best_score, best_height = index, score, height
    if best < 0 or best_score < 2:
        raise DomainError(
            "intake.no_header",
            "Aucune ligne d'en-tête reconnue : le fichier doit nommer ses colonnes, ou la correspondance des "
            "colonnes doit être donnée. Rien n'a été importé.",
        )
    return best, best_height


def _is_second_row(rows: Sequence[Sequence[str]], index: int) -> bool:
    if index + 1 >= len(rows):
        return False
    first, second = list(rows[index]), list(rows[index + 1])
    filled = [i for i, cell in enumerate(second) if cell.strip()]
    if not filled or (second and second[0].strip()):
        return False
    # Under a merged group the first row is blank after its first cell; a data row fills named columns too.
    opened = [i for i, cell in enumerate(first) if not cell.strip()]
    return any(i in opened for i in filled) and all(re.search(r"[A-Za-z>-]", second[i]) for i in filled)


def header_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names of the columns from one or two header rows; blanks and doubles get a name of their own.

    A two-row header gives the lower name, or « group lower » where the lower name alone is not unique.
    """
    width = max(len(r) for r in rows)
    grid = [[*r, *[""] * (width - len(r))] for r in rows]
    upper = [" ".join(c.split()) for c in grid[0]]
    if len(grid) == 2:
        lower = [" ".join(c.split()) for c in grid[1]]
        group = ""
        names = []
        for up, low in zip(upper, lower, strict=True):
            group = up or group
            names.append((low if lower.count(low) == 1 else f"{group} {low}") if low else up)
    else:
        names = upper
    return _unique(names)


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for position, name in enumerate(names, 1):
        base = name or f"colonne {position}"
        seen[base] = seen.get(base, 0) + 1
        candidate = base if seen[base] == 1 else f"{base} ({seen[base]})"
        while candidate in out:
            candidate += "'"
        out.append(candidate)
    return out


def trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Every text cell without surrounding blanks (no-break ones included); an empty cell is null."""
    cells = [c for c in frame.columns if c != LINE]
    stripped = frame.with_columns(pl.col(c).str.strip_chars() for c in cells)
    return stripped.with_columns(
        pl.when(pl.col(c).str.len_bytes() > 0).then(pl.col(c)).otherwise(None).alias(c) for c in cells
    )


def without_furniture(frame: pl.DataFrame, header: list[str]) -> tuple[pl.DataFrame, int]:
    """Data rows only: blank rows and repeated headers are dropped; returns the number of repeated headers."""
    blank = pl.all_horizontal(pl.col(c).is_null() for c in header)
    kept = frame.filter(~blank)
    named = [c for c in header if not c.startswith("colonne ")]
    same = pl.sum_horizontal((pl.col(c) == c).fill_null(False).cast(pl.Int32) for c in named)
    repeated = same * 2 > len(named)
    return kept.filter(~repeated), kept.select(repeated.sum()).item() or 0
