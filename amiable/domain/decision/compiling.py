"""Conditions compiled to Polars expressions, the only way they are ever evaluated.

`opens_in` answers for every row: in how many days the condition holds when only time passes (0: it holds
today, null: time alone will not do). A column of accounts is judged in two passes: `leaf_columns` once for
all the distinct leaves of a procedure, then one small expression per condition over those columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import reduce

import polars as pl

from amiable.domain import law
from amiable.domain.decision import facts
from amiable.domain.decision.conditions import ORDERED, All, Condition, Leaf, leaves

#: Days, further than any file lives: the first day of what never comes.
_NEVER = 10**6
#: Operators about a date to come, and those of them that hold once it is there.
_DATED = ("reached", "not_reached", "after_limit", "before_limit")
_OPENING = ("reached", "after_limit")

#: First and last day (counted from today) on which something holds; last None: for ever.
Window = tuple[pl.Expr, pl.Expr | None]


def holds(condition: Condition) -> pl.Expr:
    """Boolean expression, never null, of a resolved condition."""
    if isinstance(condition, Leaf):
        return _leaf_holds(condition).fill_null(False)
    if not condition.children:
        return pl.lit(isinstance(condition, All))
    parts = [holds(child) for child in condition.children]
    return reduce(lambda a, b: a & b if isinstance(condition, All) else a | b, parts)


def opens_in(condition: Condition, of_leaf: Callable[[Leaf], Window] | None = None) -> pl.Expr:
    """Days until the condition holds when only time passes: 0 today already, null if time is not enough.

    Exact for conjunctions; an alternative that opens and closes again between two others is read as one long
    opening, which the next evaluation (every night) corrects. of_leaf: where the leaves' windows are found,
    when they were computed beforehand (`leaf_columns`).
    """
    opens, closes = _window(condition, of_leaf or _leaf_window)
    live = opens < _NEVER if closes is None else (opens < _NEVER) & (opens <= closes)
    return pl.when(live).then(opens)


def leaf_columns(conditions: Iterable[Condition]) -> tuple[list[pl.Expr], Callable[[Leaf], Window]]:
    """Expressions of the windows of all the distinct leaves, and the way to find them again as columns."""
    distinct = {repr(leaf): leaf for condition in conditions for leaf in leaves(condition)}
    made: list[pl.Expr] = []
    found: dict[str, Window] = {}
    for i, (key, leaf) in enumerate(distinct.items()):
        opens, closes = _leaf_window(leaf)
        made.append(opens.alias(f"_o{i}"))
        if closes is not None:
            made.append(closes.alias(f"_c{i}"))
        found[key] = (pl.col(f"_o{i}"), pl.col(f"_c{i}") if closes is not None else None)
    return made, lambda leaf: found[repr(leaf)]


def _window(condition: Condition, of_leaf: Callable[[Leaf], Window]) -> Window:
    if isinstance(condition, Leaf):
        return of_leaf(condition)
    if not condition.children:
        return pl.lit(0 if isinstance(condition, All) else _NEVER, dtype=pl.Int64), None
    windows = [_window(child, of_leaf) for child in condition.children]
    if len(windows) == 1:
        return windows[0]
    closing = [last for _, last in windows if last is not None]
    if isinstance(condition, All):
        opens = pl.max_horizontal([first for first, _ in windows])
        return opens, pl.min_horizontal(closing) if closing else None
    firsts = [first if last is None else _alive(first, last) for first, last in windows]
    if not closing:
        return pl.min_horizontal(firsts), None
    ends = [
        pl.when(first < _NEVER).then(pl.lit(_NEVER) if last is None else last).otherwise(-1)
        for first, (_, last) in zip(firsts, windows, strict=True)
    ]
    return pl.min_horizontal(firsts), pl.max_horizontal(ends)


def _alive(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    return pl.when(first <= last).then(first).otherwise(_NEVER)


def _leaf_holds(leaf: Leaf) -> pl.Expr:
    column = pl.col(leaf.fact)
    match leaf.op:
        case "is_null":
            return column.is_null()
        case "not_null":
            return column.is_not_null()
        case "in":
            return column.is_in(list(leaf.value))
        case "not_in":
            return ~column.is_in(list(leaf.value))
        case "reached" | "after_limit":
            return pl.col("as_of") >= target_day(leaf)
        case "not_reached" | "before_limit":
            return pl.col("as_of") < target_day(leaf)
    return {
        "=": column.__eq__,
        "!=": column.__ne__,
        ">": column.__gt__,
        ">=": column.__ge__,
        "<": column.__lt__,
        "<=": column.__le__,
    }[leaf.op](leaf.value)


def _leaf_window(leaf: Leaf) -> Window:
    days = days_to_border(leaf)
    today = pl.lit(0, dtype=pl.Int64)
    if days is None:
        return pl.when(_leaf_holds(leaf)).then(today).otherwise(_NEVER), None
    if leaf.op == "=":
        return pl.when(days >= 0).then(days).otherwise(_NEVER), days.fill_null(-1)
    if opens_with_time(leaf):
        return days.clip(lower_bound=0).fill_null(_NEVER), None
    return pl.when(days >= 0).then(today).otherwise(_NEVER), days.fill_null(-1)


def opens_with_time(leaf: Leaf) -> bool:
    """Whether waiting can make the leaf hold: an age to reach, a limit coming nearer."""
    if leaf.op in _DATED:
        return leaf.op in _OPENING
    drift = facts.get(leaf.fact).drift
    return (drift > 0 and leaf.op in (">", ">=", "=")) or (drift < 0 and leaf.op in ("<", "<=", "="))


def days_to_border(leaf: Leaf) -> pl.Expr | None:
    """Days until the first day (opening leaf) or the last day (closing leaf) on which it holds.

    Null when the fact is unknown; None when time does not move the fact.
    """
    if leaf.op in _DATED:
        distance = (target_day(leaf) - pl.col("as_of")).dt.total_days()
        return distance if leaf.op in _OPENING else distance - 1
    drift = facts.get(leaf.fact).drift
    if not drift or leaf.op not in (*ORDERED, "="):
        return None
    distance = (pl.lit(leaf.value, dtype=pl.Int64) - pl.col(leaf.fact)) * drift
    if leaf.op in (">", "<"):
        return distance + (1 if opens_with_time(leaf) else -1)
    return distance


def target_day(leaf: Leaf) -> pl.Expr:
    """First day of a dated leaf: a day of the month so many months later, or the day after a legal limit."""
    if leaf.op in ("after_limit", "before_limit"):
        done_on = pl.col("as_of") - pl.duration(days=pl.col(leaf.fact))
        return done_on.map_batches(lambda days: _days_after(leaf.value, days), return_dtype=pl.Date)
    column = pl.col(leaf.fact)
    moved = column.dt.offset_by(f"{leaf.value.get('months', 0)}mo").dt.offset_by(
        f"{leaf.value.get('days', 0)}d"
    )
    if "day" not in leaf.value:
        return moved
    return on_day_of_month(moved, pl.lit(leaf.value["day"]))


def _days_after(limit_id: str, done_on: pl.Series) -> pl.Series:
    # The law's one function, applied to the distinct dates only, under the law of the day of the act.
    distinct = done_on.drop_nulls().unique().to_list()
    ends = [_day_after(law.limit(limit_id, day)) for day in distinct]
    return done_on.replace_strict(distinct, ends, default=None, return_dtype=pl.Date)


def _day_after(limit: law.Limit) -> date:
    return limit.first_day or limit.ends_on + timedelta(days=1)


def on_day_of_month(column: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The date of the same month on that day, or on the month's last day when it is shorter."""
    wanted = pl.min_horizontal(day.cast(pl.Int64), column.dt.month_end().dt.day().cast(pl.Int64))
    return column.dt.month_start() + pl.duration(days=wanted - 1)
