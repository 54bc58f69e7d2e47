"""One euro is told once: pairing against a naive oracle that tries every assignment."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.bank.identity import LIST, Link, Memory, Outcome, Telling, known_tie, tie

DAY = date(2026, 11, 10)


def telling(teller: str = "camt.053", offset: int = 0, **fields) -> Telling:
    """A credit of 150 on the office's only account, unless said otherwise; a list knows no bank account."""
    said = {"bank": "" if teller == LIST else "B", "account": 7 if teller == LIST else None, **fields}
    return Telling(teller=teller, day=DAY + timedelta(days=offset), cents=15000, **said)


tellings = st.builds(
    telling,
    teller=st.sampled_from([LIST, "camt.052", "camt.053", "cfonb120"]),
    offset=st.integers(0, 14),
    account=st.sampled_from([None, 7, 8]),
    end_to_end=st.sampled_from(["", "", "E1", "E2"]),
    servicer=st.sampled_from(["", "", "", "S1"]),
    payer=st.sampled_from([frozenset(), frozenset({"DURAND"}), frozenset({"BESSON", "PAUL"})]),
    span=st.sampled_from([None, (0, 15000), (15000, 30000), (0, 30000)]),
)


def oracle(told: list[Telling], known: list[list[Telling]]) -> int:
    """How many can be the same at the most, one for one, by trying every assignment."""
    same = [[known_tie(t, k).link is Link.SAME for k in known] for t in told]
    width = max(len(told), len(known))
    places = range(width)
    return max(
        sum(i < len(told) and j < len(known) and same[i][j] for i, j in zip(places, order, strict=True))
        for order in permutations(places)
    )


@settings(max_examples=300)
@given(st.lists(tellings, max_size=5), st.lists(st.lists(tellings, min_size=1, max_size=2), max_size=5))
def test_pairing_is_one_for_one_and_loses_none(told, known):
    memory: Memory[int] = Memory()
    for number, said in enumerate(known):
        for one in said:
            memory.remember(number, one)
    verdicts = memory.recognise(told)
    same = [v.known for v in verdicts if v.outcome is Outcome.SAME]
    assert len(same) == len(set(same))
    assert all(v.reason_fr for v in verdicts if v.outcome is not Outcome.NEW)
    for one, verdict in zip(told, verdicts, strict=True):
        if verdict.known is not None:
            wanted = Link.SAME if verdict.outcome is Outcome.SAME else Link.MAYBE
            assert known_tie(one, known[verdict.known]).link is wanted
    # Exact twins are paired in the order they come: never more than the best, nor none where one could be.
    assert len(same) <= oracle(told, known)
    if len({(t.teller, t.day, t.end_to_end, t.servicer, t.payer, t.account, t.span) for t in told}) == 1:
        assert len(same) == oracle(told, known)


@given(tellings, tellings)
def test_a_tie_is_the_same_from_both_ends(a, b):
    assert (tie(a, b).link, tie(a, b).score) == (tie(b, a).link, tie(b, a).score)


@given(st.lists(tellings, max_size=6))
def test_a_statement_told_again_brings_nothing_new(told):
    balanced = [t for t in told if t.span is not None and t.span[0] != t.span[1] and t.teller != LIST]
    memory: Memory[int] = Memory()
    for number, one in enumerate(balanced):
        memory.remember(number, one)
    assert all(v.outcome is Outcome.SAME for v in memory.recognise(balanced))


S1, S2 = (0, 15000), (15000, 30000)
T = telling
CASES = [
    ("same bank reference", T("camt.052", servicer="R1"), T(servicer="R1"), Link.SAME),
    ("052 then 053, nothing else", T("camt.052"), T(), Link.SAME),
    ("RIB and IBAN are one account", T("cfonb120", span=S1), T(span=S1), Link.SAME),
    ("another account of the office", T(bank="C"), T("camt.052"), Link.FORBIDDEN),
    ("end-to-end ids contradict", T("camt.052", end_to_end="E1"), T(end_to_end="E2"), Link.FORBIDDEN),
    ("two statements in a row", T(span=S1), T(span=S2), Link.FORBIDDEN),
    ("two in a row, one reference", T(span=S1, servicer="R"), T(span=S2, servicer="R"), Link.MAYBE),
    ("no balance, no mark, one format", T("camt.054"), T("camt.054"), Link.MAYBE),
    ("balances that do not meet", T(span=(0, 15000)), T(span=(70000, 85000)), Link.MAYBE),
    ("a standing order's constant id", T(end_to_end="L"), T(offset=30, end_to_end="L"), Link.FORBIDDEN),
    ("052 the day before", T("camt.052", end_to_end="E"), T(offset=1, end_to_end="E"), Link.SAME),
    ("list, far, one reference", T(account=7, end_to_end="V"), T(LIST, 60, reference="V"), Link.SAME),
    ("list, three days", T(account=7), T(LIST, 3, reference="V"), Link.SAME),
    ("list, a week", T(account=7), T(LIST, 7), Link.MAYBE),
    ("list, a month", T(account=7), T(LIST, 30), Link.NONE),
    ("another debtor", T(account=8), T(LIST, 0), Link.FORBIDDEN),
    ("two numbers of a list", T(LIST, reference="V1"), T(LIST, reference="V2"), Link.FORBIDDEN),
    ("two periods", T(account=7, period=DAY), T(LIST, 0, period=DAY.replace(month=10)), Link.FORBIDDEN),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "link"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_two_tellings_are(a, b, link):
    assert tie(a, b).link is link


def test_two_equal_payments_of_a_day_stay_two():
    memory: Memory[int] = Memory()
    first, second = telling("camt.052"), telling("camt.052")
    memory.remember(1, first)
    memory.remember(2, second)
    told = memory.recognise([telling(), telling(), telling()])
    assert [v.outcome for v in told] == [Outcome.SAME, Outcome.SAME, Outcome.NEW]


def test_thousands_of_equal_rents_of_one_day_are_told_apart_quickly():
    memory: Memory[int] = Memory()
    rents = [telling("camt.052", payer=frozenset({f"NOM{n % 900}"})) for n in range(4000)]
    for number, rent in enumerate(rents):
        memory.remember(number, rent)
    assert {v.outcome for v in memory.recognise(rents[:3] + [telling() for _ in range(3)])} <= {
        Outcome.SAME,
        Outcome.WAITS,
    }
    again = memory.recognise([telling(payer=r.payer) for r in rents])
    assert all(v.outcome is Outcome.SAME for v in again)
