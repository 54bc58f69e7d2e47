"""The accounts a decision about one person looks at together."""

from __future__ import annotations

from collections.abc import Collection

from amiable.accounts.addressees import CO_DEBTORS
from amiable.accounts.models import Account, AccountParty


def with_same_persons(ids: Collection[int]) -> list[int]:
    """These accounts and all those of the persons who owe them, holders or not; sorted.

    Four queries, each in an index: one of all would read every person of the office."""
    tied = AccountParty.objects.filter(role__in=CO_DEBTORS)
    persons = {
        *Account.objects.filter(pk__in=ids).values_list("person_id", flat=True),
        *tied.filter(account_id__in=ids).values_list("person_id", flat=True),
    }
    theirs = Account.objects.filter(person_id__in=persons).values_list("pk", flat=True)
    also = tied.filter(person_id__in=persons).values_list("account_id", flat=True)
    return sorted({*ids, *theirs, *also})
