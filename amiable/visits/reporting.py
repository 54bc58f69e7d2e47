"""What was seen and heard at the door: received once, whatever the network did, and told to the diary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from amiable.core.access import require
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.correspondence import store
from amiable.diary import promises
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import Kind, add_note, close, open_for, write
from amiable.domain.contact import visit_findings as findings
from amiable.domain.errors import DomainError
from amiable.visits import photos
from amiable.visits.lifecycle import LIFECYCLE, State
from amiable.visits.models import Photo, Report, Visit
from amiable.visits.proposals import STEP

Outcome: Any = DiaryEntry.Outcome
OUTCOMES = {
    "present": Outcome.REACHED,
    "refused": Outcome.REFUSED,
    "absent": Outcome.NO_ANSWER,
    "third_party": Outcome.THIRD_PARTY,
}
PHOTO = "photo_visite"
#: A telephone's clock may be a little ahead of the server's.
_CLOCK_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Findings:
    """The structured part of a report (codes of domain.visit_findings), what was said, a promise to pay."""

    outcome: str
    occupancy: tuple[str, ...] = ()
    dwelling: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    said: str = ""
    notice_left: bool = False
    promise_cents: int | None = None
    promise_on: date | None = None


@transaction.atomic
def report(
    *,
    visit: Visit,
    uuid: UUID,
    found: Findings,
    visited_at: datetime,
    actor: User,
    now: datetime,
    pictures: Mapping[UUID, bytes] | None = None,
) -> Report:
    """One report, once: the same uuid gives the report already received. Photos come with it.

    A visit that already has one keeps both: the second is flagged, and leaves the ledger and the procedure
    as the first set them. Raises DomainError when something is not as it should be: nothing is kept then.
    """
    require(actor, "work_accounts")
    account, today = visit.account, now.date()
    open_for(account, actor=actor, version=None)
    before = Report.objects.filter(uuid=uuid).first()
    if before is not None:
        return _same(before, visit)
    _check(found, visited_at, now, pictures or {})
    visit.refresh_from_db()
    is_second = Report.objects.filter(visit=visit).exists()
    if not is_second and not LIFECYCLE.allows(visit.state, State.DONE):
        raise DomainError(
            "visit_closed", "Cette visite a été annulée : le rapport n’a pas été enregistré. Voyez l’agence."
        )
    made = Report.objects.create(
        office_id=visit.office_id,
        visit=visit,
        uuid=uuid,
        agent=actor,
        visited_at=visited_at,
        outcome=found.outcome,
        occupancy=sorted(set(found.occupancy)),
        dwelling=sorted(set(found.dwelling)),
        commitments=sorted(set(found.commitments)),
        said=add_note(account, found.said, actor=actor),
        notice_left=found.notice_left,
        is_second=is_second,
    )
    _keep_photos(made, pictures or {}, actor)
    _tell(made, found, actor, today)
    close(
        account, "visit.reported", actor=actor, today=today, target=made,
        outcome=found.outcome, second=is_second,
    )  # fmt: skip
    return made


def _same(before: Report, visit: Visit) -> Report:
    if before.visit_id != visit.pk:
        raise DomainError("report_elsewhere", "Ce rapport a déjà été reçu pour une autre visite.")
    return before


def _check(found: Findings, visited_at: datetime, now: datetime, pictures: Mapping[UUID, bytes]) -> None:
    findings.check(found.outcome, found.occupancy, found.dwelling, found.commitments)
    if visited_at > now + _CLOCK_MARGIN:
        raise DomainError("report_future", "L’heure de la visite est dans l’avenir : vérifiez le téléphone.")
    if len(pictures) > photos.MAX_PHOTOS:
        raise DomainError("photos_many", f"Un rapport porte au plus {photos.MAX_PHOTOS} photos.")
    if bool(found.promise_cents) != bool(found.promise_on):
        raise DomainError("promise_half", "Une promesse a un montant et une date.")
    if found.promise_cents and found.outcome != "present":
        raise DomainError("promise_without_person", "Une promesse suppose que la personne a été jointe.")
    if found.notice_left and found.outcome == "present":
        raise DomainError("notice_present", "Un avis de passage se laisse quand personne n’a été rencontré.")


def _keep_photos(made: Report, pictures: Mapping[UUID, bytes], actor: User) -> None:
    account, on = made.visit.account, timezone.localdate(made.visited_at)
    for number, (uuid, content) in enumerate(sorted(pictures.items(), key=lambda one: str(one[0])), start=1):
        document = store.add_document(
            office=account.office,
            account=account,
            code=PHOTO,
            title=f"Photo {number} de la visite du {on:%d/%m/%Y}",
            content=photos.clean(content),
            dated_on=on,
            actor=actor,
            media_type=photos.MEDIA_TYPE,
        )
        Photo.objects.create(report=made, uuid=uuid, document=document)


def _tell(made: Report, found: Findings, actor: User, today: date) -> None:
    """The first report is the visit: its line accomplishes the step. A second one is only told."""
    visit, account = made.visit, made.visit.account
    on = min(timezone.localdate(made.visited_at), today)
    data: dict[str, Any] = {"event": "second" if made.is_second else "made", "visit_id": visit.pk}
    data |= {"report_id": made.pk, "outcome": found.outcome, "photos": made.photos.count()}
    entry = write(
        account,
        Kind.VISIT,
        on=on,
        actor=actor,
        outcome="" if made.is_second else OUTCOMES[found.outcome],
        step="" if made.is_second else STEP,
        note=made.said,
        data=data,
    )
    made.entry = entry
    made.save(update_fields=["entry"])
    if made.is_second:
        return
    if found.promise_cents and found.promise_on:
        promises.record_promise(
            account=account,
            amount_cents=found.promise_cents,
            due_on=found.promise_on,
            actor=actor,
            today=today,
        )
    move(visit, State.DONE, LIFECYCLE, ended_on=on)


def told(codes: Sequence[str], labels: Mapping[str, str]) -> str:
    """« Courrier accumulé, volets fermés »."""
    words = findings.words(codes, labels)
    return ", ".join(words[:1] + [word[:1].lower() + word[1:] for word in words[1:]])
