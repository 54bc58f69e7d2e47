"""Which dossiers may or must be made, for a whole office in one frame; the night opens those it must."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from amiable.core.models import Office
from amiable.domain import facts as vocabulary
from amiable.domain.dossiers import OPEN, WINDOWS, Kind, windows
from amiable.domain.errors import DomainError
from amiable.domain.policy import value_of
from amiable.dossiers.kinds import of_office
from amiable.dossiers.models import Dossier, DossierPiece
from amiable.dossiers.opening import open_dossier
from amiable.dossiers.pieces import DONE, missing_of
from amiable.ledger.facts import Span, spans
from amiable.ledger.models import Account
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
        found += _windows_of(known, part, asked, horizon_days)
    return pl.concat(found).sort("limit_on", "opens_on", "account_id", "kind", nulls_last=True)


def _windows_of(
    known: Rules, which: Span | list[int], asked: list[Kind], horizon_days: int
) -> list[pl.DataFrame]:
    needed = {name for kind in asked for name in kind.facts_needed()}
    told = frame(office=known.office, as_of=known.as_of, ids=which, known=known)
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
        begun = Dossier.objects.filter(account_id__in=ids, kind=kind.code, stage__in=OPEN)
        lacking |= {(pk, kind.code): [] for pk in begun.values_list("account_id", flat=True)}
        open_rows = DossierPiece.objects.filter(dossier__in=begun, code__in=required).exclude(state__in=DONE)
        for pk, code in open_rows.values_list("dossier__account_id", "code"):
            lacking[pk, kind.code].append(code)
        others = list(Account.objects.filter(pk__in=[pk for pk in ids if (pk, kind.code) not in lacking]))
        found = missing_of(others, kind, as_of)
        lacking |= {(pk, kind.code): codes for pk, codes in found.items()}
    return lacking


def propose(*, office: Office, as_of: date, which: Span | None = None) -> int:
    """Open the dossiers that became due, once each; how many were opened. Safe to run again."""
    kinds = [kind for kind in of_office(office) if kind.proposed]
    if not kinds:
        return 0
    rows = due(office=office, as_of=as_of, kinds=kinds, which=which).filter("is_due")
    accounts = Account.objects.select_related("office", "agency", "person", "officer")
    known = accounts.in_bulk(rows.get_column("account_id").unique().to_list())
    begun = set(Dossier.objects.filter(office=office, stage__in=OPEN).values_list("account_id", "kind"))
    made = 0
    for row in rows.iter_rows(named=True):
        if (row["account_id"], row["kind"]) in begun:
            continue
        try:
            open_dossier(account=known[row["account_id"]], kind=row["kind"], actor=None, today=as_of)
        except DomainError:
            # What stops it appeared since the frame was read: the next night judges again.
            continue
        made += 1
    return made
