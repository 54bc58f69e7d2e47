"""The words of plans on screen: a landlord's plan, a public accountant's délai de paiement (PUB-12)."""

from __future__ import annotations

from datetime import date

from amiable.diary.models import DiaryEntry
from amiable.domain.creditors import kind
from amiable.domain.plans.following import AT_RISK, BROKEN, KEPT, LATE
from amiable.domain.text.french import euros

TONES = {KEPT: "kept", AT_RISK: "risk", LATE: "risk", BROKEN: "legal"}
STATE_TONES = {
    "to_approve": "accent", "to_sign": "accent", "approved": "accent",
    "completed": "kept", "denounced": "legal",
}  # fmt: skip
#: What the thread says of each event.
EVENTS_FR = {
    "drawn_up": "Plan établi",
    "revision_drawn_up": "Révision du plan établie",
    "taken_back": "Plan repris pour être modifié",
    "to_approve": "Plan soumis au responsable",
    "approved": "Plan approuvé dans la délégation",
    "approved_by_head": "Plan approuvé par le responsable",
    "sent_back": "Plan renvoyé par le responsable",
    "to_sign": "Plan prêt à signer",
    "signed": "Plan signé",
    "replaced": "Version du plan remplacée",
    "at_risk": "Plan à surveiller",
    "missed": "Échéance du plan manquée",
    "broken": "Plan rompu",
    "cured": "Plan repris",
    "completed": "Plan soldé : il a été tenu jusqu’au bout",
    "denounced": "Plan dénoncé",
    "cancelled": "Plan annulé",
    "stopped": "Plan arrêté : une décision ne permet plus de le payer",
}


def terms(code: str) -> dict[str, str]:
    return dict(kind(code).plan_words)


def told(row: DiaryEntry) -> tuple[str, str]:
    """A line of the thread: what happened, and its figures."""
    data = row.data
    title = EVENTS_FR.get(data.get("event", ""), "Plan d’apurement")
    parts = []
    if data.get("amount_cents"):
        parts.append(euros(data["amount_cents"]))
    if data.get("missing_cents"):
        parts.append(f"{euros(data['missing_cents'])} manquent aux échéances")
    if data.get("rent_missing_cents"):
        parts.append(f"{euros(data['rent_missing_cents'])} manquent aux sommes courantes")
    if data.get("version", 1) > 1:
        parts.append(f"version {data['version']}")
    return title, ", ".join(parts)


def age_months(signed_on: date | None, today: date) -> int:
    """Whole months since the signature."""
    if signed_on is None:
        return 0
    months = (today.year - signed_on.year) * 12 + today.month - signed_on.month
    return max(0, months - (today.day < signed_on.day))
