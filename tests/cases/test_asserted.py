"""What an answer asserts is held against the ledger, or applied to it."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.bank.models import BankTransaction
from amiable.cases import services
from amiable.cases.events import possible_events
from amiable.cases.kinds import every
from amiable.cases.models import Dossier
from amiable.cases.telling import terms_on
from amiable.domain.errors import DomainError
from amiable.ledger.models import Entry
from tests import factories
from tests.cases.conftest import TODAY, Desk
from tests.factories.rows import make


def answered(desk: Desk, kind: str, answer: str = "", **fields: object) -> Dossier:
    """A dossier the partner has just answered."""
    made = services.open_dossier(
        account=desk.account, kind=kind, actor=desk.officer, today=TODAY, fields=fields
    )
    stage = "answered" if answer else made.stage
    Dossier.objects.filter(pk=made.pk).update(stage=stage, sent_on=TODAY, answer=answer, answered_on=TODAY)
    made.refresh_from_db()
    return made


def test_every_answer_that_says_a_debt_is_paid_is_held_against_the_ledger() -> None:
    said = [
        (kind.code, event.code)
        for kind in every().values()
        for event in kind.events
        if event.label_fr == "Dette réglée"
    ]
    checked = [
        (kind.code, event.code)
        for kind in every().values()
        for event in kind.events
        if any(each.effect == "check_settled" for each in event.effects)
    ]
    assert said and said == checked


def test_a_debt_that_is_owed_is_not_settled(desk: Desk) -> None:
    made = answered(desk, "caf")
    with pytest.raises(DomainError, match="500,00") as refused:
        services.record_event(dossier=made, code="regle", on=TODAY, actor=desk.officer, today=TODAY)
    assert refused.value.code == "not_settled"
    made.refresh_from_db()
    factories.payment(desk.account, TODAY, 50_000)
    done = services.record_event(dossier=made, code="regle", on=TODAY, actor=desk.officer, today=TODAY)
    assert done.stage == "closed"


def test_the_tenants_own_transfer_is_not_the_fund_s(desk: Desk) -> None:
    made = answered(desk, "fsl", "subvention")
    Dossier.objects.filter(pk=made.pk).update(stage="followed")
    made.refresh_from_db()
    assert "verse" in {event.code for event in possible_events(made)}

    def record() -> Dossier:
        return services.record_event(
            dossier=made, code="verse", on=TODAY, actor=desk.officer, today=TODAY, values={"montant": 40_000}
        )

    # Two halves are not the sum granted, nor is what the tenant paid.
    factories.payment(desk.account, TODAY, 20_000)
    factories.payment(desk.account, TODAY, 20_000)
    own = factories.payment(desk.account, TODAY, 40_000)
    payer = f"M. {desk.account.person.last_name}"
    make(BankTransaction, office=desk.office, entry=own, party_name=payer, key="k")
    with pytest.raises(DomainError, match="quelqu’un d’autre"):
        record()
    made.refresh_from_db()
    factories.payment(desk.account, TODAY, 40_000)
    assert record().stage == "closed"
    assert Entry.objects.filter(account=desk.account, amount_cents=-40_000).count() == 2


def test_accepting_the_third_party_payment_changes_what_is_expected(desk: Desk) -> None:
    desk.account.terms.update(third_party=False)
    made = answered(desk, "caf", "tiers_payant_propose")
    services.record_event(
        dossier=made, code="tiers_payant_accepte", on=TODAY, actor=desk.officer, today=TODAY
    )
    now, after = terms_on(desk.account, TODAY), terms_on(desk.account, date(2026, 12, 1))
    assert now is not None and not now.third_party
    assert after is not None and after.third_party and after.aid_cents == now.aid_cents
