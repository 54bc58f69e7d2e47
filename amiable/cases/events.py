"""What happens to a case, whoever says it: a partner, a third party, a court, the debtor, the office, or the
silence the night notices. Each event moves the case and does what its kind declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from amiable.cases import asserted as _asserted  # noqa: F401  (its effects register themselves)
from amiable.cases.effects import LATE, Happening, apply
from amiable.cases.gate import check_may_act
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.lifecycle import open_dossier_for, tell, transition
from amiable.cases.limits import asks_why, running
from amiable.cases.models import Dossier
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.writing import add_note
from amiable.domain.cases.event import NIGHT, STAYS, Event, Field
from amiable.domain.cases.family import IN_PREPARATION
from amiable.domain.cases.kind import LEAVES
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.limits.models import Limit
from amiable.limits.services import is_late


def possible_events(dossier: Dossier, *, by_night: bool = False) -> list[Event]:
    """The events an officer may record where the dossier stands; else those the night concludes."""
    kind = kind_of(dossier.kind)
    moves = kind.family.lifecycle
    return [
        each
        for each in kind.events
        if (each.by == NIGHT) == by_night
        and each.code != LEAVES
        and dossier.stage in each.stages
        and (each.to == STAYS or moves.allows(dossier.stage, kind.leads_to(each, dossier.stage)))
        and (not each.follows or dossier.answer in each.follows)
    ]


@transaction.atomic
def record_event(
    *,
    dossier: Dossier,
    code: str,
    on: date,
    actor: User | None,
    today: date,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    document: Document | None = None,
    version: int | None = None,
) -> Dossier:
    """It happened on `on`: the dossier moves, then what the event says is done (`effects.apply`).

    values: the event's own fields (cents, dates, codes). Raises DomainError when this event cannot come
    here, when a field is missing, when the gate of an act is red, or when an effect refuses: nothing is
    recorded then."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.answer_capability)
    event = kind.event(code)
    if event not in possible_events(dossier, by_night=event.by == NIGHT):
        raise DomainError(
            "answer_not_here",
            f"« {event.label_fr} » ne peut pas être noté à cette étape : rechargez la page.",
        )
    given = dict(values or {})
    _check(dossier, event, on, given, document, today)
    happening = Happening(dossier, event, on, given, document, actor, today)
    written = add_note(dossier.account, note, actor=actor)
    told: dict[str, Any] = {"on": on, "document": document, "note": written, "data": _kept(given)}
    if event.to == STAYS:
        tell(dossier, f"answer:{code}", actor=actor, today=today, **told)
    else:
        moved = {"answer": code, "answered_on": on}
        to = kind.leads_to(event, dossier.stage)
        transition(dossier, to, actor=actor, today=today, event=f"answer:{code}", **moved, **told)
    apply(happening)
    if dossier.stage in kind.family.lifecycle.over:
        # A dossier that is over hides no limit.
        happening.drop("", f"{event.label_fr}.")
    dossier.refresh_from_db()
    return dossier


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of what was typed: codes, dates and cents, no free text."""
    return {
        name: _plain(value)
        for name, value in given.items()
        if name != LATE.code and (not isinstance(value, str) or len(value) < 40)
    }


def asked(dossier: Dossier, event: Event, today: date) -> tuple[Field, ...]:
    """What is typed with an event; why a limit it meets or puts away was late too, only while one is."""
    kind = kind_of(dossier.kind)
    ends = event.to != STAYS and kind.leads_to(event, dossier.stage) in kind.family.lifecycle.over
    met = {*event.meets, *event.rules_of("meet_limit")}
    dropped = event.rules_of("drop_limits") | ({""} if ends else set())
    late = any(
        (is_late(one, today) and met & {"", one.rule}) or (asks_why(one, today) and dropped & {"", one.rule})
        for one in running(dossier)
    )
    return (*event.fields, LATE) if late else event.fields


def _check(
    dossier: Dossier,
    event: Event,
    on: date,
    given: Mapping[str, Any],
    document: Document | None,
    today: date,
) -> None:
    if on > today:
        raise DomainError("future_act", "La date de la réponse ne peut pas être dans l’avenir.")
    if dossier.sent_on and on < dossier.sent_on and dossier.stage not in IN_PREPARATION:
        raise DomainError("before_sending", "La réponse ne peut pas précéder l’envoi du dossier.")
    if event.needs_document and document is None:
        raise DomainError("proof_missing", "Joignez la lettre du partenaire : elle fait courir les délais.")
    for one in event.fields:
        if one.required and given.get(one.code) in (None, ""):
            raise DomainError("field_missing", f"Indiquez : {french.inside(one.label_fr)}.")
    if event.is_act:
        check_may_act(dossier, today)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def conclude_silences(*, office: Office, as_of: date) -> int:
    """The day after a limit whose silence means something, the night records that event; how many."""
    made = 0
    for kind in of_office(office):
        for rule, code in kind.silences.items():
            late = Limit.objects.filter(office=office, rule=rule, state=Limit.State.OPEN, limit_on__lt=as_of)
            for limit in late.filter(case__kind=kind.code).select_related("case__account__office"):
                dossier = limit.case
                assert dossier is not None
                if kind.event(code) in possible_events(dossier, by_night=True):
                    on = limit.limit_on + timedelta(days=1)
                    record_event(dossier=dossier, code=code, on=on, actor=None, today=as_of)
                    made += 1
    return made
