"""The CAF dates told naively: the debt of each day worked out anew, then a loop over the days."""

from __future__ import annotations

from datetime import date, timedelta

from amiable.domain.law.calendar import add_months
from amiable.domain.settlement.caf import CafLaw
from amiable.domain.settlement.entry_kinds import EntryKind as K
from tests.domain.settlement_ledgers import NO_FREEZE, Freeze
from tests.domain.settlement_oracle import NAMED, Row, apply_annulations, read_postings, settle_naively

DAY = timedelta(days=1)
#: (effective_on, rent, charges, aid, third_party)
Terms = tuple[date, int, int, int, bool]


def terms_at(terms: list[Terms], day: date) -> Terms | None:
    known = [t for t in sorted(terms) if t[0] <= day]
    return known[-1] if known else min(terms, default=None)


def without_returns(rows: list[Row], as_of: date) -> list[Row]:
    """The rows known on `as_of` as if the returned payments had never come."""
    items, credits, undos = read_postings(apply_annulations([r for r in rows if r.document_on <= as_of]))
    for _, credit, amount in undos:
        credit.amount -= amount
    told = [Row(**{**i.row.__dict__, "amount": i.amount, "reverses_id": None}) for i in items]
    told += [Row(**{**c.row.__dict__, "amount": -c.amount}) for c in credits if c.amount]
    return told


def pending_on(
    rows: list[Row], terms: list[Terms], day: date, freeze: Freeze, pay_day=25, tolerance=5
) -> int:
    split_on = freeze[0]
    gone = {r.reverses_id for r in rows if r.kind in NAMED and r.document_on <= day}
    items, credits, _ = read_postings([r for r in rows if r.document_on <= day])
    months: dict[date, list] = {}
    for item in items:
        if item.row.kind == K.QUITTANCE and not item.row.is_net and item.enter_on <= day:
            at = terms_at(terms, item.due_on)
            frozen = split_on and split_on <= day and item.due_on <= split_on
            if at and at[4] and at[3] > 0 and not frozen and item.row.entry_id not in gone:
                months.setdefault(item.month, []).append((item.order, item.amount, at[3]))
    total = 0
    for month, calls in months.items():
        closes = month + timedelta(days=pay_day - 1 + tolerance)
        if day > closes:
            continue
        got = sum(c.amount for c in credits if c.row.kind == K.APL and c.row.period == month)
        total += max(0, min(max(calls)[2], sum(c[1] for c in calls)) - got)
    return total


def caf_debt_on(rows: list[Row], terms: list[Terms], day: date, freeze: Freeze) -> int:
    """`rows` already without returns."""
    items, _ = settle_naively(rows, day, *freeze)
    due = [i for i in items if i.due_on <= day]
    overdue = sum(i.rest for i in due)
    fees = sum(i.rest for i in due if i.row.kind == K.FRAIS)
    return max(0, overdue - fees - min(overdue, pending_on(rows, terms, day, freeze)))


def caf_naively(
    rows: list[Row], terms: list[Terms], as_of: date, law: CafLaw, freeze: Freeze = NO_FREEZE
) -> tuple[date | None, date | None, str | None]:
    """(first default, constituted on, rule) of the spell that runs on `as_of`."""
    if freeze[0] is not None and freeze[0] > as_of:
        freeze = NO_FREEZE
    rows = without_returns(rows, as_of)
    now = terms_at(terms, as_of)
    if not rows or now is None or now[3] <= 0:
        return None, None, None
    day = min(min(r.document_on, r.due_on or r.document_on) for r in rows)
    first = constituted = rule = None
    while day <= as_of:
        debt = caf_debt_on(rows, terms, day, freeze)
        if debt == 0:
            first = constituted = rule = None
        else:
            first = first or day
            held = _held(law, terms_at(terms, day), day, debt, first)
            if constituted is None and held is not None:
                constituted, rule = day, held
        day += DAY
    return first, constituted, rule


def _held(law: CafLaw, at: Terms, day: date, debt: int, first: date) -> str | None:
    _, rent, charges, aid, third = at
    for test in law.tests:
        if not (test.from_on <= day and (test.to_on is None or day <= test.to_on)) or aid <= 0:
            continue
        if test.aid_to == "tenant" and third or test.aid_to == "landlord" and not third:
            continue
        base = rent + charges - (aid if third else 0)
        if test.multiple is not None and debt >= test.multiple * base:
            return test.rule
        if test.above_cents is not None and debt > test.above_cents:
            return test.rule
        if test.default_months is not None and day >= add_months(first, test.default_months):
            return test.rule
    return None
