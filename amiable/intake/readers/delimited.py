"""CSV as landlords' programs write it: any usual separator, titles above the header, quoted cells, damaged
rows.

Columnar: good rows never pass through a Python loop; only rows with an odd number of quotes do, because
they may
belong together or be damaged.
"""

from __future__ import annotations

import re
from collections import Counter

import polars as pl

from amiable.domain.errors import DomainError
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
from amiable.intake.readers.text import UNREADABLE, decode, lines_of

SEPARATORS = (";", "\t", "|", ",")
#: A cell quoted over more lines than this is a stray quote, not an address.
MAX_QUOTED_LINES = 12
#: Wider than any list met; beyond, the separator was misread or the file is hostile.
MAX_COLUMNS = 200


def read_delimited(data: bytes, recognise: Recogniser) -> Table:
    """The table in `data`. `recognise(cell)` says whether a cell is a known column name.

    Raises DomainError: unreadable encoding, no header, too many columns.
    """
    text, encoding = decode(data)
    lines = lines_of(text)
    separator = _sniff_separator(lines, recognise)
    head = [_cells(line, separator) for line in lines[: HEADER_SEARCH_LINES + 1]]
    index, height = locate_header(head, recognise)
    header = header_names(head[index : index + height])
    header = _without_trailing_blanks(header, head[index])
    if len(header) > MAX_COLUMNS:
        raise DomainError("intake.too_wide", f"Plus de {MAX_COLUMNS} colonnes : séparateur non reconnu.")
    first = index + height
    records, broken = _records(lines[first:], first + 1, separator)
    frame, cut = _split(records, header, separator, ends_clean=text.endswith(("\n", "\r")))
    broken = sorted(broken + cut)
    frame, _ = without_furniture(trimmed(frame), header)
    return Table(
        frame=frame,
        header=header,
        header_line=index + 1,
        titles=[cell.strip() for row in head[:index] for cell in row if cell.strip()],
        broken=[(line, reason, lines[line - 1]) for line, reason in broken],
        encoding=encoding,
        separator=separator,
    )


def _sniff_separator(lines: list[str], recognise: Recogniser) -> str:
    """The separator under which some early line shows most known column names; ties go to the usual order."""
    sample = [line for line in lines[: HEADER_SEARCH_LINES + 1] if line.strip()]

    def score(separator: str) -> tuple[int, int]:
        known = max(
            (sum(1 for c in set(_cells(line, separator)) if c.strip() and recognise(c)) for line in sample),
            default=0,
        )
        counts = Counter(line.count(separator) for line in sample if separator in line)
        return known, max(counts.values(), default=0) if known >= 2 else 0

    return max(SEPARATORS, key=score)


def _cells(line: str, separator: str) -> list[str]:
    """Cells of one line (header search only; data rows are split as columns)."""
    if '"' not in line:
        return line.split(separator)
    pattern = re.compile(_cell_pattern(separator))
    return [_unquote(m.group(0), separator) for m in pattern.finditer(line + separator) if m.group(0)]


def _cell_pattern(separator: str) -> str:
    s = re.escape(separator)
    return rf'(?:\s*"(?:[^"]|"")*"\s*|[^{s}]*){s}'


def _unquote(token: str, separator: str) -> str:
    cell = token.removesuffix(separator).strip()
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _without_trailing_blanks(header: list[str], named: list[str]) -> list[str]:
    """A header ended by separators announces no column there."""
    width = len(header)
    while (
        width > 1
        and (width > len(named) or not named[width - 1].strip())
        and header[width - 1].startswith("colonne ")
    ):
        width -= 1
    return header[:width]


def _records(lines: list[str], first_line: int, separator: str) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Records (LINE, raw) from physical lines: quoted cells holding line ends are joined back."""
    frame = pl.DataFrame({"raw": pl.Series("raw", lines, dtype=pl.String)}).select(
        (pl.int_range(pl.len(), dtype=pl.Int64) + first_line).alias(LINE), "raw"
    )
    frame = frame.with_columns(pl.col("raw").str.count_matches('"', literal=True).alias("quotes"))
    odd = frame.filter(pl.col("quotes") % 2 == 1)[LINE].to_list()
    joined, swallowed = _join_quoted(lines, odd, first_line, separator)
    if joined:
        fixed = pl.DataFrame({LINE: list(joined), "whole": list(joined.values())})
        frame = frame.join(fixed, on=LINE, how="left", maintain_order="left").with_columns(
            pl.coalesce("whole", "raw").alias("raw")
        )
        frame = frame.filter(~pl.col(LINE).is_in(list(swallowed)))
    frame = frame.filter(pl.col("raw").str.strip_chars().str.len_bytes() > 0)
    unreadable = frame.filter(pl.col("raw").str.contains(UNREADABLE, literal=True))[LINE].to_list()
    if unreadable:
        frame = frame.filter(~pl.col(LINE).is_in(unreadable))
    cut = first_line + len(lines) - 1 if lines and lines[-1].endswith(UNREADABLE) else 0
    reasons = {cut: "fichier coupé au milieu d'un caractère (UTF-8)"}
    return frame.select(LINE, "raw"), [
        (n, reasons.get(n, "caractères illisibles (encodage)")) for n in unreadable
    ]


def _join_quoted(
    lines: list[str], odd: list[int], first_line: int, separator: str
) -> tuple[dict[int, str], set[int]]:
    """Lines to join: an odd line whose last cell opens a quote runs to the next odd line, if that is near."""
    joined: dict[int, str] = {}
    swallowed: set[int] = set()
    opens = re.compile(rf'(?:^|{re.escape(separator)})\s*"(?:[^"]|"")*$')
    position = 0
    while position < len(odd):
        start = odd[position]
        after = odd[position + 1] if position + 1 < len(odd) else None
        if (
            after is not None
            and after - start <= MAX_QUOTED_LINES
            and opens.search(lines[start - first_line])
        ):
            joined[start] = "\n".join(lines[start - first_line : after - first_line + 1])
            swallowed.update(range(start + 1, after + 1))
            position += 2
        else:
            position += 1
    return joined, swallowed


def _split(
    records: pl.DataFrame, header: list[str], separator: str, *, ends_clean: bool
) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Records cut into the header's columns; rows with too many cells are returned as broken."""
    width = len(header)
    if records.is_empty():
        return pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(header, pl.String)), []
    last = records[LINE].max()
    quoted = pl.col("raw").str.contains('"', literal=True)
    plain = _split_plain(records.filter(~quoted), header, separator)
    with_quotes = records.filter(quoted)
    if with_quotes.height:
        plain = pl.concat([plain, _split_quoted(with_quotes, header, separator)]).sort(LINE)
    too_many = plain.filter(pl.col("_extra") > 0)
    broken = [
        (
            line,
            f"{width + extra} cellules au lieu de {width} (séparateur dans un texte ou décimale à virgule ?)",
        )
        for line, extra in too_many.select(LINE, "_extra").iter_rows()
    ]
    good = plain.filter(pl.col("_extra") == 0)
    broken += _cut_last_row(good, last, width, ends_clean=ends_clean)
    dropped = {line for line, _ in broken}
    if dropped:
        good = good.filter(~pl.col(LINE).is_in(list(dropped)))
    return good.select(LINE, *header), broken


def _cut_last_row(good: pl.DataFrame, last: object, width: int, *, ends_clean: bool) -> list[tuple[int, str]]:
    """A last row shorter than all others, without line end, is a file cut in the middle: its amount may be
    cut too.
    """
    if ends_clean or good.height < 2:
        return []
    tail = good.filter(pl.col(LINE) == last)
    others_full = good.filter((pl.col(LINE) != last) & (pl.col("_count") < width)).is_empty()
    if tail.height and others_full and tail["_count"][0] < width:
        return [(tail[LINE][0], "dernière ligne incomplète (fichier coupé ?)")]
    return []


def _split_plain(frame: pl.DataFrame, header: list[str], separator: str) -> pl.DataFrame:
    width = len(header)
    parts = frame.with_columns(
        (pl.col("raw").str.count_matches(separator, literal=True) + 1).cast(pl.Int64).alias("_count"),
        pl.col("raw").str.splitn(separator, width + 1).alias("_cells"),
    ).unnest("_cells")
    rest = pl.col(f"field_{width}")
    # Separators after the last column are common (a spreadsheet saved wider than its header): only text
    # counts.
    leftover = rest.fill_null("").str.replace_all(re.escape(separator), "").str.strip_chars()
    return parts.select(
        LINE,
        *[pl.col(f"field_{i}").alias(name) for i, name in enumerate(header)],
        "_count",
        pl.when(leftover.str.len_bytes() > 0).then(pl.col("_count") - width).otherwise(0).alias("_extra"),
    )


def _split_quoted(frame: pl.DataFrame, header: list[str], separator: str) -> pl.DataFrame:
    width = len(header)
    tokens = (pl.col("raw") + separator).str.extract_all(_cell_pattern(separator))
    cell = pl.element().str.strip_suffix(separator).str.strip_chars()
    bare = (
        pl.when(cell.str.contains(r'(?s)^".*"$') & (cell.str.len_chars() >= 2))
        .then(cell.str.replace(r'(?s)^"(.*)"$', "$1").str.replace_all('""', '"', literal=True))
        .otherwise(cell)
    )
    parts = frame.with_columns(tokens.list.eval(bare).alias("_cells")).with_columns(
        pl.col("_cells").list.len().cast(pl.Int64).alias("_count")
    )
    leftover = pl.col("_cells").list.slice(width).list.join("").str.strip_chars()
    return parts.select(
        LINE,
        *[pl.col("_cells").list.get(i, null_on_oob=True).alias(name) for i, name in enumerate(header)],
        "_count",
        pl.when(leftover.str.len_bytes() > 0).then(pl.col("_count") - width).otherwise(0).alias("_extra"),
    )
