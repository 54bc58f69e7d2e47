"""The position of an account: against naive oracles on random ledgers, and on hand-typed ones."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.creditors import kind
from amiable.domain.settlement.aid import TERMS_SCHEMA
from amiable.domain.settlement.caf import CafLaw, CafTest, caf_law
from amiable.domain.settlement.entry_kinds import TARGETED_KINDS
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.figures import ACCOUNTS_SCHEMA, Parameters, crossing, figures
from tests.domain.caf_oracle import Terms, caf_debt_on, caf_naively, pending_on, without_returns
from tests.domain.settlement_ledgers import NO_FREEZE, ORIGIN, days, frame, freezes, ledgers, on
from tests.domain.settlement_oracle import Row, naive_totals, settle_naively

#: Both regimes within the days the random ledgers cover.
SHORT_LAW = CafLaw(
    (
        CafTest("CAF-01", "tenant", date(2020, 1, 1), date(2026, 3, 14), multiple=2),
        CafTest("CAF-02", "landlord", date(2020, 1, 1), date(2026, 3, 14), multiple=2),
        CafTest("CAF-03", "any", date(2026, 3, 15), None, above_cents=450, default_months=1),
    )
)
ACTS = {"account_id": pl.Int64, "on": pl.Date}
REAL = Parameters(caf=caf_law(), natures={n.code: n for n in kind("landlord").natures.values()})


def accounts(ids, freezes=None, status="present", left_on=None) -> pl.DataFrame:
    rows = [(i, status, left_on, *(freezes or {}).get(i, NO_FREEZE), "loyer") for i in ids]
    return pl.DataFrame(rows, schema=ACCOUNTS_SCHEMA, orient="row")


def terms_frame(terms: dict[int, list[Terms]]) -> pl.DataFrame:
    rows = [(account, *each) for account, many in terms.items() for each in many]
    return pl.DataFrame(rows, schema=TERMS_SCHEMA, orient="row")


amounts = st.integers(0, 8).map(lambda n: n * 50)
some_terms = st.lists(
    st.tuples(days, amounts, amounts, amounts, st.booleans()), max_size=3, unique_by=lambda t: t[0]
)
lives = st.tuples(ledgers(), some_terms, freezes)


@settings(max_examples=150, deadline=None)
@given(st.lists(lives, min_size=1, max_size=2), days)
def test_equals_the_naive_oracles(cases, as_of):
    rows = {n: case[0] for n, case in enumerate(cases, 1)}
    terms = {n: case[1] for n, case in enumerate(cases, 1)}
    splits = {n: case[2] for n, case in enumerate(cases, 1)}
    found = figures(frame(rows), accounts(rows, splits), terms_frame(terms), as_of, Parameters(caf=SHORT_LAW))
    for number, (life, mine, freeze) in enumerate(cases, 1):
        row = found.row(by_predicate=pl.col("account_id") == number, named=True)
        expected = naive_totals(*settle_naively(life, as_of, *freeze), as_of, *freeze)
        assert {name: row[name] for name in expected} == expected
        assert row["balance_cents"] == sum(r.amount for r in life if r.document_on <= as_of)
        freeze = freeze if freeze[0] and freeze[0] <= as_of else NO_FREEZE
        clean = without_returns(life, as_of)
        if row["aid_cents"]:
            assert row["caf_debt_cents"] == caf_debt_on(clean, mine, as_of, freeze)
        pending = min(pending_on(clean, mine, as_of, freeze), expected["overdue_cents"])
        assert row["pending_aid_cents"] == pending
        caf = caf_naively(life, mine, as_of, SHORT_LAW, freeze)
        assert (row["first_default_on"], row["caf_constituted_on"], row["caf_rule"]) == caf


@settings(max_examples=50, deadline=None)
@given(ledgers(), days)
def test_something_is_claimed_since_the_last_day_nothing_was(life, as_of):
    """Paying the oldest items while others are due begins nothing anew."""
    found = figures(frame({1: life}), accounts([1]), terms_frame({1: []}), as_of, Parameters())
    row = found.row(0, named=True)
    clean = without_returns(life, as_of)
    oldest = row["oldest_active_on"]
    if oldest is None or any(each.kind in TARGETED_KINDS for each in clean):
        assert row["claimed_since_on"] == oldest
        return
    day = as_of
    while day >= ORIGIN and owed_naively(clean, day) > 0:
        day -= timedelta(days=1)
    assert row["claimed_since_on"] == min(oldest, day + timedelta(days=1))


def owed_naively(life, day) -> int:
    items, _ = settle_naively([each for each in life if each.document_on <= day], day)
    return sum(item.rest for item in items if item.due_on <= day)


class Forty:
    """A nature that prescribes within the days the random ledgers cover."""

    prescription_from = "due_on"

    def prescribes_on(self, day: date) -> date:
        return day + timedelta(days=40)


def last_day(due_on: date, acts: list[date]) -> date:
    ends = Forty().prescribes_on(due_on)
    for act in sorted(acts):
        if due_on < act <= ends:
            ends = Forty().prescribes_on(act)
    return ends


@settings(max_examples=150, deadline=None)
@given(ledgers(), freezes, st.lists(days, max_size=3), days)
def test_what_is_prescribed_is_told_item_by_item(life, freeze, acts, as_of):
    interruptions = pl.DataFrame({"account_id": [1] * len(acts), "on": acts}, schema=ACTS)
    row = figures(
        frame({1: life}),
        accounts([1], {1: freeze}),
        terms_frame({1: []}),
        as_of,
        Parameters(natures={"loyer": Forty()}),
        interruptions,
    ).row(0, named=True)
    items, _ = settle_naively(life, as_of, *freeze)
    due = [item for item in items if item.due_on <= as_of and item.rest]
    known = [act for act in acts if act <= as_of]
    ends = {id(item): last_day(item.due_on, known) for item in due}
    gone = [i for i in due if ends[id(i)] < as_of and not is_frozen(i, as_of, *freeze)]
    asked = [i for i in due if ends[id(i)] >= as_of and not is_frozen(i, as_of, *freeze)]
    assert row["prescribed_cents"] == sum(item.rest for item in gone)
    assert row["actionable_cents"] == sum(item.rest for item in asked)
    assert row["oldest_active_on"] == min((item.due_on for item in asked), default=None)
    assert row["unpaid_terms"] == sum(item.row.kind == K.QUITTANCE for item in asked)
    assert row["prescribed_on"] == min((ends[id(i)] + timedelta(days=1) for i in gone), default=None)
    assert row["prescribes_on"] == min((end for end in ends.values() if end >= as_of), default=None)


def is_frozen(item, as_of, split_on, ends_on) -> bool:
    runs = split_on is not None and split_on <= as_of and (ends_on is None or as_of <= ends_on)
    return item.row.kind == K.ECHEANCE or (runs and item.due_on <= split_on)


@settings(max_examples=60, deadline=None)
@given(st.lists(lives, min_size=2, max_size=4), days)
def test_alone_and_in_a_batch_are_the_same(cases, as_of):
    rows = {n: case[0] for n, case in enumerate(cases, 1)}
    terms = {n: case[1] for n, case in enumerate(cases, 1)}
    splits = {n: case[2] for n, case in enumerate(cases, 1)}
    parameters = Parameters(caf=SHORT_LAW)
    batch = figures(frame(rows), accounts(rows, splits), terms_frame(terms), as_of, parameters)
    for n in rows:
        alone = figures(
            frame({n: rows[n]}), accounts([n], splits), terms_frame({n: terms[n]}), as_of, parameters
        )
        assert alone.equals(batch.filter(pl.col("account_id") == n))


@settings(max_examples=60, deadline=None)
@given(ledgers(corrections=False), days, st.randoms())
def test_the_order_of_posting_changes_nothing(life, as_of, random):
    ids = [r.entry_id for r in life]
    random.shuffle(ids)
    other = [Row(**{**r.__dict__, "entry_id": new}) for r, new in zip(life, ids, strict=True)]
    terms = terms_frame({1: [(ORIGIN, 300, 50, 150, True)]})
    parameters = Parameters(caf=SHORT_LAW)
    first = figures(frame({1: life}), accounts([1]), terms, as_of, parameters)
    assert first.equals(figures(frame({1: other}), accounts([1]), terms, as_of, parameters))


def position(rows: list[Row], terms: list[Terms], as_of: date, **account) -> dict:
    frames = frame({1: rows}), accounts([1], **account), terms_frame({1: terms})
    return figures(*frames, as_of, REAL).row(0, named=True)


TIERS_PAYANT: list[Terms] = [(date(2025, 1, 1), 28000, 2000, 5000, True)]


def rents(first: int, count: int, amount: int = 30000) -> list[Row]:
    """Rents due on the 5th of the months of 2026, posted four days before."""
    return [
        Row(m, K.QUITTANCE, date(2026, m, 1), date(2026, m, 5), date(2026, m, 1), amount)
        for m in range(first, first + count)
    ]


def aids(first: int, count: int, amount: int = 5000) -> list[Row]:
    return [
        Row(100 + m, K.APL, date(2026, m, 25), None, date(2026, m, 1), -amount)
        for m in range(first, first + count)
    ]


def test_the_cafs_own_example_is_constituted_at_500_euros():
    """2 x ((280 + 20) - 50) = 500 EUR: two months unpaid, 500 on the day of the second term."""
    rows = [*rents(9, 3), *aids(9, 2)]
    at = position(rows, TIERS_PAYANT, on("5/10"))
    # 250 of September and 300 of October, less the 50 of aid expected for October.
    assert (at["overdue_cents"], at["pending_aid_cents"], at["caf_debt_cents"]) == (55000, 5000, 50000)
    assert (at["caf_constituted_on"], at["caf_rule"], at["caf_limit_on"]) == (
        on("5/10"),
        "CAF-02",
        on("5/12"),
    )
    assert position(rows, TIERS_PAYANT, on("4/10"))["caf_constituted_on"] is None
    assert at["months_of_rent"] == 2.2


def test_aid_paid_to_the_tenant_has_a_date_and_no_limit():
    terms = [(date(2025, 1, 1), 28000, 2000, 5000, False)]
    at = position(rents(9, 2), terms, on("5/10"))
    assert (at["caf_constituted_on"], at["caf_rule"], at["caf_limit_on"]) == (on("5/10"), "CAF-01", None)


def test_without_aid_nothing_is_said_about_the_caf():
    at = position(rents(9, 2), [(date(2025, 1, 1), 28000, 2000, 0, False)], on("5/11"))
    assert (at["caf_constituted_on"], at["caf_rule"], at["caf_limit_on"]) == (None, None, None)


def test_a_departed_tenant_has_no_limit():
    at = position([*rents(9, 2), *aids(9, 1)], TIERS_PAYANT, on("5/11"), status="parti", left_on=on("30/10"))
    assert (at["caf_constituted_on"], at["caf_limit_on"]) == (on("5/10"), None)


def test_a_limit_ends_on_the_months_last_day():
    rows = [Row(1, K.QUITTANCE, on("31/12/2025"), on("31/12/2025"), on("1/12/2025"), 60000)]
    at = position(rows, TIERS_PAYANT, on("10/1"))
    assert (at["caf_constituted_on"], at["caf_limit_on"]) == (on("31/12/2025"), on("28/2"))


def test_a_spell_ends_only_when_the_debt_is_nil():
    rows = [*rents(8, 2), *aids(8, 2), Row(50, K.ENCAISSEMENT, on("20/9"), None, None, -40000)]
    assert position(rows, TIERS_PAYANT, on("30/9"))["caf_constituted_on"] == on("5/9")
    rows.append(Row(51, K.ENCAISSEMENT, on("1/10"), None, None, -10000))
    assert position(rows, TIERS_PAYANT, on("1/10"))["caf_constituted_on"] is None


def test_fees_are_no_part_of_the_caf_debt():
    rows = [*rents(9, 2), *aids(9, 1), Row(60, K.FRAIS, on("6/10"), on("6/10"), None, 5000)]
    at = position(rows, TIERS_PAYANT, on("7/10"))
    assert (at["overdue_cents"], at["caf_debt_cents"]) == (60000, 50000)


def test_who_crosses_on_1_january_2027():
    """250 EUR unpaid since October: below the old test, constituted by the 3 months of the new one."""
    rows = [*rents(9, 1), *aids(9, 1)]
    new_year = date(2027, 1, 1)
    at = position(rows, TIERS_PAYANT, new_year)
    assert (at["caf_constituted_on"], at["caf_rule"], at["caf_limit_on"]) == (
        new_year,
        "CAF-03",
        date(2027, 3, 1),
    )
    assert at["first_default_on"] == on("5/9")
    found = crossing(frame({1: rows}), accounts([1]), terms_frame({1: TIERS_PAYANT}), new_year, REAL)
    assert found.rows() == [(1, "CAF-02", "CAF-03", 25000, date(2027, 3, 1))]
    assert crossing(
        frame({1: rows}), accounts([1]), terms_frame({1: TIERS_PAYANT}), on("2/12"), REAL
    ).is_empty()


def test_an_account_already_constituted_does_not_cross():
    rows = [*rents(9, 2), *aids(9, 2)]
    frames = frame({1: rows}), accounts([1]), terms_frame({1: TIERS_PAYANT})
    assert crossing(*frames, date(2027, 1, 1), REAL).is_empty()
    at = position(rows, TIERS_PAYANT, date(2027, 1, 1))
    assert (at["caf_constituted_on"], at["caf_rule"]) == (on("5/10"), "CAF-02")


def test_an_account_the_old_rule_would_also_take_on_that_day_does_not_cross():
    """The third term falls due on 1 January itself: the old test holds that day too."""
    due = date(2027, 1, 1)
    rows = [*rents(12, 1), Row(40, K.QUITTANCE, due, due, due, 30000)]
    frames = frame({1: rows}), accounts([1]), terms_frame({1: TIERS_PAYANT})
    at = figures(*frames, due, REAL).row(0, named=True)
    assert (at["caf_debt_cents"], at["caf_constituted_on"], at["caf_rule"]) == (55000, due, "CAF-03")
    assert crossing(*frames, due, REAL).is_empty()


def test_an_account_under_450_euros_is_constituted_three_months_after_the_first_default():
    rows = [Row(1, K.QUITTANCE, on("15/11"), on("20/11"), on("1/11"), 20000)]
    terms = [(date(2025, 1, 1), 28000, 2000, 5000, False)]
    assert position(rows, terms, date(2027, 2, 19))["caf_constituted_on"] is None
    at = position(rows, terms, date(2027, 2, 20))
    assert (at["caf_constituted_on"], at["caf_rule"], at["caf_limit_on"]) == (
        date(2027, 2, 20),
        "CAF-03",
        None,
    )


@pytest.mark.parametrize(
    ("day", "pending"),
    [("4/11", 0), ("5/11", 5000), ("24/11", 5000), ("25/11", 5000), ("30/11", 5000), ("1/12", 0)],
)
def test_the_cafs_share_is_not_asked_before_it_is_late(day, pending):
    at = position(
        [rents(11, 1)[0], Row(60, K.ENCAISSEMENT, on("5/11"), None, None, -25000)], TIERS_PAYANT, on(day)
    )
    assert at["pending_aid_cents"] == pending
    assert at["actionable_cents"] == at["overdue_cents"] - pending


def test_a_net_quittance_awaits_no_aid():
    net = Row(**{**rents(11, 1)[0].__dict__, "is_net": True})
    assert position([net], TIERS_PAYANT, on("10/11"))["pending_aid_cents"] == 0


def test_ages_by_due_date():
    """Terms of 5 August to 5 November, nothing paid: on 22 November they are 109, 78, 48 and 17 days old."""
    at = position(rents(8, 4), [], on("22/11"))
    assert [at[n] for n in ("due_0_30_cents", "due_31_60_cents", "due_61_90_cents", "due_over_90_cents")] == [
        30000
    ] * 4
    assert (at["oldest_unpaid_on"], at["age_days"], at["unpaid_terms"]) == (on("5/8"), 109, 4)
    assert at["months_of_rent"] is None
    assert at["prescribes_on"] == date(2029, 8, 5)


def test_a_steady_late_payer_is_recognised_until_the_usual_day_is_passed():
    rows = rents(1, 11)
    rows += [Row(60 + m, K.ENCAISSEMENT, date(2026, m, 17 + m % 3), None, None, -30000) for m in range(1, 11)]
    at = position(rows, [], on("15/11"))
    assert (at["usual_payment_day"], at["payment_regularity"], at["steady_payer"]) == (18, 1.0, True)
    assert at["last_payment_on"] == on("18/10")
    assert position(rows, [], on("22/11"))["steady_payer"] is True
    assert position(rows, [], on("23/11"))["steady_payer"] is False


def test_a_habit_around_the_end_of_the_month_is_one_habit():
    rows = rents(1, 11)
    paid_on = [date(2026, m, 1) + timedelta(days=(-1, 0, 2)[m % 3]) for m in range(2, 12)]
    rows += [Row(60 + n, K.ENCAISSEMENT, day, None, None, -30000) for n, day in enumerate(paid_on)]
    at = position(rows, [], on("15/11"))
    assert at["usual_payment_day"] in (30, 31, 1, 2)
    assert (at["payment_regularity"], at["steady_payer"]) == (1.0, True)


def test_a_returned_payment_is_no_payment():
    rows = [
        *rents(10, 1),
        Row(60, K.ENCAISSEMENT, on("6/10"), None, None, -30000),
        Row(61, K.REJET, on("12/10"), None, None, 30000, False, 60),
    ]
    assert position(rows, [], on("11/10"))["last_payment_on"] == on("6/10")
    at = position(rows, [], on("12/10"))
    assert (at["last_payment_on"], at["last_payment_cents"], at["age_days"]) == (None, None, 7)
