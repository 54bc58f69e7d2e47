"""Private addresses: long, unguessable, revocable; they follow the user's rights, checked at each read."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.models import PrivateLink, User


@transaction.atomic
def link_of(user: User, purpose: str) -> PrivateLink:
    """The user's address for that purpose, made when there is none."""
    present = PrivateLink.objects.filter(user=user, purpose=purpose, revoked_at=None).first()
    if present is not None:
        return present
    made = PrivateLink.objects.create(user=user, purpose=purpose, token=secrets.token_urlsafe(32))
    record("private_link.made", office=user.office, actor=user, target=made, data={"purpose": purpose})
    return made


@transaction.atomic
def renew(user: User, purpose: str) -> PrivateLink:
    """Another address; the former one opens nothing any more."""
    gone = PrivateLink.objects.filter(user=user, purpose=purpose, revoked_at=None)
    gone.update(revoked_at=timezone.now())
    return link_of(user, purpose)


def user_of(token: str, purpose: str) -> User | None:
    """Who the address stands for; None when it is unknown, revoked, or its user may no longer log in."""
    links = PrivateLink.objects.filter(token=token, purpose=purpose, revoked_at=None)
    link = links.select_related("user__office").first()
    return link.user if link is not None and link.user.can_log_in and link.user.office_id else None
