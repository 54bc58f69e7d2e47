"""Everything the fiche shows, gathered in a number of queries that does not depend on the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of_step
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.models import User
from amiable.diary import services as diary
from amiable.diary.models import Hold, Promise, Task
from amiable.domain.creditors import kind
from amiable.domain.decision.explanation import NOTHING_LEFT
from amiable.limits.calendar import of_accounts
from amiable.positions import lists
from amiable.procedures import instructions
from amiable.procedures.models import Acknowledgement
from amiable.web.account import chart, panels, story
from amiable.web.account.figures import Figures, figures
from amiable.web.account.forms import phones_of
from amiable.web.account.thread import Known, caf_line, in_order, money_lines, thread
from amiable.web.account.threshold import caf_threshold
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, terms_on
from amiable.web.kit.lines import duties_of
from amiable.web.kit.steps import step_label, steps_of_office

#: Lines of the thread shown before « tout le fil ».
THREAD_LINES = 14
BRIEF_MONEY = 4
MOVEMENTS_PAGE = 30
#: A prescription this near is told in days, and in the colour of legal limits.
SOON_DAYS = 180


def gather(account: Account, user: User, *, whole_thread: bool = False) -> dict[str, Any]:
    """The context of the fiche."""
    today = clock.today()
    shown = figures(account, today)
    steps = steps_of_office(account.office_id)
    holds = list(account.holds.select_related("created_by").order_by("-starts_on", "-pk"))
    promises = list(account.promises.order_by("-due_on", "-pk"))
    tasks = list(account.tasks.select_related("assignee", "created_by").order_by("status", "-pk"))
    known = Known(
        holds={one.pk: one for one in holds},
        promises={one.pk: one for one in promises},
        tasks={one.pk: one for one in tasks},
        points={one.pk: one for one in account.person.contact_points.all()},
        steps=steps,
    )
    lines, brief = _thread(account, shown, known, user)
    position = position_of(account)
    terms = terms_on(account, today)
    limit_cents = caf_threshold(terms, today) if kind(account.office.kind).caf else None
    return {
        "area": "portfolio",
        "account": account,
        "position": position,
        "words": words.vocabulary(account),
        "name": words.person_name(account.person),
        "home": words.home_of(account),
        "payment_mode": words.payment_mode(account.payment_mode),
        "is_claim": words.is_claim(account),
        "nature": words.nature_label(account),
        "terms": terms,
        "others_here": diary.arrive(account=account, user=user, now=timezone.now()),
        "figures": shown,
        "ages": chart.ages(position) if position else [],
        "chart": chart.balance_chart(shown.history, limit_cents),
        "thread": lines if whole_thread else brief,
        "thread_more": 0 if whole_thread else len(lines) - len(brief),
        "active_holds": [one for one in holds if _is_active(one, today)],
        "promises": [one for one in promises if one.status == Promise.Status.PENDING or _recent(one, today)],
        "tasks": [one for one in tasks if one.status == Task.Status.OPEN],
        "documents": list(account.documents.order_by("-dated_on", "-pk")[:8]),
        "story": story.known_story(account, position, today) if position else None,
        "phones": phones_of(account.person),
        "points": list(account.person.contact_points.all()),
        "preference": words.CHANNELS_FR.get(account.person.preferred_channel, ""),
        "spoken": words.spoken(account.person),
        "family": family(account, user),
        "step": steps.get(position.next_step or "") if position else None,
        "dossier_kind": kind_of_step(position.next_step or "") if position else None,
        "nothing_left": NOTHING_LEFT,
        "duties": duties_of(position, steps) if position else (),
        "step_label": step_label(steps, position.next_step if position else None),
        "limits": of_accounts([account.pk], today).get(account.pk, []),
        "prescribes_soon": _soon(position.prescribes_on if position else None, today),
        "caf": kind(account.office.kind).caf,
        "may_work": may(user, "work_accounts"),
        "panels": panels.gathered(account, user, today),
    }


def _soon(day: date | None, today: date) -> bool:
    return day is not None and (day - today).days <= SOON_DAYS


def _is_active(hold: Hold, today: date) -> bool:
    ended = (hold.ends_on is not None and hold.ends_on < today) or (
        hold.lifted_on is not None and hold.lifted_on <= today
    )
    return not ended


def _recent(promise: Promise, today: date) -> bool:
    """A promise just settled is still worth seeing."""
    return promise.settled_on is not None and (today - promise.settled_on).days <= 31


def _thread(account: Account, shown: Figures, known: Known, user: User) -> tuple[list[Any], list[Any]]:
    """(the whole thread, its first lines); in brief, a regular payer's receipts do not hide what was done."""
    entries = account.diary.select_related("actor", "note", "document").order_by("-on", "-pk")[:300]
    position = position_of(account)
    told = thread(entries, known, may_correct=may(user, "work_accounts"))
    told += caf_line(position.caf_constituted_on, position.caf_rule) if position else []
    money = in_order(money_lines(shown.movements))
    return in_order(told, money), in_order(told, money[:BRIEF_MONEY])[:THREAD_LINES]


@dataclass(frozen=True)
class Family:
    """The person's other accounts the user may see, and what all of them owe together (cents)."""

    others: list[Account]
    overdue_cents: int
    balance_cents: int


def family(account: Account, user: User) -> Family:
    """A moved tenant keeps an old account: one person, one view of the debt."""
    rows: QuerySet[Account] = scope(Account.objects.filter(person_id=account.person_id), user)
    everything = list(rows.select_related("position", "agency").order_by("-entered_on", "ref"))
    for one in everything:
        one.known = position_of(one)
    known = [one.known for one in everything if one.known is not None]
    return Family(
        others=[one for one in everything if one.pk != account.pk],
        overdue_cents=sum(one.overdue_cents for one in known),
        balance_cents=sum(one.balance_cents for one in known),
    )


def notices(account: Account, user: User, today: date) -> list[Any]:
    """The heads' instructions on the next step, each with whether the user has read it."""
    position = position_of(account)
    code = position.next_step if position else None
    found = list(instructions.for_step(office_id=account.office_id, step_code=code, at=today))
    read_ids = set(
        Acknowledgement.objects.filter(user=user, instruction__in=found).values_list(
            "instruction_id", flat=True
        )
    )
    for one in found:
        one.is_read = one.pk in read_ids or one.author_id == user.pk
    return found


@dataclass(frozen=True)
class Neighbours:
    """Where the account stands in Ma journée, and the accounts before and after it."""

    rank: int
    count: int
    before: str | None
    after: str | None


def neighbours(account: Account, user: User, today: date, followed_by: str | None = None) -> Neighbours:
    """In the day as it opens for this user: their own accounts when they follow some.

    followed_by: the account that came after this one before it was treated; once out of the list, an account
    no longer knows its place.
    """
    keep = lists.Narrow(officer_id=user.pk if lists.opens_on_own(user) else None)
    rank, count, before, after = lists.neighbours(user, keep, today, account.pk)
    ids = [pk for pk in (before, after) if pk is not None]
    refs = dict(Account.objects.filter(pk__in=ids).values_list("pk", "ref")) if ids else {}
    next_ref = followed_by if rank == 0 and followed_by else refs.get(after or 0)
    return Neighbours(rank, count, refs.get(before or 0), next_ref)


#: Session: the account being treated and the one that followed it in the day, [id, reference].
FOLLOWING = "day_following"


def remember_place(request: HttpRequest, account: Account, user: User, today: date) -> None:
    """Before an act that may take the account out of the list: what comes after it."""
    near = neighbours(account, user, today)
    if near.rank:
        request.session[FOLLOWING] = [account.pk, near.after]


def remembered_after(request: HttpRequest, account: Account) -> str | None:
    """The account that followed this one when it was treated, if it was just now."""
    pk, after = request.session.get(FOLLOWING, (0, None))
    return after if pk == account.pk else None
