"""Since when an impayé is constituted for the CAF, under which rule, and until when to signal it.

A spell starts on the first day the test in force that day holds after the last day the debt was nil, keeps
the rule of that day, and ends only when the debt is nil again. CAF debt = overdue without FRAIS, less the aid
still expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.aid import with_terms

TO_TENANT, TO_LANDLORD, TO_ANY = "tenant", "landlord", "any"


@dataclass(frozen=True, slots=True)
class CafTest:
    """One test of R824-1, in force from `from_on` to `to_on` included (None: no end known).

    aid_to: whose aid it concerns. multiple: debt >= so many monthly bases; above_cents: or debt > that;
    default_months: or that long after the first default, still not fully paid.
    """

    rule: str
    aid_to: str
    from_on: date
    to_on: date | None
    multiple: float | None = None
    above_cents: int | None = None
    default_months: int | None = None

    def on_day(self, day: str) -> pl.Expr:
        """Whether the test is in force on that column's date and concerns the account's aid."""
        in_force = (pl.col(day) >= self.from_on) & (
            pl.lit(True) if self.to_on is None else pl.col(day) <= self.to_on
        )
        concerned = {
            TO_TENANT: ~pl.col("third_party"),
            TO_LANDLORD: pl.col("third_party"),
            TO_ANY: pl.lit(True),
        }[self.aid_to]
        return (in_force & concerned & (pl.col("aid_cents") > 0)).fill_null(False)

    def amount_holds(self, debt: str = "debt_cents") -> pl.Expr:
        """Whether the debt is large enough; base = rent + charges, less the aid paid to the landlord."""
        base = pl.col("rent_cents") + pl.col("charges_cents") - third_party_aid()
        holds = pl.lit(False)
        if self.multiple is not None:
            holds = holds | (pl.col(debt) >= base * self.multiple)
        if self.above_cents is not None:
            holds = holds | (pl.col(debt) > self.above_cents)
        return (holds & (pl.col(debt) > 0)).fill_null(False)


@dataclass(frozen=True, slots=True)
class CafLaw:
    """The dated tests, and the delay of the signalement (CAF-04) by date."""

    tests: tuple[CafTest, ...]

    @property
    def change_days(self) -> list[date]:
        """The days on which another test may begin to apply."""
        days = {test.from_on for test in self.tests}
        days |= {test.to_on + timedelta(days=1) for test in self.tests if test.to_on is not None}
        return sorted(days)


def third_party_aid() -> pl.Expr:
    """The aid the landlord receives himself, in cents a month."""
    return pl.when(pl.col("third_party")).then("aid_cents").otherwise(0)


def caf_law(overrides: law.Overrides | None = None) -> CafLaw:
    """The tests of the law pack (CAF-01, CAF-02, CAF-03), one per period of their parameters."""
    tests = []
    for rule, aid_to, key in (("CAF-01", TO_TENANT, "multiple"), ("CAF-02", TO_LANDLORD, "multiple")):
        for dated in law.rule(rule).parameters[key].values:
            number = law.get(rule, dated.from_on, key, overrides=overrides).number
            tests.append(CafTest(rule, aid_to, dated.from_on, dated.to_on, multiple=float(number)))
    for dated in law.rule("CAF-03").parameters["threshold"].values:
        above = law.get("CAF-03", dated.from_on, "threshold", overrides=overrides)
        months = law.get("CAF-03", dated.from_on, "first_default", overrides=overrides)
        tests.append(
            CafTest(
                "CAF-03",
                TO_ANY,
                dated.from_on,
                dated.to_on,
                above_cents=above.cents,
                default_months=int(months.number),
            )
        )
    return CafLaw(tuple(tests))


def signal_limit(constituted_on: date, overrides: law.Overrides | None = None) -> date | None:
    """CAF-04: the last day to signal an impayé constituted that day; None when no delay is sourced for it."""
    try:
        return law.limit("CAF-04", constituted_on, overrides=overrides).ends_on
    except DomainError:
        return None


def extra_days(dates: pl.DataFrame, terms: pl.DataFrame, rules: CafLaw) -> pl.DataFrame:
    """account_id, on: the days on which the test's terms or the law change, whatever the ledger does."""
    changes = terms.select("account_id", on="effective_on")
    law_days = dates.select("account_id").join(
        pl.DataFrame({"on": rules.change_days}, schema={"on": pl.Date}), how="cross"
    )
    return (
        pl.concat([changes, law_days]).join(dates.select("account_id"), on="account_id", how="semi").unique()
    )


def spells(history: pl.DataFrame) -> pl.DataFrame:
    """The rows of `history` in the current spell of CAF debt, with debt_cents and first_default_on."""
    debt = (pl.col("overdue_cents") - pl.col("fees_cents") - pl.col("pending_cents")).clip(0)
    rows = history.with_columns(debt_cents=debt).sort("account_id", "on")
    last_nil = pl.col("on").filter(pl.col("debt_cents") == 0).max().over("account_id")
    rows = rows.filter(last_nil.is_null() | (pl.col("on") > last_nil))
    return rows.with_columns(first_default_on=pl.col("on").min().over("account_id"))


def constitution(spell: pl.DataFrame, terms: pl.DataFrame, rules: CafLaw) -> pl.DataFrame:
    """account_id, caf_constituted_on, caf_rule, third_party: the first day of the spell a test held."""
    rows = with_terms(spell, terms, "on")
    hits = [_hits(rows, test) for test in rules.tests]
    found = pl.concat([hit for hit in hits if not hit.is_empty()] or hits[:1])
    return (
        found.sort("account_id", "caf_constituted_on", "caf_rule")
        .unique("account_id", keep="first", maintain_order=True)
        .select("account_id", "caf_constituted_on", "caf_rule", "third_party")
    )


def _hits(rows: pl.DataFrame, test: CafTest) -> pl.DataFrame:
    """For each row in which the test held, the first such day."""
    rows = rows.filter(test.on_day("on"))
    hits = rows.filter(test.amount_holds()).with_columns(caf_constituted_on="on")
    if test.default_months is not None:
        later = _add_months(rows, "first_default_on", test.default_months, "waited_on")
        later = later.filter(pl.col("waited_on") < pl.col("until")).with_columns(
            caf_constituted_on=pl.max_horizontal("on", "waited_on")
        )
        hits = pl.concat([hits, later.drop("waited_on")])
    return hits.select("account_id", "caf_constituted_on", pl.lit(test.rule).alias("caf_rule"), "third_party")


def _add_months(rows: pl.DataFrame, day: str, months: int, name: str) -> pl.DataFrame:
    """TIME-04 on the distinct days, joined back: legal dates are counted by one function only."""
    days = rows.get_column(day).unique().to_list()
    table = pl.DataFrame(
        {day: days, name: [add_months(each, months) for each in days]}, schema={day: pl.Date, name: pl.Date}
    )
    return rows.join(table, on=day, how="left")


def with_limit(
    found: pl.DataFrame, accounts: pl.DataFrame, overrides: law.Overrides | None = None
) -> pl.DataFrame:
    """+ caf_limit_on: CAF-04 from the constitution, in tiers payant only (CAF-05), never once departed.

    `accounts`: account_id, is_departed (CAF-16). Null too when no delay is sourced for that day.
    """
    days = found.get_column("caf_constituted_on").unique().to_list()
    table = pl.DataFrame(
        {"caf_constituted_on": days, "limit_on": [signal_limit(day, overrides) for day in days]},
        schema={"caf_constituted_on": pl.Date, "limit_on": pl.Date},
    )
    bound = pl.col("third_party") & ~pl.col("is_departed")
    return (
        found.join(table, on="caf_constituted_on", how="left")
        .join(accounts.select("account_id", "is_departed"), on="account_id", how="left")
        .with_columns(caf_limit_on=pl.when(bound).then("limit_on"))
        .drop("limit_on", "is_departed")
    )


def crossing(
    spell: pl.DataFrame, constituted: pl.DataFrame, terms: pl.DataFrame, rules: CafLaw, on: date
) -> pl.DataFrame:
    """account_id, rule_before, rule_after, debt_cents: constituted on `on` only because the rule changes.

    Not constituted before; the test of the day before, still applied to that day's debt, does not hold.
    """
    eve = on - timedelta(days=1)
    rows = with_terms(spell.filter((pl.col("on") <= on) & (pl.col("until") > on)), terms, "on")
    rows = rows.join(constituted.filter(pl.col("caf_constituted_on") == on), on="account_id", how="inner")
    found = []
    for before in rules.tests:
        if not (before.from_on <= eve and (before.to_on is None or before.to_on >= eve)):
            continue
        changed = rows.filter(
            before_concerns(before) & (pl.col("caf_rule") != before.rule) & ~before.amount_holds()
        )
        found.append(
            changed.select(
                "account_id",
                pl.lit(before.rule).alias("rule_before"),
                pl.col("caf_rule").alias("rule_after"),
                "debt_cents",
            )
        )
    schema = {
        "account_id": pl.Int64,
        "rule_before": pl.String,
        "rule_after": pl.String,
        "debt_cents": pl.Int64,
    }
    return pl.concat(found).sort("account_id") if found else pl.DataFrame(schema=schema)


def before_concerns(test: CafTest) -> pl.Expr:
    """Whether a test that no longer runs concerned the account's aid."""
    concerned = {TO_TENANT: ~pl.col("third_party"), TO_LANDLORD: pl.col("third_party"), TO_ANY: pl.lit(True)}
    return (concerned[test.aid_to] & (pl.col("aid_cents") > 0)).fill_null(False)
