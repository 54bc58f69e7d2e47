"""What the partner says, and what each answer does: effects by name, in the order the kind declares them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from amiable.cases.effects import EFFECTS, Answering
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.lifecycle import open_dossier_for, transition
from amiable.cases.models import Dossier
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.diary.writing import add_note
from amiable.domain.cases.kind import IN_PREPARATION, Answer
from amiable.domain.errors import DomainError
from amiable.limits.models import Limit


def possible_answers(dossier: Dossier, *, by_hand: bool = True) -> list[Answer]:
    """The answers an officer may record where the dossier stands; else those the night concludes."""
    return [
        each
        for each in kind_of(dossier.kind).answers
        if each.by_hand == by_hand
        and dossier.stage in each.stages
        and (not each.follows or dossier.answer in each.follows)
    ]


@transaction.atomic
def record_answer(
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
    """The partner answered on `on`: the dossier moves, then every effect of the answer is applied.

    values: the answer's own fields (cents, dates, codes). Raises DomainError when this answer cannot come
    here, when a field is missing, or when an effect refuses: nothing is recorded then."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.answer_capability)
    answer = kind.answer(code)
    if answer not in possible_answers(dossier, by_hand=answer.by_hand):
        raise DomainError(
            "answer_not_here",
            f"« {answer.label_fr} » ne peut pas être noté à cette étape : rechargez la page.",
        )
    given = dict(values or {})
    _check(dossier, answer, on, given, document, today)
    written = add_note(dossier.account, note, actor=actor)
    transition(
        dossier,
        answer.to,
        actor=actor,
        today=today,
        event=f"answer:{code}",
        answer=code,
        answered_on=on,
        on=on,
        document=document,
        note=written,
        data={
            name: _plain(value)
            for name, value in given.items()
            if not isinstance(value, str) or len(value) < 40
        },
    )
    context = Answering(dossier, answer, on, given, document, actor, today)
    for each in answer.effects:
        EFFECTS[each.effect](context, **each.given)
    dossier.refresh_from_db()
    return dossier


def _check(
    dossier: Dossier,
    answer: Answer,
    on: date,
    given: Mapping[str, Any],
    document: Document | None,
    today: date,
) -> None:
    if on > today:
        raise DomainError("future_act", "La date de la réponse ne peut pas être dans l’avenir.")
    if dossier.sent_on and on < dossier.sent_on and dossier.stage not in IN_PREPARATION:
        raise DomainError("before_sending", "La réponse ne peut pas précéder l’envoi du dossier.")
    if answer.needs_document and document is None:
        raise DomainError("proof_missing", "Joignez la lettre du partenaire : elle fait courir les délais.")
    for one in answer.fields:
        if one.required and given.get(one.code) in (None, ""):
            raise DomainError("field_missing", f"Indiquez : {one.label_fr.lower()}.")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def conclude_silences(*, office: Office, as_of: date) -> int:
    """The day after a limit whose silence means something, the night records that answer; how many."""
    made = 0
    for kind in of_office(office):
        for rule, code in kind.silences.items():
            late = Limit.objects.filter(office=office, rule=rule, state=Limit.State.OPEN, limit_on__lt=as_of)
            for limit in late.filter(case__kind=kind.code).select_related("case__account__office"):
                dossier = limit.case
                assert dossier is not None
                if kind.answer(code) in possible_answers(dossier, by_hand=False):
                    on = limit.limit_on + timedelta(days=1)
                    record_answer(dossier=dossier, code=code, on=on, actor=None, today=as_of)
                    made += 1
    return made
