"""One date convention per column: whether the day or the month comes first is judged on the whole column.

A cell alone says nothing (11/1/2026 is a day both ways); the column does: one impossible day condemns the
reading of all the others. The column is then read the other way, aloud, or the file is refused, aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from amiable.domain.errors import DomainError
from amiable.intake.readers.table import LINE, place_fr

Order = Literal["day", "month"]
LABELS_FR = {"day": "jour d'abord", "month": "mois d'abord"}
#: Different cells that must say « month first », with none against, before a whole column is turned.
ENOUGH_TO_TURN = 2
#: A column that says « day first » this many times for one cell against has one wrong cell.
FAR_MORE = 10

_PARTS = r"^\s*(\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2}))(?:[T ].*)?$"
_ISO = r"^\s*((?:19|20|21)\d{2}-\d{2}-\d{2})(?:[T ].*)?$"


@dataclass(frozen=True)
class Orders:
    """What each date column says, and what the officer must be told about it."""

    by_column: dict[str, Order] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __getitem__(self, column: str) -> Order:
        return self.by_column.get(column, "day")


@dataclass(frozen=True)
class _Column:
    """The cells of one column by what they prove: (line, cell), one line per distinct cell."""

    label: str
    day: list[tuple[int, str]]
    month: list[tuple[int, str]]
    either: list[tuple[int, str]]
    stored: int
    stored_low: int

    @property
    def ambiguous(self) -> bool:
        """A cell is a day both ways, and not the same one."""
        return any(_first(cell) != _second(cell) for _, cell in self.either)

    @property
    def half_converted(self) -> bool:
        """A spreadsheet turned what it could into dates of its own and left the rest as text."""
        turned = bool(self.stored) and self.stored_low == self.stored and not self.either
        return turned and bool(self.month or (len(self.day) > 1 and self.stored > 1))


def decide(frame: pl.DataFrame, columns: Mapping[str, str], stated: Order | None) -> Orders:
    """The order of each column of `columns` (name -> French label). `stated`: what the officer said.

    Raises DomainError when a column contradicts itself, or what was stated.
    """
    found = {name: _read(frame, name, label) for name, label in columns.items()}
    if stated is not None:
        for column in found.values():
            _check_stated(column, stated)
        return Orders(dict.fromkeys(columns, stated))
    day_elsewhere = {n: any(c.day and not c.month for m, c in found.items() if m != n) for n in found}
    judged = {name: _judge(column, day_elsewhere[name]) for name, column in found.items()}
    orders = {name: order for name, (order, _) in judged.items()}
    warnings = [warning for _, said in judged.values() for warning in said]
    silent = [c for c in found.values() if c.ambiguous and not c.day and not c.month]
    if silent and "month" in orders.values():
        raise _refused(
            f"{silent[0].label} : rien ne dit si le jour ou le mois vient d'abord, et une autre colonne est "
            "écrite mois d'abord."
        )
    # The dates of one file are written by one program: a sister column that speaks is believed.
    if silent and not any(column.day for column in found.values()):
        names = ", ".join(column.label for column in silent)
        line, cell = silent[0].either[0]
        warnings.append(
            f"Dates ({names}) : rien ne dit si le jour ou le mois vient d'abord ; lues jour d'abord "
            f"(« {cell} », {place_fr(line)}). Vérifiez."
        )
    return Orders(orders, warnings)


def _parts(cell: str) -> list[str]:
    return cell.replace(".", "/").replace("-", "/").split("/")


def _first(cell: str) -> int:
    return int(_parts(cell)[0])


def _second(cell: str) -> int:
    return int(_parts(cell)[1])


def _read(frame: pl.DataFrame, name: str, label: str) -> _Column:
    # A time of day makes each cell another one: only its date is looked at.
    dated = pl.coalesce(pl.col(name).str.extract(_PARTS, 1), pl.col(name).str.extract(_ISO, 1))
    distinct = frame.group_by(name).agg(pl.col(LINE).min())
    cells = distinct.select(LINE, dated.alias("cell")).drop_nulls().group_by("cell").agg(pl.col(LINE).min())
    stored = cells.filter(pl.col("cell").str.contains(r"^\d{4}-"))
    low = stored.filter(pl.col("cell").str.slice(8, 2).cast(pl.Int64) <= 12)
    kinds: dict[str, list[tuple[int, str]]] = {"day": [], "month": [], "either": []}
    for line, cell in cells.join(stored, on="cell", how="anti").sort(LINE).select(LINE, "cell").iter_rows():
        kind = _proof(_first(cell), _second(cell))
        if kind is not None:
            kinds[kind].append((line, cell))
    return _Column(label, kinds["day"], kinds["month"], kinds["either"], stored.height, low.height)


def _proof(first: int, second: int) -> str | None:
    """What two figures prove: a figure beyond twelve is no month; None when it is no date at all."""
    if first in range(1, 13) and second in range(1, 13):
        return "either"
    if first in range(13, 32) and second in range(1, 13):
        return "day"
    return "month" if second in range(13, 32) and first in range(1, 13) else None


def _check_stated(column: _Column, stated: Order) -> None:
    for_it, against = (column.day, column.month) if stated == "day" else (column.month, column.day)
    if len(against) >= ENOUGH_TO_TURN and not for_it:
        raise _refused(
            f"{column.label} : vous avez dit {LABELS_FR[stated]}, mais {_shown(against)} "
            "dit le contraire et aucune ne le confirme."
        )


def _judge(column: _Column, day_elsewhere: bool) -> tuple[Order, list[str]]:
    """The order of one column and what must be said of it. `day_elsewhere`: a sister column is day first."""
    if column.half_converted:
        raise _refused(
            f"{column.label} : dates à moitié converties par un tableur "
            f"({_shown(column.month or column.day)} en texte, d'autres en vraies dates) : les autres sont "
            "sans doute inversées. Reprenez l'export d'origine."
        )
    if not column.month:
        return "day", []
    few = len(column.month) < ENOUGH_TO_TURN
    if len(column.day) >= FAR_MORE * len(column.month) or (
        few and not column.day and (day_elsewhere or not column.ambiguous)
    ):
        return "day", [
            f"{column.label} : {_shown(column.month)} n'est pas possible ; la colonne est lue jour d'abord, "
            "ces lignes sont refusées."
        ]
    if column.day or few:
        raise _refused(
            f"{column.label} : {_shown(column.month)} n'est pas possible jour d'abord"
            + (f", {_shown(column.day)} ne l'est pas mois d'abord" if column.day else "")
            + " : la colonne entière est refusée."
        )
    example = (column.either or column.month)[0][1]
    return "month", [
        f"{column.label} : {_shown(column.month)} n'est pas possible jour d'abord ; toute la colonne est lue "
        f"mois d'abord (« {example} » : mois {_first(example)}, jour {_second(example)})."
    ]


def _shown(cells: list[tuple[int, str]]) -> str:
    return ", ".join(f"« {cell} » ({place_fr(line)})" for line, cell in cells[:3])


def _refused(sentence: str) -> DomainError:
    return DomainError(
        "intake.date_order",
        sentence
        + " Corrigez le fichier, ou dites dans la correspondance si le jour ou le mois vient d'abord "
        "(date_order). Rien n'a été importé.",
    )
