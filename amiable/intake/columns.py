"""Columns of text to typed columns: amounts in cents, dates, months, yes/no, codes, numbers of things.

Each function takes the name of a String column and returns (value, problem): two expressions, the second
being a French reason or null. An empty cell is null in both; whether it may be empty is the list's business.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from amiable.intake.date_orders import Order
from amiable.intake.readers.table import normalise

Parsed = tuple[pl.Expr, pl.Expr]
Sided = tuple[pl.Expr, pl.Expr, pl.Expr]

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


_DASHES = r"[\u{2010}-\u{2015}\u{2212}\u{fe63}\u{ff0d}]"
_UNIT = r"(?:eur(?:os?)?)"
_SIDE_BEHIND = rf"(?i)([\d)-]) ?(?:{_UNIT} ?)?(c|cr|cred|credit|crédit|d|db|dr|deb|debit|débit)\.?$"
_SIDE_BEFORE = rf"(?i)^(c|cr|d|db|dr)\.? ?(?:{_UNIT} ?)?([\d(-])"
#: 1,23457E+11 and 123456.0: what a spreadsheet makes of a long number.
_SPOILED = (
    r"(?i)^\d[.,]\d+e[+-]?\d{1,3}$|^\d+e\+\d{1,3}$|^\d+[.,]0+$|^#+$"
    r"|^#(?:REF|VALUE|VALEUR|N/A|NAME|NOM|DIV/0|NULL|NUL|NUM|NOMBRE)[!?]?$"
)


def _plain(column: str) -> pl.Expr:
    """An amount's cell without currency, odd blanks, dashes and apostrophes."""
    blanks = r"[€\s\u{00a0}\u{202f}\u{2009}\u{2007}]+"
    cell = pl.col(column).str.replace_all(blanks, " ").str.strip_chars()
    cell = cell.str.replace_all(_DASHES, "-").str.replace_all("\u2019", "'", literal=True)
    cell = cell.str.replace(rf"(?i) ?{_UNIT} ?([-+)]?)$", "$1").str.replace(
        rf"(?i)^([-+(]?) ?{_UNIT} ?", "$1"
    )
    return cell.str.strip_chars()


def amount(column: str, what: str = "montant") -> Parsed:
    """Signed cents (Int64) from `1 234,56`, `1.234,56`, `1,234.56`, `600.00`, `-200,00`, `200,00-`,
    `(200,00)`, `EUR 600,00`; a lone dash is the zero of accounting formats.

    `1,234` alone is refused: it may be a thousand or a decimal, and a wrong guess is wrong by a factor of
    thousand.
    """
    return _cents(column, what, _plain(column), pl.lit(False))


def sided_amount(column: str, what: str = "montant") -> Sided:
    """Like `amount`, where a side may stand beside the figure (`560,00 C`, `D 560,00`): the third expression
    is « debit », « credit » or null. With a sign too it is refused.
    """
    written = _plain(column)
    bare = written.str.replace(_SIDE_BEFORE, "$2").str.replace(_SIDE_BEHIND, "$1")
    letter = pl.coalesce(written.str.extract(_SIDE_BEHIND, 2), written.str.extract(_SIDE_BEFORE, 1))
    first = letter.str.to_uppercase().str.slice(0, 1)
    side = pl.when(first == "C").then(pl.lit("credit")).when(first == "D").then(pl.lit("debit"))
    return *_cents(column, what, bare, letter.is_not_null()), side


def _cents(column: str, what: str, cell: pl.Expr, sided: pl.Expr) -> Parsed:
    """(cents, problem) of `cell`, what is left of `column`; `sided`: a side was written beside the figure."""
    dash = cell == "-"
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
    legible = one_sign & (plain | grouped) & ~(sided & (signs > 0))
    short_enough = digits.str.len_chars() <= MAX_INTEGER_DIGITS
    signed = pl.when(negative).then(-value).otherwise(value)
    ambiguous = body.str.contains(r"^\d{1,3}[.,]\d{3}$")
    problem = (
        pl.when(pl.col(column).is_null() | dash)
        .then(None)
        .when(sided & (signs > 0))
        .then(pl.lit(f"{what} avec un signe et un sens ") + quoted(column))
        .when(ambiguous)
        .then(pl.lit(f"{what} ambigu ") + quoted(column) + " (milliers ou décimales ?)")
        .when(~legible)
        .then(pl.lit(f"{what} illisible ") + quoted(column))
        .when(~short_enough)
        .then(pl.lit(f"{what} trop grand ") + quoted(column))
        .otherwise(None)
    )
    return pl.when(legible & short_enough & ~ambiguous).then(signed).when(dash).then(pl.lit(0)), problem


def identifier(column: str, what: str) -> pl.Expr:
    """The problem of a number a spreadsheet spoiled: its figures are lost, two of them may look alike."""
    return pl.when(pl.col(column).str.contains(_SPOILED)).then(
        pl.lit(f"{what} abîmé par un tableur ") + quoted(column)
    )


def lost_zeros(column: str, what: str) -> pl.Expr:
    """The problem of a number shorter than its sisters, which keep their leading zeros and one length."""
    cell = pl.col(column)
    number = cell.str.contains(r"^\d+$").fill_null(False)
    padded = number & cell.str.starts_with("0")
    longest = cell.str.len_chars().filter(padded).max()
    regular = cell.str.len_chars().filter(padded).n_unique() == 1
    short = number & (cell.str.len_chars() < longest) & regular
    return pl.when(short.fill_null(False)).then(
        pl.lit(f"{what} sans ses zéros de tête (perdus par un tableur ?) ") + quoted(column)
    )


def date(
    column: str,
    what: str = "date",
    *,
    order: Order = "day",
    first_year: int = 1990,
    last_year: int = 2100,
) -> Parsed:
    """A Date from DD/MM/YYYY, DD/MM/YY (20YY), ISO, YYYYMMDD; `/`, `-` and `.` alike, a time of day is
    dropped. `order`: whether the day or the month comes first, judged on the whole column.
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
    at_day, at_month = (1, 2) if order == "day" else (2, 1)
    month = pl.coalesce(
        cell.str.extract(french, at_month), cell.str.extract(short, at_month), cell.str.extract(iso, 2)
    )
    day = pl.coalesce(
        cell.str.extract(french, at_day), cell.str.extract(short, at_day), cell.str.extract(iso, 3)
    )
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


def month(column: str, what: str = "période", *, order: Order = "day") -> Parsed:
    """First day of the month written MM/YYYY, YYYY-MM, YYYYMM, `octobre 2026`, or as any full date."""
    cell = pl.col(column)
    whole, _ = date(column, order=order)
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


#: `560,00` and `-12.5`: as most lists write each of their amounts, nothing to guess.
_BARE = rf"^-?\d{{1,{MAX_INTEGER_DIGITS}}}[.,]\d{{2}}$"
#: Value, problem, side: what a sided amount gives.
_SIDED = "vps"


def _bare(column: str) -> list[pl.Expr]:
    """What `sided_amount` says of a bare figure."""
    nothing = pl.lit(None, dtype=pl.String)
    value = pl.col(column).str.replace_all(r"[.,]", "").cast(pl.Int64)
    return [value.alias(f"v_{column}"), nothing.alias(f"p_{column}"), nothing.alias(f"s_{column}")]


def typed(frame: pl.DataFrame, parsed: Mapping[str, Parsed | Sided]) -> pl.DataFrame:
    """`frame` with `v_<column>` (typed), `p_<column>` (problem) and, of a sided amount, `s_<column>` for each
    column of `parsed`.

    Cells are parsed once per distinct text: a million rows hold a few hundred dates, some thousand amounts.
    """
    for column, found in parsed.items():
        distinct = frame.select(pl.col(column).drop_nulls().unique())
        named = [
            expression.alias(f"{kind}_{column}") for kind, expression in zip(_SIDED, found, strict=False)
        ]
        # Most amounts are bare figures: what the others may hold is not looked for in them.
        bare = pl.col(column).str.contains(_BARE) & pl.lit(len(found) == len(_SIDED))
        table = distinct.filter(~bare).select(column, *named)
        if len(found) == len(_SIDED):
            table = pl.concat([table, distinct.filter(bare).select(column, *_bare(column))])
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
