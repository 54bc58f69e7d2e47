"""Every time limit of both rulebooks, from a table a lawyer can read, and what must be refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import holidays, working_day
from amiable.domain.law.pack import pack

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "limits.yaml").read_text(encoding="utf-8")
)
OPTIONS = ("territory", "lease_on", "clause", "reverse")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['from']} {case['why'][:40]}")
def test_a_limit_ends_on_the_day_the_table_says(case):
    options = {name: case[name] for name in OPTIONS if name in case}
    if case.get("unsourced"):
        with pytest.raises(DomainError, match="Aucune valeur sourcée"):
            law.limit(case["id"], case["from"], **options)
        return
    found = law.limit(case["id"], case["from"], **options)
    assert (found.ends_on, found.ends_on_local, found.rolled) == (
        case["ends"],
        case.get("local"),
        case.get("rolled", False),
    )
    assert found.rule == case["id"]
    assert found.source


def test_every_limit_of_the_pack_is_in_the_table():
    assert {case["id"] for case in CASES} == set(pack().limits)


def test_both_dates_are_given_and_the_earlier_is_worked_to():
    after = law.limit("SUR-06", date(2025, 12, 11), territory="57")
    assert after.work_on == after.ends_on == date(2025, 12, 26)
    before = law.limit("CT-03", date(2026, 4, 21), territory="57")
    assert before.work_on == before.ends_on_local == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("rule_id", "options", "says"),
    [
        ("CAF-15", {}, "aucun délai"),
        ("CAF-99", {}, "n’existe pas"),
        ("PUB-03.4", {}, "n’existe pas"),
        ("PUB-03", {}, "PUB-03.1"),
        ("LIT-03", {}, "--lease-on"),
        ("LIT-03", {"clause": "bientôt"}, "2 mois"),
        ("CAF-04", {"lease_on": date(2020, 1, 1)}, "ne dépend pas"),
        ("CAF-04", {"territory": "GES"}, "GES"),
        ("CAF-04", {"reverse": True}, "ne se compte que depuis"),
        ("CAF-03", {}, "Aucune valeur sourcée"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(rule_id, options, says):
    with pytest.raises(DomainError, match=says):
        law.limit(rule_id, date(2026, 11, 22), **options)


def test_a_rule_with_several_limits_answers_them_all():
    found = law.limits("PUB-03", date(2026, 9, 10))
    assert [each.rule for each in found] == ["PUB-03.1", "PUB-03.2", "PUB-03.3"]


def test_a_limit_takes_the_delay_an_office_has_overridden():
    own = law.override_map(
        [law.Override("PUB-05", "after_notice", 15, date(2026, 1, 1), None, "convention locale")]
    )
    assert law.limit("PUB-05.2", date(2026, 11, 23), overrides=own).ends_on == date(2026, 12, 8)
    assert law.limit("PUB-05.2", date(2025, 11, 24), overrides=own).ends_on == date(2025, 12, 2)


def conditions_of(limit_id: str) -> dict[str, object]:
    """What the limit depends on: the date of a lease, the clause that alone gives its delay."""
    spec = pack().limits[limit_id]
    if not spec.delay_key:
        return {"clause": "15 jours"}
    return {"lease_on": date(2024, 1, 1)} if spec.dated_by else {}


def test_a_delay_no_text_gives_is_asked_and_never_supposed():
    with pytest.raises(DomainError, match="celui de la clause"):
        law.limit("SUR-17", date(2026, 11, 20))


TERRITORIES = ["FR", "42", "57", "67", "971", "972", "973", "974", "976", "977", "978"]


@given(
    st.sampled_from(sorted(pack().limits)),
    st.dates(date(2027, 1, 1), date(2060, 12, 31)),
    st.sampled_from(TERRITORIES),
)
def test_what_holds_for_every_limit_on_every_day(limit_id, from_on, territory):
    spec = pack().limits[limit_id]
    given = conditions_of(limit_id)
    found = law.limit(limit_id, from_on, territory=territory, **given)
    national = law.limit(limit_id, from_on, **given)
    assert (found.ends_on, found.rolled) == (national.ends_on, national.rolled)
    assert found.ends_on_local != found.ends_on
    last_days = {found.ends_on, found.ends_on_local or found.ends_on}
    if spec.direction == "before":
        assert max(last_days) < from_on
    elif spec.nature in ("season", "yearly"):
        assert min(last_days) >= from_on
    else:
        assert min(last_days) > from_on
    if spec.rolls:
        assert working_day(found.ends_on)
        assert working_day(found.ends_on_local or found.ends_on, territory)
    else:
        assert not found.rolled
    if set(holidays(from_on.year, territory)) == set(holidays(from_on.year)):
        assert found.ends_on_local is None


def test_a_date_beyond_the_calendar_is_refused_not_a_crash():
    for limit_id in ("TIME-03", "SUR-06", "LIT-07", "ATT-03"):
        with pytest.raises(DomainError):
            law.limit(limit_id, date(9999, 12, 31))
    with pytest.raises(DomainError):
        law.limit("CT-03", date(1, 1, 2))


def test_ids_are_read_whatever_their_case():
    assert law.limit(" caf-04 ", date(2026, 12, 31)).rule == "CAF-04"


FIRST = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "first_day.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", FIRST, ids=lambda case: f"{case['id']} {case['from']} {case['why'][:40]}")
def test_the_last_day_of_a_waiting_limit_is_left_to_the_person(case):
    found = law.limit(case["id"], case["from"], **{name: case[name] for name in OPTIONS if name in case})
    assert (found.ends_on, found.first_day) == (case["ends"], case["first"])


@given(
    st.sampled_from(sorted(one.limit_id for one in pack().limits.values() if one.nature == "waiting")),
    st.dates(date(2027, 1, 1), date(2035, 12, 31)),
    st.sampled_from(["FR", "57", "971", "974"]),
)
def test_every_waiting_limit_has_a_first_day_after_both_ends(limit_id, day, territory):
    found = law.limit(limit_id, day, territory=territory, **conditions_of(limit_id))
    assert found.first_day is not None
    assert min(found.ends_on, found.ends_on_local or found.ends_on) < found.first_day
    assert (found.first_day - max(found.ends_on, found.ends_on_local or found.ends_on)).days == 1


@given(st.sampled_from(["LIT-01", "LIT-08"]), st.dates(date(2026, 1, 1), date(2035, 12, 31)))
def test_the_last_day_asked_backwards_lets_the_act_be_done_that_day(limit_id, act_on):
    last = law.limit(limit_id, act_on, reverse=True).ends_on
    assert law.limit(limit_id, last).first_day <= act_on
    assert law.limit(limit_id, last).first_day is not None
