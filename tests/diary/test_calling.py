"""Calls promised for an hour, who may be spoken to, who may call, and what the panel gathers."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from amiable.accounts.models import AccountParty
from amiable.diary import callbacks
from amiable.diary import services as diary
from amiable.diary.calling import sheet
from amiable.diary.models import Callback, DiaryEntry, Hold
from amiable.domain.errors import DomainError
from amiable.parties.models import LegalProtection, PersonFlag
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories
from tests.diary.conftest import TODAY, Desk
from tests.kept import rewritten

MONDAY = TODAY + timedelta(days=1)
TUESDAY = TODAY + timedelta(days=2)


def call(desk: Desk, outcome: str = "voicemail", **fields: Any) -> DiaryEntry:
    fields.setdefault("today", TODAY)
    return diary.log_call(account=desk.account, outcome=outcome, actor=desk.officer, **fields)


def due(desk: Desk, on: date, **fields: Any) -> list[str]:
    return [str(one) for one in callbacks.due(desk.officer, on, **fields)]


def test_a_promised_call_comes_back_on_its_day_and_nothing_leaves_before(desk: Desk) -> None:
    call(desk, call_back_on=TUESDAY, call_back_at=time(14, 30))
    assert due(desk, MONDAY) == []
    assert due(desk, TUESDAY) == ["24/11/2026 à 14:30"]
    hold = Hold.objects.get()
    assert (hold.kind, hold.ends_on, hold.reason) == (
        "pause",
        TUESDAY,
        "Rappel prévu le 24/11/2026 à 14\u00a0h\u00a030",
    )


def test_a_call_not_made_stays_until_somebody_makes_it(desk: Desk) -> None:
    call(desk, call_back_on=MONDAY, call_back_at=time(9))
    diary.expire_holds(office=desk.office, as_of=TUESDAY)
    assert due(desk, TUESDAY) == ["23/11/2026 à 09:00"]
    call(desk, "reached", today=TUESDAY)
    assert due(desk, TUESDAY) == [] and Callback.objects.get().status == "done"


def test_the_day_orders_calls_by_hour_those_without_one_last(desk: Desk) -> None:
    other = factories.account(desk.office, "B", agency=desk.agency)
    third = factories.account(desk.office, "C", agency=desk.agency)
    for account, at in ((desk.account, None), (other, time(16)), (third, time(9, 15))):
        diary.log_call(
            account=account,
            outcome="voicemail",
            actor=desk.officer,
            today=TODAY,
            call_back_on=MONDAY,
            call_back_at=at,
        )
    assert due(desk, MONDAY) == ["23/11/2026 à 09:15", "23/11/2026 à 16:00", "23/11/2026"]
    assert due(desk, MONDAY, officer_id=desk.officer.pk + 999) == []


def test_another_agency_does_not_see_it(desk: Desk) -> None:
    call(desk, call_back_on=MONDAY)
    stranger = factories.user(desk.office, "officer", factories.agency(desk.office, "SUD"))
    assert not callbacks.due(stranger, MONDAY).exists()


def test_a_new_call_settles_the_promise_and_ends_the_wait(desk: Desk) -> None:
    call(desk, call_back_on=TUESDAY)
    call(desk, "no_answer", today=MONDAY, call_back_on=TUESDAY, call_back_at=time(18))
    assert list(Callback.objects.order_by("pk").values_list("status", flat=True)) == ["done", "pending"]
    assert Hold.objects.filter(lifted_on=None).count() == 1


@pytest.mark.parametrize(
    ("on", "at", "said"),
    [
        (TODAY - timedelta(days=1), None, "aujourd’hui ou plus tard"),
        (TODAY + timedelta(days=6), None, "jour ouvré"),  # a Saturday
        (MONDAY, time(7, 30), "de 8"),
        (MONDAY, time(20, 0), "de 8"),
    ],
)
def test_nobody_is_promised_a_call_the_office_would_not_make(
    desk: Desk, on: date, at: Any, said: str
) -> None:
    with pytest.raises(DomainError, match=said):
        call(desk, call_back_on=on, call_back_at=at)
    assert not Callback.objects.exists() and not DiaryEntry.objects.exists()


def test_lifting_the_wait_cancels_the_call(desk: Desk) -> None:
    call(desk, call_back_on=TUESDAY)
    diary.lift_hold(hold=Hold.objects.get(), actor=desk.officer, today=TODAY)
    assert Callback.objects.get().status == "cancelled"


def test_correcting_the_call_cancels_what_it_promised(desk: Desk) -> None:
    entry = call(desk, call_back_on=TUESDAY)
    diary.correct(entry=entry, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert Callback.objects.get().status == "cancelled"
    assert not Hold.objects.filter(lifted_on=None).exists()


def test_cancelling_twice_says_so(desk: Desk) -> None:
    call(desk, call_back_on=TUESDAY)
    promised = Callback.objects.get()
    diary.cancel_callback(callback=promised, actor=desk.officer, today=TODAY)
    with pytest.raises(DomainError, match="déjà fait ou annulé"):
        diary.cancel_callback(callback=promised, actor=desk.officer, today=TODAY)


# Who may call, whom one may speak to ---------------------------------------------------------------------


def test_after_a_threat_only_a_head_calls(desk: Desk) -> None:
    flag = PersonFlag.objects.create(
        person=desk.account.person, kind="threat", reason="Menaces à l’accueil", raised_on=TODAY
    )
    assert not sheet(desk.account, desk.officer, TODAY).may_call
    with pytest.raises(DomainError, match="seul un responsable"):
        call(desk)
    head = factories.user(desk.office, "agency_head", desk.agency)
    assert sheet(desk.account, head, TODAY).may_call
    diary.log_call(account=desk.account, outcome="reached", actor=head, today=TODAY)
    PersonFlag.objects.filter(pk=flag.pk).update(lifted_on=TODAY)
    call(desk)
    assert DiaryEntry.objects.filter(kind="call").count() == 2


def test_an_occupant_is_a_third_party_a_co_holder_is_not(desk: Desk) -> None:
    for role, name in (("co_holder", "Karim"), ("occupant", "Tom")):
        person = factories.person(desk.office, "Durand", name)
        factories.contact(person, value=f"+3363998{len(name):04d}")
        AccountParty.objects.create(account=desk.account, person=person, role=role)
    found = sheet(desk.account, desk.officer, TODAY)
    assert [one.person.first_name for one in found.people] == ["Samira", "Karim"]
    assert [one.person.first_name for one in found.others] == ["Tom"]
    # The number of a third party is not offered to dial.
    assert [one.name for one in found.numbers] == ["Samira Durand", "Karim Durand"]


def test_a_guardian_is_called_instead_of_the_person(desk: Desk) -> None:
    guardian = factories.person(desk.office, "Roy", "Jeanne")
    factories.contact(guardian, value="+33639981199")
    LegalProtection.objects.create(
        person=desk.account.person, measure="tutelle", guardian=guardian, started_on=date(2025, 1, 1)
    )
    found = sheet(desk.account, desk.officer, TODAY)
    assert [one.person.first_name for one in found.people] == ["Jeanne"]
    assert [one.name for one in found.numbers] == ["Jeanne Roy"]


# The panel -------------------------------------------------------------------------------------------------


def test_the_number_that_works_comes_first_with_its_hour(desk: Desk) -> None:
    first = desk.account.person.contact_points.get()
    works = factories.contact(desk.account.person, value="+33261910001")
    wrong = factories.contact(desk.account.person, value="+33261910002", problem="wrong")
    entry = call(desk, "reached", contact_point=works)
    with rewritten():
        DiaryEntry.objects.filter(pk=entry.pk).update(at=f"{TODAY}T17:10:00+01:00")
    found = sheet(desk.account, desk.officer, TODAY)
    assert [one.point.pk for one in found.numbers] == [works.pk, first.pk, wrong.pk]
    best = found.numbers[0].best
    assert best is not None and (best.from_hour, best.answered, best.tried) == (17, 1, 1)


def test_what_changed_is_what_came_after_the_last_conversation(desk: Desk) -> None:
    factories.payment(desk.account, date(2026, 11, 10), 10000)
    call(desk, "reached", today=date(2026, 11, 15))
    factories.payment(desk.account, date(2026, 11, 20), 5000)
    call(desk, "no_answer")
    found = sheet(desk.account, desk.officer, TODAY)
    assert [line.replace("\u00a0", " ") for line in found.script.changed] == ["payé 50,00 € le 20/11/2026"]
    assert found.failures == 1


def test_the_panel_costs_the_same_whatever_the_history(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 15):
        factories.payment(desk.account, date(2026, 11, day), 100 + day)
        call(desk, "no_answer", today=date(2026, 11, day))
    with django_assert_max_num_queries(16):
        sheet(desk.account, desk.officer, TODAY)


def test_after_three_failures_the_procedure_takes_another_way(desk: Desk) -> None:
    install_defaults(office=desk.office, today=date(2026, 1, 1))
    diary.mark_step_done(account=desk.account, step="relance_1", actor=desk.officer, today=TODAY)

    def next_step() -> tuple[str | None, str]:
        found = AccountPosition.objects.get(account=desk.account)
        return found.next_step, found.why

    assert next_step()[0] == "appel"
    for _ in range(2):
        call(desk, "no_answer", step="appel")
    assert next_step()[0] == "appel"
    call(desk, "no_answer", step="appel")
    step, why = next_step()
    assert step == "autre_moyen" and "3 contacts sans réponse" in why.replace("\u00a0", " ")
    # Somebody answers: the telephone is a way again.
    call(desk, "reached")
    assert next_step()[0] != "autre_moyen"
