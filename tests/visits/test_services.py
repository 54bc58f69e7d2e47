"""Decided, planned, made, reported: each once, in order, and told where it must be."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from amiable.correspondence import store
from amiable.diary.models import DiaryEntry, Note, Promise
from amiable.domain.errors import DomainError
from amiable.parties.models import PersonFlag
from amiable.positions.queries import explain
from amiable.visits import services
from amiable.visits.lifecycle import State
from amiable.visits.models import Photo, Report, Round, Visit
from amiable.visits.planning import TWO_NEEDED, UNKNOWN_ADDRESS
from amiable.visits.services import Findings
from tests.visits.conftest import NOW, TODAY, Desk
from tests.visits.pictures import GPS, exif, jpeg

TOMORROW = TODAY + timedelta(days=1)


def threat(visit_or_account: object) -> None:
    account = getattr(visit_or_account, "account", visit_or_account)
    PersonFlag.objects.create(
        person=account.person, kind="threat", reason="Menace au guichet", raised_on=TODAY
    )


def test_a_visit_is_decided_once(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    visit = desk.accepted(account, from_at=time(14), to_at=time(16), note="Interphone 12")
    assert (visit.state, visit.note and visit.note.text) == (State.TO_PLAN, "Interphone 12")
    with pytest.raises(DomainError, match="déjà décidée"):
        desk.accepted(account)


def test_a_decided_visit_is_no_longer_proposed(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    desk.accepted(account)
    facts, _ = explain(account=account, as_of=TODAY)
    assert facts["visit_decided"] is True
    assert facts["next_step"] != "visite"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minutes": 0}, "durée"),
        ({"minutes": 1000}, "durée"),
        ({"from_at": time(15), "to_at": time(14)}, "commencer"),
    ],
)
def test_an_impossible_visit_is_refused(desk: Desk, changes: dict, said: str) -> None:
    with pytest.raises(DomainError, match=said):
        desk.accepted(desk.account("A1", "1 rue du Bac"), **changes)
    assert not Visit.objects.exists()


def test_nobody_who_left_and_nobody_without_address_is_visited(desk: Desk) -> None:
    gone, nowhere = desk.account("A1", "1 rue du Bac"), desk.account("A2", "")
    gone.status = "parti"
    for account, code in ((gone, "visit_left"), (nowhere, "visit_no_address")):
        with pytest.raises(DomainError) as refused:
            desk.accepted(account)
        assert refused.value.code == code


def test_after_a_threat_only_a_head_decides_and_two_agents_go(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    threat(account)
    with pytest.raises(DomainError, match="responsable"):
        desk.accepted(account)
    assert desk.accepted(account, actor=desk.head).needs_two


def test_a_refused_proposal_sets_the_step_aside_with_its_reason(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    services.refuse(account=account, reason="Rencontrée hier à l’agence", actor=desk.officer, today=TODAY)
    entry = account.diary.get(kind="step_skipped")
    assert (entry.step, entry.note and entry.note.text) == ("visite", "Rencontrée hier à l’agence")


def test_a_round_holds_what_fits_and_says_why_the_rest_waits(desk: Desk) -> None:
    near = desk.accepted(desk.account("A1", "1 rue du Bac"))
    town = desk.accepted(desk.account("A2", "7 rue Perdue", "Saint-Aubin", "45991"))
    nowhere = desk.accepted(desk.account("A3", "7 rue Perdue"))
    pair = desk.accepted(desk.account("A4", "3 rue des Vignes"), needs_two=True)
    tour, found = services.plan_round(
        agency=desk.agency, on=TOMORROW, agent=desk.officer, actor=desk.officer, today=TODAY
    )
    placed = list(tour.visits.order_by("rank"))
    assert {visit.pk for visit in placed} == {near.pk, town.pk}
    assert [visit.rank for visit in placed] == [1, 2]
    assert all(visit.state == State.PLANNED and visit.arrives_at < visit.leaves_at for visit in placed)
    assert {visit.pk: why for visit, why in found.left} == {nowhere.pk: UNKNOWN_ADDRESS, pair.pk: TWO_NEEDED}
    assert any("centre de la commune" in warning for warning in found.warnings)


def test_a_signal_raised_after_the_decision_asks_for_two_agents(desk: Desk) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    threat(visit)
    with pytest.raises(DomainError, match="deux agents"):
        services.plan_round(
            agency=desk.agency, on=TOMORROW, agent=desk.officer, actor=desk.officer, today=TODAY
        )
    tour, _ = services.plan_round(
        agency=desk.agency,
        on=TOMORROW,
        agent=desk.officer,
        second_agent=desk.head,
        actor=desk.officer,
        today=TODAY,
    )
    assert tour.visits.get() == visit


def test_an_agent_has_one_round_a_day_and_none_in_the_past(desk: Desk) -> None:
    for number, on in enumerate((TOMORROW, TOMORROW), start=1):
        desk.accepted(desk.account(f"A{number}", f"{number} rue du Bac"))
        arguments = {
            "agency": desk.agency,
            "on": on,
            "agent": desk.officer,
            "actor": desk.officer,
            "today": TODAY,
        }
        if number == 1:
            services.plan_round(**arguments)
        else:
            with pytest.raises(DomainError, match="déjà une tournée"):
                services.plan_round(**arguments)
    assert Visit.objects.filter(state=State.TO_PLAN).count() == 1
    with pytest.raises(DomainError, match="plus tard"):
        services.plan_round(**{**arguments, "on": TODAY - timedelta(days=1)})


def test_a_visit_leaves_its_round_and_a_round_is_undone(desk: Desk) -> None:
    for number in (1, 2):
        desk.accepted(desk.account(f"A{number}", f"{number} rue du Bac"))
    tour, _ = services.plan_round(
        agency=desk.agency, on=TODAY, agent=desk.officer, actor=desk.officer, today=TODAY
    )
    first = tour.visits.order_by("rank").first()
    assert first is not None
    services.take_off(visit=first, actor=desk.officer)
    assert (first.state, first.round_id, first.arrives_at) == (State.TO_PLAN, None, None)
    assert services.drop_round(tour=tour, actor=desk.officer) == 1
    assert not Round.objects.exists()
    assert Visit.objects.filter(state=State.TO_PLAN).count() == 2


def test_a_report_is_the_visit_in_the_diary_and_in_the_procedure(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    visit = desk.accepted(account)
    found = Findings(
        "absent", ("mail_piled", "shutters_closed"), said="Rien vu par la fenêtre", notice_left=True
    )
    made = desk.reported(visit, found=found)
    visit.refresh_from_db()
    entry = account.diary.get(kind="visit")
    assert (entry.step, entry.outcome, entry.on) == ("visite", "no_answer", TODAY)
    assert (visit.state, made.occupancy) == (State.DONE, ["mail_piled", "shutters_closed"])
    facts, _ = explain(account=account, as_of=TODAY)
    assert (facts["days_since.visite"], facts["visit_decided"]) == (0, False)
    assert facts["failed_contacts"] == 1


def test_somebody_met_is_a_contact_and_their_promise_is_followed(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    found = Findings(
        "present", commitments=("wants_plan",), promise_cents=5_000, promise_on=TODAY + timedelta(days=6)
    )
    desk.reported(desk.accepted(account), found=found)
    facts, _ = explain(account=account, as_of=TODAY)
    assert (facts["last_contact_on"], facts["failed_contacts"]) == (TODAY, 0)
    assert Promise.objects.get(account=account).amount_cents == 5_000


def test_a_report_sent_again_is_the_same_report(desk: Desk) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    uuid, photo = uuid4(), uuid4()
    pictures = {photo: jpeg(exif(6))}
    first = desk.reported(visit, uuid=uuid, pictures=pictures)
    assert desk.reported(visit, uuid=uuid, pictures=pictures) == first
    assert (Report.objects.count(), Photo.objects.count()) == (1, 1)
    assert DiaryEntry.objects.filter(kind="visit").count() == 1
    assert GPS not in store.read(Photo.objects.get().document)


def test_two_reports_of_one_visit_are_both_kept_and_the_second_flagged(desk: Desk) -> None:
    account = desk.account("A1", "1 rue du Bac")
    visit = desk.accepted(account)
    first, second = desk.reported(visit), desk.reported(visit, "refused", actor=desk.head)
    assert (first.is_second, second.is_second) == (False, True)
    assert account.diary.filter(kind="visit", step="visite").count() == 1
    assert account.diary.filter(kind="visit").count() == 2


def test_a_cancelled_visit_takes_no_report(desk: Desk) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    services.cancel(visit=visit, reason="Payé entre-temps", actor=desk.officer, today=TODAY)
    with pytest.raises(DomainError, match="annulée"):
        desk.reported(visit)


@pytest.mark.parametrize(
    "found",
    [
        Findings("gone"),
        Findings("absent", ("smells",)),
        Findings("absent", commitments=("wants_plan",)),
        Findings("present", dwelling=("in_order", "damp")),
        Findings("present", notice_left=True),
        Findings("absent", promise_cents=100, promise_on=date(2026, 12, 1)),
        Findings("present", promise_cents=100),
        Findings("present", said="C’est un alcoolique"),
    ],
)
def test_what_is_no_fact_or_contradicts_itself_keeps_nothing(desk: Desk, found: Findings) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    with pytest.raises(DomainError):
        desk.reported(visit, found=found, pictures={uuid4(): jpeg()})
    assert not Report.objects.exists()
    assert not Note.objects.exists()
    visit.refresh_from_db()
    assert visit.state == State.TO_PLAN


def test_one_bad_photo_refuses_the_whole_report(desk: Desk) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    with pytest.raises(DomainError, match="JPEG"):
        desk.reported(visit, pictures={uuid4(): jpeg(), uuid4(): b"no picture"})
    assert not Report.objects.exists()


def test_a_visit_made_tomorrow_is_refused(desk: Desk) -> None:
    visit = desk.accepted(desk.account("A1", "1 rue du Bac"))
    with pytest.raises(DomainError, match="avenir"):
        desk.reported(visit, visited_at=NOW + timedelta(hours=1))
