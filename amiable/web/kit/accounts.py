"""One account as every page about it reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from amiable.accounts.models import Account, AccountTerms
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.parties.models import ContactPoint
from amiable.positions.models import AccountPosition
from amiable.web.kit import words
from amiable.web.kit.perform import Frame


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


def the_fiche(account: Account, code: str, **options: Any) -> Frame:
    """The page of something done on an account: it comes from the fiche, and goes back there."""
    back, name = reverse("account", args=[account.ref]), words.person_name(account.person)
    crumbs = ((back, name), ("", f"{words.vocabulary(account)['account']} {account.ref}"))
    return Frame(
        "portfolio", back, "Revenir à la fiche", crumbs, name, draft=f"{account.pk}:{code}", **options
    )
