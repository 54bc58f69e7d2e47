"""What is done, said once: an act that left nothing undone. What came back to the office was not done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from amiable.diary.models import DiaryEntry

Kind: Any = DiaryEntry.Kind


def standing(as_of: date) -> QuerySet[DiaryEntry]:
    """Lines of the diary known that day and not corrected since."""
    corrections = DiaryEntry.objects.filter(corrects=OuterRef("pk"), on__lte=as_of)
    return DiaryEntry.objects.filter(~Exists(corrections), on__lte=as_of)


def came_back(as_of: date) -> Exists:
    """Whether the message of a line, or the copy it needed, had come back that day: nobody corrected it."""
    news = standing(as_of).filter(
        kind=Kind.CONTACT_PROBLEM,
        account_id=OuterRef("account_id"),
        outbox_item_id=OuterRef("outbox_item_id"),
    )
    return Exists(news)


def accomplished(as_of: date) -> QuerySet[DiaryEntry]:
    """Lines of a step that was done: neither held back, nor failed, nor come back. A step somebody set aside
    is among them."""
    done = standing(as_of).exclude(step="").exclude(kind=Kind.SUPPRESSED)
    done = done.exclude(outcome=DiaryEntry.Outcome.FAILED)
    return done.filter(Q(outbox_item_id=None) | ~came_back(as_of))
