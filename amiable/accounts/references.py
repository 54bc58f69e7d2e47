"""Whom a reference names: the account that bears it or has it as another name; never the first of several.

A titre's reference is BUDGET-EXERCICE-NUMBER: numbers start again each year and in each budget. Its bare
number is a name that several titres may bear.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from amiable.accounts.models import Account, AccountAlias
from amiable.core.models import Office
from amiable.domain.errors import DomainError

#: Beyond so many names, the whole office is read at once.
FEW = 500
#: References shown when a name is borne by several.
SHOWN = 5


def titre_reference(budget: str, year: int, number: str) -> str:
    """The whole reference of a titre."""
    return f"{budget}-{year}-{number}"


def bearers(office: Office, names: Collection[str]) -> pl.DataFrame:
    """name, account_id, ref (its own reference): one row for each account that bears one of `names`.

    Of many names, those of the whole office are given.
    """
    accounts, aliases = Account.objects.filter(office=office), AccountAlias.objects.filter(office=office)
    if len(names) <= FEW:
        accounts, aliases = accounts.filter(ref__in=names), aliases.filter(alias__in=names)
    rows = [(ref, pk, ref) for ref, pk in accounts.values_list("ref", "pk")]
    rows += aliases.values_list("alias", "account_id", "account__ref")
    schema = {"name": pl.String, "account_id": pl.Int64, "ref": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(["name", "account_id"])


def find(office: Office, name: str, *related: str) -> Account:
    """The account that `name` names. Raises DomainError when none bears it, or several."""
    borne = bearers(office, [name])
    if borne.is_empty():
        raise DomainError("unknown_account", f"Aucun compte ne porte la référence « {name} ».")
    if borne.height > 1:
        raise DomainError("ambiguous_account", f"{several_fr(name, sorted(borne['ref']))}.")
    return Account.objects.select_related("office", "person", *related).get(pk=borne["account_id"][0])


def several_fr(name: str, refs: list[str]) -> str:
    """What is said of a name borne by several accounts."""
    shown = ", ".join(refs[:SHOWN]) + ("…" if len(refs) > SHOWN else "")
    return f"« {name} » est porté par plusieurs titres ({shown}) : donnez la référence entière"
