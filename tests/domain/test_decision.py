"""Decisions: the cases a lawyer reads, the guards, the score, and what a column owes to a single row."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.decision import decision, explanation, facts, policy, procedure
from amiable.domain.decision.procedure import Procedure
from amiable.domain.decision.telling import value_words

AS_OF = date(2026, 11, 22)
CASES = Path(__file__).parents[1] / "cases" / "decision"
PROFILES = Path(procedure.__file__).parents[2] / "procedures" / "profiles"


@cache
def profile(code: str) -> Procedure:
    return procedure.load((PROFILES / f"{code}.yaml").read_text(encoding="utf-8"))


def settings_of(read: Procedure) -> dict[str, Any]:
    return policy.effective(read.kind, {})


def row_of(given_facts: dict[str, Any], defaults: dict[str, Any] | None = None) -> pl.DataFrame:
    """A frame of one row: a present tenant unless told otherwise, the debt being all to chase."""
    row = {"account_id": 1, "status": "present", **(defaults or {}), **given_facts}
    row.setdefault("balance_cents", row.get("overdue_cents", 0))
    row.setdefault("actionable_cents", row.get("overdue_cents", 0))
    schema = {name: facts.get(name).dtype for name in row if name != "account_id"}
    return pl.DataFrame([row], schema={"account_id": pl.Int64(), **schema})


def plain(text: str) -> str:
    """With ordinary spaces, as a lawyer types."""
    return " ".join(text.split())


def all_cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        book = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in book["cases"]:
            name = f"{path.stem}: {case['name']}"
            found.append(pytest.param(book["procedure"], book.get("defaults", {}), case, id=name))
    return found


@pytest.mark.parametrize(("code", "defaults", "case"), all_cases())
def test_case(code: str, defaults: dict[str, Any], case: dict[str, Any]) -> None:
    read = profile(code)
    row = row_of(case["facts"], defaults)
    decided = decision.decide(row, read, settings_of(read), AS_OF).row(0, named=True)
    case = {"on" if key is True else key: value for key, value in case.items()}
    assert decided["next_step"] == case["next_step"]
    due = [duty for duty in decided["duties"] if duty["on"] <= AS_OF]
    expected = case.get("duties", [])
    if isinstance(expected, dict):
        assert {duty["code"]: duty["on"] for duty in decided["duties"]} == expected
    else:
        assert [duty["code"] for duty in due] == expected
    if "duty_why" in case:
        assert plain(due[0]["why"]) == plain(case["duty_why"])
    assert decided["held_by"] == case.get("held_by")
    for key, column in (("on", "next_step_on"), ("review_on", "review_on"), ("duty_lane", "duty_lane")):
        if key in case:
            assert decided[column] == case[key]
    for key in ("deadline_on", "queue"):
        if key in case:
            assert decided[key] == case[key]
    if "why" in case:
        assert plain(decided["why"]) == plain(case["why"])
    told = explanation.explain(row, read, settings_of(read), AS_OF)
    assert (told.next_step, told.held_by) == (case["next_step"], case.get("held_by"))
    assert [duty.code for duty in told.duties] == [duty["code"] for duty in decided["duties"]]
    assert bool(told.held_fr) == bool(case.get("held_by"))


def account_facts() -> st.SearchStrategy:
    ages, maybe = st.integers(0, 1200), st.booleans()
    return st.fixed_dictionaries(
        {
            "overdue_cents": st.integers(0, 400000),
            "age_days": st.one_of(st.none(), ages),
            "oldest_unpaid_on": st.one_of(st.none(), st.dates(date(2025, 1, 1), AS_OF)),
            "caf_limit_on": st.one_of(st.none(), st.dates(date(2026, 9, 1), date(2027, 3, 1))),
            "prescribes_on": st.one_of(st.none(), st.dates(date(2026, 9, 1), date(2029, 3, 1))),
            "hold": st.sampled_from([None, None, None, *facts.HOLD_LABELS]),
            "hold_until": st.one_of(st.none(), st.dates(AS_OF, date(2027, 3, 1))),
            "steady_payer": maybe,
            "usual_payment_day": st.one_of(st.none(), st.integers(1, 31)),
            "unpaid_terms": st.integers(0, 6),
            "promise_pending": maybe,
            "failed_contacts": st.integers(0, 4),
            "days_since_contact": st.one_of(st.none(), ages),
            "status": st.sampled_from(["present", "mute", "parti"]),
            "has_mobile": maybe,
            "sms_opt_out": maybe,
            "days_since.relance_1": st.one_of(st.none(), ages),
            "days_since.relance_2": st.one_of(st.none(), ages),
            "days_since.mise_en_demeure": st.one_of(st.none(), ages),
        }
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(account_facts(), min_size=1, max_size=8))
def test_alone_as_in_a_column_and_the_explanation_says_the_same(rows: list[dict[str, Any]]) -> None:
    read = profile("standard")
    frame = pl.concat([row_of(row) for row in rows], how="diagonal").with_columns(
        account_id=pl.int_range(pl.len())
    )
    together = decision.decide(frame, read, settings_of(read), AS_OF)
    for i in range(frame.height):
        alone = decision.decide(frame[i], read, settings_of(read), AS_OF)
        assert alone.equals(together[i])
    told = explanation.explain(frame[0], read, settings_of(read), AS_OF)
    first = together.row(0, named=True)
    assert (told.next_step, told.next_step_on, told.held_by) == (
        first["next_step"],
        first["next_step_on"],
        first["held_by"],
    )
    state = {report.code: report for report in told.steps}
    for report in told.steps:
        assert report.state != "blocked" or report.blocking
    if first["next_step"] is not None:
        chosen = state[first["next_step"]]
        assert chosen.state == ("next" if first["next_step_on"] == AS_OF else "later")
        assert (chosen.on, bool(chosen.blocking)) == (first["next_step_on"], chosen.state == "later")
    json.dumps(told.as_dict())


@settings(max_examples=60, deadline=None)
@given(account_facts())
def test_the_announced_date_is_kept_when_only_time_passes(row: dict[str, Any]) -> None:
    read, rules = profile("standard"), settings_of(profile("standard"))
    decided = decision.decide(row_of(row), read, rules, AS_OF).row(0, named=True)
    on = decided["next_step_on"]
    if on is None or on == AS_OF:
        return
    days = (on - AS_OF).days
    drifted = {n: v + days if v is not None and facts.get(n).drift else v for n, v in row.items()}
    then = decision.decide(row_of(drifted), read, rules, on).row(0, named=True)
    # A more advanced or legal step may have opened the same day; the announced one is ready anyway.
    assert then["next_step_on"] == on or then["held_by"] is not None
    before = {n: v + days - 1 if v is not None and facts.get(n).drift else v for n, v in row.items()}
    eve = decision.decide(row_of(before), read, rules, on - timedelta(days=1)).row(0, named=True)
    assert eve["next_step_on"] is None or eve["next_step_on"] >= on or eve["held_by"] is not None


NEGATIVE = re.compile(r"[-\N{MINUS SIGN}]\s?\d+\s*jours?")
LIMIT = re.compile(r"(?:avant|au plus tard) le (\d\d)/(\d\d)/(\d{4})")


def limits_told(words: str) -> list[date]:
    return [date(int(y), int(m), int(d)) for d, m, y in LIMIT.findall(words)]


@pytest.mark.parametrize("fact", [f for f in facts.FACTS.values() if f.unit == "days"], ids=lambda f: f.name)
def test_no_fact_is_told_as_a_negative_number_of_days(fact: facts.Fact) -> None:
    said = fact.describe(-24)
    assert said and not NEGATIVE.search(said)
    assert "24" in said


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(path.stem for path in PROFILES.glob("*.yaml"))), account_facts())
def test_a_limit_that_has_passed_is_told_as_passed(code: str, given_facts: dict[str, Any]) -> None:
    """Whatever the procedure and the file: nothing is asked « avant » a past day, no day is negative."""
    read = profile(code)
    row = row_of(given_facts | {"caf_debt_cents": given_facts["overdue_cents"]})
    why = decision.decide(row, read, settings_of(read), AS_OF).row(0, named=True)["why"]
    words = json.dumps(explanation.explain(row, read, settings_of(read), AS_OF).as_dict(), ensure_ascii=False)
    for text in (why, words):
        assert not NEGATIVE.search(text)
        assert all(day >= AS_OF for day in limits_told(text)), text


def test_the_reason_carries_the_persons_own_numbers_and_the_rule() -> None:
    read = profile("standard")
    row = row_of({"overdue_cents": 130050, "caf_debt_cents": 130050, "age_days": 80, "caf_limit_on": AS_OF})
    decided = decision.decide(row, read, settings_of(read), AS_OF).row(0, named=True)
    assert plain(decided["why"]) == "1 300,50 € à réclamer, 80 jours de retard"
    (duty,) = decided["duties"]
    assert plain(duty["why"]).startswith("1 300,50 € d’impayé au sens de la CAF")
    assert "22/11/2026" in duty["why"]
    assert duty["rules"] == "CAF-04 CAF-06"
    told = explanation.explain(row, read, settings_of(read), AS_OF)
    assert told.rules[0][0] == "CAF-04" and "R824-4" in told.rules[0][1]


def test_what_would_change_it_is_said() -> None:
    read = profile("standard")
    told = explanation.explain(
        row_of({"overdue_cents": 51240, "age_days": 9}), read, settings_of(read), AS_OF
    )
    assert "497,41" in told.changes[0]
    blocked = {report.code: report.blocking for report in told.steps}
    assert any("pas encore faite" in why for why in blocked["relance_2"])
    held = row_of({"overdue_cents": 51240, "age_days": 9, "hold": "pause", "hold_until": date(2026, 12, 15)})
    told = explanation.explain(held, read, settings_of(read), AS_OF)
    assert "15/12/2026" in told.changes[0] and told.label_fr == "Rien à faire"


def test_a_held_line_says_until_when_it_is_held() -> None:
    read = profile("standard")
    held = {"overdue_cents": 51240, "age_days": 9, "hold": "pause", "hold_until": date(2026, 12, 15)}
    decided = decision.decide(row_of(held), read, settings_of(read), AS_OF)
    assert decided["why"].item() == "en attente jusqu’au 15/12/2026 : pause décidée"
    open_end = decision.decide(
        row_of(held | {"hold_until": None, "hold_since": AS_OF}), read, settings_of(read), AS_OF
    )
    assert open_end["why"].item() == "en attente : pause décidée"


def duties_of(row: pl.DataFrame, code: str = "standard") -> list[str]:
    read = profile(code)
    decided = decision.decide(row, read, settings_of(read), AS_OF).row(0, named=True)
    return [duty["code"] for duty in decided["duties"] if duty["on"] <= AS_OF]


CONTACTS = st.sampled_from(sorted(path.stem for path in PROFILES.glob("*.yaml")))
#: What makes duties of the office due, and nothing else.
OF_THE_OFFICE = {
    "caf_limit_on": AS_OF,
    "caf_constituted_on": AS_OF,
    "prescribes_on": AS_OF + timedelta(days=9),
    "plan_status": "broken",
    "contact_problem": True,
    "aid_change": "suspension",
    "aid_gap_cents": 5_000_000,
}


@settings(max_examples=100, deadline=None)
@given(CONTACTS, account_facts(), st.sets(st.sampled_from(sorted(OF_THE_OFFICE))))
def test_no_contact_waits_for_a_duty_of_the_office(code, given_facts, due) -> None:
    """Whatever the office owes to others, the person is written to as if it owed nothing."""
    read = profile(code)
    alone = given_facts | dict.fromkeys(OF_THE_OFFICE)
    both = [
        decision.decide(row_of(facts_), read, settings_of(read), AS_OF).row(0, named=True)
        for facts_ in (alone, alone | {name: OF_THE_OFFICE[name] for name in due})
    ]
    if both[0]["held_by"] == both[1]["held_by"]:
        assert both[0]["next_step"] == both[1]["next_step"]
        assert both[0]["next_step_on"] == both[1]["next_step_on"]


def test_two_unanswered_calls_do_not_replace_the_first_letter_by_a_visit() -> None:
    late = {
        "overdue_cents": 90000, "age_days": 112, "oldest_unpaid_on": AS_OF - timedelta(days=112),
        "failed_contacts": 2, "status": "present",
    }  # fmt: skip
    for code, letter in (
        ("standard", "relance_1"),
        ("coop-42", "relance_1"),
        ("oph-prevention", "relance_1"),
    ):
        read = profile(code)
        never = decision.decide(row_of(late), read, settings_of(read), AS_OF).row(0, named=True)
        assert never["next_step"] == letter, code
        told = explanation.explain(row_of(late), read, settings_of(read), AS_OF)
        assert {report.code: report.state for report in told.steps}["visite"] == "blocked"
        written = row_of(late | {"days_since.relance_1": 9})
        assert decision.decide(written, read, settings_of(read), AS_OF)["next_step"].item() == "visite", code


def test_a_prescription_does_not_vanish_by_a_tick_nor_holds_the_act_that_interrupts_it() -> None:
    near = {
        "nature": "cantine", "overdue_cents": 31000, "age_days": 1400, "days_since.relance": 60,
        "prescribes_on": AS_OF + timedelta(days=20), "days_since.alerte_prescription": 1,
    }  # fmt: skip
    read = profile("comptable-local")
    made = decision.decide(row_of(near), read, settings_of(read), AS_OF).row(0, named=True)
    assert (made["next_step"], [duty["code"] for duty in made["duties"]]) == (
        "mise_en_demeure",
        ["alerte_prescription"],
    )
    ticked = explanation.explain(row_of(near), read, settings_of(read), AS_OF)
    assert {report.code: report.state for report in ticked.steps}["alerte_prescription"] == "next"


def test_a_death_told_by_the_bank_is_checked_even_when_the_account_is_held() -> None:
    told = {"overdue_cents": 51240, "age_days": 2, "rejected_debit_reason": "MD07", "promise_pending": True}
    assert duties_of(row_of(told)) == ["deces_signale"]
    assert duties_of(row_of(told | {"days_since.deces_signale": 3})) == []
    assert duties_of(row_of(told | {"hold": "death"})) == []


def test_a_limit_towards_the_caf_is_not_bought_off_by_a_part_payment() -> None:
    read = profile("standard")
    debt = {"overdue_cents": 130050, "caf_debt_cents": 130050, "age_days": 80, "caf_limit_on": AS_OF}
    told = explanation.explain(row_of(debt), read, settings_of(read), AS_OF)
    assert "Un paiement partiel ne suffit pas" in told.changes[0]
    held = explanation.explain(row_of(debt | {"hold": "pause"}), read, settings_of(read), AS_OF)
    assert "levée" in held.changes[0] and "partiel" in held.changes[1]


def test_the_law_or_the_setting_behind_the_verdict_is_named() -> None:
    read = profile("standard")
    small = explanation.explain(row_of({"overdue_cents": 900, "age_days": 9}), read, settings_of(read), AS_OF)
    assert small.settings == (("Montant minimal d’une relance", "15,00\u00a0€"),)
    frozen = {"overdue_cents": 90000, "actionable_cents": 0, "frozen_cents": 90000, "hold": "surendettement"}
    told = explanation.explain(row_of(frozen | {"age_days": 9}), read, settings_of(read), AS_OF)
    assert told.rules[0][0] == "SUR-02" and "L722-5" in told.rules[0][1]


def test_a_step_about_what_never_happened_here_is_told_apart() -> None:
    read = profile("standard")
    told = explanation.explain(
        row_of({"overdue_cents": 51240, "age_days": 9}), read, settings_of(read), AS_OF
    )
    by_code = {report.code: report for report in told.steps}
    assert by_code["deces_signale"].unknown and not by_code["relance_2"].unknown
    assert not by_code["relance_2"].held


def test_legal_limits_come_first_then_the_score() -> None:
    read = profile("standard")
    rows = [
        row_of({"overdue_cents": 900000, "age_days": 9, "unpaid_terms": 5}),
        row_of({"overdue_cents": 20000, "age_days": 80, "caf_limit_on": AS_OF + timedelta(days=20)}),
        row_of({"overdue_cents": 20000, "age_days": 80, "caf_limit_on": AS_OF + timedelta(days=2)}),
        row_of({"overdue_cents": 30000, "age_days": 9, "unpaid_terms": 1}),
    ]
    frame = pl.concat(rows, how="diagonal").with_columns(account_id=pl.int_range(pl.len()))
    decided = decision.decide(frame, read, settings_of(read), AS_OF)
    order = decided.sort("priority", "deadline_on", descending=[True, False], nulls_last=True)[
        "account_id"
    ].to_list()
    assert order == [2, 1, 0, 3]


@pytest.mark.parametrize(
    ("given_facts", "prepared", "code"),
    [
        ({"bank_age_days": 2}, {}, None),
        ({}, {}, "bank_missing"),
        ({"bank_age_days": 6}, {}, "bank_stale"),
        ({"bank_age_days": 2, "unmatched_credit": True}, {}, "unmatched_credit"),
        ({"bank_age_days": 2, "hold": "pause"}, {"prepared_step": "relance_1"}, "held"),
        ({"bank_age_days": 2}, {"prepared_step": "relance_1", "prepared_balance_cents": 60000}, "paid_since"),
        (
            {"bank_age_days": 2, "last_payment_on": AS_OF},
            {"prepared_last_payment_on": AS_OF - timedelta(days=9)},
            "paid_since",
        ),
        ({"bank_age_days": 2}, {"prepared_step": "relance_2"}, "step_changed"),
        ({"bank_age_days": 2}, {"prepared_step": "relance_1", "prepared_balance_cents": 51240}, None),
    ],
)
def test_nothing_leaves_when_money_may_have_come(
    given_facts: dict[str, Any], prepared: dict[str, Any], code: str | None
) -> None:
    read = profile("standard")
    row = row_of({"overdue_cents": 51240, "age_days": 9} | given_facts)
    row = row.with_columns(**{name: pl.lit(value) for name, value in prepared.items()})
    assert decision.block_dispatch(row, read, settings_of(read), AS_OF)["dispatch_block"].item() == code


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 4000), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_words_for_a_column_are_the_words_for_one(cents: int, days: int, day: date) -> None:
    values = {
        "balance_cents": cents,
        "age_days": days,
        "oldest_unpaid_on": day,
        "hold": "pause",
        "third_party": True,
    }
    frame = pl.DataFrame([values])
    for name, value in values.items():
        fact = facts.get(name)
        assert frame.select(value_words(fact)).item() == facts.format_value(fact, value)
