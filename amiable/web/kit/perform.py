"""An action on a page: the form shown, the attempt, what was typed kept when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from amiable.core import clock
from amiable.web.kit.action import Action, Doer, Outcome, State, attempt, said, version_of
from amiable.web.kit.forms import ActForm
from amiable.web.kit.request import user_of

T = TypeVar("T")
A = TypeVar("A", bound=Action[Any])


@dataclass(frozen=True)
class Frame:
    """The page around a form: the menu's area, the way back, and what only this page shows (`more`).

    back: where the form is left, done or not. crumbs: (address, words). name: whom the title is about.
    more: may be a function of the form, called only when the page is shown.
    """

    area: str
    back: str
    back_fr: str
    crumbs: tuple[tuple[str, str], ...] = ()
    name: str = ""
    styles: tuple[str, ...] = ("web/account.css",)
    template: str = "kit/action.html"
    draft: str = ""
    more: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] = field(default_factory=dict)


Leave = Callable[[HttpRequest, Any, Outcome], HttpResponse]


def perform(
    request: HttpRequest,
    action: Action[T],
    target: T,
    frame: Frame,
    *,
    leave: Leave | None = None,
    seen_by: str = "",
) -> HttpResponse:
    """Show the form, or act and leave: to the frame's `back`, or as `leave` says.

    seen_by: the capability that reads the page, when more people read it than act on it.
    """
    posted = request.method == "POST"
    user = user_of(request, action.needs(target) if posted or not seen_by else seen_by)
    doer = Doer(user, clock.now())
    if not posted:
        return page(request, action, target, frame, action.blank(target, doer))
    outcome = attempt(action, target, doer, request.POST, request.FILES)
    if outcome.state == State.NOT_ALLOWED:
        raise PermissionDenied(action.code)
    if outcome.state == State.NOT_FOUND:
        raise Http404
    if outcome.state == State.DONE:
        if outcome.said_fr:
            messages.success(request, outcome.said_fr)
        for warning in outcome.warnings_fr:
            messages.warning(request, warning)
        return leave(request, target, outcome) if leave is not None else redirect(frame.back)
    return page(request, action, target, frame, outcome.form, stale=outcome.state == State.STALE)


def page(
    request: HttpRequest, action: Action[T], target: T, frame: Frame, form: Any, *, stale: bool = False
) -> HttpResponse:
    """The form as it stands: blank, or kept with what is wrong."""
    account = form.account if isinstance(form, ActForm) else None
    context = {
        "area": frame.area,
        "frame": frame,
        "account": account,
        "name": frame.name,
        "title": said(action.title_fr, target),
        "button": said(action.button_fr, target),
        "lead": said(action.lead_fr, target),
        "code": action.code,
        "form": form,
        "version": _version(form, stale=stale),
        "stale": stale,
        **(frame.more(form) if callable(frame.more) else frame.more),
    }
    return render(request, frame.template, context, status=422 if form.errors else 200)


def _version(form: Any, *, stale: bool) -> Any:
    """The version the next sending carries: once told what changed, to send again is one's own decision."""
    if not isinstance(form, ActForm):
        return None
    if form.is_bound and not stale:
        return form["version"].value()
    return version_of(form.account)


Find = Callable[..., Any]
Before = Callable[[HttpRequest, Any], None]


def runs(
    action: Action[Any],
    find: Find,
    frame: Callable[[Any], Frame],
    *,
    leave: Leave | None = None,
    before: Before | None = None,
) -> Callable[..., HttpResponse]:
    """The view of one action, as `urls.py` writes it.

    find: the target within the user's scope, from the user and the address, else 404.
    before: what the page notes before it acts.
    """

    def view(request: HttpRequest, **address: Any) -> HttpResponse:
        target = find(
            user_of(request, action.capability if isinstance(action.capability, str) else ""), **address
        )
        if request.method == "POST" and before is not None:
            before(request, target)
        return perform(request, action, target, frame(target), leave=leave)

    return acts(action)(view)


def known(actions: Mapping[str, A], code: str) -> A:
    """The action of that code, else 404."""
    if code not in actions:
        raise Http404
    return actions[code]


def reads(capability: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that only reads: refused without the capability, and to anything but a GET. "": whoever is
    logged in."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **address: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            user_of(request, capability)
            return view(request, *args, **address)

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded

    return guard


def acts(*actions: Action[Any]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that reads and acts: it says which actions its `perform` runs."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.actions = actions  # type: ignore[attr-defined]
        return view

    return mark
