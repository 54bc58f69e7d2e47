"""Random ledgers for property tests, and hand-typed ones told in a few words."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import strategies as st

from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.domain.settlement.postings import ENTRY_SCHEMA
from tests.domain.settlement_oracle import Row

ORIGIN = date(2026, 1, 1)
SPAN = 130
#: The recevabilité of an account and the last day of its freeze.
Freeze = tuple[date | None, date | None]
NO_FREEZE: Freeze = (None, None)


def on(text: str, year: int = 2026) -> date:
    """« 5/10 » is 5 October 2026; « 5/10/2025 » names its year."""
    parts = [int(part) for part in text.split("/")]
    return date(parts[2] if len(parts) == 3 else year, parts[1], parts[0])


def shift(account: int, entry_id: int) -> int:
    """Each account's rows are numbered from 1: their ids in a common frame."""
    return (account - 1) * 1000 + entry_id


def frame(rows: dict[int, list[Row]]) -> pl.DataFrame:
    """The engine's entries frame for several accounts; ids made unique (see `shift`)."""
    data = [
        (
            shift(account, r.entry_id),
            account,
            r.kind,
            r.document_on,
            r.due_on,
            r.period,
            r.amount,
            r.is_net,
            None if r.reverses_id is None else shift(account, r.reverses_id),
        )
        for account, each in rows.items()
        for r in each
    ]
    return pl.DataFrame(data, schema=ENTRY_SCHEMA, orient="row")


def accounts(
    ids: list[int], freezes: dict[int, Freeze] | None = None, status: str = "present"
) -> pl.DataFrame:
    freezes = freezes or {}
    return pl.DataFrame(
        [(i, status, *freezes.get(i, NO_FREEZE)) for i in ids],
        schema={
            "account_id": pl.Int64,
            "status": pl.String,
            "split_on": pl.Date,
            "split_ends_on": pl.Date,
        },
        orient="row",
    )


days = st.integers(0, SPAN).map(lambda n: ORIGIN + timedelta(days=n))
months = st.sampled_from([date(2026, m, 1) for m in range(1, 6)])
freezes = (
    st.just(NO_FREEZE) | st.tuples(days, st.none()) | st.tuples(days, days).map(lambda d: (min(d), max(d)))
)
DEBITS = [K.QUITTANCE, K.QUITTANCE, K.QUITTANCE, K.REGULARISATION, K.SLS, K.FRAIS, K.ECHEANCE]
CREDITS = [K.ENCAISSEMENT, K.ENCAISSEMENT, K.ENCAISSEMENT, K.APL, K.APL, K.RLS, K.REMISE]


@st.composite
def ledgers(draw, *, corrections: bool = True, size: int = 14) -> list[Row]:
    """One account's rows: late items, credits in advance, aid of any month, returned and cancelled rows."""
    rows: list[Row] = []
    for number in range(1, draw(st.integers(0, size)) + 1):
        choice = draw(st.integers(0, 9))
        day = draw(days)
        amount = draw(st.integers(1, 12)) * 50
        if choice >= 8 and rows and corrections:
            rows.append(_correction(draw, number, day, amount, rows))
        elif choice >= 4:
            due = draw(st.none() | st.integers(-50, 40))
            rows.append(
                Row(
                    number,
                    draw(st.sampled_from(DEBITS)),
                    day,
                    None if due is None else day + timedelta(days=due),
                    draw(st.none() | months),
                    amount,
                    draw(st.booleans()),
                )
            )
        else:
            period = draw(st.none() | months)
            rows.append(Row(number, draw(st.sampled_from(CREDITS)), day, None, period, -amount))
    return rows


def _correction(draw, number: int, day: date, amount: int, rows: list[Row]) -> Row:
    target = draw(st.sampled_from(rows))
    if draw(st.integers(0, 2)) == 0:
        named = draw(st.none() | st.just(target.entry_id))
        return Row(
            number,
            draw(st.sampled_from([K.EFFACEMENT, K.REECHELONNEMENT, K.SUBROGATION])),
            day,
            None,
            None,
            -draw(st.sampled_from([amount, abs(target.amount)])),
            False,
            named,
        )
    if draw(st.booleans()):
        exact = draw(st.integers(0, 3)) > 0
        return Row(
            number,
            K.ANNULATION,
            day,
            None,
            None,
            -target.amount if exact else -amount,
            False,
            target.entry_id,
        )
    payments = [r for r in rows if r.amount < 0]
    if payments and draw(st.integers(0, 4)):
        target = draw(st.sampled_from(payments))
        exact = draw(st.integers(0, 2)) > 0
        return Row(
            number, K.REJET, day, None, None, -target.amount if exact else amount, False, target.entry_id
        )
    return Row(number, K.REJET, day, None, None, amount)
