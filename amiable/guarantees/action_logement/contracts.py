"""The guarantee contracts of an account: recorded once, ended by correction, never deleted."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from amiable.accounts.models import Account
from amiable.cases.kinds import of_office
from amiable.core.law_overrides import in_force
from amiable.core.models import Office, User
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain import law
from amiable.domain.cases.guarantee import LOCAPASS, VISALE
from amiable.domain.errors import DomainError
from amiable.guarantees.models import Guarantee

#: scheme -> the rule that gives the terms it pays at most.
_RULES = {VISALE: "AL-01", LOCAPASS: "AL-03"}


def may_have(office: Office) -> bool:
    """Whether accounts of that office may have such a guarantee."""
    return any(kind.code == "action_logement" for kind in of_office(office))


def standing(on: date) -> QuerySet[Guarantee]:
    """The contracts that had taken effect by that day, ended or not: what was due meanwhile stays covered."""
    return Guarantee.objects.filter(cancelled_on=None, starts_on__lte=on)


def contract_of(account: Account, on: date) -> Guarantee | None:
    """The newest contract of the account that had taken effect by that day."""
    return standing(on).filter(account=account).first()


@transaction.atomic
def record_guarantee(
    *,
    account: Account,
    scheme: str,
    number: str,
    starts_on: date,
    actor: User | None,
    today: date,
    ends_on: date | None = None,
    is_student: bool | None = None,
    has_clause: bool | None = None,
    version: int | None = None,
) -> Guarantee:
    """A contract found in the lease's file; how many terms it pays comes from the law (AL-01, AL-03).

    Raises DomainError for impossible dates, without a number, or when another contract covers these days."""
    open_for(account, actor=actor, version=version)
    if scheme not in _RULES:
        raise DomainError("guarantee_unknown", "Cette garantie n’est pas connue : Visale ou LOCA-PASS.")
    if not number.strip():
        raise DomainError("guarantee_number", "Indiquez le numéro du visa ou du contrat.")
    overrides = in_force(account.office)
    if ends_on is None and scheme == LOCAPASS:
        ends_on = law.limit("AL-03.1", starts_on, overrides=overrides).ends_on
    if ends_on is not None and ends_on < starts_on:
        raise DomainError("guarantee_dates", "La garantie finit avant de commencer : vérifiez les dates.")
    if _covering(account, starts_on, ends_on).exists():
        raise DomainError(
            "guarantee_overlap",
            "Une autre garantie couvre déjà ces dates : retirez-la d’abord si elle est fausse.",
        )
    rule = _RULES[scheme]
    made = Guarantee.objects.create(
        account=account,
        scheme=scheme,
        number=number.strip()[:40],
        starts_on=starts_on,
        ends_on=ends_on,
        instalments=int(law.get(rule, today, "instalments", overrides=overrides).number),
        cap_cents=law.get(rule, today, "cap", overrides=overrides).cents if scheme == LOCAPASS else None,
        is_student=is_student,
        has_clause=has_clause,
        created_by=actor,
    )
    _tell(made, "guarantee_added", actor, today)
    return made


@transaction.atomic
def cancel_guarantee(
    *, guarantee: Guarantee, actor: User | None, today: date, version: int | None = None
) -> None:
    """Recorded by mistake: it is no longer called; what it was and what it paid stay in the thread."""
    open_for(guarantee.account, actor=actor, version=version)
    if not Guarantee.objects.filter(pk=guarantee.pk, cancelled_on=None).update(cancelled_on=today):
        raise DomainError("guarantee_cancelled", "Cette garantie est déjà retirée. Rien n’a été enregistré.")
    _tell(guarantee, "guarantee_removed", actor, today)


def _covering(account: Account, starts_on: date, ends_on: date | None) -> QuerySet[Guarantee]:
    rows = Guarantee.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), account=account, cancelled_on=None
    )
    return rows if ends_on is None else rows.filter(starts_on__lte=ends_on)


def _tell(guarantee: Guarantee, event: str, actor: User | None, today: date) -> None:
    data = {"event": event, "guarantee_id": guarantee.pk, "scheme": guarantee.scheme}
    write(guarantee.account, Kind.SITUATION, on=today, actor=actor, data=data)
    close(
        guarantee.account,
        f"situation.{event}",
        actor=actor,
        today=today,
        target=guarantee,
        scheme=guarantee.scheme,
    )
