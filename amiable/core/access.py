"""The only way to fetch scoped objects, and the one table of who may do what.

A model names the way to its office and agency in `ACCESS = ("office_id", "agency_id" | None)`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from amiable.core.models import User

M = TypeVar("M", bound=Model)
#: Any: without Django's plugin, mypy reads a member of TextChoices as its (value, label) pair.
R: Any = User.Role

#: Who sees every agency of the office.
WHOLE_OFFICE = {R.SERVICE_HEAD, R.LITIGATION, R.SOCIAL_WORKER, R.AUDITOR, R.ADMIN}

#: Capability -> roles. Nobody outside this table writes anything.
MAY: dict[str, set[str]] = {
    # A caretaker or the reception answers a question; they are not shown who owes what.
    "read_accounts": {
        R.OFFICER,
        R.AGENCY_HEAD,
        R.SERVICE_HEAD,
        R.LITIGATION,
        R.SOCIAL_WORKER,
        R.AUDITOR,
        R.ADMIN,
    },
    "work_accounts": {R.OFFICER, R.AGENCY_HEAD, R.SERVICE_HEAD, R.LITIGATION},
    "approve_batches": {R.OFFICER, R.AGENCY_HEAD, R.SERVICE_HEAD},
    "import_lists": {R.OFFICER, R.AGENCY_HEAD, R.SERVICE_HEAD, R.ADMIN},
    "match_payments": {R.OFFICER, R.AGENCY_HEAD, R.SERVICE_HEAD},
    "answer_tasks": {R.OFFICER, R.AGENCY_HEAD, R.SERVICE_HEAD, R.LITIGATION, R.SOCIAL_WORKER, R.COLLEAGUE},
    #: A plan beyond the officer's delegation; a transfer to the litigation desk; its receipt or return.
    "approve_plans": {R.AGENCY_HEAD, R.SERVICE_HEAD},
    "decide_transfer": {R.SERVICE_HEAD},
    "receive_transfer": {R.LITIGATION},
    #: The social worker's own notes are hers alone; the officer sees her conclusion.
    "social_work": {R.SOCIAL_WORKER},
    #: After a threat, only a head calls (restricted file).
    "call_restricted": {R.AGENCY_HEAD, R.SERVICE_HEAD},
    #: A household's situation, removed for good at the person's request.
    "erase_situations": {R.AGENCY_HEAD, R.SERVICE_HEAD},
    "give_instructions": {R.AGENCY_HEAD, R.SERVICE_HEAD},
    "edit_procedure": {R.SERVICE_HEAD},
    "edit_templates": {R.SERVICE_HEAD, R.AGENCY_HEAD},
    "edit_policy": {R.SERVICE_HEAD},
    "override_law": {R.SERVICE_HEAD},
    "manage_users": {R.ADMIN, R.SERVICE_HEAD},
    "read_journal": {R.AGENCY_HEAD, R.SERVICE_HEAD, R.AUDITOR, R.ADMIN},
}


def may(user: User, capability: str) -> bool:
    """Whether the user's role has this capability; an unknown capability is a programming error."""
    return user.is_active and user.role in MAY[capability]


def require(user: User, capability: str) -> None:
    """Raise PermissionDenied unless `may`."""
    if not may(user, capability):
        raise PermissionDenied(capability)


def agency_ids(user: User) -> list[int] | None:
    """The agencies the user is bound to; None: the whole office."""
    if user.role in WHOLE_OFFICE:
        return None
    # One query per request, kept on the user object of that request.
    if not hasattr(user, "_agency_ids"):
        user._agency_ids = list(user.agencies.values_list("pk", flat=True))
    return user._agency_ids or None


def scope(queryset: QuerySet[M], user: User) -> QuerySet[M]:
    """The rows of the user's office, and of their agencies when they are bound to some.

    A row without agency belongs to the whole office.
    """
    office_path, agency_path = queryset.model.ACCESS
    queryset = queryset.filter(**{office_path: user.office_id})
    bound = agency_ids(user)
    if bound is None or agency_path is None:
        return queryset
    return queryset.filter(Q(**{f"{agency_path}__in": bound}) | Q(**{f"{agency_path}__isnull": True}))


def fetch(model: type[M], user: User, *, related: tuple[str, ...] = (), **lookup: Any) -> M:
    """One object within the user's scope, else 404: outside the scope nothing exists."""
    queryset = model._default_manager.select_related(*related) if related else model._default_manager.all()
    found = scope(queryset, user).filter(**lookup).first()
    if found is None:
        raise Http404
    return found
