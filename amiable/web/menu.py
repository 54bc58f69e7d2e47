"""The menu: where each screen is found, who sees it."""

from __future__ import annotations

from dataclasses import dataclass

from amiable.core.access import may
from amiable.core.models import User


@dataclass(frozen=True)
class Item:
    """One entry. `capability` empty: everybody. `count`: name of the figure shown beside it."""

    label: str
    url: str
    area: str
    capability: str = ""
    count: str = ""


MAIN = (
    Item("Ma journée", "day", "day", "read_accounts"),
    Item("Portefeuille", "portfolio", "portfolio", "read_accounts"),
    Item("Relances", "outreach", "outreach", "read_accounts", count="batches"),
    Item("À rapprocher", "matching", "matching", "match_payments", count="to_match"),
    Item("Imports", "imports", "imports"),
    Item("Demandes", "tasks", "tasks", count="tasks"),
)
#: What is followed over weeks, beside the day's list.
FOLLOWED: tuple[Item, ...] = (
    Item("Agenda", "agenda", "agenda", "read_accounts"),
    Item("Limites légales", "limits", "limits", "read_accounts"),
    Item("Dossiers", "dossiers", "dossiers", "read_accounts"),
    Item("Demandes sociales", "social_inbox", "social", "social_work"),
    Item("Plans", "plans", "plans", "read_accounts", count="plans"),
    Item("Visites", "visits", "visits", "read_accounts"),
    Item("Contentieux", "transfers", "transfers", "read_accounts"),
)
MORE = (
    Item("Procédure", "procedures", "procedures"),
    Item("Modèles", "letters", "letters"),
    Item("Règles de droit", "law", "law"),
    Item("Livres", "books", "books", "see_books"),
    Item("Journal", "journal", "journal", "read_journal"),
    Item("Réglages", "settings", "settings"),
)


def visible(items: tuple[Item, ...], user: User) -> list[Item]:
    return [item for item in items if not item.capability or may(user, item.capability)]
