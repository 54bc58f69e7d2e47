"""Promises judged by the payments alone."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amiable.diary.following import BROKEN, KEPT, PENDING, Promised, Received, follow

DAY = date(2026, 11, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def judge(promises: list[Promised], payments: list[Received], as_of: int, grace: int = 3) -> list[str]:
    return [one.status for one in follow(promises, payments, day(as_of), grace)]


def test_a_promise_is_kept_the_day_the_amount_is_reached() -> None:
    promise = Promised(1, day(0), day(10), 10000)
    found = follow([promise], [Received(day(4), 6000), Received(day(9), 5000)], day(9), 3)
    assert (found[0].status, found[0].received_cents, found[0].settled_on) == (KEPT, 10000, day(9))


def test_it_waits_for_the_grace_before_it_is_broken() -> None:
    promise = Promised(1, day(0), day(10), 10000)
    assert judge([promise], [Received(day(5), 9999)], 13) == [PENDING]
    assert judge([promise], [Received(day(5), 9999)], 14) == [BROKEN]
    assert judge([promise], [Received(day(13), 10000)], 20) == [KEPT]


def test_a_payment_before_the_promise_or_after_the_grace_does_not_count() -> None:
    promise = Promised(1, day(2), day(10), 10000)
    assert judge([promise], [Received(day(1), 10000)], 14) == [BROKEN]
    assert judge([promise], [Received(day(14), 10000)], 20) == [BROKEN]


def test_one_payment_keeps_one_promise() -> None:
    promises = [Promised(1, day(0), day(10), 10000), Promised(2, day(0), day(12), 10000)]
    assert judge(promises, [Received(day(9), 10000)], 20) == [KEPT, BROKEN]


amounts = st.integers(1, 5000)
promised = st.builds(
    lambda start, length, cents: (start, length, cents), st.integers(0, 20), st.integers(0, 20), amounts
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(promised, max_size=5), st.lists(st.tuples(st.integers(0, 45), amounts), max_size=8))
def test_no_cent_is_counted_twice_and_time_never_unkeeps(
    rows: list[tuple[int, int, int]], paid: list[tuple[int, int]]
) -> None:
    promises = [Promised(i, day(s), day(s + n), cents) for i, (s, n, cents) in enumerate(rows)]
    payments = [Received(day(on), cents) for on, cents in paid]
    later = follow(promises, payments, day(60), 3)
    assert sum(one.received_cents for one in later) <= sum(pay.amount_cents for pay in payments)
    assert all(one.status != PENDING for one in later)
    for one, promise in zip(later, sorted(promises, key=lambda p: (p.due_on, p.id)), strict=True):
        assert (one.status == KEPT) == (one.received_cents == promise.amount_cents)
