"""The cautions of an account: who is bound for its debt, and may be written to (DUN-06)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from amiable.accounts.addressees import liable_until
from amiable.accounts.models import AccountParty
from amiable.cases.models import Dossier
from amiable.diary.facts import of_accounts
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.parties.models import Death, LegalProtection, Person
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {"guarantors": pl.Int64, "guarantor_statement_on": pl.Date}
_SCHEMA: dict[str, Any] = {"account_id": pl.Int64, "to_on": pl.Date}
#: Those whose departure may free a caution of their own.
_SHARING = (AccountParty.Role.ROOMMATE, AccountParty.Role.CO_HOLDER)


def _natural(on: date) -> Any:
    """Guarantors who are natural persons and had committed themselves by that day."""
    return AccountParty.objects.filter(
        Q(from_on=None) | Q(from_on__lte=on), role=AccountParty.Role.GUARANTOR, person__is_company=False
    )


def _with_ends(parties: QuerySet[AccountParty]) -> list[tuple[AccountParty, date | None]]:
    """Each caution with the last day of what they answer for; None: no end is known. Two queries.

    Who answers for one roommate is freed with them (COLOC-01)."""
    rows = list(parties.select_related("account__office").order_by("account_id", "pk"))
    answered = {(row.account_id, row.answers_for_id): row for row in rows if row.answers_for_id}
    ends: dict[tuple[int, int], date | None] = {}
    if answered:
        mates = AccountParty.objects.filter(
            account_id__in={account for account, _ in answered}, role__in=_SHARING
        )
        for mate in mates.select_related("account__office"):
            ends[mate.account_id, mate.person_id] = liable_until(mate, mate.account.office.territory)
    found = []
    for row in rows:
        theirs = ends.get((row.account_id, row.answers_for_id)) if row.answers_for_id else None
        found.append((row, min((day for day in (row.to_on, theirs) if day is not None), default=None)))
    return found


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """`guarantors`: how many natural persons answer for the oldest unpaid item; a commitment that ended
    since still covers it. `guarantor_statement_on`: 1 January, while this year's statement is still to make
    (DUN-06.2)."""
    rows = of_accounts(_natural(as_of), ids, {"account__office_id": office_id})
    told = [(row.account_id, end) for row, end in _with_ends(rows)]
    frame = pl.DataFrame(told, schema=_SCHEMA, orient="row")
    since = scope.figures.select("account_id", "oldest_unpaid_on")
    ended = pl.col("to_on") < pl.coalesce("oldest_unpaid_on", pl.lit(as_of))
    bound = frame.join(since, on="account_id", how="inner").filter(~ended.fill_null(False))
    found = bound.group_by("account_id").agg(guarantors=pl.len().cast(pl.Int64))
    return found.with_columns(guarantor_statement_on=_yearly(found["account_id"].to_list(), as_of))


def _yearly(account_ids: list[int], as_of: date) -> pl.Expr:
    """1 January until the year's limit, for the accounts whose statement has not been made."""
    begins = date(as_of.year, 1, 1)
    if not account_ids or as_of > law.limit("DUN-06.2", begins).work_on:
        return pl.lit(None, pl.Date)
    done = Dossier.objects.filter(account__in=account_ids, kind="caution_annuelle", event_on=begins)
    done = done.filter(Q(sent_on__lte=as_of) | Q(closed_on__lte=as_of))
    made = list(done.values_list("account_id", flat=True))
    return pl.when(~pl.col("account_id").is_in(made)).then(pl.lit(begins))


def bound_on(account_ids: Sequence[int], on: date, since: date | None = None) -> list[Person]:
    """The cautions of those accounts, natural persons, committed by `on` and still bound on `since`, or on
    `on` itself."""
    rows = _with_ends(_natural(on).filter(account_id__in=account_ids))
    held = {row.person_id for row, end in rows if end is None or end >= (since or on)}
    return list(Person.objects.filter(pk__in=held).order_by("pk"))


def for_whom(dossier: Dossier, guarantor: Person) -> dict[str, Any]:
    """The one a caution answers for, as their letter names them: a roommate, or the holder."""
    party = AccountParty.objects.filter(
        account=dossier.account, person=guarantor, role=AccountParty.Role.GUARANTOR
    )
    found = party.select_related("answers_for").first()
    named = found.answers_for if found is not None and found.answers_for else dossier.account.person
    return {"caution_pour": str(named)}


def to_call(dossier: Dossier, today: date) -> Sequence[Person]:
    """Each caution something may be asked of. DomainError while one of them is not known to be allowed."""
    people = to_inform(dossier, today)
    doubtful = AccountParty.objects.filter(
        account=dossier.account, person__in=people, role=AccountParty.Role.GUARANTOR
    ).exclude(basis=AccountParty.Basis.STUDENT)
    for party in doubtful.select_related("person"):
        raise DomainError(
            "guarantor_not_allowed",
            f"Rien n’est parti : vérifiez d’abord que la caution {party.person} est permise, retirez-la puis "
            "ajoutez-la avec son motif. Un bailleur personne morale ne prend un particulier pour caution que "
            "pour un étudiant non boursier (DUN-07).",
        )
    return people


def to_inform(dossier: Dossier, today: date) -> Sequence[Person]:
    """Each caution bound at the incident the dossier tells. DomainError when there is none, or when one of
    them is dead or protected: nobody is written to in their place by a machine."""
    incident = dossier.fields.get("incident_le")
    people = bound_on([dossier.account_id], today, date.fromisoformat(incident) if incident else None)
    if not people:
        raise DomainError(
            "no_guarantor", "Aucune caution personne physique n’est engagée sur ce compte : rien n’est parti."
        )
    in_force = Q(ended_on=None) | Q(ended_on__gte=today)
    apart = set(Death.objects.filter(person__in=people).values_list("person_id", flat=True))
    apart |= set(
        LegalProtection.objects.filter(in_force, person__in=people, started_on__lte=today).values_list(
            "person_id", flat=True
        )
    )
    for person in people:
        if person.pk in apart:
            raise DomainError(
                "guarantor_apart",
                f"La caution {person} est décédée ou protégée : rien n’est parti. Écrivez à ses héritiers ou "
                "à son représentant légal, ou mettez fin à sa qualité de caution sur le compte.",
            )
    return people
