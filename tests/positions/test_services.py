"""Positions as they are stored: rebuilt from the ledger, checked against it, never touched by a question."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.diary.holds import start_hold
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.models import Entry
from amiable.positions import duties, facts, queries, services
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def office():
    made = factories.office()
    install_defaults(office=made, today=date(2024, 1, 1))
    return made


@pytest.fixture
def durand(office):
    """Two months of 300 unpaid, 50 of aid in tiers payant received for October only."""
    account = factories.account(office, "L001")
    factories.terms(account, aid=5000, third_party=True)
    for month in (9, 10, 11):
        factories.debit(account, date(2026, month, 1), 30000, due_on=date(2026, month, 5))
    for month in (9, 10):
        period = date(2026, month, 1)
        factories.payment(account, date(2026, month, 25), 5000, kind=EntryKind.APL, period=period)
    return account


def test_a_refresh_writes_what_the_ledger_says(office, durand):
    factories.account(office, "L002")
    assert services.refresh(office=office, as_of=TODAY) == 2
    row = AccountPosition.objects.get(account=durand)
    assert (row.balance_cents, row.overdue_cents, row.pending_aid_cents) == (80000, 80000, 5000)
    assert (row.actionable_cents, row.caf_debt_cents) == (75000, 75000)
    assert (row.caf_constituted_on, row.caf_rule) == (date(2026, 10, 5), "CAF-02")
    assert row.caf_limit_on == date(2026, 12, 5)
    assert (row.next_step, row.lane, row.duty_lane, row.holds) == ("relance_1", "letter", "legal", [])
    (duty,) = duties.due(row)
    assert (duty.code, duty.limit_on, row.deadline_on) == (
        "signalement_caf",
        row.caf_limit_on,
        row.caf_limit_on,
    )
    assert "750,00" in row.why and "750,00" in duty.why
    empty = AccountPosition.objects.get(account__ref="L002")
    assert (empty.overdue_cents, empty.next_step, empty.why, empty.holds) == (0, None, "", [])
    assert list(services.differences(office, TODAY)) == []


def test_doing_it_again_changes_nothing(office, durand):
    services.refresh(office=office, as_of=TODAY)
    before = list(AccountPosition.objects.order_by("pk").values())
    services.refresh(office=office, as_of=TODAY)
    services.refresh(office=office, as_of=TODAY, ids=[durand.pk])
    after = list(AccountPosition.objects.order_by("pk").values())
    assert [{**row, "computed_at": None} for row in before] == [{**row, "computed_at": None} for row in after]


def test_a_check_finds_what_the_ledger_does_not_confirm(office, durand):
    services.refresh(office=office, as_of=TODAY)
    AccountPosition.objects.update(overdue_cents=1)
    assert [
        (row["column"], row["stored"], row["rebuilt"]) for row in services.differences(office, TODAY)
    ] == [("overdue_cents", 1, 80000)]
    services.refresh(office=office, as_of=TODAY)
    factories.payment(durand, date(2026, 11, 20), 10000)
    assert "balance_cents" in {row["column"] for row in services.differences(office, TODAY)}
    AccountPosition.objects.all().delete()
    assert [row["column"] for row in services.differences(office, TODAY)] == ["account_id"]


def test_a_position_of_yesterday_is_a_difference_today(office, durand):
    services.refresh(office=office, as_of=date(2026, 11, 21))
    assert "as_of" in {row["column"] for row in services.differences(office, TODAY)}


def test_a_question_about_another_day_touches_nothing_stored(office, durand):
    services.refresh(office=office, as_of=TODAY)
    before = AccountPosition.objects.values().get()
    known = facts.rules(office, date(2026, 10, 4))
    row = queries.told(known, [durand.pk]).row(0, named=True)
    assert (row["balance_cents"], row["overdue_cents"], row["age_days"]) == (55000, 25000, 29)
    assert row["caf_constituted_on"] is None
    assert AccountPosition.objects.values().get() == before


def test_a_disputed_part_is_not_asked(office, durand):
    head = factories.user(office, role="service_head")
    start_hold(
        account=durand,
        kind="dispute",
        reason="Régularisation contestée",
        ends_on=None,
        disputed_cents=20000,
        actor=head,
        today=TODAY,
    )
    row = AccountPosition.objects.get(account=durand)
    assert (row.overdue_cents, row.disputed_cents, row.actionable_cents) == (80000, 20000, 55000)
    assert row.holds == ["dispute"]
    assert list(services.differences(office, TODAY)) == []


def test_part_a_gives_decisions_no_age_but_stays_in_the_accounts(office, durand):
    durand.split_on = date(2026, 10, 15)
    durand.save(update_fields=["split_on"])
    services.refresh(office=office, as_of=TODAY)
    row = AccountPosition.objects.get(account=durand)
    assert (row.overdue_cents, row.frozen_cents, row.oldest_unpaid_on) == (80000, 55000, date(2026, 9, 5))
    asked = facts.frame(office=office, as_of=TODAY, ids=[durand.pk]).row(0, named=True)
    assert (asked["oldest_unpaid_on"], asked["age_days"]) == (date(2026, 11, 5), 17)


def test_two_offices_stay_apart(office, durand):
    other = factories.office("autre")
    install_defaults(office=other, today=date(2024, 1, 1))
    factories.debit(factories.account(other, "X1"), date(2026, 11, 1), 7000)
    assert services.refresh(office=other, as_of=TODAY) == 1
    assert AccountPosition.objects.get().office_id == other.pk
    assert services.refresh(office=office, as_of=TODAY) == 1
    assert AccountPosition.objects.count() == 2


def test_a_posting_that_arrives_meanwhile_is_taken_in(office, durand, monkeypatch):
    read = services.read_ledger
    seen = []

    def slow(office_id, which):
        ledger = read(office_id, which)
        if not seen:
            seen.append(factories.payment(durand, date(2026, 11, 21), 80000))
        return ledger

    monkeypatch.setattr(services, "read_ledger", slow)
    services.refresh(office=office, as_of=TODAY)
    assert Entry.objects.count() == 6
    assert AccountPosition.objects.get().balance_cents == 0


def test_a_public_claim_prescribes_from_its_prise_en_charge():
    office = factories.office(kind="local_accountant")
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(office, "T1", nature="cantine")
    factories.debit(
        account, date(2026, 6, 10), 3800, kind=EntryKind.TITRE, due_on=date(2026, 7, 15), period=None
    )
    services.refresh(office=office, as_of=TODAY)
    row = AccountPosition.objects.get()
    assert (row.overdue_cents, row.age_days, row.months_of_rent) == (3800, 130, None)
    assert (row.prescribes_on, row.caf_rule, row.caf_constituted_on) == (date(2030, 6, 10), None, None)


def test_who_crosses_at_new_year(office):
    account = factories.account(office, "L003")
    factories.terms(account, aid=5000, third_party=True)
    factories.debit(account, date(2026, 9, 1), 30000, due_on=date(2026, 9, 5))
    found = queries.crossing(office=office, on=date(2027, 1, 1)).to_dicts()
    assert found == [
        {
            "account_id": account.pk,
            "rule_before": "CAF-02",
            "rule_after": "CAF-03",
            "debt_cents": 30000,
            "limit_on": date(2027, 3, 1),
        }
    ]
    assert queries.crossing(office=office, on=date(2026, 12, 15)).is_empty()
