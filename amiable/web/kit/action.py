"""One way to do something: who may, on what form, what runs. No page and no request: any door may use it.

`attempt` is the heart; `perform` (kit/perform.py) puts a page around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from amiable.accounts.models import Account
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary.writing import open_for, stale_sentence
from amiable.domain.errors import DomainError
from amiable.web.kit.forms import ActForm

T = TypeVar("T")

#: What a service says when somebody else came first: the account changed, or the thing moved on.
STALE = {"stale", "moved"}
OLD_PAGE = "Cette page n’est plus à jour : rien n’a été enregistré. Relisez, puis validez de nouveau."


@dataclass(frozen=True)
class Doer:
    """Who acts, and when."""

    actor: User
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def by(self) -> dict[str, Any]:
        """What most services ask; what the screen read was compared before they run."""
        return {"actor": self.actor, "today": self.today}

    @property
    def now_by(self) -> dict[str, Any]:
        """What those that send or sign ask: the moment, not the day."""
        return {"actor": self.actor, "now": self.now}

    def on(self, account: Account) -> dict[str, Any]:
        return {"account": account, **self.by}


@dataclass(frozen=True)
class Done:
    """What was done, in French, and what was not; made: what came of it, for a door that shows it."""

    said_fr: str
    made: Any = None
    warnings_fr: tuple[str, ...] = ()


def always(target: Any) -> bool:
    return True


@dataclass(frozen=True)
class Action(Generic[T]):
    """Something done on a T from a form.

    run: calls one service, says what was done. when: offered only then; without a form of its own, a button.
    Words and the capability may depend on the target: then they are functions of it. No capability: whoever
    is logged in. beside: the field a refusal of the service stands at, by its code.
    """

    code: str
    title_fr: str | Callable[[T], str]
    button_fr: str | Callable[[T], str]
    capability: str | Callable[[T], str]
    run: Callable[[T, Doer, Any], str | Done]
    form: Callable[..., Any] = ActForm
    when: Callable[[T], bool] = always
    lead_fr: str | Callable[[T], str] = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    def needs(self, target: T) -> str:
        """The capability it takes on this target."""
        return said(self.capability, target)

    def blank(self, target: T, doer: Doer, **options: Any) -> Any:
        """The form to fill in."""
        return self.form(target=target, user=doer.actor, today=doer.today, **options)


def said(words: str | Callable[[T], str], target: T) -> str:
    return words if isinstance(words, str) else words(target)


class State(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    STALE = "stale"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: done, or the form kept with what is wrong."""

    state: State
    said_fr: str = ""
    made: Any = None
    code: str = ""
    form: Any = None
    warnings_fr: tuple[str, ...] = ()


def version_of(account: Account) -> int:
    """The account's version now, whatever was read before."""
    return Account.objects.values_list("version", flat=True).get(pk=account.pk)


def _faulty(form: Any) -> Outcome:
    """A form with a fault; on a stale page its choices may be the old ones, so that is said too."""
    state = State.REFUSED
    if isinstance(form, ActForm):
        seen = form.cleaned_data.get("version")
        if "version" in form.errors:
            state = State.STALE
            form.add_error(None, OLD_PAGE)
        elif seen is not None and seen != version_of(form.account):
            state = State.STALE
            form.add_error(None, stale_sentence(form.account))
    return Outcome(state, code="bad_form", form=form)


def attempt(action: Action[T], target: T | None, doer: Doer, data: Any, files: Any = None) -> Outcome:
    """Try it, whole or not at all; a form on an account is refused when it changed since it was read."""
    if target is None:
        return Outcome(State.NOT_FOUND)
    needed = action.needs(target)
    if needed and not may(doer.actor, needed):
        return Outcome(State.NOT_ALLOWED)
    form = action.form(data, files, target=target, user=doer.actor, today=doer.today)
    if not form.is_valid():
        return _faulty(form)
    if not action.when(target):
        form.add_error(None, OLD_PAGE)
        return Outcome(State.STALE, code="not_offered", form=form)
    try:
        with transaction.atomic():
            if isinstance(form, ActForm):
                # What the screen read is compared here, once: the services then act on what is.
                open_for(form.account, actor=None, version=form.cleaned_data["version"])
            done = action.run(target, doer, form)
    except PermissionDenied:
        return Outcome(State.NOT_ALLOWED)
    except Http404:
        return Outcome(State.NOT_FOUND)
    except DomainError as refusal:
        form.refuse(refusal, action.beside.get(refusal.code))
        state = State.STALE if refusal.code in STALE else State.REFUSED
        return Outcome(state, code=refusal.code, form=form)
    told = done if isinstance(done, Done) else Done(done)
    return Outcome(State.DONE, told.said_fr, told.made, form=form, warnings_fr=told.warnings_fr)
