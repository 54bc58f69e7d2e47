"""Several lines at once: the names are shown before anything changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import wholes
from amiable.web.day.actions import ENTRUST, PAUSE, Chosen
from amiable.web.kit.action import Action
from amiable.web.kit.perform import Frame, acts, perform
from amiable.web.kit.request import user_of, within_site
from amiable.web.kit.words import person_name

#: More lines than this are a change of organisation, not a morning's work.
_MOST = 200


@acts(PAUSE)
def pause(request: HttpRequest) -> HttpResponse:
    """Put the chosen accounts on hold until a day, with one reason."""
    return _ask(request, PAUSE)


@acts(ENTRUST)
def entrust(request: HttpRequest) -> HttpResponse:
    """Give the chosen accounts to a colleague."""
    return _ask(request, ENTRUST)


def _chosen(request: HttpRequest, user: User) -> tuple[Account, ...]:
    """The accounts named by `ids`, within the user's scope. DomainError when none or too many."""
    given = request.POST if request.method == "POST" else request.GET
    ids = wholes(given.getlist("ids"))
    if len(ids) > _MOST:
        raise DomainError("too_many", f"Choisissez {_MOST} lignes au plus.")
    found = scope(Account.objects.filter(pk__in=ids), user).select_related("person", "office")
    accounts = tuple(found.order_by("person__search_key", "pk"))
    if not accounts:
        raise DomainError("nothing_chosen", "Aucune ligne n’est cochée : cochez-en au moins une.")
    return accounts


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back") or request.META.get("HTTP_REFERER", "")
    return within_site(request, back) or reverse("day")


def _ask(request: HttpRequest, action: Action[Chosen]) -> HttpResponse:
    accounts = _chosen(request, user_of(request, str(action.capability)))
    more = {"accounts": [(account, person_name(account.person)) for account in accounts]}
    frame = Frame("day", _back(request), "Annuler", template="day/selection.html", more=more)
    return perform(request, action, accounts, frame)
