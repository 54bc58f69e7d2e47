"""What the account itself and its person's contact points tell a decision."""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.core.frames import read
from amiable.core.models import Agency
from amiable.ledger.facts import among

_POINTS: dict[str, type[pl.DataType]] = {
    "account_id": pl.Int64,
    "has_email": pl.Int64,
    "has_mobile": pl.Int64,
    "has_address_point": pl.Int64,
    "bad_address": pl.Int64,
    "contact_problem": pl.Int64,
    "email_opt_out": pl.Int64,
    "sms_opt_out": pl.Int64,
    "has_home": pl.Int64,
}
_COLUMNS = {
    "account_id": "a.id",
    "has_email": "MAX(CASE WHEN c.kind = 'email' AND c.problem = '' THEN 1 ELSE 0 END)",
    "has_mobile": "MAX(CASE WHEN c.kind = 'phone' AND c.is_mobile AND c.problem = '' THEN 1 ELSE 0 END)",
    "has_address_point": "MAX(CASE WHEN c.kind = 'address' AND c.problem = '' THEN 1 ELSE 0 END)",
    "bad_address": "MAX(CASE WHEN c.kind = 'address' AND c.problem <> '' THEN 1 ELSE 0 END)",
    "contact_problem": "MAX(CASE WHEN c.problem <> '' THEN 1 ELSE 0 END)",
    "email_opt_out": "MAX(CASE WHEN p.email_opt_out THEN 1 ELSE 0 END)",
    "sms_opt_out": "MAX(CASE WHEN p.sms_opt_out THEN 1 ELSE 0 END)",
    "has_home": "MAX(CASE WHEN a.address <> '' THEN 1 ELSE 0 END)",
}
_FROM = """
FROM ledger_account a
JOIN parties_person p ON p.id = a.person_id
LEFT JOIN parties_contactpoint c ON c.person_id = a.person_id AND c.is_current
WHERE a.office_id = {office} AND {where}
GROUP BY a.id
"""


def account_facts(accounts: pl.DataFrame, office_id: int, as_of: date) -> pl.DataFrame:
    """account_id and the account facts of the vocabulary, for `accounts` (ledger.facts.ACCOUNT_SCHEMA)."""
    agencies = pl.DataFrame(
        list(Agency.objects.filter(office_id=office_id).values_list("pk", "code")),
        schema={"agency_id": pl.Int64, "agency_code": pl.String},
        orient="row",
    )
    entered, today = pl.col("entered_on"), pl.lit(as_of)
    months = (today.dt.year() - entered.dt.year()) * 12 + (
        today.dt.month().cast(pl.Int32) - entered.dt.month().cast(pl.Int32)
    )
    months = months - (today.dt.day() < entered.dt.day()).cast(pl.Int32)
    return (
        accounts.join(agencies, on="agency_id", how="left")
        .join(_contacts(accounts.get_column("account_id"), office_id), on="account_id", how="left")
        .select(
            "account_id",
            "status",
            "nature",
            "agency_code",
            "officer_id",
            "entered_on",
            "left_on",
            "payment_mode",
            received_on=pl.when(pl.col("split_on") <= today).then("split_on"),
            tenancy_months=months.cast(pl.Int64),
            has_email=_yes("has_email"),
            has_mobile=_yes("has_mobile"),
            has_address=_yes("has_address_point") | (_yes("has_home") & ~_yes("bad_address")),
            email_opt_out=_yes("email_opt_out"),
            sms_opt_out=_yes("sms_opt_out"),
            contact_problem=_yes("contact_problem"),
        )
    )


def _contacts(ids: pl.Series, office_id: int) -> pl.DataFrame:
    if ids.is_empty():
        return pl.DataFrame(schema=dict(_POINTS))
    inner = ", ".join(f"{sql} AS {name}" for name, sql in _COLUMNS.items())
    where = among("a.id", ids.to_list())
    tail = f"FROM (SELECT {inner} {_FROM.format(office=int(office_id), where=where)}) facts"
    return read({name: name for name in _POINTS}, tail, _POINTS)


def _yes(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0) == 1
