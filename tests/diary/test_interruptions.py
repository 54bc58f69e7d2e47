"""What interrupts a prescription: acts noted on the fiche, and the public mise en demeure (PUB-07)."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.diary import services as diary
from amiable.domain.errors import DomainError
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories
from tests.diary.conftest import TODAY, Desk


def prescribes_on(desk: Desk) -> date:
    return AccountPosition.objects.get(account=desk.account).prescribes_on


def test_an_acknowledgement_starts_the_three_years_again_and_its_correction_undoes_it(desk: Desk) -> None:
    install_defaults(office=desk.office, today=date(2026, 1, 1))
    positions.refresh(office=desk.office, as_of=TODAY)
    assert prescribes_on(desk) == date(2029, 11, 5)
    entry = diary.record_interruption(
        account=desk.account, act="acknowledgement", on=date(2026, 11, 20), actor=desk.officer, today=TODAY
    )
    assert prescribes_on(desk) == date(2029, 11, 20)
    diary.correct(entry=entry, reason="Papier non signé", actor=desk.officer, today=TODAY)
    assert prescribes_on(desk) == date(2029, 11, 5)


def test_the_debtors_request_for_measures_starts_them_again(desk: Desk) -> None:
    """SUR-14: C. conso. L721-5."""
    install_defaults(office=desk.office, today=date(2026, 1, 1))
    diary.record_interruption(
        account=desk.account, act="measures_asked", on=date(2026, 11, 18), actor=desk.officer, today=TODAY
    )
    assert prescribes_on(desk) == date(2029, 11, 18)


def test_a_registered_letter_does_not_interrupt_a_rent(desk: Desk) -> None:
    install_defaults(office=desk.office, today=date(2026, 1, 1))
    diary.log_event(
        account=desk.account, kind="lrar", step="mise_en_demeure", actor=desk.officer, today=TODAY
    )
    assert prescribes_on(desk) == date(2029, 11, 5)


@pytest.mark.parametrize(("outcome", "expected"), [("", date(2030, 11, 20)), ("failed", date(2030, 10, 1))])
def test_the_public_mise_en_demeure_interrupts_once_it_has_left(db, outcome: str, expected: date) -> None:
    office = factories.office("valmont", kind="local_accountant")
    install_defaults(office=office, today=date(2026, 1, 1))
    account = factories.account(office, "T1", nature="divers")
    factories.debit(account, date(2026, 10, 1), 60000)
    diary.write_entry(
        account, "lrar", on=date(2026, 11, 20), actor=None, step="mise_en_demeure", outcome=outcome
    )
    positions.refresh(office=office, as_of=TODAY)
    assert AccountPosition.objects.get(account=account).prescribes_on == expected


def test_neither_an_unknown_act_nor_one_to_come(desk: Desk) -> None:
    with pytest.raises(DomainError, match="n’interrompt pas"):
        diary.record_interruption(
            account=desk.account, act="letter", on=TODAY, actor=desk.officer, today=TODAY
        )
    with pytest.raises(DomainError, match="avenir"):
        diary.record_interruption(
            account=desk.account,
            act="court_claim",
            on=date(2026, 12, 1),
            actor=desk.officer,
            today=TODAY,
        )
