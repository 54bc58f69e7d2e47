"""Which credit pays which item: the allocation of PAY-01 to PAY-03, computed for a column of accounts.

Credits wait until an item is due, then pay the oldest due one. Under that rule a queue of items and a stream
of credits meet like two rulers laid side by side: what a credit pays is where their cumulated intervals
overlap, so a whole life is one pass (`share`). Three things disturb the queue: an item entering late with an
older due date, a payment undone (REJET), the date of the recevabilité (SUR-02). Each is a *cut*: lives are
settled segment by segment, what is left on both sides carried over; most accounts have one segment.

Aid goes to its own month first, due or not (PAY-03), before any payment; the rest is an ordinary credit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from amiable.domain.settlement_entries import CREDIT_ORDER, ITEM_ORDER, Postings

ACCOUNT = ["account_id"]
MONTH = ["account_id", "month"]
KEY = ["account_id", "entry_id"]
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
    items: pl.DataFrame
    credits: pl.DataFrame
    pieces: pl.DataFrame


def settle(found: Postings, accounts: pl.DataFrame) -> Settlement:
    """Settle every account of `accounts` (account_id, as_of, split_on or null) whatever its rows.

    `found` holds rows known on the account's own `as_of`; rows of other accounts are left out.
    """
    dates = accounts.select(
        "account_id", "as_of", split_on=pl.when(pl.col("split_on") <= pl.col("as_of")).then("split_on")
    )
    items = found.items.join(dates, on="account_id", how="inner").with_columns(
        aid_cents=pl.lit(0, pl.Int64),
        rest_cents="amount_cents",
        is_due=pl.col("due_on") <= pl.col("as_of"),
        is_frozen=(pl.col("due_on") <= pl.col("split_on")).fill_null(False),
    )
    credits = found.credits.join(dates, on="account_id", how="inner").with_columns(rest_cents="amount_cents")
    undos = found.undos.join(dates, on="account_id", how="semi")
    state = _aid_to_its_month(_State(items, credits, pl.DataFrame(schema=_PIECES)), undos)
    cuts = _cuts(state.items, undos, dates)
    state = replace(
        state,
        items=_with_segment(state.items, cuts, "enter_on"),
        credits=_with_segment(state.credits, cuts, "document_on"),
    )
    for number in range(1 + max(cuts.get_column("segment").to_list(), default=0)):
        state = _settle_segment(state, cuts.filter(pl.col("segment") == number), undos, number)
    extra = ["as_of", "split_on", "segment"]
    return Settlement(state.items.drop(extra), state.credits.drop(extra))


def share(items: pl.DataFrame, credits: pl.DataFrame, by: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames with `rest_cents` after credits have paid items, each in its order within `by`."""
    items, credits = items.sort(*by, *ITEM_ORDER), credits.sort(*by, *CREDIT_ORDER)
    funds = credits.group_by(by).agg(pl.col("rest_cents").sum().alias("facing"))
    needs = items.group_by(by).agg(pl.col("rest_cents").sum().alias("facing"))
    rest = pl.col("rest_cents")
    before = rest.cum_sum().over(by) - rest
    left = rest - (pl.col("facing").fill_null(0) - before).clip(0, None).clip(upper_bound=rest)
    return (
        items.join(funds, on=by, how="left", maintain_order="left")
        .with_columns(rest_cents=left)
        .drop("facing"),
        credits.join(needs, on=by, how="left", maintain_order="left")
        .with_columns(rest_cents=left)
        .drop("facing"),
    )


def pieces_of(items: pl.DataFrame, credits: pl.DataFrame, by: list[str], number: int) -> pl.DataFrame:
    """Which part of which item each credit pays: the overlaps of both rulers, before `share`."""
    end = pl.col("rest_cents").cum_sum().over(by)
    rulers = pl.concat(
        [
            items.sort(*by, *ITEM_ORDER).select(*by, item_id="entry_id", end=end),
            credits.sort(*by, *CREDIT_ORDER).select(*by, credit_id="entry_id", end=end),
        ],
        how="diagonal",
    ).sort(*by, "end", "item_id", "credit_id")
    return (
        rulers.with_columns(
            pl.col("item_id", "credit_id").backward_fill().over(by),
            amount_cents=pl.col("end") - pl.col("end").shift(1).over(by).fill_null(0),
            round=pl.lit(number, pl.Int32),
        )
        .filter(
            (pl.col("amount_cents") > 0) & pl.col("item_id").is_not_null() & pl.col("credit_id").is_not_null()
        )
        .select(*_PIECES)
    )


def _aid_to_its_month(state: _State, undos: pl.DataFrame) -> _State:
    """PAY-03. Aid dated after the recevabilité pays no item of part A: it gets a turn of its own."""
    eligible = pl.col("month").is_not_null()
    after = (pl.col("document_on") > pl.col("split_on")).fill_null(False)
    state = _aid_turn(state, eligible, eligible & ~after, undos, -2)
    return _aid_turn(state, eligible & ~pl.col("is_frozen"), eligible & after, undos, -1)


def _aid_turn(
    state: _State, which_items: pl.Expr, which_credits: pl.Expr, undos: pl.DataFrame, number: int
) -> _State:
    aid = state.credits.filter(which_credits)
    if aid.is_empty():
        return state
    items = state.items.filter(which_items).join(aid.select(MONTH).unique(), on=MONTH, how="semi")
    aid = aid.join(items.select(MONTH).unique(), on=MONTH, how="semi")
    if aid.is_empty():
        return state
    pieces = _pieces_to_undo(items, aid, MONTH, undos, number)
    items, aid = share(items, aid, MONTH)
    items = items.with_columns(aid_cents=pl.col("amount_cents") - pl.col("rest_cents"))
    return _State(
        _replaced(state.items, items), _replaced(state.credits, aid), pl.concat([state.pieces, pieces])
    )


def _cuts(items: pl.DataFrame, undos: pl.DataFrame, dates: pl.DataFrame) -> pl.DataFrame:
    """account_id, on, segment (1, 2...): the days from which an account's queue has to be laid out anew."""
    after_split = (pl.col("split_on") + pl.duration(days=1)).alias("on")
    cuts = pl.concat(
        [
            undos.select("account_id", "on"),
            dates.filter(pl.col("split_on") < pl.col("as_of")).select("account_id", after_split),
            _late(items.filter(pl.col("is_due"))).select("account_id", on="enter_on"),
        ]
    ).unique()
    return cuts.sort("account_id", "on").with_columns(
        segment=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("account_id")
    )


def _late(items: pl.DataFrame) -> pl.DataFrame:
    """The items that enter after another one they should have been paid before."""
    suspects = items.filter(pl.col("document_on") > pl.col("due_on")).select("account_id").unique()
    if suspects.is_empty():
        return items.clear()
    ranked = (
        items.join(suspects, on="account_id", how="semi")
        .sort("account_id", *ITEM_ORDER)
        .with_row_index("rank")
        .sort("account_id", "enter_on", "rank")
    )
    # Ranks rise with the account, so that the running maximum never reaches over from the account before.
    return ranked.filter(pl.col("rank") < pl.col("rank").cum_max().shift(1).fill_null(0))


def _with_segment(rows: pl.DataFrame, cuts: pl.DataFrame, day: str) -> pl.DataFrame:
    """`rows` with the number of cuts on or before `day`."""
    none = pl.lit(0, pl.Int32).alias("segment")
    if cuts.is_empty():
        return rows.with_columns(none)
    cut_accounts = cuts.select("account_id").unique()
    plain = rows.join(cut_accounts, on="account_id", how="anti").with_columns(none)
    cut = (
        rows.join(cut_accounts, on="account_id", how="semi")
        .sort(day)
        .join_asof(cuts.sort("on"), left_on=day, right_on="on", by="account_id", check_sortedness=False)
        .with_columns(pl.col("segment").fill_null(0))
        .select(plain.columns)
    )
    return pl.concat([plain, cut])


def _settle_segment(state: _State, cuts: pl.DataFrame, undos: pl.DataFrame, number: int) -> _State:
    """One segment of every account that has it: undo what its cut undoes, then let credits pay."""
    now = pl.col("segment") <= number
    open_item = now & pl.col("is_due") & (pl.col("rest_cents") > 0)
    open_credit = now & (pl.col("rest_cents") > 0)
    queue, funds = state.items, state.credits
    if number:
        state = _undo(state, undos.join(cuts, on=["account_id", "on"], how="inner"))
        # From the day after the recevabilité nothing is allocated to part A any more.
        closed = cuts.select("account_id", cut_on="on")
        queue = state.items.join(closed, on="account_id", how="inner").filter(
            ~(pl.col("is_frozen") & (pl.col("cut_on") > pl.col("split_on"))).fill_null(False)
        )
        queue = queue.drop("cut_on")
        funds = state.credits.join(closed, on="account_id", how="semi")
    queue, funds = queue.filter(open_item), funds.filter(open_credit)
    pieces = _pieces_to_undo(queue, funds, ACCOUNT, undos, number)
    queue, funds = share(queue, funds, ACCOUNT)
    return _State(
        _replaced(state.items, queue), _replaced(state.credits, funds), pl.concat([state.pieces, pieces])
    )


def _pieces_to_undo(
    items: pl.DataFrame, credits: pl.DataFrame, by: list[str], undos: pl.DataFrame, number: int
) -> pl.DataFrame:
    """The pieces of the credits that will be undone later; the others are never needed."""
    undone = undos.select("account_id", entry_id="credit_id").unique()
    groups = credits.join(undone, on=KEY, how="semi").select(by).unique()
    if groups.is_empty():
        return pl.DataFrame(schema=_PIECES)
    pieces = pieces_of(
        items.join(groups, on=by, how="semi"), credits.join(groups, on=by, how="semi"), by, number
    )
    return pieces.join(undone.rename({"entry_id": "credit_id"}), on=["account_id", "credit_id"], how="semi")


def _undo(state: _State, undos: pl.DataFrame) -> _State:
    """Take back credits: first what they had not paid yet, then their last pieces, unpaid again."""
    if undos.is_empty():
        return state
    by = ["account_id", "credit_id"]
    asked = undos.group_by(by).agg(pl.col("amount_cents").sum().alias("asked"))
    held = state.credits.join(asked, left_on=KEY, right_on=by, how="inner").with_columns(
        taken=pl.min_horizontal("asked", "rest_cents")
    )
    credits = _replaced(state.credits, held.with_columns(pl.col("rest_cents") - pl.col("taken")))
    wanted = held.select("account_id", credit_id="entry_id", wanted=pl.col("asked") - pl.col("taken"))
    touched = (
        state.pieces.join(wanted, on=by, how="inner")
        .sort(*by, "round", "end", descending=[False, False, True, True])
        .with_columns(before=pl.col("amount_cents").cum_sum().over(by) - pl.col("amount_cents"))
        .with_columns(
            back=(pl.col("wanted") - pl.col("before")).clip(0).clip(upper_bound=pl.col("amount_cents"))
        )
    )
    reopened = touched.group_by("account_id", entry_id="item_id").agg(
        pl.col("back").sum(), pl.col("back").filter(pl.col("round") < 0).sum().alias("aid_back")
    )
    items = state.items.join(reopened, on=KEY, how="inner").with_columns(
        pl.col("rest_cents") + pl.col("back"), pl.col("aid_cents") - pl.col("aid_back")
    )
    kept = touched.with_columns(pl.col("amount_cents") - pl.col("back")).select(*_PIECES)
    others = state.pieces.join(wanted, on=by, how="anti")
    return _State(
        _replaced(state.items, items), credits, pl.concat([others, kept.filter(pl.col("amount_cents") > 0)])
    )


def _replaced(rows: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """`rows` with those of `changed` (same key) put in the place of their older selves."""
    if changed.height == rows.height:
        return changed.select(rows.columns)
    return pl.concat([rows.join(changed.select(KEY), on=KEY, how="anti"), changed.select(rows.columns)])
