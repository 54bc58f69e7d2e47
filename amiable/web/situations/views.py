"""One page per guided state: what will change, the form, then back to the fiche."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from amiable.web.kit.accounts import read_account, the_fiche
from amiable.web.kit.perform import acts, known, perform
from amiable.web.kit.request import user_of
from amiable.web.situations.actions import ACTIONS, GUIDES


@acts(*ACTIONS)
def guide(request: HttpRequest, ref: str, code: str, pk: int | None = None) -> HttpResponse:
    """Show a guided state, or do it; `pk` names the person or the record it is about."""
    found = known(GUIDES, code)
    user = user_of(request, "work_accounts")
    on = found.of(read_account(user, ref), pk)
    frame = the_fiche(
        on.account,
        code,
        styles=("web/account.css", "web/situations.css"),
        template="situations/guide.html",
        more={"guide": found, "about": on.about},
    )
    return perform(request, found, on, frame)
