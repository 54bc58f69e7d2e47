"""Who follows which account: the account and its row in the lists change together."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from amiable.accounts.models import Account
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.positions.models import AccountPosition


@transaction.atomic
def entrust(*, accounts: Sequence[Account], officer: User, actor: User | None) -> int:
    """The officer follows these accounts from now on; how many they did not follow yet. Each change is
    written in the audit journal.

    Raises DomainError when the officer belongs to another office.
    """
    moved = 0
    for account in accounts:
        if account.office_id != officer.office_id:
            raise DomainError("other_office", f"{officer} n’est pas de cet office.")
        before = account.officer_id
        others = Account.objects.filter(pk=account.pk).exclude(officer=officer)
        if not others.update(officer=officer, version=F("version") + 1):
            continue
        moved += 1
        AccountPosition.objects.filter(pk=account.pk).update(officer_id=officer.pk)
        record(
            "account.entrusted",
            office=account.office,
            actor=actor,
            target=account,
            account_id=account.pk,
            data={"from": before, "to": officer.pk},
        )
    return moved


@transaction.atomic
def hand_over(*, officer: User, to: User, actor: User) -> int:
    """Every account of an officer goes to a colleague (leave, departure); how many went. One journal line."""
    if officer.office_id != to.office_id:
        raise DomainError("other_office", f"{to} n’est pas de cet office.")
    if officer.pk == to.pk:
        raise DomainError("same_officer", "Choisissez un autre collègue.")
    accounts = Account.objects.filter(office_id=officer.office_id, officer=officer)
    AccountPosition.objects.filter(account__in=accounts).update(officer_id=to.pk)
    moved = accounts.update(officer=to, version=F("version") + 1)
    data = {"from": officer.pk, "to": to.pk, "accounts": moved}
    record("user.accounts_handed_over", office=officer.office, actor=actor, target=officer, data=data)
    return moved
