"""Handing over, receiving, giving back, withdrawing: who may, once, and what follows."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from amiable.accounts.models import Account
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.errors import DomainError
from amiable.positions import services as positions
from amiable.positions.duties import due
from amiable.positions.models import AccountPosition
from amiable.transfer import queries, services
from amiable.transfer.models import Transfer
from tests import factories
from tests.transfer.conftest import TODAY, Case


def position(case: Case) -> AccountPosition:
    return AccountPosition.objects.get(pk=case.account.pk)


def handed_over(case: Case) -> Transfer:
    transfer = services.propose(account=case.account, actor=case.officer, today=TODAY)
    services.decide(transfer=transfer, actor=case.head, today=TODAY)
    return services.receive(transfer=transfer, actor=case.desk, today=TODAY)


def test_the_whole_road_and_what_stops_with_it(case: Case):
    transfer = handed_over(case)
    assert transfer.state == Transfer.State.RECEIVED and transfer.bundle.pages > 3
    account = Account.objects.get(pk=case.account.pk)
    assert account.officer == case.desk
    now = position(case)
    assert (now.held_by, now.officer_id) == ("litigation", case.desk.pk)
    lines = DiaryEntry.objects.filter(account=account, kind="transfer").order_by("pk")
    assert [line.data["event"] for line in lines] == ["proposed", "decided", "received"]


def test_an_incomplete_file_stays_and_the_refusal_names_what_is_missing(case: Case):
    diary.start_hold(account=case.account, kind="plan", reason="Plan signé", actor=case.officer, today=TODAY)
    with pytest.raises(DomainError, match="mise en attente"):
        services.propose(account=case.account, actor=case.officer, today=TODAY)
    assert not Transfer.objects.exists()


def test_what_changed_between_the_two_decisions_is_looked_at_again(case: Case):
    transfer = services.propose(account=case.account, actor=case.officer, today=TODAY)
    factories.payment(case.account, TODAY, 7 * 60_000)
    with pytest.raises(DomainError, match="créance"):
        services.decide(transfer=transfer, actor=case.head, today=TODAY)
    transfer.refresh_from_db()
    assert transfer.state == Transfer.State.PROPOSED and transfer.bundle is None


def test_each_does_their_own_part(case: Case):
    transfer = services.propose(account=case.account, actor=case.officer, today=TODAY)
    with pytest.raises(PermissionDenied):
        services.decide(transfer=transfer, actor=case.officer, today=TODAY)
    services.decide(transfer=transfer, actor=case.head, today=TODAY)
    with pytest.raises(PermissionDenied):
        services.receive(transfer=transfer, actor=case.head, today=TODAY)


def test_presented_once_and_decided_once(case: Case):
    transfer = services.propose(account=case.account, actor=case.officer, today=TODAY)
    with pytest.raises(DomainError, match="déjà présenté"):
        services.propose(account=case.account, actor=case.officer, today=TODAY)
    same = Transfer.objects.get(pk=transfer.pk)
    services.decide(transfer=transfer, actor=case.head, today=TODAY)
    with pytest.raises(DomainError, match="à recevoir"):
        services.decide(transfer=same, actor=case.head, today=TODAY)


def test_given_back_the_file_returns_to_its_officer_and_can_be_presented_again(case: Case):
    transfer = handed_over(case)
    assert "transfert" not in {duty.code for duty in due(position(case))}
    services.give_back(transfer=transfer, reason="Bail illisible", actor=case.desk, today=TODAY)
    account = Account.objects.get(pk=case.account.pk)
    assert account.officer == case.officer
    assert not Hold.objects.filter(account=account, kind="litigation", lifted_on=None).exists()
    assert "transfert" in {duty.code for duty in due(position(case))}
    assert services.propose(account=account, actor=case.officer, today=TODAY).pk != transfer.pk


def test_a_paid_file_is_listed_to_withdraw(case: Case):
    transfer = handed_over(case)
    assert not queries.settled(case.desk).exists()
    factories.payment(case.account, TODAY, 7 * 60_000)
    positions.refresh(office=case.office, as_of=TODAY)
    assert list(queries.settled(case.desk)) == [transfer]
    services.withdraw(transfer=transfer, reason="Dette payée", actor=case.desk, today=TODAY)
    assert queries.counts(case.desk)["suivre"] == 0


def test_a_reason_replaces_the_former_one_and_only_where_one_is_awaited(case: Case):
    services.waive(
        account=case.account,
        check_code="plan",
        reason="Plan refusé par écrit",
        actor=case.officer,
        today=TODAY,
    )
    assert case.account.waivers.filter(withdrawn_on=None).get().reason == "Plan refusé par écrit"
    with pytest.raises(DomainError, match="n’attend pas"):
        services.waive(
            account=case.account, check_code="claim", reason="Parce que", actor=case.officer, today=TODAY
        )
