"""What is done to a limit: one pen, append-only, and a late one is never put away without a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min, Model, Q

from amiable.accounts.models import Account
from amiable.core.frames import append_rows
from amiable.core.journal import record
from amiable.core.law_overrides import in_force
from amiable.core.lifecycle import move
from amiable.core.models import User
from amiable.diary.models import Note
from amiable.diary.writing import add_note, open_for, refresh, write
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law import Overrides, running
from amiable.domain.law.running import Happening, Run
from amiable.domain.text import french
from amiable.limits.lifecycle import LIFECYCLE, RUNNING, State
from amiable.limits.models import Limit, LimitEvent


def prepared(
    account: Account,
    rule: str,
    *,
    from_on: date,
    case: Any = None,
    limit_on: date | None = None,
    overrides: Overrides | None = None,
    **conditions: Any,
) -> Limit:
    """A limit not yet written, for `open_limit` or `write_limits`. limit_on: when the engine already computed
    it; overrides: the office's own law; conditions: as `law.limit` takes them."""
    first_on = None
    if limit_on is None:
        found = law.limit(
            rule, from_on, territory=account.office.territory, overrides=overrides, **conditions
        )
        limit_on, first_on = found.work_on, found.first_day
    return Limit(
        office_id=account.office_id,
        account=account,
        case=case,
        rule=rule,
        from_on=from_on,
        first_on=first_on,
        limit_on=limit_on,
        conditions={name: _plain(value) for name, value in conditions.items() if value is not None},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def write_limits(limits: Iterable[Limit], *, actor: User | None, today: date) -> None:
    """Write prepared limits, and those met from the start, in few statements."""
    made = append_rows(limits)
    events = [_event(one, running.OPENED, on=one.from_on or today, actor=actor) for one in made]
    events += [_event(one, running.MET, on=one.met_on, actor=actor) for one in made if one.met_on]
    append_rows(events)


@transaction.atomic
def open_limit(wanted: Limit, *, actor: User | None, today: date) -> Limit:
    """Open a `prepared` limit; the same event opens it once, and the one that is there is returned."""
    mine = Limit.objects.filter(account=wanted.account, case=wanted.case, rule=wanted.rule)
    known = mine.filter(Q(from_on=wanted.from_on) | Q(limit_on=wanted.limit_on)).first()
    if known is None:
        write_limits([wanted], actor=actor, today=today)
    _keep_nearest(wanted)
    return known or wanted


@transaction.atomic
def meet(limit: Limit, *, on: date, actor: User | None, today: date, reason: str = "") -> None:
    """What was done on `on` meets the limit. Once it was late, with a reason only (DomainError)."""
    _end(limit, State.MET, on=on, actor=actor, today=today, reason=reason)


@transaction.atomic
def drop(limit: Limit, *, on: date, actor: User | None, today: date, reason: str) -> None:
    """Nobody met it, or nobody has to any more: put away with its reason (DomainError without)."""
    _end(limit, State.CLOSED, on=on, actor=actor, today=today, reason=reason)


def _end(limit: Limit, to: str, *, on: date, actor: User | None, today: date, reason: str) -> None:
    met, late = to == State.MET, is_late(limit, on)
    note = add_note(limit.account, reason, actor=actor)
    if note is None and (late or not met):
        raise DomainError(
            "late_limit_needs_reason",
            f"La limite du {limit.limit_on:%d/%m/%Y} ({limit.rule}, {french.inside(limit.label)}) "
            f"{'est dépassée' if late else 'n’est pas tenue'} : indiquez pourquoi. Rien n’a été enregistré.",
        )
    if limit.state not in RUNNING:
        raise DomainError("limit_closed", "Cette limite est déjà close. Rien n’a été enregistré.")
    move(limit, to, LIFECYCLE, met_on=on if met else None, closed_on=today, reason=note)
    _event(limit, running.MET if met else running.CLOSED, on=on, actor=actor, reason=note).save()
    _keep_nearest(limit)


def is_late(limit: Limit, on: date) -> bool:
    """The day after it, unless it is suspended: its own day still counts."""
    return limit.state != State.SUSPENDED and on > limit.limit_on


def postpone(limit: Limit, *, to_on: date, **doing: Any) -> Limit:
    """Whoever may gave more time, until `to_on`. doing: on, actor, today, reason, version."""
    return _happens(limit, running.POSTPONED, to_on=to_on, **doing)


def suspend(limit: Limit, **doing: Any) -> Limit:
    """It stops running on `on`; the days already run are kept (C. civ. 2230). doing: as `postpone`."""
    return _happens(limit, running.SUSPENDED, **doing)


def resume(limit: Limit, **doing: Any) -> Limit:
    """It runs again from `on`, for the days that were left. doing: as `postpone`."""
    return _happens(limit, running.RESUMED, **doing)


def interrupt(limit: Limit, **doing: Any) -> Limit:
    """The whole delay begins again on `on` (C. civ. 2231). doing: as `postpone`."""
    return _happens(limit, running.INTERRUPTED, **doing)


@transaction.atomic
def _happens(
    limit: Limit,
    what: str,
    *,
    on: date,
    actor: User | None,
    today: date,
    reason: str,
    to_on: date | None = None,
    version: int | None = None,
) -> Limit:
    account = limit.account
    open_for(account, actor=actor, version=version)
    limit.refresh_from_db()
    if on > today:
        raise DomainError("future_act", "La date de ce qui a été fait ne peut pas être dans l’avenir.")
    note = add_note(account, reason, actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi cette limite change. Rien n’a été enregistré.")
    again = _Again(limit)
    run = running.after(run_of(limit), Happening(what, on, to_on), again)
    first_on = limit.first_on
    if first_on is not None:
        first_on = again.first_on or first_on + (run.limit_on - limit.limit_on)
    to = State.SUSPENDED if run.suspended else State.OPEN
    move(limit, to, LIFECYCLE, limit_on=run.limit_on, first_on=first_on)
    _event(limit, what, on=on, actor=actor, reason=note).save()
    _keep_nearest(limit)
    data = {"event": what, "rule": limit.rule, "limit_on": limit.limit_on.isoformat()}
    write(account, "limit", on=on, actor=actor, note=note, data=data)
    record(
        f"limit.{what}", office=account.office, actor=actor, target=limit, account_id=account.pk, data=data
    )
    refresh(account.office, [account.pk], today)
    return limit


class _Again:
    """The whole delay anew from a day, under the law and the office's own values; keeps its first day."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self.first_on: date | None = None

    def __call__(self, day: date) -> date:
        limit = self._limit
        conditions = dict(limit.conditions)
        if "lease_on" in conditions:
            conditions["lease_on"] = date.fromisoformat(conditions["lease_on"])
        overrides = in_force(limit.account.office)
        anew = prepared(limit.account, limit.rule, from_on=day, overrides=overrides, **conditions)
        self.first_on = anew.first_on
        return anew.limit_on


def run_of(limit: Limit) -> Run:
    """Where it stands, from its last event that counts."""
    last = limit.events.exclude(event=running.POSTPONED).order_by("pk").last()
    since = last.on if last is not None else limit.from_on
    return Run(since or limit.limit_on, limit.limit_on, limit.state == State.SUSPENDED)


def _event(
    limit: Limit, event: str, *, on: date, actor: User | None, reason: Note | None = None
) -> LimitEvent:
    return LimitEvent(limit=limit, event=event, on=on, limit_on=limit.limit_on, actor=actor, reason=reason)


def _keep_nearest(limit: Limit) -> None:
    """The dossier's own column, read by its lists: its nearest limit still open."""
    case: Any = limit.case
    if case is None:
        return
    mine = Limit.objects.filter(case=case, state=State.OPEN)
    case.limit_on = mine.aggregate(day=Min("limit_on"))["day"]
    model: type[Model] = type(case)
    model._default_manager.filter(pk=case.pk).update(limit_on=case.limit_on)
