"""Which credit pays which item: the allocation of PAY-01 to PAY-03, computed for a column of accounts.

Credits wait until an item is due, then pay the oldest due one. Under that rule a queue of items and a stream
of credits meet like two rulers laid side by side: what a credit pays is where their cumulated intervals
overlap, so a whole life is one pass (`share`). Four things disturb the queue: an item entering late with an
older due date, a payment undone (REJET), the freeze of a recevabilité (SUR-02) and its end, an item settled
by name (EFFACEMENT). Each is a *cut*: lives are settled segment by segment, what is left on both sides
carried over; most accounts have one segment.

Aid goes to its own month first, due or not (PAY-03), before any payment; the rest is an ordinary credit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from amiable.domain.settlement.freeze import (
    FREEZE,
    aid_days,
    closed_to_aid,
    closed_to_payments,
    dates_of,
    freeze_days,
    is_frozen,
    numbered,
    settled_days,
)
from amiable.domain.settlement.postings import CREDIT_ORDER, ITEM_ORDER, Postings, running

ACCOUNT, MONTH = "account_id", "month_key"
_PIECES = {
    "account_id": pl.Int64,
    "credit_id": pl.Int64,
    "item_id": pl.Int64,
    "amount_cents": pl.Int64,
    "round": pl.Int32,
    "end": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Settlement:
    """items: the postings' items + aid_cents (paid by the aid of their month), rest_cents (unpaid), is_due,
    is_frozen (part A). credits: + rest_cents (not applied yet). Amounts in cents."""

    items: pl.DataFrame
    credits: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _State:
    """Items and credits, each in its order (`rank`), and what the credits to be undone have paid so far."""

    items: pl.DataFrame
    credits: pl.DataFrame
    pieces: pl.DataFrame


def settle(found: Postings, accounts: pl.DataFrame) -> Settlement:
    """Settle every account of `accounts` (account_id, as_of, split_on or null): each item, each credit.

    A column split_ends_on tells where a freeze is over (see `settlement_freeze`).
    `found` holds rows known on the account's own `as_of`; rows of other accounts are left out. An entry_id is
    that of one row only.
    """
    dates = dates_of(accounts)
    items = _opened(found.items, dates)
    credits = found.credits.join(dates, on="account_id", how="inner").sort("account_id", *CREDIT_ORDER)
    credits = credits.with_row_index("rank").with_columns(rest_cents="amount_cents")
    undos = found.undos.join(dates, on="account_id", how="semi")
    cuts = _cuts(items, credits, undos, dates)
    state = _State(
        _with_segment(items, cuts, "enter_on"),
        _with_segment(credits, cuts, "document_on"),
        pl.DataFrame(schema=_PIECES),
    )
    state = _aid_to_its_month(state, numbered(aid_days(dates, credits)), undos)
    for number in range(1 + max(cuts.get_column("segment").to_list(), default=0)):
        state = _settle_segment(state, cuts.filter(pl.col("segment") == number), undos, number)
    extra = ["as_of", *FREEZE, "segment", "rank"]
    return Settlement(state.items.drop(extra), state.credits.drop(extra))


def settle_items(found: Postings, accounts: pl.DataFrame) -> pl.DataFrame:
    """The items of `settle`, without telling which credit paid which: nearly all accounts have one segment,
    and there a credit is only its amount. The others go through `settle`.
    """
    dates = dates_of(accounts)
    items = _opened(found.items, dates)
    credits, undos = (rows.join(dates, on="account_id", how="semi") for rows in (found.credits, found.undos))
    cut = _cuts(items, credits, undos, dates).select("account_id").unique()
    if cut.is_empty():
        return _settle_pooled(items, credits)
    hard = accounts.join(cut, on="account_id", how="semi")
    easy = dates.join(cut, on="account_id", how="anti")
    pooled = _settle_pooled(
        items.join(cut, on="account_id", how="anti"), credits.join(easy, on="account_id", how="semi")
    )
    return pl.concat([pooled, settle(found, hard).items.select(pooled.columns)])


def _settle_pooled(items: pl.DataFrame, credits: pl.DataFrame) -> pl.DataFrame:
    """Accounts of one segment: the aid of each month, then all that is left, over their items."""
    aid = credits.filter(pl.col(MONTH).is_not_null()).group_by(MONTH).agg(facing=pl.col("amount_cents").sum())
    aided = items.select("rank", "account_id", MONTH, "rest_cents").join(aid, on=MONTH, how="inner")
    aided = aided.sort(MONTH, "rank").select("rank", "account_id", aid_cents=_paid(MONTH))
    used = aided.group_by("account_id").agg(used=pl.col("aid_cents").sum())
    funds = credits.group_by("account_id").agg(funds=pl.col("amount_cents").sum())
    funds = funds.join(used, on="account_id", how="left").select(
        "account_id", facing=pl.col("funds") - pl.col("used").fill_null(0)
    )
    items = (
        items.drop("aid_cents")
        .join(aided.select("rank", "aid_cents"), on="rank", how="left", maintain_order="left")
        .join(funds, on="account_id", how="left", maintain_order="left")
        .with_columns(pl.col("aid_cents").fill_null(0))
        .with_columns(rest_cents=pl.col("amount_cents") - pl.col("aid_cents"))
    )
    rest = items.with_columns(rest_cents=pl.col("rest_cents") - _paid(ACCOUNT, pl.col("is_due")))
    return rest.drop("facing", "as_of", *FREEZE, "rank")


def _opened(items: pl.DataFrame, dates: pl.DataFrame) -> pl.DataFrame:
    """The items of the accounts, nothing paid yet, in the order in which they are paid (`rank`)."""
    return (
        items.join(dates, on="account_id", how="inner")
        .sort("account_id", *ITEM_ORDER)
        .with_row_index("rank")
        .with_columns(
            aid_cents=pl.lit(0, pl.Int64),
            rest_cents="amount_cents",
            is_due=pl.col("due_on") <= pl.col("as_of"),
            is_frozen=is_frozen(),
        )
    )


def _paid(by: str, takes_part: pl.Expr | None = None) -> pl.Expr:
    """What each row gives or gets when its side meets `facing` cents of the other, in row order."""
    rest = pl.col("rest_cents")
    if takes_part is not None:
        rest = pl.when(takes_part).then(rest).otherwise(0)
    return (pl.col("facing").fill_null(0) - running(rest, by)).clip(0).clip(upper_bound=rest)


def _share(state: _State, by: str, number: int, undos: pl.DataFrame) -> _State:
    """Credits pay items, both marked `takes_part`; the pieces of credits that will be undone are kept."""
    part = pl.col("takes_part")
    order = "rank" if by == ACCOUNT else [by, "rank"]
    items, credits = state.items.sort(order), state.credits.sort(order)
    pieces = _pieces_to_undo(items.filter(part), credits.filter(part), by, undos, number)
    funds = credits.filter(part).group_by(by).agg(facing=pl.col("rest_cents").sum())
    needs = items.filter(part).group_by(by).agg(facing=pl.col("rest_cents").sum())
    items, credits = (
        mine.join(other, on=by, how="left", maintain_order="left")
        .with_columns(rest_cents=pl.col("rest_cents") - _paid(by, part))
        .drop("facing", "takes_part")
        for mine, other in ((items, funds), (credits, needs))
    )
    return _State(items, credits, pl.concat([state.pieces, pieces]))


def _aid_to_its_month(state: _State, turns: pl.DataFrame, undos: pl.DataFrame) -> _State:
    """PAY-03. From each day of `turns` some items are closed to the aid that comes then: a turn for each."""
    aid = _with_segment(state.credits.rename({"segment": "own"}), turns, "document_on")
    aid = aid.rename({"segment": "turn", "own": "segment"})
    items = state.items.join(
        settled_days(state.credits), on=["account_id", "entry_id"], how="left", maintain_order="left"
    )
    monthly = pl.col(MONTH).is_not_null()
    last = max(aid.filter(monthly).get_column("turn").to_list(), default=-1)
    for number in range(last + 1):
        begins = turns.filter(pl.col("segment") == number).select("account_id", turn_on="on")
        met = items.join(begins, on="account_id", how="left", maintain_order="left")
        met = met.with_columns(takes_part=monthly & ~closed_to_aid("turn_on")).drop("turn_on")
        mine = aid.with_columns(takes_part=monthly & (pl.col("turn") == number))
        if mine.get_column("takes_part").any():
            # Rounds of aid are negative: what came before any payment is taken back last.
            told = _share(_State(met, mine, state.pieces), MONTH, number - last - 1, undos)
            items, aid, state = told.items, told.credits, replace(state, pieces=told.pieces)
    items = items.with_columns(aid_cents=pl.col("amount_cents") - pl.col("rest_cents"))
    return replace(state, items=items.drop("settled_on"), credits=aid.drop("turn"))


def pieces_of(items: pl.DataFrame, credits: pl.DataFrame, by: str, number: int) -> pl.DataFrame:
    """Which part of which item each credit pays: where both rulers overlap, before `_share`."""
    end = running(pl.col("rest_cents"), by) + pl.col("rest_cents")
    # What is nil pays nothing: left in, it would stand at the end of its neighbour's part and take its place.
    items, credits = (rows.filter(pl.col("rest_cents") > 0) for rows in (items, credits))
    rulers = pl.concat(
        [
            items.select("account_id", key=by, item_id="entry_id", end=end),
            credits.select("account_id", key=by, credit_id="entry_id", end=end),
        ],
        how="diagonal",
    ).sort("key", "end", "item_id", "credit_id")
    previous = pl.col("end").shift(1).over("key").fill_null(0)
    return (
        rulers.with_columns(
            pl.col("item_id", "credit_id").backward_fill().over("key"),
            amount_cents=pl.col("end") - previous,
            round=pl.lit(number, pl.Int32),
        )
        .filter(
            (pl.col("amount_cents") > 0) & pl.col("item_id").is_not_null() & pl.col("credit_id").is_not_null()
        )
        .select(*_PIECES)
    )


def _cuts(
    items: pl.DataFrame, credits: pl.DataFrame, undos: pl.DataFrame, dates: pl.DataFrame
) -> pl.DataFrame:
    """account_id, on, segment (1, 2...): the days from which an account's queue has to be laid out anew."""
    cuts = [
        undos.select("account_id", "on"),
        freeze_days(dates),
        _late(items).select("account_id", on="enter_on"),
        credits.filter(pl.col("target_id").is_not_null()).select("account_id", on="document_on"),
    ]
    return numbered(pl.concat(cuts))


def _late(items: pl.DataFrame) -> pl.DataFrame:
    """The due items that enter after another one they should have been paid before."""
    late = pl.col("is_due") & (pl.col("document_on") > pl.col("due_on"))
    suspects = items.filter(late).select("account_id").unique()
    if suspects.is_empty():
        return items.clear()
    ranked = (
        items.filter(pl.col("is_due"))
        .join(suspects, on="account_id", how="semi")
        .sort("account_id", "enter_on", "rank")
    )
    # Ranks rise with the account, so that the running maximum never reaches over from the account before.
    return ranked.filter(pl.col("rank") < pl.col("rank").cum_max().shift(1).fill_null(0))


def _with_segment(rows: pl.DataFrame, cuts: pl.DataFrame, day: str) -> pl.DataFrame:
    """`rows` with the number of cuts on or before `day`."""
    if cuts.is_empty():
        return rows.with_columns(segment=pl.lit(0, pl.Int32))
    return (
        rows.sort(day)
        .join_asof(cuts.sort("on"), left_on=day, right_on="on", by="account_id", check_sortedness=False)
        .with_columns(pl.col("segment").fill_null(0))
        .select(*rows.columns, "segment")
    )


def _settle_segment(state: _State, cuts: pl.DataFrame, undos: pl.DataFrame, number: int) -> _State:
    """One segment of every account that has it: undo what its cut undoes, then let credits pay."""
    current = pl.lit(True)
    if number:
        state = _undo(state, undos.join(cuts, on=["account_id", "on"], how="inner"))
        days = cuts.select("account_id", cut_on="on")
        state = _settle_by_name(state, days)
        state = replace(
            state,
            items=state.items.join(days, on="account_id", how="left"),
            credits=state.credits.join(days, on="account_id", how="left"),
        )
        current = pl.col("cut_on").is_not_null()
    begun = current & (pl.col("segment") <= number)
    open_item = begun & pl.col("is_due")
    if number:
        open_item = open_item & ~closed_to_payments("cut_on")
    state = replace(
        state,
        items=state.items.with_columns(takes_part=open_item).drop("cut_on", strict=False),
        credits=state.credits.with_columns(takes_part=begun & pl.col("target_id").is_null()).drop(
            "cut_on", strict=False
        ),
    )
    return _share(state, ACCOUNT, number, undos)


def _settle_by_name(state: _State, days: pl.DataFrame) -> _State:
    """The targeted credits of a cut's day, each on the item it names; what is above stays unused."""
    day = days.rename({"cut_on": "document_on"})
    named = state.credits.filter(pl.col("target_id").is_not_null()).join(
        day, on=["account_id", "document_on"], how="semi"
    )
    if named.is_empty():
        return state
    facing = state.items.select("account_id", target_id="entry_id", facing="rest_cents")
    named = named.join(facing, on=["account_id", "target_id"], how="inner").sort("target_id", "rank")
    named = named.select("entry_id", "target_id", used=_paid("target_id"))
    used = named.group_by(entry_id="target_id").agg(pl.col("used").sum())
    items, credits = (
        rows.join(less, on="entry_id", how="left", maintain_order="left")
        .with_columns(pl.col("rest_cents") - pl.col("used").fill_null(0))
        .drop("used")
        for rows, less in ((state.items, used), (state.credits, named.select("entry_id", "used")))
    )
    return _State(items, credits, state.pieces)


def _pieces_to_undo(
    items: pl.DataFrame, credits: pl.DataFrame, by: str, undos: pl.DataFrame, number: int
) -> pl.DataFrame:
    """The pieces of the credits that will be undone later; the others are never needed."""
    undone = undos.select(entry_id="credit_id").unique()
    groups = credits.join(undone, on="entry_id", how="semi").select(by).unique()
    if groups.is_empty():
        return pl.DataFrame(schema=_PIECES)
    items = items.join(groups, on=by, how="semi", maintain_order="left")
    credits = credits.join(groups, on=by, how="semi", maintain_order="left")
    pieces = pieces_of(items, credits, by, number)
    return pieces.join(undone.rename({"entry_id": "credit_id"}), on="credit_id", how="semi")


def _undo(state: _State, undos: pl.DataFrame) -> _State:
    """Take back credits: first what they had not paid yet, then their last pieces, unpaid again."""
    if undos.is_empty():
        return state
    asked = undos.group_by(entry_id="credit_id").agg(asked=pl.col("amount_cents").sum())
    held = state.credits.join(asked, on="entry_id", how="inner").with_columns(
        taken=pl.min_horizontal("asked", "rest_cents")
    )
    taken = held.select("entry_id", "taken")
    credits = state.credits.join(taken, on="entry_id", how="left").with_columns(
        rest_cents=pl.col("rest_cents") - pl.col("taken").fill_null(0)
    )
    wanted = held.select(credit_id="entry_id", wanted=pl.col("asked") - pl.col("taken"))
    touched = (
        state.pieces.join(wanted, on="credit_id", how="inner")
        .sort("credit_id", "round", "end", descending=[False, True, True])
        .with_columns(before=running(pl.col("amount_cents"), "credit_id"))
        .with_columns(
            back=(pl.col("wanted") - pl.col("before")).clip(0).clip(upper_bound=pl.col("amount_cents"))
        )
    )
    reopened = touched.group_by(entry_id="item_id").agg(
        pl.col("back").sum(), aid_back=pl.col("back").filter(pl.col("round") < 0).sum()
    )
    items = state.items.join(reopened, on="entry_id", how="left").with_columns(
        rest_cents=pl.col("rest_cents") + pl.col("back").fill_null(0),
        aid_cents=pl.col("aid_cents") - pl.col("aid_back").fill_null(0),
    )
    kept = touched.with_columns(pl.col("amount_cents") - pl.col("back")).select(*_PIECES)
    others = state.pieces.join(wanted, on="credit_id", how="anti")
    return _State(
        items.drop("back", "aid_back"),
        credits.drop("taken"),
        pl.concat([others, kept.filter(pl.col("amount_cents") > 0)]),
    )
