"""What a view reads of its request."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

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


def within_site(request: HttpRequest, wanted: str) -> str:
    """The page somebody asks to go back to, when it is one of this site; else nothing."""
    # A word alone is safe to Django, and a name of address to `redirect`.
    is_address = wanted.startswith(("/", "http://", "https://"))
    is_ours = is_address and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if is_ours else ""


def page_number(request: HttpRequest) -> int:
    """The page asked for, 1 when the address says nothing sensible."""
    try:
        return whole(request.GET.get("page", "1"), least=1)
    except DomainError:
        return 1
