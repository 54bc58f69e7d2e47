"""Recording an interview, keeping one under way, deciding its orientation, erasing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from amiable.accounts.models import Account
from amiable.appointments import services as appointments
from amiable.core.access import require
from amiable.core.journal import record as journal
from amiable.core.models import User
from amiable.diary import promises
from amiable.diary.free_text import check_text
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import Situation
from amiable.domain.household.orientation import CAUSES, ORIENTATIONS, STANCES
from amiable.domain.household.reading import read
from amiable.domain.household.reading import write as situation_data
from amiable.household.models import Assessment, Draft
from amiable.household.reading import Reading, kept, read_situation

Place: Any = Assessment.Place
Commitment: Any = Assessment.Commitment


@dataclass(frozen=True)
class Told:
    """What the person said and what was agreed. orientation: the officer's decision, empty to decide later.

    commitment_cents, commitment_on: a promise to pay, only when the commitment is one.
    """

    situation: Situation
    place: str = "agency"
    cause: str = ""
    stance: str = ""
    orientation: str = ""
    commitment: str = "none"
    commitment_cents: int | None = None
    commitment_on: date | None = None
    summary: str = ""


@transaction.atomic
def record_interview(
    *,
    account: Account,
    told: Told,
    actor: User | None,
    today: date,
    step: str = "",
    version: int | None = None,
) -> Assessment:
    """A new version of the household's situation, its line in the diary, the promise it ends with.

    Nothing missing prevents it. The author's draft ends. Raises DomainError for a code nobody knows, a
    promise without amount or date, a banned word, and `stale` when the account changed meanwhile.
    """
    open_for(account, actor=actor, version=version)
    _check_codes(told)
    # Read back through the one door: what is kept is what any later reader accepts.
    situation = read(situation_data(told.situation)).situation
    debt_cents = owed(account)
    found = read_situation(
        account.office, situation, cause=told.cause, stance=told.stance, debt_cents=debt_cents, today=today
    )
    assessment = _create(account, told, situation, found, debt_cents, actor, today)
    _line(assessment, actor, step)
    if told.commitment == Commitment.PROMISE:
        promises.record_promise(
            account=account,
            amount_cents=told.commitment_cents or 0,
            due_on=told.commitment_on,
            actor=actor,
            today=today,
        )
    if actor is not None:
        Draft.objects.filter(account=account, author=actor).delete()
    if told.place != Place.FILE:
        appointments.end_with_interview(account=account, actor=actor, today=today)
    close(
        account, "household.assessed", actor=actor, today=today, target=assessment, number=assessment.number
    )
    return assessment


def owed(account: Account) -> int:
    """What may be asked of the person today: neither part A of a surendettement nor what is prescribed."""
    position = getattr(account, "position", None)
    if position is None:
        return 0
    return max(0, position.overdue_cents - position.frozen_cents - position.prescribed_cents)


def _check_codes(told: Told) -> None:
    for code, known, what in (
        (told.place, Place.values, "le lieu de l’entretien"),
        (told.cause, ("", *CAUSES), "la cause"),
        (told.stance, ("", *STANCES), "ce que souhaite la personne"),
        (told.orientation, ("", *ORIENTATIONS), "l’orientation"),
        (told.commitment, Commitment.values, "l’engagement"),
    ):
        if code not in known:
            raise DomainError("household.unknown_code", f"« {code} » n’est pas prévu pour {what}.")


def _create(
    account: Account,
    told: Told,
    situation: Situation,
    found: Reading,
    debt_cents: int,
    actor: User | None,
    today: date,
) -> Assessment:
    assert found.figures is not None and found.proposal is not None
    promised = told.commitment == Commitment.PROMISE
    number = account.assessments.aggregate(last=Max("number"))["last"] or 0
    return Assessment.objects.create(
        office_id=account.office_id,
        account=account,
        person_id=account.person_id,
        number=number + 1,
        assessed_on=today,
        place=told.place,
        cause=told.cause,
        stance=told.stance,
        situation=situation_data(situation),
        results=[kept(figure) for figure in found.figures.values()],
        debt_cents=debt_cents,
        resources_cents=situation.resources_cents,
        net_rent_cents=situation.housing.net_cents,
        living_rest_cents=found.figures["living_rest"].cents,
        capacity_cents=found.figures["capacity"].cents,
        orientation_proposed=found.proposal.code,
        orientation_decided=told.orientation,
        commitment=told.commitment,
        commitment_cents=told.commitment_cents if promised else None,
        commitment_on=told.commitment_on if promised else None,
        summary=check_text(told.summary),
        made_by=actor,
    )


def _line(assessment: Assessment, actor: User | None, step: str) -> None:
    """One line: an interview, or a situation updated on documents without anybody being met."""
    met = assessment.place != Place.FILE
    assessment.entry = write(
        assessment.account,
        Kind.INTERVIEW if met else Kind.HOUSEHOLD,
        on=assessment.assessed_on,
        actor=actor,
        step=step if met else "",
        data={
            "event": "assessed",
            "assessment_id": assessment.pk,
            "number": assessment.number,
            "place": assessment.place,
            "capacity_cents": assessment.capacity_cents,
            "orientation": assessment.orientation_decided,
        },
        key=f"household:{assessment.pk}",
    )
    assessment.save(update_fields=["entry"])


@transaction.atomic
def decide_orientation(
    *, assessment: Assessment, orientation: str, actor: User, today: date, version: int | None = None
) -> None:
    """The officer's decision when it comes after the talk, or changes; the proposal stays beside it."""
    account = assessment.account
    open_for(account, actor=actor, version=version)
    if orientation not in ORIENTATIONS:
        raise DomainError("household.unknown_code", "Choisissez une orientation.")
    changed = Assessment.objects.filter(
        pk=assessment.pk, orientation_decided=assessment.orientation_decided
    ).update(orientation_decided=orientation)
    if not changed:
        raise DomainError(
            "stale", "L’orientation vient d’être décidée par un collègue : relisez-la avant de la changer."
        )
    assessment.orientation_decided = orientation
    data = {"event": "oriented", "assessment_id": assessment.pk, "orientation": orientation}
    write(account, Kind.HOUSEHOLD, on=today, actor=actor, data=data)
    close(account, "household.oriented", actor=actor, today=today, target=assessment, orientation=orientation)


def save_draft(*, account: Account, values: Mapping[str, Any], actor: User, now: datetime) -> Draft:
    """Keep what is typed; each officer has their own, so that nobody overwrites another."""
    require(actor, "work_accounts")
    defaults = {"values": dict(values), "saved_at": now}
    try:
        with transaction.atomic():
            return Draft.objects.update_or_create(account=account, author=actor, defaults=defaults)[0]
    except IntegrityError:  # two requests of the same page crossed: the later one wins
        Draft.objects.filter(account=account, author=actor).update(**defaults)
        return Draft.objects.get(account=account, author=actor)


def drop_draft(*, account: Account, actor: User) -> None:
    """Forget an interview under way."""
    require(actor, "work_accounts")
    Draft.objects.filter(account=account, author=actor).delete()


@transaction.atomic
def erase(*, assessment: Assessment, actor: User) -> None:
    """Remove a household's situation for good; the diary keeps that an interview took place, and no more."""
    account, pk = assessment.account, assessment.pk
    require(actor, "erase_situations")
    assessment.delete()
    journal(
        "household.erased",
        office=account.office,
        actor=actor,
        target=account,
        account_id=account.pk,
        data={"id": pk},
    )
