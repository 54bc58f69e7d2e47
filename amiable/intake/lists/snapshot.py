"""Snapshot (état des restes): one balance per account at a date. A control, never a source of entries."""

from __future__ import annotations

import polars as pl

from amiable.intake import columns, date_orders
from amiable.intake.lists.sides import SIDE, side_column
from amiable.intake.lists.spec import Checked, Field, ListSpec, reject_marked, required, without_totals
from amiable.intake.mapping import Mapping, apply
from amiable.intake.readers.table import LINE, Table

AGES = ("0_30", "31_60", "61_90", "plus_90")

SPEC = ListSpec(
    code="snapshot",
    label_fr="État des restes",
    fields=(
        Field("compte", "Compte", True, ("n° compte", "no compte", "num compte", "numéro de compte",
              "compte locataire", "titre", "n° titre")),
        Field("date_arrete", "Date d'arrêté", True, ("arrêté au", "date arrêté", "date de situation",
              "situation au",
              "date")),
        Field("solde", "Solde", True, ("total", "solde débiteur", "montant dû", "reste à recouvrer",
              "dette", "total dû",
              "solde total", "rar")),
        SIDE,
        Field("0_30", "0-30 jours", False, ("0 30 j", "0 à 30 jours", "moins de 30 jours", "30 j")),
        Field("31_60", "31-60 jours", False, ("31 60 j", "31 à 60 jours", "30 60 j", "60 j")),
        Field("61_90", "61-90 jours", False, ("61 90 j", "61 à 90 jours", "60 90 j", "90 j")),
        Field("plus_90", "Plus de 90 jours", False, ("> 90 j", "plus de 90 j", "90 jours et plus",
              "+ 90 j", "+90 j",
              "sup 90 j", "au delà de 90 jours")),
    ),
    title_patterns=(("date_arrete", r"\bau\s+(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})"),),
)  # fmt: skip


def check(table: Table, mapping: Mapping) -> Checked:
    """Typed balances. `good`: LINE, account, as_of (Date), balance_cents, and age columns (Int64 | null).

    Two rows for one account and date are refused both: nobody can tell which is right.
    """
    frame = apply(table, mapping, SPEC)
    frame, totals = without_totals(frame, "compte", table.frame)
    orders = date_orders.decide(frame, {"date_arrete": "date d'arrêté"}, mapping.date_order)
    as_of, p_date = columns.date("date_arrete", "date d'arrêté", order=orders["date_arrete"])
    balance, p_balance, beside = columns.sided_amount("solde", "solde")
    frame, p_side = side_column(frame, mapping)
    # « 120,00 C » is what the office owes: a balance is signed by its side when it writes one.
    side = pl.coalesce("sens_code", beside)
    balance = pl.when(side == "credit").then(-balance.abs()).otherwise(balance)
    against = (pl.col("sens_code") != beside) | ((side == "debit") & (balance < 0))
    ages = {name: columns.amount(name, f"ancienneté {name}") for name in AGES}
    typed = frame.with_columns(
        as_of.alias("as_of"),
        balance.alias("balance_cents"),
        p_date.alias("p_date"),
        p_balance.alias("p_balance"),
        *[value.alias(f"age_{name}_cents") for name, (value, _) in ages.items()],
        *[problem.alias(f"p_{name}") for name, (_, problem) in ages.items()],
    )
    several = pl.len().over("compte", "as_of") > 1
    problems = [
        required("compte", "compte"),
        required("date_arrete", "date d'arrêté"),
        required("solde", "solde"),
        columns.identifier("compte", "numéro de compte"),
        columns.lost_zeros("compte", "numéro de compte"),
        pl.when(against).then(pl.lit("sens du solde contradictoire")),
        p_side,
        pl.col("p_date"),
        pl.col("p_balance"),
        *[pl.col(f"p_{name}") for name in AGES],
        pl.when(several & pl.col("compte").is_not_null()).then(
            pl.lit("compte présent plusieurs fois à cette date")
        ),
    ]
    good, errors = reject_marked(typed, problems)
    good = good.select(
        LINE, pl.col("compte").alias("account"), "as_of", "balance_cents", *[f"age_{n}_cents" for n in AGES]
    )
    return Checked(good, errors, totals.height, [*_ages_warning(good), *orders.warnings])


def _ages_warning(good: pl.DataFrame) -> list[str]:
    """Ages that do not add up to the balance are shown; the balance stays the control."""
    with_ages = good.filter(pl.all_horizontal(pl.col(f"age_{n}_cents").is_not_null() for n in AGES))
    total = pl.sum_horizontal(pl.col(f"age_{n}_cents") for n in AGES)
    wrong = with_ages.filter((pl.col("balance_cents") > 0) & (total != pl.col("balance_cents"))).height
    if not wrong:
        return []
    return [f"{wrong} ligne(s) dont les anciennetés ne font pas le solde : le solde est retenu."]
