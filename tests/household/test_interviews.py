"""Interviews recorded: versions, the diary, promises, two officers at once, what follows the person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from amiable.core.models import AuditEvent
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Promise
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import Situation
from amiable.domain.household.people import HOLDER, Member
from amiable.household import queries, services
from amiable.household.models import Assessment, Draft
from amiable.positions.facts import frame
from amiable.procedures.services import install_defaults
from tests import factories
from tests.household.conftest import BUDGET, TODAY


def record(desk, **more):
    fields = {"account": desk.account, "told": desk.told(), "actor": desk.officer, "today": desk.today}
    return services.record_interview(**(fields | more))


def test_an_interview_keeps_what_was_told_and_what_it_gave(desk):
    made = record(desk)
    assert (made.number, made.assessed_on, made.debt_cents) == (1, TODAY, 60_000)
    assert (made.resources_cents, made.net_rent_cents, made.capacity_cents) == (150_000, 35_000, 20_042)
    assert queries.situation_of(made) == BUDGET
    assert made.result("capacity")["said"] == "200,42\u00a0€"
    assert "35" in made.result("net_rent")["formula"]
    assert made.result("months")["number"] == 3
    assert made.orientation_proposed == "conjoncturel"
    assert made.orientation_decided == ""  # proposed, never decided by the product


def test_it_writes_one_line_without_any_personal_text(desk):
    made = record(desk, told=desk.told(summary="Reprise d’emploi prévue en janvier"))
    line = DiaryEntry.objects.get(account=desk.account)
    assert (line.kind, line.on, line.actor, made.entry) == ("interview", TODAY, desk.officer, line)
    assert line.data == {
        "event": "assessed",
        "assessment_id": made.pk,
        "number": 1,
        "place": "agency",
        "capacity_cents": 20_042,
        "orientation": "",
    }
    assert line.note is None
    assert made.summary == "Reprise d’emploi prévue en janvier"


def test_without_meeting_anybody_it_is_a_situation_and_no_contact(desk):
    record(desk, told=desk.told(place="file"), step="appel")
    line = DiaryEntry.objects.get(account=desk.account)
    assert (line.kind, line.step) == ("household", "")


def test_each_talk_is_a_version_and_the_former_stays(desk):
    first, second = record(desk), record(desk, today=TODAY + timedelta(days=30))
    assert (first.number, second.number) == (1, 2)
    assert queries.latest(desk.account) == second
    assert queries.latest(desk.account, TODAY) == first
    assert queries.before(second) == first
    assert queries.before(first) is None


def test_the_household_follows_its_person_to_another_account(desk):
    made = record(desk)
    other = factories.account(desk.office, "C0099999", person=desk.account.person, agency=desk.agency)
    stranger = factories.account(desk.office, "C0088888", agency=desk.agency)
    assert queries.latest(other) == made
    assert queries.capacity_of(other, TODAY) == 20_042
    assert queries.capacity_of(stranger, TODAY) is None
    assert queries.capacity_of(desk.account, TODAY - timedelta(days=1)) is None


def test_nothing_missing_prevents_an_interview(desk):
    bare = services.Told(situation=Situation((Member(HOLDER, 40),)))
    made = record(desk, told=bare)
    assert made.orientation_proposed == ""
    assert made.capacity_cents == 0


def test_a_promise_is_followed_by_the_ledger(desk):
    told = desk.told(commitment="promise", commitment_cents=15_000, commitment_on=date(2026, 12, 5))
    record(desk, told=told)
    promise = Promise.objects.get(account=desk.account)
    assert (promise.amount_cents, promise.due_on) == (15_000, date(2026, 12, 5))


@pytest.mark.parametrize(
    "more",
    [
        {"commitment": "promise"},
        {"commitment": "promise", "commitment_cents": 100},
        {"cause": "lazy"},
        {"orientation": "exclusion"},
        {"place": "street"},
        {"summary": "Mauvais payeur notoire"},
    ],
)
def test_what_is_refused_leaves_nothing(desk, more):
    with pytest.raises(DomainError):
        record(desk, told=desk.told(**more))
    assert not Assessment.objects.exists()
    assert not DiaryEntry.objects.exists()


def test_two_officers_at_once_the_second_is_told_and_loses_nothing(desk):
    colleague = factories.user(desk.office, "officer", desk.agency, first_name="Ali", last_name="Benali")
    version = desk.account.version
    services.save_draft(account=desk.account, values={"age": "41"}, actor=colleague, now=timezone.now())
    record(desk, version=version)
    with pytest.raises(DomainError) as refusal:
        record(desk, actor=colleague, version=version)
    assert refusal.value.code == "stale"
    assert "a noté la situation du ménage" in refusal.value.message_fr
    assert Assessment.objects.count() == 1
    assert Draft.objects.get().values == {"age": "41"}


def test_a_draft_is_one_per_officer_and_ends_with_the_interview(desk):
    for values in ({"age": "4"}, {"age": "41"}):
        services.save_draft(account=desk.account, values=values, actor=desk.officer, now=timezone.now())
    assert Draft.objects.get().values == {"age": "41"}
    record(desk)
    assert not Draft.objects.exists()


def test_the_officer_decides_the_orientation_and_may_change_it(desk):
    made = record(desk)
    services.decide_orientation(assessment=made, orientation="structurel", actor=desk.officer, today=TODAY)
    made.refresh_from_db()
    assert (made.orientation_proposed, made.orientation_decided) == ("conjoncturel", "structurel")
    assert AuditEvent.objects.filter(verb="household.oriented").count() == 1
    other = Assessment.objects.get()
    other.orientation_decided = ""  # what a colleague's older screen had read
    with pytest.raises(DomainError):
        services.decide_orientation(assessment=other, orientation="refus", actor=desk.officer, today=TODAY)


def test_facts_tell_the_newest_situation_and_forget_a_corrected_one(desk):
    install_defaults(office=desk.office, today=TODAY)

    def facts(on):
        return frame(office=desk.office, as_of=on, ids=[desk.account.pk]).row(0, named=True)

    assert facts(TODAY)["capacity_cents"] is None
    made = record(desk, told=desk.told(orientation="conjoncturel"))
    told = facts(TODAY + timedelta(days=5))
    assert (told["assessed_on"], told["days_since_assessment"]) == (TODAY, 5)
    assert (told["capacity_cents"], told["orientation"]) == (20_042, "conjoncturel")
    diary.correct(entry=made.entry, reason="Saisi sur le mauvais compte", actor=desk.officer, today=TODAY)
    assert facts(TODAY)["capacity_cents"] is None
    assert queries.latest(desk.account) is None


def test_erased_for_good_the_diary_keeps_only_that_there_was_a_talk(desk):
    made = record(desk, told=desk.told(summary="Deux enfants en études"))
    head = factories.user(desk.office, "agency_head", desk.agency)
    with pytest.raises(PermissionDenied):
        services.erase(assessment=made, actor=desk.officer)
    services.erase(assessment=made, actor=head)
    assert not Assessment.objects.exists()
    assert DiaryEntry.objects.get(account=desk.account).kind == "interview"
    assert queries.capacity_of(desk.account, TODAY) is None
