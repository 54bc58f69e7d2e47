"""The checklist of a dossier: what the office already holds is found, what is missing is asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.accounts.models import Account
from amiable.cases import limits
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import accounts_of, open_dossier_for, tell, transition
from amiable.cases.models import CaseAccount, Dossier, DossierPiece
from amiable.core.frames import append_rows
from amiable.core.models import User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary import requests
from amiable.diary.done import accomplished, standing
from amiable.diary.models import DiaryEntry
from amiable.diary.writing import add_note
from amiable.domain.cases.family import IN_PREPARATION
from amiable.domain.cases.kind import Kind, Piece
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.household import queries as households
from amiable.plans.models import PlanVersion
from amiable.positions.models import AccountPosition

State: Any = DossierPiece.State
#: Lines of the diary that tell a step tried with the person.
TRIED = ("call", "email", "sms", "letter", "lrar", "convocation", "no_show", "interview", "visit", "plan")
DONE = (State.HELD, State.UPLOADED, State.WAIVED)


@dataclass(frozen=True)
class Held:
    """Where a piece was found. documents: empty when it is made with the dossier itself (the statement)."""

    origin_fr: str
    documents: tuple[Document, ...] = ()


#: (accounts, today) -> {account id: the piece}, in a number of queries that does not grow with the accounts.
Source = Callable[[Sequence[Account], date], Mapping[int, Held]]
#: Pieces not yet written, each with its documents.
Checklist = list[tuple[DossierPiece, tuple[Document, ...]]]


def _statement(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    return {account.pk: Held("décompte produit avec le dossier") for account in accounts}


def _lease(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    return newest(accounts, "bail", "bail")


def _steps(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    """Every step tried so far (CAF-04), with its proof; one typed by hand says that it has none."""
    ids = [account.pk for account in accounts]
    lines = standing(today).filter(account_id__in=ids).filter(kind__in=TRIED).select_related("document")
    tried: dict[int, list[DiaryEntry]] = {}
    for line in lines.order_by("on", "pk"):
        tried.setdefault(line.account_id, []).append(line)
    return {
        pk: Held(
            french.plural(len(found), "démarche") + " au journal" + _unproved(found),
            tuple(row.document for row in found if row.document),
        )
        for pk, found in tried.items()
    }


def _unproved(found: Sequence[DiaryEntry]) -> str:
    """How many were typed by hand, which nothing proves."""
    bare = sum(row.document is None for row in found)
    return f", dont {bare} sans pièce" if bare else ""


def _formal_notice(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    """The one of this debt: a notice older than every unpaid échéance is about one since paid."""
    ids = [account.pk for account in accounts]
    positions = AccountPosition.objects.filter(pk__in=ids, oldest_unpaid_on__isnull=False)
    since = dict(positions.values_list("pk", "oldest_unpaid_on"))
    lines = accomplished(today).filter(account_id__in=ids, step="mise_en_demeure")
    lines = lines.exclude(kind=DiaryEntry.Kind.NOTIFIED)
    noted = {
        line.account_id: Held(
            f"mise en demeure du {line.on:%d/%m/%Y}" + ("" if line.document else ", notée sans pièce"),
            (line.document,) if line.document else (),
        )
        for line in lines.select_related("document").order_by("on", "pk")
        if line.on >= since.get(line.account_id, line.on)
    }
    papers = newest(accounts, "mise_en_demeure", "mise en demeure")
    current = {
        pk: held for pk, held in papers.items() if held.documents[0].dated_on >= since.get(pk, date.min)
    }
    return {**noted, **current}


def _plan(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    ids = [account.pk for account in accounts]
    signed = PlanVersion.objects.filter(plan__accounts__in=ids, signed_on__lte=today)
    found: dict[int, Held] = {}
    for version in signed.select_related("document", "proof").order_by("signed_on", "pk"):
        document = version.proof or version.document
        held = Held(
            f"plan d’apurement signé le {version.signed_on:%d/%m/%Y}", (document,) if document else ()
        )
        found |= {account.pk: held for account in version.plan.accounts.filter(pk__in=ids)}
    return found


def _household(accounts: Sequence[Account], today: date) -> Mapping[int, Held]:
    """The last situation of the household taken in an interview."""
    people = {account.person_id: account.pk for account in accounts}
    rows = households.standing(today).filter(person_id__in=people).order_by("assessed_on", "pk")
    return {people[row.person_id]: Held(f"situation du ménage du {row.assessed_on:%d/%m/%Y}") for row in rows}


def newest(accounts: Sequence[Account], code: str, label: str) -> dict[int, Held]:
    """The newest document of that code of each account. One query."""
    ids = [account.pk for account in accounts]
    rows = Document.objects.filter(account_id__in=ids, code=code)
    return {
        row.account_id: Held(f"{label} du {row.dated_on:%d/%m/%Y}", (row,))
        for row in rows.order_by("dated_on", "pk")
        if row.account_id is not None
    }


#: Where pieces are found; a kind adds its own with `register_source` at the foot of its module.
SOURCES: dict[str, Source] = {
    "lease": _lease,
    "statement": _statement,
    "steps": _steps,
    "formal_notice": _formal_notice,
    "plan": _plan,
    "household": _household,
}


def register_source(name: str, source: Source) -> None:
    SOURCES[name] = source


def find(accounts: Sequence[Account], piece: Piece, today: date) -> dict[int, tuple[str, Held]]:
    """{account: (state, where)} of a piece held: brought for an earlier dossier, else by its source."""
    held = SOURCES[piece.source](accounts, today) if piece.source else {}
    brought = newest(accounts, upload_code(piece.code), piece.label_fr)
    found = {pk: (str(State.HELD), one) for pk, one in held.items()}
    return found | {pk: (str(State.UPLOADED), one) for pk, one in brought.items()}


def of_all(found: Mapping[int, tuple[str, Held]], accounts: Sequence[Account]) -> tuple[str, Held] | None:
    """A piece of a case that covers several accounts is held when each of them has it."""
    if any(account.pk not in found for account in accounts):
        return None
    first = found[accounts[0].pk]
    if len(accounts) == 1:
        return first
    documents = dict.fromkeys(one for account in accounts for one in found[account.pk][1].documents)
    return first[0], Held(f"{first[1].origin_fr} ; {len(accounts)} comptes", tuple(documents))


def upload_code(code: str) -> str:
    """The code of the documents brought for a piece: every later dossier of the account finds them."""
    return f"piece_{code}"[:40]


def missing_of(accounts: Sequence[Account], kind: Kind, today: date) -> dict[int, list[str]]:
    """Codes of the required pieces the office does not hold, for accounts without a dossier yet."""
    lacking: dict[int, list[str]] = {account.pk: [] for account in accounts}
    for piece in kind.pieces:
        if piece.required:
            found = find(accounts, piece, today)
            for account in accounts:
                if account.pk not in found:
                    lacking[account.pk].append(piece.code)
    return lacking


def check_pieces(dossier: Dossier, *, today: date) -> list[DossierPiece]:
    """Look again for every piece not settled, then whether the dossier is ready. Idempotent."""
    known = {row.code: row for row in dossier.pieces.select_related("task")}
    accounts = accounts_of(dossier)
    for position, piece in enumerate(kind_of(dossier.kind).pieces):
        row = known.get(piece.code) or DossierPiece(dossier=dossier, code=piece.code)
        if row.state in (State.UPLOADED, State.WAIVED):
            continue
        found = of_all(find(accounts, piece, today), accounts)
        _settle(row, position, found)
        row.save()
        row.documents.set(found[1].documents if found else ())
    _move_when_ready(dossier, today)
    return list(dossier.pieces.all())


def _settle(row: DossierPiece, position: int, found: tuple[str, Held] | None) -> None:
    row.position = position
    if found is not None:
        row.state, row.origin = found[0], found[1].origin_fr[:200]
    else:
        row.state, row.origin = (State.REQUESTED if row.task_id else State.MISSING), ""


def first_pieces(covered: Sequence[CaseAccount], kind: Kind[Dossier], today: date) -> Checklist:
    """The checklists of new cases of one kind, not yet written: a number of queries that does not grow."""
    of_case: dict[int, tuple[Dossier, list[Account]]] = {}
    for one in covered:
        of_case.setdefault(one.case.account_id, (one.case, []))[1].append(one.account)
    accounts = [one.account for one in covered]
    rows: Checklist = []
    for position, piece in enumerate(kind.pieces):
        known = find(accounts, piece, today)
        for dossier, own in of_case.values():
            row, found = DossierPiece(dossier=dossier, code=piece.code), of_all(known, own)
            _settle(row, position, found)
            rows.append((row, found[1].documents if found else ()))
    return rows


def write_pieces(rows: Checklist) -> None:
    """Write the checklists of `first_pieces`, their dossiers being written."""
    append_rows(row for row, _ in rows)
    link = DossierPiece.documents.through
    append_rows(
        link(dossierpiece_id=row.pk, document_id=one.pk)
        for row, documents in rows
        for one in dict.fromkeys(documents)
    )


def missing(dossier: Dossier) -> list[str]:
    """Codes of the required pieces still missing or asked for."""
    return _missing(kind_of(dossier.kind), dossier.pieces.all())


def _missing(kind: Kind, rows: Iterable[DossierPiece]) -> list[str]:
    required = {piece.code for piece in kind.pieces if piece.required}
    return [row.code for row in rows if row.state not in DONE and row.code in required]


def stage_of(dossier: Dossier, rows: Iterable[DossierPiece]) -> str:
    """What its family calls ready when no required piece of `rows` is missing and no required field is blank,
    else its first stage."""
    kind = kind_of(dossier.kind)
    complete = not _missing(kind, rows) and not blank_fields(dossier)
    return kind.family.ready if complete else kind.family.begins


def _move_when_ready(dossier: Dossier, today: date) -> None:
    if dossier.stage not in IN_PREPARATION:
        return
    to = stage_of(dossier, dossier.pieces.all())
    if to != dossier.stage:
        transition(dossier, to, actor=None, today=today)


def blank_fields(dossier: Dossier) -> list[str]:
    """Codes of the required fields without a value."""
    fields = kind_of(dossier.kind).fields
    return [one.code for one in fields if one.required and dossier.fields.get(one.code) in (None, "")]


def request_missing(dossier: Dossier, *, actor: User | None, today: date) -> int:
    """A request for each missing piece, once per account whatever the dossier; how many were made."""
    made = 0
    for row in dossier.pieces.filter(state=State.MISSING, code__in=missing(dossier)):
        piece = kind_of(dossier.kind).piece(row.code)
        words = piece.ask_fr or f"Fournir : {french.inside(piece.label_fr)}."
        text = f"{words} (dossier {kind_of(dossier.kind).label_fr}, compte {dossier.account.ref})"
        task, created = requests.raise_work(
            account=dossier.account,
            code="piece",
            text=text,
            key=f"piece:{dossier.account_id}:{piece.code}",
            assignee=dossier.account.officer,
            due_on=dossier.limit_on if dossier.limit_on and dossier.limit_on >= today else None,
        )
        row.task, row.state = task, State.REQUESTED
        row.save(update_fields=["task", "state"])
        made += created
    if made:
        tell(dossier, "pieces_requested", actor=actor, today=today, data={"count": made})
    return made


def upload_piece(
    *,
    dossier: Dossier,
    code: str,
    content: bytes,
    media_type: str,
    actor: User,
    today: date,
    dated_on: date | None = None,
    version: int | None = None,
) -> DossierPiece:
    """Somebody brings a piece; its request is closed, and later dossiers of the account find it."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    piece = kind.piece(code)
    if not content:
        raise DomainError("empty_file", "Ce fichier est vide : rien n’a été enregistré.")
    document = store.add_document(
        office=dossier.office,
        code=upload_code(code),
        title=piece.label_fr,
        content=content,
        dated_on=dated_on or today,
        actor=actor,
        account=dossier.account,
        person=dossier.account.person,
        media_type=media_type,
    )
    row, _ = DossierPiece.objects.get_or_create(dossier=dossier, code=code)
    row.state, row.origin = State.UPLOADED, f"{piece.label_fr}, déposé le {today:%d/%m/%Y}"
    row.save()
    row.documents.set([document])
    for rule in kind.limits:
        if rule.met_by == code and document.dated_on <= _limit_day(dossier, rule.rule):
            limits.meet(dossier, rule.rule, on=document.dated_on, actor=actor, today=today)
    if row.task is not None and row.task.status == row.task.Status.OPEN:
        requests.answer_task(task=row.task, answer="Pièce déposée au dossier.", actor=actor, today=today)
    tell(dossier, "piece_uploaded", actor=actor, today=today, document=document, data={"piece": code})
    _move_when_ready(dossier, today)
    return row


def _limit_day(dossier: Dossier, rule: str) -> date:
    """The last day of that limit while it is open; else the first day there is: nothing is in time."""
    found = limits.running(dossier, rule).first()
    return found.limit_on if found else date.min


def waive_piece(
    *, dossier: Dossier, code: str, reason: str, actor: User, today: date, version: int | None = None
) -> DossierPiece:
    """The dossier leaves without this piece, with the reason."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    note = add_note(dossier.account, reason, actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi cette pièce est écartée.")
    row, _ = DossierPiece.objects.get_or_create(dossier=dossier, code=kind.piece(code).code)
    row.state, row.reason = State.WAIVED, note
    row.save()
    tell(dossier, "piece_waived", actor=actor, today=today, note=note, data={"piece": code})
    _move_when_ready(dossier, today)
    return row
