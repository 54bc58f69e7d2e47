"""What is signalled of the holders of a column of accounts: restricted (threat, conflict), fragile."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from amiable.accounts.models import Account
from amiable.parties.models import PersonFlag
from amiable.parties.restrictions import RESTRICTING
from amiable.positions.registry import Scope

Kind: Any = PersonFlag.Kind
COLUMNS: dict[str, Any] = {"restricted": pl.Boolean, "fragile": pl.Boolean}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account whose holder is signalled that day. Two queries: signals are few."""
    in_force = Q(raised_on__lte=as_of) & (Q(lifted_on=None) | Q(lifted_on__gt=as_of))
    kinds: dict[int, set[str]] = {}
    flags = PersonFlag.objects.filter(in_force, person__office_id=office_id)
    for person_id, kind in flags.values_list("person_id", "kind"):
        kinds.setdefault(person_id, set()).add(kind)
    accounts = Account.objects.filter(person_id__in=kinds, office_id=office_id)
    if ids is not None:
        accounts = accounts.filter(pk__in=ids) if len(ids) < 500 else accounts
    rows = [
        (pk, bool(kinds[person] & set(RESTRICTING)), Kind.FRAGILE.value in kinds[person])
        for pk, person in accounts.values_list("pk", "person_id")
    ]
    return pl.DataFrame(rows, schema={"account_id": pl.Int64, **COLUMNS}, orient="row")
