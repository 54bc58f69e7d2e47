"""Which dossiers may or must be made, for a whole office in one frame; the night opens those it must."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.cases.kinds import of_office
from amiable.cases.models import CaseAccount, DossierPiece
from amiable.cases.opening import open_proposed
from amiable.cases.pieces import DONE, missing_of
from amiable.core.models import Office
from amiable.domain.cases.family import OPEN
from amiable.domain.cases.kind import Kind
from amiable.domain.cases.windows import WINDOWS, windows
from amiable.domain.decision import facts as vocabulary
from amiable.domain.decision.policy import value_of
from amiable.ledger.facts import Span, spans
from amiable.positions.facts import Rules, frame, rules


def due(
    *,
    office: Office,
    as_of: date,
    kinds: Iterable[Kind] | None = None,
    which: Span | list[int] | None = None,
    horizon_days: int = 0,
) -> pl.DataFrame:
    """WINDOWS of every account for the kinds asked, nearest limit first, recomputed from the ledger.

    which: some accounts, a range of them, or the whole office, read range by range."""
    known = rules(office, as_of)
    asked = list(kinds) if kinds is not None else of_office(office)
    parts = [which] if which is not None else list(spans(office.pk))
    found = [pl.DataFrame(schema=dict(WINDOWS))]
    for part in parts:
        told = frame(office=office, as_of=as_of, ids=part, known=known)
        found += _windows_of(known, told, asked, horizon_days)
    return pl.concat(found).sort("limit_on", "opens_on", "account_id", "kind", nulls_last=True)


def _windows_of(known: Rules, told: pl.DataFrame, asked: list[Kind], horizon_days: int) -> list[pl.DataFrame]:
    needed = {name for kind in asked for name in kind.facts_needed()}
    told = vocabulary.with_derived(told, known.as_of, needed)
    value = value_of(known.book.policy, known.as_of)
    return [
        windows(
            kind,
            told,
            known.as_of,
            value,
            horizon_days=horizon_days,
            territory=known.office.territory,
            overrides=known.parameters.overrides,
        )
        for kind in asked
    ]


def missing_pieces(office: Office, rows: pl.DataFrame, as_of: date) -> dict[tuple[int, str], list[str]]:
    """(account, kind) -> codes of the required pieces lacking, from its open dossier or from what is held."""
    lacking: dict[tuple[int, str], list[str]] = {}
    for kind in of_office(office):
        ids = rows.filter(pl.col("kind") == kind.code).get_column("account_id").to_list()
        if not ids:
            continue
        required = {piece.code for piece in kind.pieces if piece.required}
        begun = CaseAccount.objects.filter(account__in=ids, case__kind=kind.code, case__stage__in=OPEN)
        lacking |= {(pk, kind.code): [] for pk in begun.values_list("account_id", flat=True)}
        open_rows = DossierPiece.objects.filter(dossier__covers__in=begun, code__in=required).exclude(
            state__in=DONE
        )
        for pk, code in open_rows.values_list("dossier__covers__account_id", "code"):
            lacking[pk, kind.code].append(code)
        others = list(Account.objects.filter(pk__in=[pk for pk in ids if (pk, kind.code) not in lacking]))
        found = missing_of(others, kind, as_of)
        lacking |= {(pk, kind.code): codes for pk, codes in found.items()}
    return lacking


#: Dossiers opened in one transaction: a night killed loses no more than these, and opens them again.
_CHUNK = 2_000


def propose(known: Rules, told: pl.DataFrame) -> int:
    """Open the dossiers that became due, once each; how many were opened. Safe to run again.

    told: the facts (`positions.facts.frame`) of some accounts; the night gives those that owe."""
    kinds = [kind for kind in of_office(known.office) if kind.proposed]
    accounts = Account.objects.select_related("office", "agency", "person", "officer")
    made = 0
    for kind, rows in zip(kinds, _windows_of(known, told, kinds, 0), strict=True):
        wanted = _not_begun(kind, rows.filter("is_due").get_column("account_id").to_list())
        for at in range(0, len(wanted), _CHUNK):
            some = wanted[at : at + _CHUNK]
            asked = vocabulary.with_derived(told.filter(pl.col("account_id").is_in(some)), known.as_of)
            made += open_proposed(kind, asked, accounts.in_bulk(some), known)
    return made


def _not_begun(kind: Kind, ids: list[int]) -> list[int]:
    begun: set[int] = set()
    for at in range(0, len(ids), _CHUNK):
        rows = CaseAccount.objects.filter(
            account__in=ids[at : at + _CHUNK], case__kind=kind.code, case__stage__in=kind.begun_stages
        )
        begun |= set(rows.values_list("account_id", flat=True))
    return sorted(set(ids) - begun)
