"""Random persons, accounts and steps lived day by day: nobody is addressed twice within the office's gap."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from amiable.domain.contact.sharing import Due, share
from amiable.domain.decision import decision, facts, policy, procedure
from amiable.domain.decision.spacing import FACT, is_spaced

PROFILES = {
    path.stem: procedure.load(path.read_text(encoding="utf-8"))
    for path in (Path(procedure.__file__).parents[2] / "procedures" / "profiles").glob("*.yaml")
}
START = date(2026, 3, 2)

PEOPLE, DAYS = 12, 12


def drawn(draw: random.Random) -> list[dict[str, Any]]:
    """Persons with one to four accounts each, of any age and trouble."""
    return [
        {
            "person": person,
            "age": draw.randrange(70),
            "rejected": draw.choice([None, None, "AM04"]),
            "prescribes": draw.choice([None, None, 4, 60, 900]),
            "failed": draw.randrange(4),
        }
        for person in range(PEOPLE)
        for _ in range(draw.randint(1, 4))
    ]


@pytest.mark.parametrize(("code", "gap"), zip(sorted(PROFILES), (2, 3, 4, 5, 6), strict=True))
def test_nobody_is_addressed_twice_within_the_gap(code: str, gap: int) -> None:
    read, held = PROFILES[code], drawn(random.Random(f"{code} {gap}"))
    rules = policy.effective(read.kind, {"contact_gap_days": gap})
    told: list[tuple[int, int, str, date]] = []
    done: dict[tuple[int, str], date] = {}
    for day in range(DAYS):
        as_of = START + timedelta(days=day)
        frame = framed([row(number, each, as_of, told, done, gap) for number, each in enumerate(held)])
        ready = due_on(frame, read, rules, as_of)
        free = due_on(frame.with_columns(pl.lit(0, pl.Int64).alias(FACT)), read, rules, as_of)
        due = []
        for number, step in ready.items():
            person = held[number]["person"]
            due.append(Due(number, frozenset([person]), (person, step), free.get(number) == step))
        messages, waits = share(due)
        leaving = [number for one in messages for number in one]
        assert sorted(leaving) == sorted(set(ready) - waits)
        told += [(held[number]["person"], number, ready[number], as_of) for number in leaving]
        done |= {(number, ready[number]): as_of for number in leaving}
    assert len(told) > PEOPLE
    check(told, held, read, gap)


def due_on(frame: pl.DataFrame, read: Any, rules: Any, as_of: date) -> dict[int, str]:
    decided = decision.decide(frame, read, rules, as_of).filter(pl.col("next_step_on") == as_of)
    return dict(decided.select("account_id", "next_step").iter_rows())


def check(told: list[tuple[int, int, str, date]], held: list[dict[str, Any]], read: Any, gap: int) -> None:
    """The oracle: any two contacts with one person, whatever their accounts and names."""
    for place, (person, number, step, on) in enumerate(told):
        for before, _, earlier, then in told[:place]:
            if before != person or (on == then and earlier == step):
                continue
            if (on - then).days < gap:
                near = held[number]["prescribes"] is not None and held[number]["prescribes"] <= 180
                assert not is_spaced(read.step(step)) or near, (person, earlier, then, step, on)


def row(
    number: int, each: dict[str, Any], as_of: date, told: list[Any], done: dict[Any, date], gap: int
) -> dict[str, Any]:
    passed = (as_of - START).days
    recent = [(as_of - on).days for person, _, _, on in told if person == each["person"]]
    near = [days for days in recent if days < gap]
    limit = each["prescribes"]
    return {
        "account_id": number,
        "status": "present",
        "overdue_cents": 60000,
        "actionable_cents": 60000,
        "balance_cents": 60000,
        "oldest_unpaid_on": START - timedelta(days=each["age"]),
        "age_days": each["age"] + passed,
        "unpaid_terms": 2,
        "has_mobile": True,
        "sms_opt_out": False,
        "failed_contacts": each["failed"],
        "rejected_debit_reason": each["rejected"],
        "prescribes_on": None if limit is None else START + timedelta(days=limit + 24),
        "days_since_person_contact": min(near, default=None),
        **{facts.step_column(c): (as_of - on).days for (n, c), on in done.items() if n == number},
        **{facts.notified_column(c): (as_of - on).days for (n, c), on in done.items() if n == number},
    }


def framed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = sorted({name for each in rows for name in each} - {"account_id"})
    schema = {"account_id": pl.Int64(), **{name: facts.get(name).dtype for name in names}}
    return pl.DataFrame([{name: each.get(name) for name in schema} for each in rows], schema=schema)


@pytest.mark.parametrize("code", sorted(PROFILES))
def test_every_step_that_addresses_somebody_keeps_the_gap_or_says_why_not(code: str) -> None:
    """The walk: no step of a shipped procedure escapes the gap but a notice or an act with a limit."""
    for step in PROFILES[code].contacts:
        notice = step.kind == "convocation" or (step.lane == "rejected" and step.channels)
        assert is_spaced(step) or notice or step.deadline, step.code


def test_an_act_that_saves_a_right_does_not_wait() -> None:
    """The day before a prescription the mise en demeure leaves, though a relance left yesterday."""
    read = PROFILES["comptable-local"]
    rules = policy.effective(read.kind, {})
    each = {"age": 60, "failed": 0, "rejected": None, "prescribes": 1}
    yesterday = START - timedelta(days=1)
    told = [("ana", 1, "relance", yesterday)]
    done = {(0, "relance"): START - timedelta(days=40)}
    for person, on in (("ana", START), ("ben", START)):
        frame = framed([row(0, {**each, "person": person}, START, told, done, 3)])
        found = decision.decide(frame, read, rules, START).row(0, named=True)
        assert (found["next_step"], found["next_step_on"]) == ("mise_en_demeure", on)
    far = framed([row(0, {**each, "person": "ana", "prescribes": 900}, START, told, done, 3)])
    found = decision.decide(far, read, rules, START).row(0, named=True)
    assert (found["next_step"], found["next_step_on"]) == ("mise_en_demeure", START + timedelta(days=2))


def test_the_reminder_waits_after_the_letter_of_a_rejected_debit() -> None:
    read = PROFILES["standard"]
    rules = policy.effective(read.kind, {})
    each = {"person": "ana", "age": 12, "failed": 0, "rejected": "AM04", "prescribes": None}
    for since, on in ((1, 2), (2, 1), (3, 0)):
        left = START - timedelta(days=since)
        done = {(0, "prelevement_rejete"): left}
        frame = framed([row(0, each, START, [("ana", 0, "prelevement_rejete", left)], done, 3)])
        found = decision.decide(frame, read, rules, START).row(0, named=True)
        assert (found["next_step"], found["next_step_on"]) == ("relance_1", START + timedelta(days=on))


def test_one_message_for_each_person_and_what_cannot_wait_beside_it() -> None:
    both = frozenset((1, 2))
    due = [
        Due(10, frozenset([1]), "a", rank=(1,)),
        Due(11, frozenset([1]), "a", rank=(2,)),
        Due(12, frozenset([1]), "b", rank=(0,), free=True),
        Due(13, both, "c", rank=(3,)),
        Due(14, frozenset([3]), "d"),
    ]
    assert share(due) == ([[12], [14]], {10, 11, 13})
    assert share([one for one in due if not one.free]) == ([[14], [10, 11]], {13})
    assert share(due[:2], taken=[1]) == ([], {10, 11})
