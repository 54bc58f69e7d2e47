"""What interrupts a prescription: acts noted on the fiche, and the public mise en demeure (PUB-07)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.diary import services as diary
from amiable.domain.errors import DomainError
from amiable.positions import duties
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories
from tests.diary.conftest import TODAY, Desk
from tests.factories import user


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


@pytest.fixture
def titre(db):
    office = factories.office("valmont", kind="local_accountant")
    install_defaults(office=office, today=date(2026, 1, 1))
    account = factories.account(office, "T1", nature="divers")
    factories.debit(account, date(2026, 10, 1), 60000)
    return account


def prescribed(account) -> date:
    positions.refresh(office=account.office, as_of=TODAY)
    return AccountPosition.objects.get(account=account).prescribes_on


def notify(account, on: date, *, today: date = TODAY, proof: str = "1A 000 000 0001"):
    return diary.record_notification(
        account=account, step="mise_en_demeure", on=on, proof=proof, actor=None, today=today
    )


def send(account, on: date, outcome: str = "sent") -> None:
    diary.write_entry(account, "lrar", on=on, actor=None, step="mise_en_demeure", outcome=outcome)


def test_the_public_mise_en_demeure_interrupts_from_its_reception_never_from_its_sending(titre) -> None:
    """LPF art. L257: sent on 10 November, received on 14."""
    send(titre, date(2026, 11, 10))
    assert prescribed(titre) == date(2030, 10, 1)
    entry = notify(titre, date(2026, 11, 14))
    assert prescribed(titre) == date(2030, 11, 14)
    assert notify(titre, date(2026, 11, 14)) == entry
    with pytest.raises(DomainError, match="déjà notée reçue le 14/11/2026"):
        notify(titre, date(2026, 11, 15))


@pytest.mark.parametrize(
    ("sent_on", "outcome", "on", "proof", "refused"),
    [
        (None, "", date(2026, 11, 14), "1A", "Rien n’est parti"),
        (date(2026, 11, 10), "failed", date(2026, 11, 14), "1A", "Rien n’est parti"),
        (date(2026, 11, 10), "sent", date(2026, 11, 9), "1A", "Rien n’est parti"),
        (date(2026, 11, 10), "sent", TODAY + timedelta(days=1), "1A", "avenir"),
        (date(2026, 11, 10), "sent", date(2026, 11, 14), " ", "preuve"),
    ],
)
def test_a_reception_needs_a_sending_a_day_and_a_proof(titre, sent_on, outcome, on, proof, refused) -> None:
    if sent_on:
        send(titre, sent_on, outcome)
    with pytest.raises(DomainError, match=refused):
        notify(titre, on, proof=proof)
    assert prescribed(titre) == date(2030, 10, 1)


def asked(account) -> dict[str, date]:
    """What is asked of the office on this account, and from when."""
    return {duty.code: duty.on for duty in duties.read(AccountPosition.objects.get(account=account))}


def test_the_reception_is_awaited_then_the_delay_runs_from_it(titre) -> None:
    """Eight days from the reception (PUB-05.2): the day after them the file may be made, not before."""
    diary.write_entry(titre, "letter", on=date(2026, 10, 8), actor=None, step="relance", outcome="sent")
    send(titre, date(2026, 11, 10))
    positions.refresh(office=titre.office, as_of=TODAY)
    assert "noter_reception" in asked(titre)
    entry = notify(titre, date(2026, 11, 13))
    # The eighth day is Saturday 21 November, so Monday 23.
    assert asked(titre)["pret_poursuites"] == date(2026, 11, 24)
    diary.correct(entry=entry, reason="Avis d’un autre", actor=user(titre.office), today=TODAY)
    assert "noter_reception" in asked(titre) and "pret_poursuites" not in asked(titre)
    assert prescribed(titre) == date(2030, 10, 1)


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
