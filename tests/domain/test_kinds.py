"""Creditors' kinds are data: complete, coherent with the law, and asked for by name."""

from __future__ import annotations

from datetime import date, time

import pytest

from amiable.domain import creditors, law
from amiable.domain.errors import DomainError

LANDLORD, ACCOUNTANT = creditors.kind("landlord"), creditors.kind("local_accountant")


def test_both_kinds_are_complete_and_speak_the_same_terms():
    assert set(creditors.kinds()) == {"landlord", "local_accountant"}
    assert set(LANDLORD.vocabulary) == set(ACCOUNTANT.vocabulary)
    assert set(LANDLORD.plan_words) == set(ACCOUNTANT.plan_words)
    assert LANDLORD.word("debtor") == "locataire"
    assert ACCOUNTANT.word("debtor") == "redevable"
    assert (LANDLORD.caf, ACCOUNTANT.caf) == (True, False)
    assert LANDLORD.lists == ("accounts", "movements", "snapshot", "bank")
    assert ACCOUNTANT.lists[0] == "titres"


@pytest.mark.parametrize("each", creditors.kinds().values(), ids=lambda each: each.code)
def test_every_rule_a_kind_cites_exists(each):
    for nature in each.natures.values():
        assert [law.rule(rule_id).rule_id for rule_id in nature.rules]
        (spec,) = law.limit_specs(nature.prescription_rule)
        assert spec.nature == "prescription"
    for setting in each.policy.values():
        assert setting.check(setting.value) == setting.value
        assert setting.label and setting.help
        if setting.rule:
            assert law.rule(setting.rule)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("impot", date(2030, 11, 22)),
        ("amende", date(2029, 11, 22)),
        ("cantine", date(2030, 11, 22)),
        ("hopital", date(2030, 11, 22)),
        ("divers", date(2030, 11, 22)),
    ],
)
def test_a_claim_prescribes_by_its_nature(code, wanted):
    assert ACCOUNTANT.nature(code).prescribes_on(date(2026, 11, 22)) == wanted


def test_rent_prescribes_in_three_years_from_its_due_date():
    nature = LANDLORD.nature("loyer")
    assert nature.prescription_from == "due_on"
    assert nature.prescribes_on(date(2023, 11, 5)) == date(2026, 11, 5)


def test_unknown_things_are_refused_in_french():
    with pytest.raises(DomainError, match="Types connus : landlord, local_accountant"):
        creditors.kind("bank")
    with pytest.raises(DomainError, match="Natures connues"):
        LANDLORD.nature("cantine")
    with pytest.raises(DomainError, match="n’existe pas"):
        ACCOUNTANT.setting("aid_payment_day")


@pytest.mark.parametrize("value", [0, 29, True, "25", 2.5, None])
def test_a_setting_keeps_its_type_and_its_bounds(value):
    with pytest.raises(DomainError):
        LANDLORD.setting("aid_payment_day").check(value)
    assert LANDLORD.setting("aid_payment_day").check(28) == 28
    with pytest.raises(DomainError, match="oui ou par non"):
        LANDLORD.setting("contact_on_saturday").check(1)


def test_the_default_contact_window_is_the_rulebooks():
    window = creditors.window(LANDLORD.defaults())
    assert (window.opens, window.closes) == (time(8), time(20))
    assert window.weekdays == frozenset(range(5))
    assert law.get("DUN-08", date(2026, 11, 22), "from_hour").value == window.opens.hour
    assert law.get("DUN-08", date(2026, 11, 22), "to_hour").value == window.closes.hour
    assert 5 in creditors.window({**LANDLORD.defaults(), "contact_on_saturday": True}).weekdays
