"""Lists somebody comes back to, each under its own name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from amiable.core.access import require
from amiable.core.models import SavedFilter, User
from amiable.domain.errors import DomainError

_MOST = 20


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name; the same name again replaces them."""
    user: User = request.user
    require(user, "read_accounts")
    name = " ".join(request.POST.get("name", "").split())[:60]
    query = QueryDict(request.POST.get("query", "")[:500]).urlencode()
    if not name:
        raise DomainError("no_name", "Donnez un nom à ce filtre : il n’a pas été enregistré.")
    if not query:
        raise DomainError("no_filter", "Choisissez d’abord un filtre ou un ordre : rien n’a été enregistré.")
    if user.saved_filters.exclude(name=name).count() >= _MOST:
        raise DomainError("too_many", f"{_MOST} filtres au plus : effacez-en un d’abord.")
    SavedFilter.objects.update_or_create(user=user, name=name, defaults={"query": query})
    messages.success(request, f"Filtre « {name} » enregistré.")
    return redirect(f"{reverse('portfolio')}?{query}")


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own saved filter."""
    found = get_object_or_404(SavedFilter, pk=pk, user=request.user)
    found.delete()
    messages.success(request, f"Filtre « {found.name} » effacé.")
    return redirect("portfolio")
