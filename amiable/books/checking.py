"""The books held against the ledger: what must be equal, and the seals a rebuild must find again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.books.models import Close
from amiable.books.projecting import closes, entries, stored
from amiable.core.models import Office
from amiable.domain.books.chart import UNKNOWN, charts_of, labels_of, templates
from amiable.domain.books.lines import LINES, booked, lines
from amiable.domain.books.numbers import by_month, numbered, seal
from amiable.domain.text.french import euros


@dataclass(frozen=True, slots=True)
class Control:
    """One equality: what it compares, both sums in cents (or counts), how many differ and the first ones."""

    code: str
    label_fr: str
    left: int
    right: int
    differences: int = 0
    details_fr: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.left == self.right and not self.differences


def total(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].sum())


def balance(office: Office, as_of: date) -> pl.DataFrame:
    """account, label, debit_cents, credit_cents: of each account, up to an accounting date."""
    rows = (
        stored(office, as_of)
        .group_by(account="account_code")
        .agg(pl.col("debit_cents").sum(), pl.col("credit_cents").sum())
    )
    labels = labels_of(office.kind)
    named = pl.col("account").replace_strict(labels, default=pl.col("account"), return_dtype=pl.String)
    return rows.sort("account").select("account", named.alias("label"), "debit_cents", "credit_cents")


def controls(office: Office, as_of: date) -> list[Control]:
    """Every control at an accounting date (BK-02, BK-04), on both sides."""
    whole, told = stored(office), booked(entries(office), closes(office))
    made, told = (rows.filter(pl.col("booked_on") <= as_of) for rows in (whole, told))
    return [
        _balanced(made),
        _each_once(made, told),
        _auxiliaries(made, told),
        _pairs(told),
        *_seals(office, whole),
    ]


def _balanced(made: pl.DataFrame) -> Control:
    signed = pl.col("debit_cents") - pl.col("credit_cents")
    wrong = made.group_by("entry_id").agg(signed.sum().alias("gap")).filter(pl.col("gap") != 0)
    return Control(
        "balanced",
        "Débits et crédits, en tout et par écriture",
        total(made, "debit_cents"),
        total(made, "credit_cents"),
        wrong.height,
        tuple(f"écriture {pk} : {euros(gap)}" for pk, gap in wrong.head(10).rows()),
    )


def _without_lines() -> list[int]:
    return [int(t.kind) for t in templates().values() if t.none]


def _moving(told: pl.DataFrame) -> pl.DataFrame:
    """Entries that make lines."""
    none = _without_lines()
    undoes = [int(t.kind) for t in templates().values() if t.same]
    still = pl.col("kind").is_in(none) | (
        pl.col("kind").is_in(undoes) & pl.col("undone_kind").is_in(none).fill_null(False)
    )
    return told.filter(~still)


def _each_once(made: pl.DataFrame, told: pl.DataFrame) -> Control:
    own, wanted = made.select("entry_id").unique(), _moving(told).select("entry_id")
    missing, alone = wanted.join(own, on="entry_id", how="anti"), own.join(wanted, on="entry_id", how="anti")
    return Control(
        "each_once",
        "Écritures du grand livre et écritures des livres",
        wanted.height,
        own.height,
        missing.height + alone.height,
        tuple(f"écriture {pk} sans ligne" for pk in missing.head(5)["entry_id"])
        + tuple(f"lignes de l’écriture {pk}, absente du grand livre" for pk in alone.head(5)["entry_id"]),
    )


def _auxiliaries(made: pl.DataFrame, told: pl.DataFrame) -> Control:
    """Receivables, account by account and in total, against what the ledger says is owed."""
    signed = pl.col("debit_cents") - pl.col("credit_cents")
    books = (
        made.filter(pl.col("auxiliary_id").is_not_null())
        .group_by(account_id="auxiliary_id")
        .agg(signed.sum().alias("books"))
    )
    ledger = _moving(told).group_by("account_id").agg(pl.col("amount_cents").sum().alias("ledger"))
    met = ledger.join(books, on="account_id", how="full", coalesce=True).fill_null(0)
    wrong = met.filter(pl.col("books") != pl.col("ledger")).sort("account_id")
    return Control(
        "auxiliaries",
        "Comptes de créances et comptes des débiteurs, un à un",
        total(met, "ledger"),
        total(met, "books"),
        wrong.height,
        tuple(f"compte n° {a} : {euros(x)} dus, {euros(y)} aux livres" for a, x, y in wrong.head(10).rows()),
    )


def _pairs(told: pl.DataFrame) -> Control:
    """What moves no account must sum to zero on each debtor's account (T54)."""
    quiet = told.join(_moving(told), on="entry_id", how="anti")
    sums = quiet.group_by("account_id").agg(pl.col("amount_cents").sum()).filter(pl.col("amount_cents") != 0)
    return Control(
        "pairs",
        "Reports et nouvelles échéances des mesures, dont la somme est nulle",
        total(quiet, "amount_cents"),
        0,
        sums.height,
        tuple(f"compte n° {a} : {euros(c)}" for a, c in sums.sort("account_id").head(10).rows()),
    )


def _seals(office: Office, rows: pl.DataFrame) -> list[Control]:
    """Each close, found again from these lines."""
    months, found, before = by_month(rows), [], ""
    for one in Close.objects.filter(office=office).order_by("period"):
        inside = months.get(one.period, numbered(rows.clear()))
        same = seal(inside, before) == one.seal
        before = one.seal
        found.append(
            Control(
                f"seal_{one.period:%Y-%m}",
                f"Sceau de {one.period:%m/%Y}",
                one.debit_cents,
                total(inside, "debit_cents"),
                int(not same),
                () if same else ("le sceau n’est pas celui des lignes",),
            )
        )
    return found


def prove(office: Office) -> list[Control]:
    """Every line rebuilt from the ledger, the charts and the closes: the same lines and the same seals."""
    made, again = stored(office), lines(entries(office), closes(office))
    keys = list(LINES)
    gone = again.join(made, on=keys, how="anti", nulls_equal=True)
    more = made.join(again, on=keys, how="anti", nulls_equal=True)
    rebuilt = Control(
        "rebuilt",
        "Lignes refaites et lignes gardées",
        again.height,
        made.height,
        gone.height + more.height,
        tuple(f"écriture {pk}" for pk in pl.concat([gone, more]).head(10)["entry_id"]),
    )
    return [rebuilt, *_seals(office, again)]


def to_sort_out(office: Office, as_of: date) -> pl.DataFrame:
    """account, label, cents: what stands in waiting accounts at a date, told without its means (BK-08)."""
    waiting = {c.roles[UNKNOWN] for c in charts_of(office.kind)}
    rows = balance(office, as_of).filter(pl.col("account").is_in(sorted(waiting)))
    rows = rows.select("account", "label", cents=pl.col("debit_cents") - pl.col("credit_cents"))
    return rows.filter(pl.col("cents") != 0)
