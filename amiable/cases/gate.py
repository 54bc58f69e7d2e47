"""What keeps a dossier from being opened or sent: one list of checks for all who ask."""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import accounts_of, cases_of
from amiable.cases.models import Dossier, DossierPiece
from amiable.cases.opening import check_fits, is_stopped
from amiable.cases.pieces import DONE, blank_fields, missing_of
from amiable.domain.cases.event import ROLES_FR
from amiable.domain.cases.kind import Kind, Piece
from amiable.domain.check import BLOCKING, MISSING, OK, WAIVED, Check
from amiable.domain.decision import facts as vocabulary
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.positions.facts import Rules, frame, rules


def facts_of(account: Account, known: Rules) -> pl.DataFrame:
    """Every fact of one account: a frame of one row."""
    told = frame(office=known.office, as_of=known.as_of, ids=[account.pk], known=known)
    return vocabulary.with_derived(told, known.as_of)


def gate(kind: Kind[Dossier], account: Account, today: date) -> list[Check]:
    """Whether that dossier may leave for that account: what stops it, its pieces, what it says, and beside
    them what its partner looks at. The one that is open counts, else what the office holds.

    DomainError when the kind is not for this office."""
    known = rules(account.office, today)
    check_fits(kind, known.office)
    stopped = is_stopped(kind, facts_of(account, known), known)
    first = Check("stops", "Lieu d’être", kind.must_fr, BLOCKING if stopped else OK, kind.rules)
    there = cases_of(account).filter(kind=kind.code, stage__in=kind.begun_stages).order_by("pk").last()
    if there is not None:
        advice = kind.advice(there, today) if kind.advice else ()
        return [first, *own_checks(there, today), *advice]
    lacking = set(missing_of([account], kind, today)[account.pk])
    return [
        first,
        *(_piece(one, "" if one.code in lacking else "held") for one in kind.pieces if one.required),
    ]


def own_checks(dossier: Dossier, today: date) -> list[Check]:
    """What the case itself must have before it leaves: its pieces, what it says, those it is notified to, and
    what its kind asks."""
    kind = kind_of(dossier.kind)
    return [*complete(dossier), *_parties(dossier, kind), *(kind.gate(dossier, today) if kind.gate else ())]


def act_checks(dossier: Dossier, today: date) -> list[Check]:
    """What an act on the case is held against; strictly, also what stops the kind for each account."""
    found = own_checks(dossier, today)
    kind = kind_of(dossier.kind)
    if kind.family.strict:
        known = rules(dossier.office, today)
        for account in accounts_of(dossier):
            told = facts_of(account, known)
            if is_stopped(kind, told, known):
                said = f"{account.ref} : {kind.must_fr}"
                found.insert(0, Check("stops", "Lieu d’être", said, BLOCKING, kind.rules))
    return found


def check_may_act(dossier: Dossier, today: date) -> None:
    """DomainError naming what keeps the act from being done."""
    found = [check for check in act_checks(dossier, today) if check.is_open]
    if blocking := [check for check in found if check.state == BLOCKING]:
        said = " ; ".join(f"{french.inside(check.label_fr)}, {check.said_fr}" for check in blocking)
        raise DomainError(
            "gate_red", f"Cet acte est impossible : {said}. Rien n’a été produit ni enregistré."
        )
    if found:
        labels = ", ".join(french.inside(check.label_fr) for check in found)
        raise DomainError(
            "dossier_incomplete",
            f"Il manque : {labels}. Le dossier n’est pas parti : complétez-le, ou écartez "
            "la pièce avec un motif.",
        )


def _parties(dossier: Dossier, kind: Kind[Dossier]) -> list[Check]:
    """Each role of the kind, held by somebody."""
    there = set(dossier.parties.values_list("role", flat=True)) if kind.parties else set()
    return [
        Check(
            f"party_{role}",
            ROLES_FR[role].capitalize(),
            *(("connu", OK) if role in there else ("à indiquer", MISSING)),
        )
        for role in kind.parties
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


def _piece(piece: Piece, state: str) -> Check:
    if state == DossierPiece.State.WAIVED:
        return Check(piece.code, piece.label_fr, "écartée", WAIVED, word_fr="écartée")
    if state in DONE:
        return Check(piece.code, piece.label_fr, "au dossier", OK)
    return Check(piece.code, piece.label_fr, "manque au dossier", MISSING)
