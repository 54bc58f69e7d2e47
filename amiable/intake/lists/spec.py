"""What a list is made of: fields, their usual names in exports, and the codes their cells use."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from amiable.intake.readers.table import LINE, normalise


@dataclass(frozen=True)
class Field:
    """One column of a list. `synonyms` and `codes` are compared normalised (no accents, lower case)."""

    name: str
    label_fr: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    #: Codes whose meaning is proposed to a person, never taken unseen.
    proposals: dict[str, str] = field(default_factory=dict)
    help_fr: str = ""

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """Normalised names under which the column is recognised, the canonical one first."""
        names = [normalise(n) for n in (self.name, self.label_fr, *self.synonyms)]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class ListSpec:
    """A list: its code (as the command line names it), its fields, at least one of `alternatives` per
    group.
    """

    code: str
    label_fr: str
    fields: tuple[Field, ...]
    #: Groups of fields of which one at least must be mapped.
    alternatives: tuple[tuple[str, ...], ...] = ()
    #: (field, pattern with one group) looked for in the titles above the header.
    title_patterns: tuple[tuple[str, str], ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Canonical names in the list's order."""
        return tuple(f.name for f in self.fields)

    @cached_property
    def known_headers(self) -> frozenset[str]:
        """Every normalised name that announces a column of this list."""
        return frozenset(n for f in self.fields for n in f.all_names)

    def recogniser(self, extra: Sequence[str] = ()) -> Callable[[str], bool]:
        """A function telling whether a cell is a column name, the mapping's own names (`extra`) included."""
        known = self.known_headers | {normalise(e) for e in extra}
        return lambda cell: normalise(cell) in known

    def missing_alternatives(self, mapped: set[str]) -> list[str]:
        """« a ou b » for each group nothing is mapped to."""
        return [" ou ".join(group) for group in self.alternatives if not mapped & set(group)]

    def constants_from_titles(self, titles: Sequence[str]) -> dict[str, str]:
        """Constants written above the header or in the sheet's name, such as the date of a balance list."""
        found: dict[str, str] = {}
        for name, pattern in self.title_patterns:
            for title in titles:
                match = re.search(pattern, title, re.IGNORECASE)
                if match:
                    found.setdefault(name, match.group(1))
        return found


@dataclass(frozen=True)
class Checked:
    """The outcome of validation.

    `good`: typed columns of the list, LINE first; `errors`: LINE, reason (String); `skipped`: total rows
    left out;
    `warnings`: French sentences about the file as a whole.
    """

    good: pl.DataFrame
    errors: pl.DataFrame
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)


_TOTAL = r"(?i)^\s*(?:sous[- ]?)?tota(?:l|ux)\b"


def without_totals(frame: pl.DataFrame, key: str, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows, total rows): a total row says « total » where the account stands, or has no account and says
    it first.

    `raw` is the source's table (LINE and its own columns), because the word may stand in a column nobody
    mapped.
    """
    first = pl.coalesce(pl.col(c) for c in raw.columns if c != LINE)
    says = raw.select(LINE, first.str.contains(_TOTAL).fill_null(False).alias("_says"))
    marked = frame.join(says, on=LINE, how="left", maintain_order="left")
    total = pl.col(key).str.contains(_TOTAL).fill_null(False) | (pl.col(key).is_null() & pl.col("_says"))
    return marked.filter(~total).drop("_says"), marked.filter(total).drop("_says")


def agree(word: str, label_fr: str) -> str:
    """`word` in the gender of the label it follows: « date manquante », « compte manquant »."""
    return f"{word}e" if label_fr.split()[0] in ("date", "nature", "période") else word


def required(column: str, label_fr: str) -> pl.Expr:
    """The problem of an empty cell."""
    return pl.when(pl.col(column).is_null()).then(pl.lit(f"{label_fr} {agree('manquant', label_fr)}"))


def reject_marked(frame: pl.DataFrame, problems: Sequence[pl.Expr]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split `frame` by `problems` (each a reason or null): (rows without any, LINE and joined reasons)."""
    judged = frame.with_columns(
        pl.concat_str([p.cast(pl.String) for p in problems], separator=" ; ", ignore_nulls=True).alias(
            "reason"
        )
    )
    bad = pl.col("reason").str.len_bytes() > 0
    return judged.filter(~bad).drop("reason"), judged.filter(bad).select(LINE, "reason")
