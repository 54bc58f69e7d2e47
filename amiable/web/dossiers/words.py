"""How dossiers are said: a stage's colour, an event, a field's value, a line of the thread."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.cases.kinds import every
from amiable.cases.models import DossierEvent, DossierPiece
from amiable.cases.sending import WAYS
from amiable.diary.models import DiaryEntry
from amiable.domain.cases.event import Field
from amiable.domain.cases.family import STAGE_LABELS
from amiable.domain.cases.kind import Kind
from amiable.domain.text import french

TONES = {
    "to_prepare": "risk",
    "ready": "accent",
    "sent": "accent",
    "acknowledged": "accent",
    "answered": "risk",
    "followed": "kept",
    "prepared": "risk",
    "gated": "accent",
    "notified": "accent",
    "paying": "kept",
    "released": "",
    "filed": "accent",
    "decided": "risk",
    "served": "accent",
    "opposed": "risk",
    "final": "kept",
    "enforced": "kept",
    "closed": "kept",
    "abandoned": "",
}
PIECE_TONES = {
    DossierPiece.State.HELD: "kept",
    DossierPiece.State.UPLOADED: "kept",
    DossierPiece.State.REQUESTED: "risk",
    DossierPiece.State.MISSING: "legal",
    DossierPiece.State.WAIVED: "",
}
_EVENTS = {
    "opened": "Dossier ouvert",
    "edited": "Champs modifiés",
    "pieces_requested": "Pièces demandées",
    "piece_uploaded": "Pièce déposée",
    "piece_waived": "Pièce écartée",
    "limit_missed": "Limite close avec motif",
    "document": "Document joint",
    "subrogated": "Payé par le garant",
    "unsubrogated": "Repris par le garant",
    "escalated": "Sans réponse : remonté au chef de service",
    "step": "Étape faite",
}


def event_words(event: str, kind: Kind | None, data: dict[str, Any]) -> str:
    """« Envoyé, sur le site du partenaire », « Plan d’apurement demandé »."""
    if event.startswith("answer:") and kind is not None:
        code = event.removeprefix("answer:")
        return next((each.label_fr for each in kind.events if each.code == code), "Réponse")
    if event == "sent" and data.get("way") in WAYS:
        return f"Envoyé, {french.inside(WAYS[data['way']])}"
    if event == "limit_missed":
        return f"{_EVENTS[event]} ({data.get('rule', '')})"
    if event.startswith("piece") and kind is not None and data.get("piece"):
        label = next((each.label_fr for each in kind.pieces if each.code == data["piece"]), "")
        return f"{_EVENTS[event]} : {french.inside(label)}"
    if event in ("subrogated", "unsubrogated"):
        return f"{_EVENTS[event]} : {french.euros(data['cents'])}"
    return _EVENTS.get(event) or STAGE_LABELS.get(event, "Dossier")


def told_events(events: list[DossierEvent], kind: Kind) -> list[tuple[DossierEvent, str]]:
    return [(one, event_words(one.event, kind, one.data)) for one in events]


def thread_line(row: DiaryEntry) -> tuple[str, str]:
    """The line of the fiche's thread: the kind of dossier, then what happened to it."""
    kind = every().get(row.data.get("kind", ""))
    label = kind.label_fr if kind else "Dossier"
    said = event_words(row.data.get("event", ""), kind, row.data)
    return f"{label} : {french.inside(said)}", ""


def field_words(field: Field, value: Any) -> str:
    """A kept value for a reader."""
    if value in (None, ""):
        return ""
    if field.kind == "money":
        return french.euros(int(value))
    if field.kind == "date":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if field.kind == "choice":
        return dict(field.choices).get(value, str(value))
    if field.kind == "bool":
        return "oui" if value else "non"
    return str(value)
