"""The purse of a plan, day by day, with plain loops: what `plan_following` must say for a column of plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Due:
    """One amount owed on a day, and what it has received."""

    on: date
    cents: int
    got: int = 0
    covered_on: date | None = None

    @property
    def rest(self) -> int:
        return self.cents - self.got


@dataclass
class Life:
    """What happened to one plan: dues and payments; a payment may be taken back on a later day."""

    instalments: list[tuple[date, int]]
    rent: list[tuple[date, int]]
    payments: list[tuple[date, int, date | None]]
    statement_on: date = date(2026, 1, 1)
    told: dict[str, object] = field(default_factory=dict)


def judge(life: Life, as_of: date, *, cents: int, days: int, rent_days: int, grace: int) -> dict[str, object]:
    """The plan on `as_of`: one purse, every day from the statement on."""
    known = [(on, c) for on, c, back in life.payments if on <= as_of and (back is None or back > as_of)]
    plan = [Due(on, c) for on, c in life.instalments]
    rent = [Due(on, c) for on, c in sorted(life.rent) if on <= as_of]
    total, purse, settled_on = sum(d.cents for d in plan), 0, None
    day = min([life.statement_on, *(due.on for due in [*plan, *rent])])
    while day <= as_of:
        purse += sum(c for on, c in known if on == day)
        for due in [*(d for d in rent if d.on <= day), *(d for d in plan if d.on <= day)]:
            part = min(due.rest, purse)
            due.got += part
            purse -= part
            if part and not due.rest:
                due.covered_on = day
        left = sum(due.rest for due in plan)
        if settled_on is None and purse >= left and not any(d.rest for d in rent if d.on <= day):
            settled_on = day
            for due in plan:
                purse -= due.rest
                due.got, due.covered_on = due.cents, due.covered_on or day
        day += timedelta(days=1)
    return _told(plan, rent, purse, settled_on, as_of, life, cents, days, rent_days, grace) | {
        "total_cents": total,
        "settled_on": settled_on,
    }


def _told(plan, rent, purse, settled_on, as_of, life, cents, days, rent_days, grace):  # type: ignore[no-untyped-def]
    due = [d for d in plan if d.on <= as_of]
    late = _waiting(due, as_of, cents)
    rent_late = _waiting(rent, as_of, cents)
    over = 0 if settled_on else max(0, late - days, rent_late - rent_days)
    delays = [max(0, (d.covered_on - d.on).days) for d in due if d.covered_on is not None][-3:]
    drifting = len(delays) == 3 and delays[0] < delays[1] < delays[2]
    gap, partial = 0, False
    for one in due:
        gap += one.rest
        partial = partial or (one.rest > 0 and one.got > 0 and gap > cents)
    bounced = any(
        back is not None and life.statement_on < back <= as_of and (as_of - back).days <= grace
        for _, _, back in life.payments
    )
    status = "kept"
    if not settled_on:
        if over > grace:
            status = "broken"
        elif over:
            status = "late"
        elif drifting or partial or bounced:
            status = "at_risk"
    coming = [d for d in plan if d.on >= as_of and d.rest]
    return {
        "status": status,
        "expected_cents": sum(d.cents for d in due),
        "missing_cents": sum(d.rest for d in due),
        "paid_cents": min(sum(d.got for d in plan) + purse, sum(d.cents for d in plan)),
        "days_late": late,
        "rent_missing_cents": sum(d.rest for d in rent),
        "rent_days_late": rent_late,
        "next_due_on": coming[0].on if coming else None,
        "is_drifting": drifting,
        "is_partial": partial,
    }


def _waiting(dues: list[Due], as_of: date, cents: int) -> int:
    gap = 0
    for one in dues:
        gap += one.rest
        if one.rest and gap > cents:
            return (as_of - one.on).days
    return 0
