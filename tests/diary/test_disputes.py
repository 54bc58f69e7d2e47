"""Disputes: set apart, owned, answered by a day, decided once; the money follows the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amiable.diary import disputes
from amiable.diary import services as diary
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry, Dispute, Task
from amiable.domain.errors import DomainError
from tests.diary.conftest import TODAY, Desk


def contest(desk: Desk, cents: int | None = 31_000) -> Dispute:
    return disputes.open_dispute(
        account=desk.account,
        motive="charges",
        reason="Relevé d’eau à vérifier",
        disputed_cents=cents,
        actor=desk.officer,
        today=TODAY,
    )


def apart(desk: Desk) -> list[int | None]:
    return list(desk.account.holds.filter(active_on(TODAY)).values_list("disputed_cents", flat=True))


def decide(desk: Desk, dispute: Dispute, decision: str, **more: int) -> Dispute:
    return disputes.decide(dispute=dispute, decision=decision, actor=desk.officer, today=TODAY, **more)


def test_it_is_set_apart_with_an_owner_and_a_day(desk: Desk) -> None:
    dispute = contest(desk)
    assert apart(desk) == [31_000] and dispute.owner is not None
    assert dispute.answer_by_on == TODAY + timedelta(days=30)


def test_unfounded_is_asked_again_at_once(desk: Desk) -> None:
    decide(desk, contest(desk), "unfounded")
    assert apart(desk) == [] and not Task.objects.exists()


def test_founded_stays_apart_until_the_correction(desk: Desk) -> None:
    dispute = decide(desk, contest(desk), "founded")
    assert apart(desk) == [31_000]
    assert "310,00" in Task.objects.get(code="correction").text
    disputes.note_corrected(dispute=dispute, actor=desk.officer, today=TODAY)
    assert apart(desk) == [] and Dispute.objects.get().decision == "founded"


def test_partly_founded_releases_the_rest(desk: Desk) -> None:
    dispute = contest(desk)
    for wrong in (0, 31_000):
        with pytest.raises(DomainError, match="montant reconnu"):
            decide(desk, dispute, "partly", founded_cents=wrong)
    decide(desk, dispute, "partly", founded_cents=12_000)
    assert apart(desk) == [12_000]


def test_it_is_decided_once(desk: Desk) -> None:
    dispute = contest(desk)
    decide(desk, dispute, "unfounded")
    with pytest.raises(DomainError, match="déjà tranchée"):
        decide(desk, dispute, "founded")


def test_unanswered_at_the_limit_becomes_work_once(desk: Desk) -> None:
    dispute = contest(desk)
    late = dispute.answer_by_on
    assert disputes.remind_late(office=desk.office, as_of=late - timedelta(days=1)) == 0
    assert disputes.remind_late(office=desk.office, as_of=late) == 1
    assert disputes.remind_late(office=desk.office, as_of=late) == 0
    assert Task.objects.get(code="dispute_late").assignee == dispute.owner


def test_lifting_the_wait_or_correcting_its_line_withdraws_it(desk: Desk) -> None:
    first, second = contest(desk), contest(desk, None)
    diary.lift_hold(hold=first.hold, actor=desk.officer, today=TODAY)
    line = DiaryEntry.objects.get(kind="dispute", data__hold_id=second.hold_id)
    diary.correct(entry=line, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert set(Dispute.objects.values_list("decision", flat=True)) == {"withdrawn"}


def test_an_exhibit_is_kept_with_the_account(desk: Desk) -> None:
    dispute = contest(desk)
    for content, media in ((b"", "application/pdf"), (b"x", "text/html")):
        with pytest.raises(DomainError, match="PDF ou une image"):
            disputes.add_exhibit(
                dispute=dispute,
                title="Relevé",
                content=content,
                media_type=media,
                actor=desk.officer,
                today=TODAY,
            )
    disputes.add_exhibit(
        dispute=dispute,
        title="Relevé",
        content=b"%PDF-1.4",
        media_type="application/pdf",
        actor=desk.officer,
        today=TODAY,
    )
    assert desk.account.documents.get() in dispute.exhibits.all()
