"""What visits say of a column of accounts: one is decided and not made yet; a letter came back."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from amiable.accounts.models import Account
from amiable.parties.models import ContactPoint
from amiable.positions.registry import Scope
from amiable.visits.models import Visit

Kind: Any = ContactPoint.Kind
Problem: Any = ContactPoint.Problem
COLUMNS: dict[str, Any] = {"visit_decided": pl.Boolean, "mail_returned": pl.Boolean}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account with an open visit or a returned letter. Two queries: both are few."""
    del scope
    still = Q(ended_on=None) | Q(ended_on__gt=as_of)
    decided = Visit.objects.filter(still, office_id=office_id, decided_on__lte=as_of)
    returned = Account.objects.filter(
        office_id=office_id,
        person__contact_points__kind=Kind.ADDRESS,
        person__contact_points__problem=Problem.NPAI,
        person__contact_points__problem_on__lte=as_of,
        person__contact_points__is_current=True,
    )
    open_ids = set(decided.values_list("account_id", flat=True))
    back_ids = set(returned.values_list("pk", flat=True))
    known = open_ids | back_ids
    if ids is not None:
        known &= set(ids)
    rows = [(pk, pk in open_ids, pk in back_ids) for pk in sorted(known)]
    return pl.DataFrame(rows, schema={"account_id": pl.Int64, **COLUMNS}, orient="row")
