"""What the screens read of transfers: a constant number of queries a page."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.positions.lists import with_duty
from amiable.positions.models import AccountPosition
from amiable.transfer.lifecycle import OPEN, State
from amiable.transfer.models import Transfer

#: The tabs of the screen, in the order of the road.
TABS = {
    "decider": (State.PROPOSED,),
    "recevoir": (State.DECIDED,),
    "suivre": (State.RECEIVED,),
    "termines": (State.RETURNED, State.REFUSED, State.WITHDRAWN),
}


def transfers(user: User, tab: str) -> QuerySet[Transfer]:
    """The transfers of a tab within the user's scope, newest first, with what a line shows."""
    related = (
        "account__person",
        "account__agency",
        "account__position",
        "proposed_by",
        "received_by",
        "reason",
    )
    found = scope(Transfer.objects.filter(state__in=TABS[tab]), user)
    return found.select_related(*related).order_by("-pk")


def counts(user: User) -> dict[str, int]:
    """How many transfers each tab holds. One query."""
    rows = scope(Transfer.objects.all(), user).values_list("state").annotate(n=Count("pk")).order_by()
    by_state = dict(rows)
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, states in TABS.items()}


def to_present(user: User) -> QuerySet[AccountPosition]:
    """Accounts whose procedure asks for the transfer, not presented yet."""
    asked = AccountPosition.objects.filter(with_duty("lane", "transfer"))
    waiting = asked.exclude(account__transfers__state__in=OPEN)
    return (
        scope(waiting, user).select_related("account__person", "account__agency").order_by("-priority", "pk")
    )


def settled(user: User) -> QuerySet[Transfer]:
    """Files at the desk whose debt is paid: to withdraw (story 41)."""
    return transfers(user, "suivre").filter(account__position__balance_cents__lte=0)


def open_transfer(account: Account) -> Transfer | None:
    """The transfer of an account that is under way, if any."""
    return account.transfers.filter(state__in=OPEN).select_related("received_by", "bundle").first()
