"""The accounts a decision about one person looks at together."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from amiable.accounts.addressees import CO_DEBTORS
from amiable.accounts.models import Account, AccountParty
from amiable.parties.models import Person


def with_same_persons(ids: Collection[int]) -> list[int]:
    """These accounts and all those of the persons who owe them, holders or not; sorted. One query."""
    mine = AccountParty.objects.filter(account_id__in=ids, role__in=CO_DEBTORS)
    persons = Person.objects.filter(Q(accounts__in=ids) | Q(pk__in=mine.values("person_id")))
    theirs = AccountParty.objects.filter(role__in=CO_DEBTORS, person__in=persons.values("pk"))
    found = Account.objects.filter(Q(person__in=persons.values("pk")) | Q(pk__in=theirs.values("account_id")))
    return sorted({*ids, *found.values_list("pk", flat=True)})
