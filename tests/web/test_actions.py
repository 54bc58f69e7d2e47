"""Every Action of every area, for every role, fresh and stale; and who would go round them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import getsource
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import may
from amiable.core.models import User
from amiable.diary import services as diary
from amiable.domain.errors import DomainError
from amiable.positions import services as positions
from amiable.web.kit.action import Action, Doer, Done, Outcome, State, attempt
from amiable.web.kit.forms import ActForm, ActionForm
from tests import factories
from tests.checked import left_behind
from tests.web.conftest import TODAY, House, seen
from tests.web.filling import files_of, filled
from tests.web.targets import World

WEB = Path(__file__).resolve().parents[2] / "amiable" / "web"
AREAS = sorted(path.parent.name for path in WEB.glob("*/actions.py"))
#: Readers that translate one refusal of the domain, and why no helper of the kit does.
TRANSLATORS = {
    "account/story.py": "an office not set up has no story; any other refusal is a fault",
    "appointments/agenda.py": "a day that cannot be read in the address is today",
    "portfolio/caf.py": "a day that cannot be read is said beside its field, the first day serves",
    "visits/field.py": "the telephone's door answers JSON; the report's uuid says when it comes twice",
}
#: Addresses that take a POST without an Action, and why.
DOORS = {
    "field_report": "the telephone's door: JSON, sent again until it is answered",
    "interview_live": "keeps what is being typed, several times a minute, and answers the figures",
    "letters_preview": "writes nothing: a look at a text too long for an address",
    "login": "nobody is logged in yet",
    "logout": "Django's own",
    "outreach_news_sms": "what a provider tells, vouched for by a shared token",
}


#: Addresses read without a right of their own, and why.
OPEN = {
    "health": "for a supervisor",
    "agenda_feed": "opened by its private address, under its owner's rights",
    "limits_feed": "opened by its private address, under its owner's rights",
    "field_manifest": "names nobody",
    "field_worker": "names nobody",
}

#: Areas whose targets have a status or a mark of their own rather than an account's version.
OFF_THE_ACCOUNT = {
    "books", "day", "intake", "law", "letters", "limits", "matching", "outreach", "portfolio", "procedures",
    "settings", "tasks",
}  # fmt: skip


def modules(area: str) -> list[Any]:
    return [
        import_module(f"amiable.web.{area}.{path.stem}") for path in sorted((WEB / area).glob("[a-z]*.py"))
    ]


def registry() -> dict[str, tuple[Action[Any], ...]]:
    """What each module of an area says it does: `ACTIONS`."""
    return {
        area: tuple(one for module in modules(area) for one in getattr(module, "ACTIONS", ()) if own(module))
        for area in AREAS
    }


def own(module: Any) -> bool:
    """Whether the module's ACTIONS are its own, not imported."""
    return "\nACTIONS" in getsource(module)


def addresses(patterns: Any = None) -> Iterator[URLPattern]:
    for one in get_resolver("amiable.web.urls").url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns)
        else:
            yield one


def translating(source: str) -> bool:
    """Whether a module catches DomainError itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and "DomainError" in _names(node.type):
            return True
    return False


def _names(caught: ast.expr | None) -> set[str]:
    return {one.id for one in ast.walk(caught) if isinstance(one, ast.Name)} if caught else set()


def test_nobody_turns_a_refusal_into_a_page_but_the_kit():
    found = {
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*.py")
        if path.parent.name != "kit" and translating(path.read_text())
    }
    assert found == set(TRANSLATORS), "declare an Action, or read through kit.refusal.refused_or"
    assert translating("try:\n    f()\nexcept (ValueError, DomainError):\n    pass")


def test_no_area_opens_a_transaction_of_its_own():
    found = [
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*.py")
        if path.parent.name != "kit" and "django.db import transaction" in path.read_text()
    ]
    assert found == [], "what is done is whole or not at all: the runner says so, or the service"


def test_every_action_is_in_the_registry_of_its_area():
    for area, actions in registry().items():
        named = [one for module in modules(area) for one in vars(module).values()]
        loose = [one.code for one in named if isinstance(one, Action) and one not in actions]
        assert loose == [], area
        assert len({one.code for one in actions}) == len(actions), f"{area}: a code twice"


def test_every_address_that_acts_runs_actions_of_the_registry(rf: RequestFactory, house: House):
    known = {id(one) for actions in registry().values() for one in actions}
    run = set()
    for address in addresses():
        view, name = address.callback, address.name
        assert view is not None
        actions = getattr(view, "actions", ())
        run |= {id(one) for one in actions}
        assert not actions or "perform(" in getsource(import_module(view.__module__)), name
        assert {id(one) for one in actions} <= known, name
        known_to = actions or hasattr(view, "capability") or name in DOORS or name in OPEN
        assert known_to, f"{name} says nothing of who may: reads(), acts() or runs()"
        if not actions and name not in DOORS:
            request = rf.post("/")
            request.user, request.htmx = house["service_head"], False  # type: ignore[attr-defined]
            answer = view(request, **dict.fromkeys(address.pattern.converters, "1"))
            assert answer.status_code == 405, f"{name} takes a POST that no Action runs"
    assert run == known, "an Action that no address runs"
    assert set(DOORS) <= {one.name for one in addresses()}


def counts() -> dict[str, int]:
    models = [one for one in apps.get_models() if one.__module__.startswith("amiable.")]
    return {one.__name__: one._default_manager.count() for one in models}


def writes(queries: Any) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE")]


def tried(action: Action[Any], target: Any, actor: User, data: Any, files: Any) -> tuple[Outcome, Any]:
    """The attempt, undone afterwards; what it wrote."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            outcome = attempt(action, target, Doer(actor, clock.now()), data, files)
        kept = counts() if outcome.state == State.STALE else None
        transaction.set_rollback(True)
    return outcome, (writes(queries), kept)


@pytest.mark.parametrize("area", AREAS)
def test_each_role_on_each_action_fresh_and_stale(house: House, area: str):
    world, heads = World(house), 0
    for action in registry()[area]:
        target = world.of(area, action)
        needed, before = action.needs(target), counts()
        able = [house[role] for role in User.Role.values if not needed or may(house[role], needed)]
        assert able, f"{action.code}: nobody may"
        for role in User.Role.values:
            if house[role] in able:
                continue
            outcome, (written, _) = tried(action, target, house[role], {}, None)
            assert outcome.state == State.NOT_ALLOWED and written == [], (action.code, role)
        data, files = filled(action.form, target, able[0]), files_of(action.form, target, able[0])
        for name, value in world.extra(area, action.code).items():
            data[name] = value
        if isinstance(action.form, type) and issubclass(action.form, ActForm):
            heads += 1
            old = data.copy()
            old["version"] = "99"
            outcome, (_, kept) = tried(action, target, able[0], old, files)
            assert outcome.state == State.STALE and kept == before, (action.code, outcome)
            assert said(outcome), action.code
            account = outcome.form.account
            data["version"] = str(Account.objects.values_list("version", flat=True).get(pk=account.pk))
        with transaction.atomic():
            positions.refresh(office=house.office, as_of=TODAY)
            outcome = attempt(action, target, Doer(able[0], clock.now()), data, files)
            assert left_behind(house.office, TODAY) == [], f"{area} {action.code} leaves positions behind"
            transaction.set_rollback(True)
        assert outcome.state != State.NOT_ALLOWED, action.code
        assert outcome.state == State.DONE or said(outcome), (action.code, outcome)
        assert counts() == before
    assert heads or area in OFF_THE_ACCOUNT


def said(outcome: Outcome) -> str:
    """Why not, in words; a page that does not exist needs none."""
    if outcome.state == State.NOT_FOUND:
        return "404"
    return " ".join(str(one) for errors in outcome.form.errors.values() for one in errors)


class TextForm(ActForm):
    text = forms.CharField(error_messages={"required": "Écrivez."})


def note(account: Account, doer: Doer, form: ActForm) -> Done:
    if form.cleaned_data["text"] == "refused":
        diary.log_note(account=account, text="Écrit puis refusé", **doer.by)
        raise DomainError("no", "Cela ne se peut pas.")
    return Done("Noté.", diary.log_note(account=account, text="Vue ce matin", **doer.by), ("Presque.",))


@pytest.fixture
def account(house: House) -> Account:
    return factories.account(house.office, "C1", agency=house.north, officer=house["officer"])


Trying = Callable[..., Outcome]


@pytest.fixture
def trying(house: House, account: Account) -> Trying:
    def run(role: str = "officer", target: Any = account, when: Any = None, **data: Any) -> Outcome:
        action = Action(
            "note", "Note", "Noter", "work_accounts", note, TextForm, **({"when": when} if when else {})
        )
        return attempt(action, target, Doer(house[role], clock.now()), data)

    return run


def test_an_attempt_says_what_was_done_and_what_came_of_it(trying: Trying, account: Account):
    done = trying(version=0, text="x")
    assert (done.state, done.said_fr, done.warnings_fr) == (State.DONE, "Noté.", ("Presque.",))
    assert done.made == account.diary.get()


def test_a_form_with_a_fault_is_kept_with_its_sentence(trying: Trying):
    refused = trying(version=0)
    assert refused.state == State.REFUSED and refused.form.errors["text"] == ["Écrivez."]


def test_a_refusal_of_the_service_undoes_all_and_is_said_above_what_was_typed(
    trying: Trying, account: Account
):
    refused = trying(version=0, text="refused")
    assert (refused.state, refused.code) == (State.REFUSED, "no")
    assert refused.form.non_field_errors() == ["Cela ne se peut pas."]
    assert refused.form["text"].value() == "refused"
    account.refresh_from_db()
    assert not account.diary.exists() and account.version == 0


def test_a_stale_page_is_told_who_came_first(trying: Trying, account: Account, house: House):
    diary.log_note(account=account, text="Avant", actor=house["agency_head"], today=TODAY)
    assert trying(version=0).state == State.STALE, "a fault beside it hides nothing"
    for version in ({"version": 0}, {}):
        stale = trying(text="x", **version)
        assert stale.state == State.STALE and stale.form["text"].value() == "x"
        assert account.diary.count() == 1
    assert str(house["agency_head"]) in str(trying(version=0, text="x").form.non_field_errors())
    assert trying(version=1, text="x").state == State.DONE


def test_what_is_not_there_not_offered_or_not_allowed_does_nothing(trying: Trying, account: Account):
    assert trying(target=None, version=0, text="x").state == State.NOT_FOUND
    assert trying(role="auditor", version=0, text="x").state == State.NOT_ALLOWED
    gone = trying(when=lambda _: False, version=0, text="x")
    assert (gone.state, gone.code) == (State.STALE, "not_offered")
    assert not account.diary.exists()


def test_a_page_keeps_what_was_typed_and_its_next_sending_goes_through(
    log_in: Any, account: Account, house: House
):
    client = log_in("officer")
    diary.log_note(account=account, text="Avant", actor=house["agency_head"], today=TODAY)
    answer: HttpResponse = client.post("/comptes/C1/faire/note/", {"version": 0, "text": "Rappeler lundi"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Rappeler lundi" in page and "Voir ce qui a changé" in page
    assert 'name="version" value="1"' in page and "data-focus" in page
    assert client.post("/comptes/C1/faire/note/", {"version": 1, "text": "Rappeler lundi"}).status_code == 302
    # A fault of the form alone renews nothing: the version read is still the one compared.
    read = seen(account)
    fault = client.post("/comptes/C1/faire/note/", {**read, "text": ""}).content.decode()
    assert f'name="version" value="{read["version"]}"' in fault and "Voir ce qui a changé" not in fault


def test_a_form_that_carries_no_version_is_never_stale(house: House):
    action: Action[str] = Action("x", "X", "X", "", lambda target, doer, form: target, ActionForm)
    assert attempt(action, "fait", Doer(house["auditor"], clock.now()), {}).said_fr == "fait"
