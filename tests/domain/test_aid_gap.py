"""Aid suspended or taken back: against a naive walk through the months, and on a hand-typed life."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.creditors import kind
from amiable.domain.decision.decision import decide
from amiable.domain.decision.policy import effective
from amiable.domain.decision.procedure import load
from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.figures import Parameters, figures
from tests.domain.settlement_ledgers import frame, on
from tests.domain.settlement_oracle import Row
from tests.domain.test_figures import accounts, terms_frame

RENT, AID = 50_000, 20_000
MONTHS = [date(2026, m, 1) for m in range(1, 13)]
TERMS = {1: [(date(2025, 1, 1), 45_000, 5_000, AID, True)]}
PROCEDURE = load(
    """
    {code: essai, label: Essai, kind: landlord, natures: [loyer], steps: [
      {code: relance, label: Relancer, kind: call, mode: manual, lane: call}]}
    """
)


def life(aid_months: set[int], until: date, indu: date | None = None) -> list[Row]:
    """A tenant who pays their own share each month; the aid came for the months told."""
    rows: list[Row] = []

    def add(kind: K, day: date, amount: int, period: date | None = None) -> None:
        if day <= until:
            rows.append(Row(len(rows) + 1, kind, day, day if amount > 0 else None, period, amount))

    for first in MONTHS:
        add(K.QUITTANCE, first + timedelta(days=4), RENT, first)
        add(K.ENCAISSEMENT, first + timedelta(days=6), AID - RENT)
        if first.month in aid_months:
            add(K.APL, first + timedelta(days=24), -AID, first)
    if indu:
        add(K.INDU, indu, 15_000)
    return rows


def ask(rows: list[Row], as_of: date):
    return figures(frame({1: rows}), accounts([1]), terms_frame(TERMS), as_of, Parameters())


@given(st.sets(st.integers(1, 12)), st.integers(0, 360).map(lambda n: date(2026, 1, 1) + timedelta(days=n)))
def test_equals_a_walk_through_the_months(aid_months, as_of):
    received = [m for m in sorted(aid_months) if date(2026, m, 25) <= as_of]
    found = ask(life(aid_months, as_of), as_of).row(0, named=True)
    gap, change = 0, None
    if len(received) >= 2 and found["actionable_cents"]:
        silent = [m for m in range(received[-1] + 1, 13) if date(2026, m, 1) + timedelta(days=29) < as_of]
        gap = len(silent) * AID if len(silent) <= 2 else 0
        change = "suspension" if silent else None
    assert (found["aid_gap_cents"], found["aid_change"]) == (gap, change)


@pytest.mark.parametrize(
    ("as_of", "gap", "held"),
    [
        # Aid of September not there on the 25th: still awaited, nothing to ask.
        ("30/9", 0, "pending_aid"),
        ("1/10", AID, "aid_gap"),
        ("31/10", 2 * AID, "aid_gap"),
        # A third silent month: the office takes the matter up again.
        ("1/12", 0, None),
    ],
)
def test_a_suspension_is_waited_for_two_months(as_of, gap, held):
    row = ask(life(set(range(1, 9)), on(as_of)), on(as_of))
    assert row["aid_gap_cents"].item() == gap
    decided = decide(row, PROCEDURE, effective("landlord", {}), on(as_of)).row(0, named=True)
    assert decided["held_by"] == held
    assert (decided["next_step"] is None) == (held is not None)


def test_a_tenant_who_also_owes_their_own_share_is_followed():
    rows = [
        r
        for r in life(set(range(1, 9)), on("5/10"))
        if not (r.kind == K.ENCAISSEMENT and r.document_on.month > 7)
    ]
    row = ask(rows, on("5/10"))
    assert row["aid_change"].item() == "suspension"
    assert decide(row, PROCEDURE, effective("landlord", {}), on("5/10"))["next_step"].item() == "relance"


def test_aid_taken_back_is_told_while_it_is_fresh():
    found = ask(life(set(range(1, 10)), on("20/10"), indu=on("10/10")), on("20/10"))
    assert found.select("aid_change", "aid_gap_cents").row(0) == ("indu", 15_000)
    late = add_months(on("10/10"), 2) + timedelta(days=5)
    assert ask(life(set(range(1, 13)), late, indu=on("10/10")), late)["aid_gap_cents"].item() == 0


def test_a_tenant_who_never_had_aid_is_nobody_to_wait_for():
    assert ask(life(set(), on("20/11")), on("20/11"))["aid_change"].item() is None
    assert "aid_suspension_months" in kind("landlord").policy
