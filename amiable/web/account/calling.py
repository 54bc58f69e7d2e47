"""The call panel: over Ma journée, over the fiche, or a page of its own where there is no script."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.domain.text.typed import whole_or_none
from amiable.outreach.checks import heard_this_week
from amiable.web.account import page
from amiable.web.account.actions import CALL, WORK
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account, the_fiche
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import acts, perform
from amiable.web.kit.request import user_of, within_site


@acts(CALL)
def call(request: HttpRequest, ref: str) -> HttpResponse:
    """The panel, and the call noted. `retour`: where to go back; `ligne`: the day's next line."""
    user = user_of(request, WORK)
    account = read_account(user, ref)
    if request.method == "POST":
        page.remember_place(request, account, user, clock.today())
    frame = the_fiche(
        account,
        CALL.code,
        template="account/_call.html" if request.headers.get("HX-Request") else "account/call.html",
        more={
            "words": words.vocabulary(account),
            "position": position_of(account),
            "spoken": words.spoken(account.person),
            "heard": heard_this_week(account.person, clock.now()),
            "back": _back(request, account),
            "next_line": _asked(request, "ligne"),
        },
    )
    return perform(request, CALL, account, frame, leave=_leave)


def _asked(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name, "")


def _back(request: HttpRequest, account: Account) -> str:
    """The page the panel was opened over, only within this site; else the fiche."""
    return within_site(request, _asked(request, "retour")) or reverse("account", args=[account.ref])


def _leave(request: HttpRequest, account: Account, outcome: Outcome) -> HttpResponse:
    """Back to the page below, on the line that follows the one just treated."""
    back, line = _back(request, account), whole_or_none(_asked(request, "ligne"))
    if line is not None:
        parts = urlsplit(back)
        kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "ligne"]
        back = parts._replace(query=urlencode([*kept, ("ligne", str(line))])).geturl()
    return HttpResponseClientRedirect(back) if request.headers.get("HX-Request") else redirect(back)
