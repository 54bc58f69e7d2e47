"""The fiche: one account understood in ten seconds, and everything an officer does on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.diary.models import Callback, DiaryEntry, Hold, Promise
from amiable.parties.models import ContactPoint
from amiable.procedures.models import Instruction
from amiable.web.account import page, story
from amiable.web.account.actions import ACKNOWLEDGE, DIALOGS, DOINGS, WORK, Of
from amiable.web.account.figures import figures
from amiable.web.kit import words
from amiable.web.kit.accounts import position_of, read_account, the_fiche
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.perform import Frame, acts, known, perform, reads, runs
from amiable.web.kit.request import user_of


@reads("read_accounts")
def fiche(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything known about one account of the user's scope; `?faire=appel` opens that dialog at once."""
    user, today = user_of(request), clock.today()
    account = read_account(user, ref)
    context = page.gather(account, user, whole_thread=request.GET.get("fil") == "tout")
    context["notices"] = page.notices(account, user, today)
    after = page.remembered_after(request, account)
    context["near"] = page.neighbours(account, user, today, followed_by=after)
    if context["may_work"]:
        context["dialogs"] = [_dialog(DOINGS[code], account, user) for code in DIALOGS]
    context["open_now"] = request.GET.get("faire", "")
    if "pourquoi" in request.GET and context["position"] is not None:
        context["story"] = story.tell(account, context["position"], today)
    return render(request, "account/fiche.html", context)


@reads("read_accounts")
def explain(request: HttpRequest, ref: str) -> HttpResponse:
    """The three questions of the file, fetched by the fiche once it stands: they take the whole engine."""
    account = read_account(user_of(request), ref)
    position = position_of(account)
    told = story.tell(account, position, clock.today()) if position is not None else None
    context = {"account": account, "position": position, "story": told}
    return render(request, "account/_story.html", context)


def _dialog(doing: Action[Account], account: Account, user: User) -> dict[str, Any]:
    form = doing.blank(account, Doer(user, clock.now()), auto_id=f"{doing.code}_%s")
    return {"doing": doing, "form": form, "draft": f"{account.pk}:{doing.code}"}


@reads("read_accounts")
def movements(request: HttpRequest, ref: str) -> HttpResponse:
    """Every posting of the account, newest first, with the balance after each."""
    account = read_account(user_of(request), ref)
    shown = figures(account, clock.today())
    pages = Paginator(list(reversed(shown.movements)), page.MOVEMENTS_PAGE)
    context = {
        "area": "portfolio",
        "account": account,
        "name": words.person_name(account.person),
        "words": words.vocabulary(account),
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "account/movements.html", context)


def remember(request: HttpRequest, on: Any) -> None:
    """Before an act that may take the account out of the day: what comes after it."""
    account = on if isinstance(on, Account) else on.account
    page.remember_place(request, account, user_of(request), clock.today())


def _around(code: str) -> Callable[[Any], Frame]:
    return lambda on: the_fiche(
        on if isinstance(on, Account) else on.account, code, styles=("web/account.css", "web/contact.css")
    )


@acts(*DOINGS.values())
def act(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """One act: its own page (no script, or an error to correct), and where the dialogs of the fiche post."""
    doing = known(DOINGS, code)
    return on_account(doing, read_account)(request, ref=ref)


def on_account(action: Action[Any], find: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """The view of something done on an account, or on a record of one."""
    return runs(action, find, _around(action.code), before=remember)


def find_line(user: User, ref: str, pk: int) -> Of[DiaryEntry]:
    account = read_account(user, ref)
    return Of(
        account,
        get_object_or_404(DiaryEntry.objects.select_related("account__office"), pk=pk, account=account),
    )


def find_hold(user: User, ref: str, pk: int) -> Of[Hold]:
    account = read_account(user, ref)
    return Of(
        account, get_object_or_404(Hold.objects.select_related("account__office"), pk=pk, account=account)
    )


def find_promise(user: User, ref: str, pk: int) -> Of[Promise]:
    account = read_account(user, ref)
    return Of(
        account,
        get_object_or_404(Promise.objects.select_related("account__office"), pk=pk, account=account),
    )


def find_point(user: User, ref: str, pk: int) -> Of[ContactPoint]:
    account = read_account(user, ref)
    return Of(account, get_object_or_404(ContactPoint, pk=pk, person=account.person))


def find_callback(user: User, pk: int) -> Callback:
    return fetch(Callback, user, related=("account__office", "account__person"), pk=pk)


def the_day(callback: Callback) -> Frame:
    """A call promised is cancelled from Ma journée."""
    back, name = reverse("day"), words.person_name(callback.account.person)
    return Frame("day", back, "Revenir à la journée", ((back, "Ma journée"), ("", name)), name)


@acts(ACKNOWLEDGE)
def acknowledge(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """« J’ai lu » under an instruction."""
    user = user_of(request, WORK)
    instruction = get_object_or_404(Instruction, pk=pk, office_id=user.office_id)
    back = reverse("account", args=[ref])
    return perform(request, ACKNOWLEDGE, instruction, Frame("portfolio", back, "Revenir à la fiche"))
