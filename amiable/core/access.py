"""The only way to fetch scoped objects, and the one answer to who may do what.

A model names the way to its office and agency in `ACCESS = ("office_id", "agency_id" | None)`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from amiable.core.models import Agency, Office, User
from amiable.core.rooms import house

M = TypeVar("M", bound=Model)
#: Any: without Django's plugin, mypy reads a member of TextChoices as its (value, label) pair.
R: Any = User.Role

#: Who sees every agency of the office.
WHOLE_OFFICE = {R.SERVICE_HEAD, R.LITIGATION, R.SOCIAL_WORKER, R.AUDITOR, R.ADMIN}


def may(user: User, capability: str) -> bool:
    """Whether the user's role has this capability; an unknown capability is a programming error."""
    return user.is_active and user.role in house().capabilities[capability]


def require(user: User, capability: str) -> None:
    """Raise PermissionDenied unless `may`."""
    if not may(user, capability):
        raise PermissionDenied(capability)


def holders(office: Office, capability: str) -> QuerySet[User]:
    """Those of the office who may do this and can log in."""
    roles = house().capabilities[capability]
    people = User.objects.filter(office=office, is_active=True, role__in=roles)
    return people.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def agency_ids(user: User) -> list[int] | None:
    """The agencies the user is bound to; None: the whole office.

    Somebody bound to none sees nothing, unless the office has no agency to be bound to.
    """
    if user.role in WHOLE_OFFICE:
        return None
    # One query per request, kept on the user object of that request.
    if not hasattr(user, "_agency_ids"):
        bound = list(user.agencies.values_list("pk", flat=True))
        whole = not bound and not Agency.objects.filter(office_id=user.office_id).exists()
        user._agency_ids = None if whole else bound
    return user._agency_ids


def scope(queryset: QuerySet[M], user: User) -> QuerySet[M]:
    """The rows of the user's office, and of their agencies when they are bound to some.

    A row without agency belongs to all its agencies; to somebody bound to none, nothing does.
    """
    office_path, agency_path = queryset.model.ACCESS
    queryset = queryset.filter(**{office_path: user.office_id})
    bound = agency_ids(user)
    if bound is None or agency_path is None:
        return queryset
    if not bound:
        return queryset.none()
    if agency_path.endswith("agencies"):
        # Through a person: what somebody of no agency did is the whole office's, for those who see all of it.
        inside = queryset.model._default_manager.filter(**{f"{agency_path}__in": bound})
        return queryset.filter(pk__in=inside.values("pk"))
    return queryset.filter(Q(**{f"{agency_path}__in": bound}) | Q(**{f"{agency_path}__isnull": True}))


def fetch(model: type[M], user: User, *, related: tuple[str, ...] = (), **lookup: Any) -> M:
    """One object within the user's scope, else 404: outside the scope nothing exists."""
    queryset = model._default_manager.select_related(*related) if related else model._default_manager.all()
    found = scope(queryset, user).filter(**lookup).first()
    if found is None:
        raise Http404
    return found
