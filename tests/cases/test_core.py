"""The one way to make a dossier: opened once, complete before it leaves, its limits met or explained."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.cases import kinds, services, watching
from amiable.cases.models import Dossier
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary.models import Task
from amiable.domain.cases import family as pure
from amiable.domain.decision.facts import FACTS
from amiable.domain.errors import DomainError
from amiable.positions.facts import frame
from tests.cases.conftest import TODAY, Desk, noon, propose

CONSTITUTED, LIMIT = date(2026, 11, 1), date(2027, 1, 1)


def letter(desk: Desk, on: date) -> Document:
    return store.add_document(
        office=desk.office, code="courrier_caf", title="Lettre", content=b"%PDF-1.7 x", dated_on=on,
        actor=desk.officer, account=desk.account,
    )  # fmt: skip


def with_bank_letter(desk: Desk) -> None:
    """A step tried, so that the pack of evidence is not empty."""
    from amiable.diary.doings import log_call

    log_call(account=desk.account, outcome="reached", actor=desk.officer, today=TODAY)
    desk.account.refresh_from_db()


def test_every_kind_has_its_facts_and_a_sound_declaration() -> None:
    for code, kind in kinds.every().items():
        assert {f"dossier_{code}_{told}" for told in ("open", "sent_on", "answer")} <= set(FACTS)
        assert kind.facts_needed()
        for name in (each for answer in kind.events for each in answer.stages):
            assert name in pure.STAGE_LABELS
        stages = set(kind.family.lifecycle.moves)
        assert {kind.leads_to(event, kind.family.leaves) for event in kind.events} <= stages


def test_a_constituted_debt_opens_one_dossier_whatever_the_nights(desk: Desk) -> None:
    assert propose(desk.office, TODAY) == 1
    assert propose(desk.office, TODAY) == 0
    made = Dossier.objects.get(kind="caf")
    assert (made.event_on, made.regime, made.limit_on) == (CONSTITUTED, "CAF-02", LIMIT)
    assert made.fields["dette"] == 50_000
    assert [line.rule for line in made.limits.all()] == ["CAF-04"]


def test_due_tells_the_limit_and_what_is_missing(desk: Desk) -> None:
    rows = services.due(office=desk.office, as_of=TODAY)
    caf = rows.filter(rows["kind"] == "caf").row(0, named=True)
    assert (caf["opens_on"], caf["limit_on"], caf["rule"], caf["is_due"]) == (
        CONSTITUTED,
        LIMIT,
        "CAF-04",
        True,
    )
    assert watching.missing_pieces(desk.office, rows, TODAY)[desk.account.pk, "caf"] == ["demarches"]


def test_an_incomplete_dossier_does_not_leave(desk: Desk) -> None:
    made = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    assert made.stage == pure.TO_PREPARE
    with pytest.raises(DomainError, match="démarches"):
        services.send(dossier=made, way="portal", actor=desk.officer, now=noon(TODAY))


def test_a_missing_piece_creates_its_request_once(desk: Desk) -> None:
    made = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    asked = made.pieces.get(code="demarches")
    assert asked.state == "requested" and asked.task.assignee == desk.account.officer
    assert services.request_missing(made, actor=desk.officer, today=TODAY) == 0
    assert services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY) == made
    assert Task.objects.filter(code="piece").count() == 1


def sent(desk: Desk, on: date = TODAY, **more: str) -> Dossier:
    with_bank_letter(desk)
    made = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    desk.refresh(on)
    return services.send(dossier=made, way="portal", actor=desk.officer, now=noon(on), **more)


def test_sending_meets_the_limit_marks_the_step_and_is_no_longer_due(desk: Desk) -> None:
    made = sent(desk)
    assert made.stage == pure.SENT and made.limits.get().met_on == TODAY
    assert desk.account.diary.filter(kind="dossier", step="signalement_caf", on=TODAY).count() == 1
    rows = services.due(office=desk.office, as_of=TODAY)
    assert "caf" not in rows["kind"].to_list()
    known = frame(office=desk.office, as_of=TODAY, ids=[desk.account.pk]).row(0, named=True)
    assert known["dossier_caf_open"] and known["dossier_caf_sent_on"] == TODAY


@pytest.mark.parametrize(("on", "late"), [(LIMIT.replace(day=1), False), (date(2027, 1, 2), True)])
def test_a_late_sending_says_why(desk: Desk, on: date, late: bool) -> None:
    if late:
        with pytest.raises(DomainError, match="dépassée"):
            sent(desk, on)
        made = Dossier.objects.get(kind="caf")
        services.send(
            dossier=made, way="portal", actor=desk.officer, now=noon(on), late_reason="Portail fermé."
        )
        made.refresh_from_db()
        assert made.limits.get().reason is not None
    else:
        assert sent(desk, on).limits.get().reason is None


def test_an_answer_starts_its_delay_and_keeps_its_letter(desk: Desk) -> None:
    made = sent(desk)
    with pytest.raises(DomainError, match="lettre"):
        services.record_event(dossier=made, code="plan_demande", on=TODAY, actor=desk.officer, today=TODAY)
    made = services.record_event(
        dossier=made, code="plan_demande", on=TODAY, actor=desk.officer, today=TODAY,
        document=letter(desk, TODAY),
    )  # fmt: skip
    assert made.limit_on == date(2027, 5, 12)
    assert desk.account.tasks.get(code="caf_plan").due_on == date(2027, 5, 12)


def test_two_officers_at_once_the_second_is_told(desk: Desk) -> None:
    made = sent(desk)
    stale = Dossier.objects.get(pk=made.pk)
    services.close_dossier(dossier=made, actor=desk.officer, today=TODAY)
    with pytest.raises(DomainError, match="terminé"):
        services.acknowledge(dossier=stale, on=TODAY, actor=desk.officer, today=TODAY)


def test_a_departed_tenant_is_not_signalled(desk: Desk) -> None:
    Account.objects.filter(pk=desk.account.pk).update(status="parti")
    desk.account.refresh_from_db()
    assert propose(desk.office, TODAY) == 0
    with pytest.raises(DomainError, match="départ"):
        services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)


def test_a_limit_nobody_met_is_closed_with_a_reason_only(desk: Desk) -> None:
    made = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    with pytest.raises(DomainError, match="motif|pourquoi"):
        services.close_dossier(dossier=made, actor=desk.officer, today=TODAY)
    services.close_dossier(dossier=made, actor=desk.officer, today=TODAY, reason="Dette réglée ce matin.")
    assert made.limits.get().closed_on == TODAY
