"""Procedures of an office: shipped profiles, drafts, publication, policy, instructions."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from amiable.core.models import AuditEvent, Office, User
from amiable.domain.decision import procedure
from amiable.domain.errors import DomainError
from amiable.procedures import instructions, services
from amiable.procedures.in_force import load_book, policy_of
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion
from amiable.procedures.simulation import simulate
from tests.factories import organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def office() -> Office:
    made = organisation.office()
    services.install_defaults(office=made, today=TODAY - timedelta(days=100))
    return made


@pytest.fixture
def head(office: Office) -> User:
    return organisation.user(office, User.Role.SERVICE_HEAD)


def owing(age: int, **facts: object) -> pl.DataFrame:
    row = {"account_id": 1, "nature": "loyer", "overdue_cents": 60000, "age_days": age, "status": "present"}
    return pl.DataFrame([row | facts])


def edited(draft: ProcedureVersion, code: str, **changes: object) -> dict:
    data = dict(procedure.load(draft.source).data)
    data["steps"] = [step | changes if step["code"] == code else step for step in data["steps"]]
    return data


def test_shipped_profiles_are_installed_once_and_each_nature_gets_its_own(office: Office) -> None:
    assert services.install_defaults(office=office, today=TODAY) == []
    codes = set(ProcedureVersion.objects.values_list("code", flat=True))
    assert codes == {"standard", "coop-42", "oph-prevention"}
    assert ProcedureAssignment.objects.get(office=office).code == "standard"
    accountant = organisation.office("valmont", kind="local_accountant")
    services.install_defaults(office=accountant, today=TODAY)
    assert dict(accountant.procedure_assignments.values_list("nature", "code")) == {
        "impot": "office-reminders",
        "amende": "office-reminders",
        "cantine": "comptable-local",
        "hopital": "comptable-local",
        "divers": "comptable-local",
    }


def test_a_draft_is_worked_on_then_published_once(office: Office, head: User) -> None:
    draft = services.open_draft(office=office, code="standard", actor=head)
    assert services.open_draft(office=office, code="standard", actor=head).pk == draft.pk
    services.save_draft(
        draft=draft, data=edited(draft, "appel", mode="manual", label="Téléphoner"), actor=head
    )
    draft.refresh_from_db()
    published = services.publish(draft=draft, actor=head, today=TODAY, reason="Essai")
    assert (published.version, published.published_on) == (2, TODAY)
    assert AuditEvent.objects.filter(verb="procedure.published").count() == 1
    with pytest.raises(DomainError, match="rien n’a été changé"):
        services.publish(draft=draft, actor=head, today=TODAY)
    with pytest.raises(DomainError, match="publié ou modifié entre-temps"):
        services.save_draft(draft=published, data=edited(published, "appel"), actor=head)
    with pytest.raises(DomainError, match="publiée"):
        services.discard_draft(draft=published, actor=head)


def test_harsher_than_the_law_stays_a_draft_and_names_the_article(office: Office, head: User) -> None:
    draft = services.open_draft(office=office, code="standard", actor=head)
    services.save_draft(draft=draft, data=edited(draft, "relance_1", fee_cents=1000), actor=head)
    draft.refresh_from_db()
    with pytest.raises(DomainError, match="DUN-01.*89-462"):
        services.publish(draft=draft, actor=head, today=TODAY)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"channels": ["letter"], "template": "relance_9"}, "n’existe pas"),
        ({"channels": ["letter"], "template": "relance_public"}, "n’existe pas"),
        ({"channels": ["sms"], "template": "relance_2"}, "n’est pas fait pour ce canal"),
        ({"mentions": ["horoscope"]}, "ne porte pas la mention"),
    ],
)
def test_a_sending_needs_a_wording_made_for_it(
    office: Office, head: User, changes: dict, reason: str
) -> None:
    draft = services.open_draft(office=office, code="standard", actor=head)
    services.save_draft(draft=draft, data=edited(draft, "relance_2", **changes), actor=head)
    draft.refresh_from_db()
    with pytest.raises(DomainError, match=reason):
        services.publish(draft=draft, actor=head, today=TODAY)


def test_an_open_case_stays_on_its_version_unless_a_version_takes_it_over(office: Office, head: User) -> None:
    draft = services.open_draft(office=office, code="standard", actor=head)
    later = {
        "after": [{"step": "relance_1", "days": 20}],
        "when": {"fact": "age_days", "op": ">=", "value": 15},
    }
    services.save_draft(draft=draft, data=edited(draft, "relance_2", **later), actor=head)
    draft.refresh_from_db()
    services.publish(draft=draft, actor=head, today=TODAY - timedelta(days=5))
    started_before = owing(20, **{"days_since.relance_1": 10, "days_since.appel": 9})
    started_after = owing(20, **{"days_since.relance_1": 4, "days_since.appel": 4})
    book = load_book(office, TODAY)
    assert book.decide(started_before, TODAY)["next_step"].item() == "relance_2"
    assert book.decide(started_before, TODAY)["next_step_on"].item() == TODAY
    assert book.decide(started_after, TODAY)["next_step_on"].item() == TODAY + timedelta(days=16)

    again = services.open_draft(office=office, code="standard", actor=head)
    services.publish(draft=again, actor=head, today=TODAY - timedelta(days=1), move_open_cases=True)
    moved = load_book(office, TODAY).decide(started_before, TODAY)
    assert moved["procedure_version"].item() == again.pk
    assert moved["next_step_on"].item() == TODAY + timedelta(days=10)
    # As the office stood before that publication, the case is still where it was.
    past = TODAY - timedelta(days=2)
    assert load_book(office, past).versions(started_before, past).item() != again.pk


def test_the_book_keeps_the_order_of_accounts_and_decides_each_nature_by_its_own_procedure() -> None:
    office = organisation.office("valmont", kind="local_accountant")
    services.install_defaults(office=office, today=TODAY)
    rows = [
        {"account_id": i, "nature": nature, "overdue_cents": 5000, "balance_cents": 5000, "age_days": 40}
        for i, nature in enumerate(["impot", "cantine", "amende", "divers"])
    ]
    decided = load_book(office, TODAY).decide(pl.DataFrame(rows), TODAY)
    assert decided["account_id"].to_list() == [0, 1, 2, 3]
    assert decided["next_step"].to_list() == ["rappel_1", "relance", "rappel_1", "relance"]
    empty = load_book(office, TODAY).decide(pl.DataFrame(rows).clear(), TODAY)
    assert empty.is_empty() and empty.columns == decided.columns


def test_simulation_counts_what_would_change_and_writes_nothing(office: Office, head: User) -> None:
    draft = services.open_draft(office=office, code="standard", actor=head)
    sooner = {"fact": "age_days", "op": ">=", "value": 12}
    data = edited(draft, "relance_1", when=sooner)
    frame = pl.concat([owing(age).with_columns(account_id=pl.lit(age)) for age in (5, 9, 13)])
    found = simulate(load_book(office, TODAY), procedure.from_data(data), frame, TODAY)
    by_code = {count.code: (count.before, count.after) for count in found.steps}
    assert by_code == {"relance_1": (2, 1), "appel": (0, 1)}
    assert {row["account_id"] for row in found.changed} == {5, 9}
    assert (found.accounts, found.changed_count) == (3, 2)


def test_policy_keeps_its_history_and_its_bounds(office: Office, head: User) -> None:
    services.set_policy(office=office, key="reminder_floor_cents", value=3000, actor=head, today=TODAY)
    assert policy_of(office, TODAY - timedelta(days=1))["reminder_floor_cents"] == 1500
    assert policy_of(office, TODAY)["reminder_floor_cents"] == 3000
    assert (
        load_book(office, TODAY).decide(owing(9, overdue_cents=2500), TODAY)["held_by"].item()
        == "below_floor"
    )
    with pytest.raises(DomainError, match="DUN-08"):
        services.set_policy(office=office, key="contact_from_hour", value=4, actor=head, today=TODAY)


def test_instructions_show_on_their_step_until_they_end_and_are_acknowledged_once(
    office: Office, head: User
) -> None:
    officer = organisation.user(office)
    given = instructions.give(
        office=office, step_code="appel", text="Proposer le FSL.", starts_on=TODAY, actor=head
    )
    at = {"office_id": office.pk, "at": TODAY}
    assert list(instructions.for_step(step_code="appel", **at)) == [given]
    assert not instructions.for_step(step_code="relance_1", **at)
    assert list(instructions.unread(user=officer, at=TODAY)) == [given]
    assert not instructions.unread(user=head, at=TODAY)
    instructions.acknowledge(instruction=given, user=officer)
    instructions.acknowledge(instruction=given, user=officer)
    assert given.acknowledgements.count() == 1 and not instructions.unread(user=officer, at=TODAY)
    instructions.end(instruction=given, actor=head, today=TODAY)
    assert not instructions.active(office_id=office.pk, at=TODAY + timedelta(days=1))
    with pytest.raises(DomainError):
        instructions.give(office=office, step_code="", text=" ", starts_on=TODAY, actor=head)
