"""One account as every page about it reads it."""

from __future__ import annotations

from datetime import date

from amiable.accounts.models import Account, AccountTerms
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.parties.models import ContactPoint
from amiable.positions.models import AccountPosition


def read_account(user: User, ref: str) -> Account:
    """The account within the user's scope, with what every page about it shows; else 404."""
    related = ("person", "agency", "officer", "office", "position")
    account = fetch(Account, user, related=related, ref=ref)
    points = ContactPoint.objects.filter(is_current=True).order_by("kind", "problem", "-is_mobile", "pk")
    account.person._prefetched_objects_cache = {"contact_points": list(points.filter(person=account.person))}
    return account


def position_of(account: Account) -> AccountPosition | None:
    return getattr(account, "position", None)


def terms_on(account: Account, day: date) -> AccountTerms | None:
    """Rent, charges and aid in force that day."""
    return account.terms.filter(effective_on__lte=day).order_by("-effective_on").first()
