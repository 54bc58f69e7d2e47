"""The book of an office on a day: which version of which procedure applies to an account, and the decision.

    book = load_book(office, as_of)
    decided = book.decide(facts_frame, as_of)            one row per account, procedure_version included
    book.explain(one_row_frame, as_of)                   an Explanation
    book.step_codes                                      the steps whose dates the diary gives

A case starts with the first step done in the current spell of unpaid debt; it stays on the version in force
that day, unless a later version took the open cases over. Nothing of this is stored: the steps tell it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from amiable.core.models import Office, PolicyValue
from amiable.domain.creditors import kind
from amiable.domain.decision import decision, explanation, facts, procedure
from amiable.domain.decision.branching import alerts_answered
from amiable.domain.decision.conditions import leaves
from amiable.domain.decision.policy import effective
from amiable.domain.decision.procedure import Procedure
from amiable.domain.errors import DomainError
from amiable.procedures.models import ProcedureAssignment, ProcedureVersion


@dataclass(frozen=True)
class Edition:
    """A published version as decisions use it."""

    version_id: int
    number: int
    published_on: date
    moves_open_cases: bool
    procedure: Procedure


#: The act of a step that declares a debt to the CAF (CAF-04).
CAF_ACT = "SIGNALEMENT_CAF"


@dataclass(frozen=True)
class Book:
    """editions: nature -> versions of its procedure by the day asked, oldest first. policy: every setting."""

    office_id: int
    editions: Mapping[str, tuple[Edition, ...]]
    policy: Mapping[str, Any]

    @property
    def step_codes(self) -> list[str]:
        """Codes of every step of every version that may apply to a case."""
        found = (s.code for each in self.editions.values() for e in each for s in e.procedure.steps)
        return sorted(set(found))

    @property
    def contact_step_codes(self) -> list[str]:
        """Codes of the steps that address the person."""
        steps = [s for each in self.editions.values() for e in each for s in e.procedure.steps]
        return sorted({step.code for step in steps if not step.is_duty})

    @property
    def caf_step_codes(self) -> list[str]:
        """Codes of the steps that declare a debt to the CAF."""
        steps = [s for each in self.editions.values() for e in each for s in e.procedure.steps]
        return sorted({step.code for step in steps if step.act == CAF_ACT})

    @property
    def interrupting_step_codes(self) -> list[str]:
        """Codes of the steps that interrupt the prescription once done."""
        steps = [s for each in self.editions.values() for e in each for s in e.procedure.steps]
        return sorted({step.code for step in steps if step.interrupts})

    @property
    def alert_step_codes(self) -> dict[str, tuple[str, ...]]:
        """Reason of a rejected debit -> codes of the steps that answer it, the most pressing first."""
        found: dict[str, tuple[str, ...]] = {}
        steps = [s for each in self.editions.values() for e in each for s in e.procedure.active]
        for step in steps:
            for reason in alerts_answered(step.when):
                found[reason] = (*found.get(reason, ()), step.code)
        return found

    @property
    def awaited_step_codes(self) -> list[str]:
        """Codes of the steps whose reception by the person is awaited before another one."""
        steps = [s for each in self.editions.values() for e in each for s in e.procedure.steps]
        asked = (leaf for step in steps for leaf in leaves(step.condition))
        return sorted({leaf.step for leaf in asked if leaf.is_notified and leaf.step})

    def edition(self, version_id: int) -> Edition:
        """Raises DomainError when the version is not in the book."""
        for editions in self.editions.values():
            for found in editions:
                if found.version_id == version_id:
                    return found
        raise DomainError("version_unknown", f"La version de procédure {version_id} n’est pas en vigueur.")

    def decide(self, frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """The next step of every account: account_id, procedure_version and the columns of decision.SCHEMA.

        frame: account_id, nature and the facts, `days_since.*` included. Rows come back in the frame's order.
        """
        return self._by_version(frame, as_of, decision.decide)

    def block_dispatch(self, frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """`decide` just before something leaves, with `dispatch_block` (a code of guards.DISPATCH_LABELS)."""
        return self._by_version(frame, as_of, decision.block_dispatch)

    def explain(self, row: pl.DataFrame, as_of: date) -> explanation.Explanation:
        """Explanation of a frame of one row, under the version its case is on."""
        version = self.versions(row, as_of).item()
        return explanation.explain(row, self.edition(version).procedure, self.policy, as_of)

    def versions(self, frame: pl.DataFrame, as_of: date) -> pl.Series:
        """The id of the version each account is on."""
        known = (
            frame
            if "nature" in frame.columns
            else frame.with_columns(pl.lit(None, pl.String).alias("nature"))
        )
        steps = [name for name in known.columns if name.startswith(facts.STEP_PREFIX)]
        since = pl.max_horizontal(steps) if steps else pl.lit(None, dtype=pl.Int64)
        started = pl.coalesce(pl.lit(as_of) - pl.duration(days=since), pl.lit(as_of))
        default = next(iter(self.editions))
        nature = pl.coalesce("nature", pl.lit(default))
        chosen = [
            pl.when(nature == name).then(_version_at(editions, started))
            for name, editions in self.editions.items()
        ]
        return known.select(pl.coalesce(chosen).alias("procedure_version")).to_series()

    def _by_version(self, frame: pl.DataFrame, as_of: date, decide: Any) -> pl.DataFrame:
        versions = self.versions(frame, as_of)
        if versions.null_count():
            raise DomainError(
                "nature_without_procedure", "Une nature de créance n’a pas de procédure assignée."
            )
        if frame.is_empty():
            first = next(iter(self.editions.values()))[-1]
            return decide(frame, first.procedure, self.policy, as_of).insert_column(1, versions)
        parts = []
        for version in versions.unique(maintain_order=True).to_list():
            # One version for everybody is the usual night: nothing is copied then.
            part = frame if versions.n_unique() == 1 else frame.filter(versions == version)
            decided = decide(part, self.edition(version).procedure, self.policy, as_of)
            numbered = pl.lit(version, dtype=pl.Int64).alias("procedure_version")
            parts.append(decided.select("account_id", numbered, pl.exclude("account_id")))
        if len(parts) == 1:
            return parts[0]
        return frame.select("account_id").join(
            pl.concat(parts), on="account_id", how="left", maintain_order="left"
        )

    def with_procedure(self, code: str, procedure: Procedure, version_id: int) -> Book:
        """The book as if that text replaced every version of its code: what a simulation compares with."""
        editions = {
            nature: (replace(each[-1], version_id=version_id, procedure=procedure, moves_open_cases=True),)
            if each[-1].procedure.code == code
            else each
            for nature, each in self.editions.items()
        }
        return replace(self, editions=editions)


def _version_at(editions: tuple[Edition, ...], started: pl.Expr) -> pl.Expr:
    # A version taking open cases over makes every case at least as young as itself.
    takers = [e.published_on for e in editions if e.moves_open_cases]
    since = pl.max_horizontal(started, pl.lit(max(takers))) if takers else started
    chosen = pl.lit(editions[0].version_id, dtype=pl.Int64)
    for edition in editions[1:]:
        newer = pl.lit(edition.version_id, dtype=pl.Int64)
        chosen = pl.when(since >= edition.published_on).then(newer).otherwise(chosen)
    return chosen


def load_book(office: Office, as_of: date) -> Book:
    """The office's book on a day. Two queries. DomainError when a nature has no published procedure."""
    codes = dict(ProcedureAssignment.objects.filter(office=office).values_list("nature", "code"))
    rows = ProcedureVersion.objects.filter(
        office=office, code__in=set(codes.values()), status=ProcedureVersion.Status.PUBLISHED
    )
    editions: dict[str, list[Edition]] = {}
    for row in rows.order_by("version"):
        assert row.published_on is not None
        edition = Edition(row.pk, row.version, row.published_on, row.moves_open_cases, read(row.source))
        editions.setdefault(row.code, []).append(edition)
    by_nature = {}
    for nature in kind(office.kind).natures:
        published = editions.get(codes.get(nature, ""), [])
        if not published:
            raise DomainError(
                "nature_without_procedure", f"La nature « {nature} » n’a pas de procédure publiée."
            )
        # Before the first version was published, the first one answers: the past is read by today's office.
        by_nature[nature] = tuple([e for e in published if e.published_on <= as_of] or published[:1])
    return Book(office.pk, by_nature, policy_of(office, as_of))


def policy_of(office: Office, at: date) -> dict[str, Any]:
    """Every setting of the office on a day: its own newest values over its kind's."""
    rows = PolicyValue.objects.filter(office=office, from_on__lte=at).order_by("from_on", "pk")
    return effective(office.kind, dict(rows.values_list("key", "value")))


@lru_cache(maxsize=256)
def read(source: str) -> Procedure:
    """A procedure from its text; published texts never change, so they are read once."""
    return procedure.load(source)
