"""What a dossier is made of on paper: its documents, its exports, the pieces that go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from amiable.cases import figures
from amiable.cases.gate import check_may_act
from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier
from amiable.core.models import User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.domain.errors import DomainError
from amiable.outreach.services import issue, read_before
from amiable.parties.models import Person


def make_documents(dossier: Dossier, *, actor: User | None, now: datetime, event: str = "") -> list[Document]:
    """The documents of the dossier as they stand, made and kept: those it leaves with, or those of an act.

    DomainError when a value is missing, or when its family lets none be made before the gate is green."""
    kind, made = kind_of(dossier.kind), []
    papers = [paper for paper in kind.papers if paper.event == event]
    if not papers:
        return []
    if kind.family.strict:
        check_may_act(dossier, timezone.localdate(now))
    extra, people = _said(dossier, now)
    for paper in papers:
        for to in people:
            key = f"dossier-{dossier.pk}-{paper.wording}"
            issued = issue(
                account=dossier.account,
                code=paper.wording,
                actor=actor,
                now=now,
                key=f"{key}-{to.pk}" if kind.recipients else key,
                extra=_for(dossier, to, extra),
                to=to,
            )
            assert issued.document is not None
            made.append(issued.document)
    return made


def _said(dossier: Dossier, now: datetime) -> tuple[dict[str, Any], Sequence[Person]]:
    """(values of the documents with the figures of that day, to whom they are written: never nobody)."""
    kind, today = kind_of(dossier.kind), timezone.localdate(now)
    figures.read_again(dossier, figures.moved(dossier, today))
    extra = dict(kind.values(dossier, today)) if kind.values else {}
    if kind.recipients:
        return extra, kind.recipients(dossier, today)
    if dossier.partner is None or dossier.partner.person is None:
        raise DomainError(
            "partner_missing",
            "Choisissez le partenaire de ce dossier, avec son adresse : rien n’a été produit.",
        )
    return extra, [dossier.partner.person]


def _for(dossier: Dossier, person: Person, extra: Mapping[str, Any]) -> dict[str, Any]:
    personal = kind_of(dossier.kind).personal
    return {**extra, **(personal(dossier, person) if personal else {})}


def preview(dossier: Dossier, code: str, now: datetime) -> bytes:
    """One document of the dossier as it stands, to be read; nothing is kept."""
    extra, people = _said(dossier, now)
    return read_before(dossier.account, code, now, to=people[0], extra=_for(dossier, people[0], extra))


def exports(dossier: Dossier, today: date) -> dict[str, bytes]:
    """The structured exports of the dossier, by file name."""
    kind = kind_of(dossier.kind)
    figures.read_again(dossier, figures.moved(dossier, today))
    return {name: make(dossier, today) for name, make in kind.exports.items()}


def pack(dossier: Dossier, *, actor: User | None, now: datetime) -> dict[str, bytes]:
    """Every file of the dossier, by name: documents, exports, then the pieces held, in order."""
    files: dict[str, bytes] = {}
    for n, document in enumerate(make_documents(dossier, actor=actor, now=now), start=1):
        files[f"{n:02d}-{document.code}.pdf"] = store.read(document)
    files |= exports(dossier, timezone.localdate(now))
    for row in dossier.pieces.prefetch_related("documents"):
        for n, document in enumerate(row.documents.all(), start=1):
            end = store.suffix(document.media_type)
            files[f"pieces/{row.position + 1:02d}-{row.code}-{n}{end}"] = store.read(document)
    if not files:
        raise DomainError("empty_dossier", "Ce dossier ne contient encore aucun document.")
    return files
