"""What was done for a part that is asked no more counts for nothing of what is asked now."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.diary.services import mark_step_done
from amiable.positions import services
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("old_due", "split_on"),
    # Frozen by a recevabilité, or prescribed: a relance 1 sent for it is none for the rent of November.
    [(date(2026, 6, 5), date(2026, 9, 15)), (date(2021, 6, 5), None)],
)
def test_a_rent_never_reminded_begins_at_relance_1(old_due, split_on):
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(office, "L1", split_on=split_on)
    factories.debit(account, old_due, 60000, due_on=old_due)
    for step, on in (("relance_1", date(2026, 7, 1)), ("relance_2", date(2026, 7, 20))):
        mark_step_done(account=account, step=step, actor=None, today=on, on=on)
    factories.debit(account, date(2026, 11, 1), 50000, due_on=date(2026, 11, 5))
    services.refresh(office=office, as_of=TODAY)
    row = AccountPosition.objects.get(account=account)
    assert (row.overdue_cents, row.actionable_cents) == (110000, 50000)
    assert row.next_step == "relance_1"
    # Months of rent are never shown beside a sum they do not come from.
    assert row.months_of_debt is None


def test_what_was_done_for_the_debt_still_asked_counts():
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(office, "L1")
    factories.debit(account, date(2026, 11, 1), 50000, due_on=date(2026, 11, 5))
    on = date(2026, 11, 14)
    mark_step_done(account=account, step="relance_1", actor=None, today=on, on=on)
    services.refresh(office=office, as_of=TODAY)
    assert AccountPosition.objects.get(account=account).next_step == "relance_2"


def test_who_pays_the_oldest_and_never_all_does_not_begin_again():
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(office, "L1")
    factories.debit(account, date(2026, 10, 1), 60000, due_on=date(2026, 10, 5))
    for step, on in (("relance_1", date(2026, 10, 13)), ("relance_2", date(2026, 10, 20))):
        mark_step_done(account=account, step=step, actor=None, today=on, on=on)
    factories.debit(account, date(2026, 11, 1), 60000, due_on=date(2026, 11, 5))
    factories.payment(account, date(2026, 11, 6), 60000)
    services.refresh(office=office, as_of=TODAY)
    row = AccountPosition.objects.get(account=account)
    assert (row.overdue_cents, row.oldest_unpaid_on) == (60000, date(2026, 11, 5))
    assert row.next_step not in ("relance_1", "relance_2")
    # Nothing was owed for a day: what comes after is another debt.
    factories.payment(account, date(2026, 11, 7), 60000)
    factories.debit(account, date(2026, 11, 8), 60000, due_on=date(2026, 11, 8))
    services.refresh(office=office, as_of=TODAY)
    assert AccountPosition.objects.get(account=account).next_step == "relance_1"
