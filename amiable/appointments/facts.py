"""What appointments tell decisions: the next one, how many were missed in this spell, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from amiable.appointments.lifecycle import State
from amiable.appointments.models import Appointment
from amiable.diary.done import standing
from amiable.diary.facts import of_accounts
from amiable.diary.writing import Kind
from amiable.domain.contact.slots import PARIS
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {
    "appointment_on": pl.Date,
    "no_shows": pl.Int64,
    "days_since_no_show": pl.Int64,
}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account with an appointment to come or missed: COLUMNS. Two queries."""
    schema = {"account_id": pl.Int64, "on": pl.Date}
    booked = of_accounts(Appointment.objects.filter(state=State.BOOKED), ids, {"office_id": office_id})
    coming = pl.DataFrame(
        [(pk, at.astimezone(PARIS).date()) for pk, at in booked.values_list("account_id", "starts_at")],
        schema=schema,
        orient="row",
    )
    coming = coming.filter(pl.col("on") >= as_of).group_by("account_id").agg(pl.col("on").min())
    lines = of_accounts(standing(as_of).filter(kind=Kind.NO_SHOW), ids, {"office_id": office_id})
    missed = pl.DataFrame(list(lines.values_list("account_id", "on")), schema=schema, orient="row")
    spell = scope.figures.select("account_id", "claimed_since_on")
    missed = missed.join(spell, on="account_id").filter(pl.col("on") >= pl.col("claimed_since_on"))
    told = missed.group_by("account_id").agg(no_shows=pl.len().cast(pl.Int64), last=pl.col("on").max())
    accounts = pl.concat([coming.select("account_id"), told.select("account_id")]).unique()
    return (
        accounts.join(coming, on="account_id", how="left")
        .join(told, on="account_id", how="left")
        .select(
            "account_id",
            appointment_on="on",
            no_shows="no_shows",
            days_since_no_show=(pl.lit(as_of) - pl.col("last")).dt.total_days(),
        )
    )
