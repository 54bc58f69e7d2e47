"""What comes back was not done: its step is to be done again, by another way or at the right address."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from amiable.accounts.models import Account
from amiable.channels.base import Delivery
from amiable.core.clock import PARIS
from amiable.correspondence.models import OutboxItem
from amiable.diary.done import accomplished
from amiable.diary.models import DiaryEntry
from amiable.diary.services import correct
from amiable.domain.cases import transfer
from amiable.outreach import proof
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.outreach.returns import record_news
from amiable.positions.queries import explain
from amiable.procedures.services import install_defaults
from amiable.transfer.evidence import gather
from amiable.transfer.words import act_words
from tests import factories

pytestmark = pytest.mark.django_db
DUE, LEFT = date(2026, 10, 5), date(2026, 11, 5)
BACK = LEFT + timedelta(days=5)
#: Done before, with its days, so that each step is the last one.
ROAD = {"relance_1": date(2026, 10, 13), "relance_2": date(2026, 10, 20), "convocation": date(2026, 10, 23)}


@pytest.fixture
def account() -> Account:
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(
        office, "L1", address="1 rue du Bac", postcode="45990", city="Deux-Rives", status="present"
    )
    factories.debit(account, date(2026, 10, 1), 60_000, due_on=DUE)
    return account


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 10, tzinfo=PARIS)


def item_of(account: Account, channel: str, **fields: Any) -> OutboxItem:
    number = OutboxItem.objects.count()
    wanted = {"person": account.person, "account": account, "origin": "single"} | fields
    return OutboxItem.objects.create(
        office=account.office,
        idempotency_key=f"essai-{number}",
        channel=channel,
        status="sent",
        provider_ref=f"ref-{number}",
        **wanted,
    )


def left(account: Account, step: str, channel: str, on: date = LEFT, **fields: Any) -> OutboxItem:
    item = item_of(account, channel, step=step, **fields)
    proof.write_dispatches([(item, account, step, None)], at(on))
    return item


def comes_back(item: OutboxItem, on: date = BACK) -> None:
    assert record_news(Delivery(item.provider_ref, "bounced", reason="NPAI"), at(on))


def due(account: Account, on: date) -> list[str]:
    row, _ = explain(account=account, as_of=on)
    return [row["next_step"], *(duty["code"] for duty in row["duties"] if duty["on"] <= on)]


@pytest.mark.parametrize(
    ("step", "channel"), [("relance_1", "email"), ("relance_2", "post"), ("mise_en_demeure", "lrar")]
)
def test_a_step_that_came_back_is_to_be_done_again(account: Account, step: str, channel: str) -> None:
    for done, on in ROAD.items():
        if done == step:
            break
        left(account, done, "post", on)
    point = factories.contact(account.person, "email", "l@exemple.fr") if channel == "email" else None
    item = left(account, step, channel, contact_point=point)
    assert due(account, LEFT)[0] != step
    comes_back(item)
    assert due(account, BACK)[0] == step and "coordonnees" in due(account, BACK)
    # The day before it was not known yet.
    assert due(account, BACK - timedelta(days=1))[0] != step
    point = account.person.contact_points.get()
    assert point.problem and (channel == "email" or "1 rue du Bac" in point.value)
    # Said by mistake: the letter was received after all.
    line = DiaryEntry.objects.get(kind="contact_problem")
    officer = factories.user(account.office)
    correct(entry=line, reason="Erreur de lecture", actor=officer, today=BACK)
    assert due(account, BACK)[0] != step


def test_two_letters_that_come_back_the_same_day_are_two(account: Account) -> None:
    first, second = left(account, "relance_1", "post"), left(account, "relance_2", "post")
    comes_back(first)
    comes_back(second)
    assert not accomplished(BACK).exists()


def test_the_copy_a_guardian_is_owed_undoes_the_message_when_it_comes_back(account: Account) -> None:
    guardian = factories.person(account.office, last_name="TUTEUR", first_name="Anne")
    batch = Batch.objects.create(office=account.office, procedure_code="standard", step="relance_1", on=LEFT)
    letter = item_of(account, "post", origin="batch")
    copy = item_of(account, "post", origin="batch", person=guardian, is_copy=True, address="9 rue du Tuteur")
    line = BatchLine.objects.create(
        batch=batch, account=account, person=account.person, status="sent", outbox_item=letter
    )
    LineRecipient.objects.create(
        line=line, person=guardian, is_copy=True, why_fr="curatelle", status="sent", outbox_item=copy
    )
    proof.write_dispatches([(one, account, "relance_1", batch.pk) for one in (letter, copy)], at(LEFT))
    assert [entry.step for entry in accomplished(BACK)] == ["relance_1"]
    comes_back(copy)
    assert not accomplished(BACK).exists()
    # The address that is wrong is the guardian's, not the holder's.
    assert guardian.contact_points.get().problem == "npai"
    assert not account.person.contact_points.exists()


def test_the_gate_and_the_bundle_say_what_came_back(account: Account) -> None:
    comes_back(left(account, "mise_en_demeure", "lrar"))
    evidence = gather(account, BACK)
    (notice,) = (check for check in transfer.gate(evidence.tried) if check.code == "notice")
    assert notice.is_open and "revenue" in notice.said_fr
    (sent,) = (act for act in evidence.acts if act.step == "mise_en_demeure")
    assert "revenu" in act_words(sent, evidence.step_labels)[2]
    assert evidence.tried.letters == 0
