"""A dossier leaves, is received, is closed: each with its proof, in the diary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from amiable.cases import figures, limits, papers
from amiable.cases.effects import Happening, apply
from amiable.cases.gate import check_may_act
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import open_dossier_for, transition
from amiable.cases.models import Dossier
from amiable.cases.pieces import check_pieces
from amiable.core.models import User
from amiable.correspondence.models import Document
from amiable.diary.writing import add_note
from amiable.domain.cases.family import ABANDONED, ACKNOWLEDGED, CLOSED
from amiable.domain.cases.kind import LEAVES
from amiable.domain.errors import DomainError

#: How a dossier leaves; `post`, `lrar` and `email` may also go through the outbox.
WAYS = {
    "portal": "Sur le site du partenaire",
    "post": "Par courrier",
    "lrar": "Par lettre recommandée",
    "email": "Par courriel",
    "hand": "Remis en main propre",
    "internal": "À un collègue",
}
#: Those an officer chooses from.
OUTSIDE_WAYS = [(code, label) for code, label in WAYS.items() if code != "internal"]


@transaction.atomic
def send(
    *,
    dossier: Dossier,
    way: str,
    actor: User | None,
    now: datetime,
    on: date | None = None,
    proof: Document | None = None,
    reference: str = "",
    late_reason: str = "",
    version: int | None = None,
    seen: str | None = None,
) -> Dossier:
    """The dossier leaves with the figures of that day: its documents are made and kept, its step done, its
    opening limits met.

    proof: the portal's receipt, the stamped copy. late_reason: needed when a limit is already past. seen: the
    mark of the changed figures an officer has read (`figures.mark_of`), None when nobody looked before.
    Raises DomainError when a required piece or field is missing, or a figure changed that nobody read."""
    kind, today = kind_of(dossier.kind), timezone.localdate(now)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    if way not in WAYS:
        raise DomainError("bad_way", "Indiquez comment le dossier est parti.")
    on = _not_later(on, today)
    _say_today(dossier, today, seen)
    check_pieces(dossier, today=today)
    check_may_act(dossier, today)
    if kind.leaving is not None and kind.leaving.needs_document and proof is None:
        raise DomainError("proof_missing", "Joignez la preuve de cet acte : elle fait courir les délais.")
    made = papers.make_documents(dossier, actor=actor, now=now)
    for one in made[1:]:
        # The main document is told with the sending itself.
        dossier.events.create(event="document", on=on, actor=actor, document=one, data={"code": one.code})
    for rule, met_on in _limits_met(dossier, on).items():
        limits.meet(dossier, rule, on=met_on, actor=actor, today=today, reason=late_reason)
    sent = transition(
        dossier,
        kind.family.leaves,
        event=LEAVES,
        actor=actor,
        today=today,
        sent_on=on,
        reference=reference.strip()[:60] or dossier.reference,
        on=on,
        step=kind.step,
        document=proof or (made[0] if made else None),
        data={"way": way, **({"proof_id": proof.pk} if proof else {})},
    )
    if kind.leaving is not None:
        apply(Happening(sent, kind.leaving, on, {}, proof, actor, today))
    return sent


def _say_today(dossier: Dossier, today: date, seen: str | None) -> None:
    found = figures.moved(dossier, today)
    if not found:
        return
    if seen is not None and seen != figures.mark_of(found):
        said = " ; ".join(one.said_fr for one in found)
        raise DomainError(
            "figures_moved",
            f"Des chiffres ont changé depuis que ce dossier a été préparé. {said}. Rien n’est parti : "
            "relisez-les, puis envoyez.",
        )
    figures.read_again(dossier, found)
    dossier.save(update_fields=["fields"])


def _limits_met(dossier: Dossier, on: date) -> dict[str, date]:
    """{rule: the day it is met}: the sending's own, or that of the piece it waits for."""
    found = {}
    for rule in kind_of(dossier.kind).limits:
        dated = (
            Document.objects.filter(pk__in=dossier.pieces.filter(code=rule.met_by).values("documents"))
            if rule.met_by
            else Document.objects.none()
        )
        found[rule.rule] = dated.aggregate(first=Min("dated_on"))["first"] or on
    return found


def _not_later(on: date | None, today: date) -> date:
    if on is not None and on > today:
        raise DomainError("future_act", "La date de ce qui a été fait ne peut pas être dans l’avenir.")
    return on or today


@transaction.atomic
def acknowledge(
    *,
    dossier: Dossier,
    on: date,
    actor: User | None,
    today: date,
    proof: Document | None = None,
    reference: str = "",
    version: int | None = None,
) -> Dossier:
    """The partner acknowledges receipt; its reference and its proof are kept."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    on = _not_later(on, today)
    if dossier.sent_on and on < dossier.sent_on:
        raise DomainError("before_sending", "L’accusé de réception ne peut pas précéder l’envoi.")
    changes: dict[str, Any] = {"reference": reference.strip()[:60]} if reference.strip() else {}
    return transition(
        dossier,
        ACKNOWLEDGED,
        actor=actor,
        today=today,
        acknowledged_on=on,
        on=on,
        document=proof,
        **changes,
    )


@transaction.atomic
def close_dossier(
    *,
    dossier: Dossier,
    actor: User | None,
    today: date,
    reason: str = "",
    abandoned: bool = False,
    version: int | None = None,
) -> Dossier:
    """The dossier is over. Limits still open close with it: they ask for the reason, as abandoning does."""
    kind = kind_of(dossier.kind)
    open_dossier_for(dossier, actor=actor, version=version, capability=kind.capability)
    note = add_note(dossier.account, reason, actor=actor)
    if abandoned and note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi ce dossier est abandonné.")
    limits.drop(dossier, limits.running(dossier), on=today, actor=actor, today=today, reason=reason)
    return transition(
        dossier,
        ABANDONED if abandoned else CLOSED,
        actor=actor,
        today=today,
        closed_on=today,
        closing=note,
        note=note,
    )


def send_together(
    *, dossiers: Sequence[Dossier], way: str, actor: User, now: datetime
) -> tuple[list[Dossier], list[tuple[Dossier, str]], dict[str, bytes]]:
    """Several dossiers leave together; what one refuses stops only itself.

    Returns (sent, (dossier, why not), every file by partner and dossier)."""
    sent: list[Dossier] = []
    refused: list[tuple[Dossier, str]] = []
    files: dict[str, bytes] = {}
    for dossier in dossiers:
        folder = f"{dossier.partner.code if dossier.partner else 'sans-partenaire'}/{dossier}"
        try:
            with transaction.atomic():
                # Nobody looks at each: one whose figures changed is left for somebody to read again.
                _say_today(dossier, timezone.localdate(now), "")
                content = papers.pack(dossier, actor=actor, now=now)
                sent.append(send(dossier=dossier, way=way, actor=actor, now=now))
        except DomainError as refusal:
            refused.append((dossier, refusal.message_fr))
            continue
        files |= {f"{folder}/{name}": each for name, each in content.items()}
    return sent, refused, files
