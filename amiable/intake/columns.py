"""Columns of text to typed columns: amounts in cents, dates, months, yes/no, codes.

Each function takes the name of a String column and returns (value, problem): two expressions, the second
being a French reason or null. An empty cell is null in both; whether it may be empty is the list's business.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from amiable.intake.readers.table import normalise

Parsed = tuple[pl.Expr, pl.Expr]

#: Ten digits before the decimals: a hundred million euros on one line is a misread column.
MAX_INTEGER_DIGITS = 10

MONTHS_FR = {
    "janvier": 1, "janv": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5,
    "juin": 6, "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip

_YES = ("oui", "o", "yes", "y", "true", "vrai", "1", "x")
_NO = ("non", "n", "no", "false", "faux", "0")


def quoted(column: str) -> pl.Expr:
    """The cell between French quotes, cut when long, for the reasons a person reads."""
    cell = pl.col(column)
    short = pl.when(cell.str.len_chars() > 40).then(cell.str.slice(0, 40) + "…").otherwise(cell)
    return pl.lit("« ") + short + " »"


def amount(column: str, what: str = "montant") -> Parsed:
    """Signed cents (Int64) from `1 234,56`, `1.234,56`, `1,234.56`, `600.00`, `-200,00`, `200,00-`,
    `(200,00)`.

    `1,234` alone is refused: it may be a thousand or a decimal, and a wrong guess is wrong by a factor of
    thousand.
    """
    cell = pl.col(column).str.replace_all(r"[€\s\u{00a0}\u{202f}\u{2009}]+", " ").str.strip_chars()
    cell = cell.str.replace_all("\u2212", "-", literal=True).str.replace(r"(?i) ?eur(os?)?$", "")
    negative = cell.str.contains(r"^-|-$|^\(.*\)$")
    signs = cell.str.count_matches(r"[-+()]")
    body = cell.str.replace(r"^[-+(] ?", "").str.replace(r" ?[-+)]$", "")
    one_sign = (signs <= 1) | ((signs == 2) & cell.str.contains(r"^\(.*\)$"))
    grouped = body.str.contains(r"^\d{1,3}(?: \d{3})+(?:[.,]\d{1,2}|[.,]\d{2}0+)?$")
    grouped |= body.str.contains(r"^\d{1,3}(?:\.\d{3})+,\d{1,2}$|^\d{1,3}(?:,\d{3})+\.\d{1,2}$")
    grouped |= body.str.contains(r"^\d{1,3}(?:\.\d{3}){2,}$|^\d{1,3}(?:,\d{3}){2,}$")
    grouped |= body.str.contains(r"^\d{1,3}(?:'\d{3})+(?:[.,]\d{1,2})?$")
    plain = body.str.contains(r"^\d+(?:[.,]\d{1,2}|[.,]\d{2}00+)?$|^[.,]\d{1,2}$")
    thousands_only = body.str.contains(r"^\d{1,3}(?:\.\d{3}){2,}$|^\d{1,3}(?:,\d{3}){2,}$")
    decimals = pl.when(thousands_only).then(None).otherwise(body.str.extract(r"[.,](\d{1,2}0*)$"))
    cents = decimals.fill_null("").str.slice(0, 2).str.pad_end(2, "0")
    integer = pl.when(thousands_only).then(body).otherwise(body.str.replace(r"[.,]\d{1,2}0*$", ""))
    digits = integer.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    value = (digits + cents).cast(pl.Int64, strict=False)
    legible = one_sign & (plain | grouped)
    short_enough = digits.str.len_chars() <= MAX_INTEGER_DIGITS
    signed = pl.when(negative).then(-value).otherwise(value)
    ambiguous = body.str.contains(r"^\d{1,3}[.,]\d{3}$")
    problem = (
        pl.when(pl.col(column).is_null())
        .then(None)
        .when(ambiguous)
        .then(pl.lit(f"{what} ambigu ") + quoted(column) + " (milliers ou décimales ?)")
        .when(~legible)
        .then(pl.lit(f"{what} illisible ") + quoted(column))
        .when(~short_enough)
        .then(pl.lit(f"{what} trop grand ") + quoted(column))
        .otherwise(None)
    )
    return pl.when(legible & short_enough & ~ambiguous).then(signed).otherwise(None), problem


def date(column: str, what: str = "date", *, first_year: int = 1990, last_year: int = 2100) -> Parsed:
    """A Date from DD/MM/YYYY, DD/MM/YY (20YY), ISO, YYYYMMDD; `/`, `-` and `.` alike, a time of day is
    dropped.
    """
    cell = pl.col(column).str.replace(
        r"[T ]\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$", ""
    )
    french = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$"
    short = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2})$"
    iso = r"^((?:19|20|21)\d{2})[/.\-]?(\d{1,2})[/.\-]?(\d{1,2})$"
    year = pl.coalesce(
        cell.str.extract(french, 3), pl.lit("20") + cell.str.extract(short, 3), cell.str.extract(iso, 1)
    )
    month = pl.coalesce(cell.str.extract(french, 2), cell.str.extract(short, 2), cell.str.extract(iso, 2))
    day = pl.coalesce(cell.str.extract(french, 1), cell.str.extract(short, 1), cell.str.extract(iso, 3))
    written = year + "-" + month.str.pad_start(2, "0") + "-" + day.str.pad_start(2, "0")
    value = written.str.to_date("%Y-%m-%d", strict=False, exact=True)
    value = pl.when(value.dt.year().is_between(first_year, last_year)).then(value).otherwise(None)
    problem = (
        pl.when(pl.col(column).is_null() | value.is_not_null())
        .then(None)
        .when(written.is_not_null())
        .then(pl.lit(f"{what} impossible ") + quoted(column))
        .otherwise(pl.lit(f"{what} illisible ") + quoted(column))
    )
    return value, problem


def month(column: str, what: str = "période") -> Parsed:
    """First day of the month written MM/YYYY, YYYY-MM, YYYYMM, `octobre 2026`, or as any full date."""
    cell = pl.col(column)
    whole, _ = date(column)
    names = cell.str.to_lowercase().str.replace_all("é", "e").str.replace_all("û", "u")
    worded = names.str.extract(r"^([a-z]+)\.? +\d{4}$", 1).replace_strict(
        list(MONTHS_FR), [f"{m:02d}" for m in MONTHS_FR.values()], default=None, return_dtype=pl.String
    )
    number = pl.coalesce(
        cell.str.extract(r"^(\d{1,2})[/.\- ]\d{4}$", 1),
        cell.str.extract(r"^\d{4}[/.\- ]?(\d{2})$", 1),
        worded,
    )
    year = pl.coalesce(
        cell.str.extract(r"(?:^|[^0-9])(\d{4})$", 1), cell.str.extract(r"^(\d{4})[/.\- ]?\d{2}$", 1)
    )
    written = year + "-" + number.str.pad_start(2, "0") + "-01"
    value = pl.coalesce(written.str.to_date("%Y-%m-%d", strict=False), whole.dt.month_start())
    value = pl.when(value.dt.year().is_between(1990, 2100)).then(value).otherwise(None)
    problem = (
        pl.when(cell.is_null() | value.is_not_null())
        .then(None)
        .otherwise(pl.lit(f"{what} illisible ") + quoted(column))
    )
    return value, problem


def typed(frame: pl.DataFrame, parsed: Mapping[str, Parsed]) -> pl.DataFrame:
    """`frame` with `v_<column>` (typed) and `p_<column>` (problem) for each column of `parsed`.

    Cells are parsed once per distinct text: a million rows hold a few hundred dates, some thousand amounts.
    """
    for column, (value, problem) in parsed.items():
        distinct = frame.select(pl.col(column).drop_nulls().unique())
        table = distinct.select(column, value.alias(f"v_{column}"), problem.alias(f"p_{column}"))
        frame = frame.join(table, on=column, how="left", maintain_order="left")
    return frame


def yes_no(column: str, what: str) -> Parsed:
    """Boolean from oui/non, O/N, 1/0, vrai/faux, X."""
    cell = pl.col(column).str.to_lowercase()
    value = pl.when(cell.is_in(_YES)).then(True).when(cell.is_in(_NO)).then(False).otherwise(None)
    problem = (
        pl.when(cell.is_null() | cell.is_in([*_YES, *_NO]))
        .then(None)
        .otherwise(pl.lit(f"{what} : oui ou non attendu, lu ") + quoted(column))
    )
    return value, problem


def code(
    frame: pl.DataFrame, column: str, values: Mapping[str, str], what: str
) -> tuple[pl.DataFrame, pl.Expr]:
    """`frame` with `column` translated through `values` (keys normalised), and the problem of unknown codes.

    Works on the distinct codes: a list of a million rows has a dozen of them.
    """
    table = {normalise(k): v for k, v in values.items()}
    distinct = frame[column].drop_nulls().unique().to_list()
    known = {c: table.get(normalise(c)) for c in distinct}
    target = f"{column}_code"
    translated = frame.with_columns(
        pl.col(column)
        .replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
        .alias(target)
        if known
        else pl.lit(None, dtype=pl.String).alias(target)
    )
    problem = (
        pl.when(pl.col(column).is_not_null() & pl.col(target).is_null())
        .then(pl.lit(f"{what} {'inconnue' if what == 'nature' else 'inconnu'} ") + quoted(column))
        .otherwise(None)
    )
    return translated, problem
