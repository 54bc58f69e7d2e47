"""A convocation by letter carries a real time: taken when the letter is written, kept when it has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from amiable.appointments import agenda as agendas
from amiable.appointments import messages
from amiable.appointments.lifecycle import LIFECYCLE, State
from amiable.appointments.models import Appointment
from amiable.appointments.services import reserve, tell_booked, today_of, wait_for
from amiable.core.lifecycle import move
from amiable.core.models import Agency, User
from amiable.domain.errors import DomainError
from amiable.outreach import rooms
from amiable.outreach.models import Batch, BatchLine
from amiable.procedures.in_force import policy_of

TEMPLATE, WITH_TIME = "convocation", "convocation_rdv"
Line = BatchLine.Status
#: The letter will not leave: its time is free again.
STAYED = (Line.SUPPRESSED, Line.FAILED, Line.REMOVED, Line.EXCLUDED)
_TRIES = 5


def offer(lines: Sequence[BatchLine], now: datetime, *, reserve: bool) -> Mapping[int, rooms.Given]:
    """A time for each line whose agency receives; the others keep the letter that asks to phone."""
    if not lines:
        return {}
    present = {one.line_id: one for one in _present(lines)}
    agencies = Agency.objects.in_bulk({line.account.agency_id for line in lines if line.account.agency_id})
    found: dict[int, rooms.Given] = {}
    persons: dict[int, rooms.Given] = {}
    looked = 0
    for line in lines:
        one = present.get(line.pk)
        if one is not None:
            found[line.pk] = rooms.Given(WITH_TIME, messages.values_of(one))
        elif line.person_id in persons:
            # Two accounts of one person make one letter, and one talk.
            found[line.pk] = persons[line.person_id]
        if line.pk in found:
            persons[line.person_id] = found[line.pk]
            continue
        told = _take(line, now) if reserve else _look(line, now, looked)
        looked += told is not None
        if told is not None:
            at, officer, agency_id = told
            values = messages.values(at, officer, agencies.get(agency_id or 0), line.account.office)
            found[line.pk] = persons[line.person_id] = rooms.Given(WITH_TIME, values)
    return found


def _present(lines: Sequence[BatchLine]) -> list[Appointment]:
    """Times taken for these lines before a kill."""
    rows = Appointment.objects.filter(line__in=lines, state__in=(State.PROPOSED, State.BOOKED))
    return list(rows.select_related("officer", "agency", "office"))


def _look(line: BatchLine, now: datetime, skip: int) -> tuple[datetime, User, int | None] | None:
    """The time this line would have, were the letters before it written first."""
    found = agendas.offers(line.account, now, lead_days=_lead(line, now), count=skip + 1)
    return (found[-1].at, found[-1].officer, found[-1].agency_id) if found else None


def _take(line: BatchLine, now: datetime) -> tuple[datetime, User, int | None] | None:
    """The first free time, taken: another worker or officer may be faster, then the next one."""
    for _ in range(_TRIES):
        found = agendas.offers(line.account, now, lead_days=_lead(line, now), count=1)
        if not found:
            return None
        try:
            with transaction.atomic():
                made = reserve(
                    account=line.account,
                    officer=found[0].officer,
                    starts_at=found[0].at,
                    now=now,
                    actor=line.batch.approved_by,
                    line=line,
                    key=f"convocation:{line.pk}:{found[0].at.isoformat()}",
                )
        except DomainError:
            continue
        return made.starts_at, made.officer, made.agency_id
    return None


def _lead(line: BatchLine, now: datetime) -> int:
    return int(policy_of(line.account.office, today_of(now))["appointment_lead_days"])


def settle(now: datetime) -> int:
    """Times proposed by letters: kept once the letter has left, freed when it stayed. Cheap when idle."""
    count = 0
    waiting = Appointment.objects.filter(state=State.PROPOSED).exclude(line=None)
    for one in waiting.select_related("line__batch", "account__office", "office")[:500]:
        assert one.line is not None
        cancelled = one.line.batch.status == Batch.Status.CANCELLED
        if one.line.status == Line.SENT:
            count += _keep(one, now)
        elif cancelled or one.line.status in STAYED or one.starts_at < now - timedelta(days=1):
            move(one, State.CANCELLED, LIFECYCLE, closed_on=today_of(now))
            count += 1
    return count


@transaction.atomic
def _keep(one: Appointment, now: datetime) -> int:
    try:
        move(one, State.BOOKED, LIFECYCLE)
    except DomainError:
        return 0
    wait_for(one, actor=None, today=today_of(now))
    tell_booked(one, actor=None, today=today_of(now))
    return 1
