"""What keeps a dossier from being opened or sent: one list of checks for all who ask."""

from __future__ import annotations

from datetime import date

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier, DossierPiece
from amiable.cases.opening import check_fits, is_stopped
from amiable.cases.pieces import DONE, blank_fields, missing_of
from amiable.domain.cases.kind import Kind, Piece
from amiable.domain.check import BLOCKING, MISSING, OK, WAIVED, Check, may_go
from amiable.domain.decision import facts as vocabulary
from amiable.domain.errors import DomainError
from amiable.positions.facts import frame, rules


def gate(kind: Kind, account: Account, today: date) -> list[Check]:
    """Whether that dossier may leave for that account: what stops it, its pieces, what it says, and beside
    them what its partner looks at. The one that is open counts, else what the office holds.

    DomainError when the kind is not for this office."""
    known = rules(account.office, today)
    check_fits(kind, known.office)
    told = vocabulary.with_derived(
        frame(office=account.office, as_of=today, ids=[account.pk], known=known), today
    )
    stopped = is_stopped(kind, told, known)
    first = Check("stops", "Lieu d’être", kind.must_fr, BLOCKING if stopped else OK, kind.rules)
    there = account.dossiers.filter(kind=kind.code, stage__in=kind.begun_stages).order_by("pk").last()
    if there is not None:
        advice = kind.advice(there, today) if kind.advice else ()
        return [first, *complete(there), *advice]
    lacking = set(missing_of([account], kind, today)[account.pk])
    return [
        first,
        *(_piece(one, "" if one.code in lacking else "held") for one in kind.pieces if one.required),
    ]


def complete(dossier: Dossier) -> list[Check]:
    """Its required pieces and fields, each here, waived or missing."""
    kind, blanks = kind_of(dossier.kind), set(blank_fields(dossier))
    states = {row.code: row.state for row in dossier.pieces.all()}
    pieces = [_piece(one, states[one.code]) for one in kind.pieces if one.required and one.code in states]
    fields = [
        Check(one.code, one.label_fr, "à compléter", MISSING) if one.code in blanks
        else Check(one.code, one.label_fr, "renseigné", OK)
        for one in kind.fields
        if one.required
    ]  # fmt: skip
    return [*pieces, *fields]


def check_complete(dossier: Dossier) -> None:
    """DomainError naming what is missing."""
    found = complete(dossier)
    if not may_go(found):
        labels = ", ".join(check.label_fr.lower() for check in found if check.is_open)
        raise DomainError(
            "dossier_incomplete",
            f"Il manque : {labels}. Le dossier n’est pas parti : complétez-le, ou écartez "
            "la pièce avec un motif.",
        )


def _piece(piece: Piece, state: str) -> Check:
    if state == DossierPiece.State.WAIVED:
        return Check(piece.code, piece.label_fr, "écartée", WAIVED, word_fr="écartée")
    if state in DONE:
        return Check(piece.code, piece.label_fr, "au dossier", OK)
    return Check(piece.code, piece.label_fr, "manque au dossier", MISSING)
