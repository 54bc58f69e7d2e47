"""What a view reads of its request."""

from __future__ import annotations

from django.http import HttpRequest

from amiable.core.access import require
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole


def user_of(request: HttpRequest, capability: str = "") -> User:
    """Who asks; refused without the capability, when one is named."""
    assert isinstance(request.user, User)
    if capability:
        require(request.user, capability)
    return request.user


def page_number(request: HttpRequest) -> int:
    """The page asked for, 1 when the address says nothing sensible."""
    try:
        return whole(request.GET.get("page", "1"), least=1)
    except DomainError:
        return 1
