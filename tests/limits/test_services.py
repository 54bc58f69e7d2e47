"""A limit from its opening to its end: what changes it is kept, told, and never done without a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.accounts.models import Account
from amiable.cases.models import Dossier
from amiable.core.models import AuditEvent, User
from amiable.diary.models import DiaryEntry, Note
from amiable.domain.errors import DomainError
from amiable.domain.law.running import Happening, Run, replay
from amiable.limits import services
from amiable.limits.models import Limit, LimitEvent
from tests import factories

TODAY = date(2026, 11, 12)
START = date(2026, 10, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(factories.office("deux-rives"), "L-1")


@pytest.fixture
def officer(account: Account) -> User:
    return factories.user(account.office, "officer")


@pytest.fixture
def case(account: Account) -> Dossier:
    return Dossier.objects.create(office=account.office, account=account, kind="caf", opened_on=START)


def opened(account: Account, rule: str = "CAF-08", case: Dossier | None = None, on: date = START) -> Limit:
    wanted = services.prepared(account, rule, from_on=on, case=case)
    return services.open_limit(wanted, actor=None, today=TODAY)


def kept() -> tuple[object, ...]:
    """Everything a refused act must leave alone."""
    tables = (Limit, LimitEvent, Note, DiaryEntry, AuditEvent)
    return tuple(list(table._default_manager.order_by("pk").values()) for table in tables)


def test_the_same_event_opens_one_limit_once(account: Account, case: Dossier):
    one = opened(account, case=case)
    assert (one.limit_on, one.first_on, case.limit_on) == (date(2027, 4, 1), None, date(2027, 4, 1))
    assert opened(account, case=case) == one
    services.meet(one, on=TODAY, actor=None, today=TODAY)
    assert opened(account, case=case) == one
    assert [each.event for each in one.events.all()] == ["opened", "met"]


def test_a_waiting_limit_keeps_the_first_day_of_the_act(account: Account):
    one = opened(account, "LIT-01", on=date(2026, 11, 10))
    assert (one.limit_on, one.first_on) == (date(2027, 1, 11), date(2027, 1, 12))


def test_a_limit_with_several_delays_must_be_named(account: Account):
    with pytest.raises(DomainError, match="précisez"):
        opened(account, "CAF-10")
    assert not Limit.objects.exists()


def test_what_happens_to_it_moves_its_last_day_and_is_told(account: Account, officer: User, case: Dossier):
    one = opened(account, "LIT-01", case)
    assert one.limit_on == date(2026, 12, 1)
    doing = {"actor": officer, "today": TODAY, "reason": "Ordonnance du juge."}
    services.suspend(one, on=date(2026, 10, 11), **doing)
    case.refresh_from_db()
    assert (one.state, case.limit_on) == ("suspended", None)
    services.resume(one, on=date(2026, 10, 21), **doing)
    assert (one.state, one.limit_on, one.first_on) == ("open", date(2026, 12, 11), date(2026, 12, 12))
    services.interrupt(one, on=date(2026, 11, 2), **doing)
    assert (one.limit_on, one.first_on) == (date(2027, 1, 4), date(2027, 1, 5))
    services.postpone(one, to_on=date(2027, 2, 1), on=TODAY, **doing)
    case.refresh_from_db()
    assert (one.limit_on, one.first_on, case.limit_on) == (
        date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 1),
    )  # fmt: skip
    told = list(one.events.values_list("event", "limit_on", "reason__text"))
    assert [name for name, _, _ in told] == ["opened", "suspended", "resumed", "interrupted", "postponed"]
    assert {reason for _, _, reason in told[1:]} == {"Ordonnance du juge."}
    lines = account.diary.filter(kind="limit").order_by("pk")
    assert [line.data["event"] for line in lines] == [name for name, _, _ in told[1:]]
    assert AuditEvent.objects.filter(verb__startswith="limit.", account_id=account.pk).count() == 4


def test_what_its_count_hangs_on_is_kept(account: Account, officer: User):
    lease = {"lease_on": date(2024, 1, 1)}
    wanted = services.prepared(account, "LIT-03", from_on=date(2026, 10, 5), **lease)
    one = services.open_limit(wanted, actor=None, today=TODAY)
    services.interrupt(one, on=date(2026, 10, 12), actor=officer, today=TODAY, reason="Nouvel acte.")
    assert (one.limit_on, one.first_on) == (date(2026, 11, 23), date(2026, 11, 24))


def test_the_row_is_what_its_events_give(account: Account, officer: User):
    one = opened(account)
    doing = {"actor": officer, "today": TODAY, "reason": "Noté."}
    services.suspend(one, on=date(2026, 10, 5), **doing)
    services.interrupt(one, on=date(2026, 10, 7), **doing)
    services.resume(one, on=date(2026, 10, 9), **doing)
    first, *others = one.events.order_by("pk")
    given = replay(
        Run(first.on, first.limit_on),
        [Happening(each.event, each.on) for each in others],
        lambda day: services.prepared(account, one.rule, from_on=day).limit_on,
    )
    assert (one.limit_on, one.state == "suspended") == (given.limit_on, given.suspended)


@pytest.mark.parametrize("act", ["postpone", "suspend", "resume", "interrupt", "drop", "meet"])
def test_no_road_leads_a_late_limit_away_without_a_reason(account: Account, officer: User, act: str):
    one = opened(account, on=date(2026, 1, 5))
    if act == "resume":
        services.suspend(one, on=date(2026, 2, 1), actor=officer, today=TODAY, reason="Saisine.")
    else:
        assert services.is_late(one, TODAY)
    more = {"to_on": TODAY + timedelta(days=30)} if act == "postpone" else {}
    for reason in ("", "   "):
        before = kept()
        if act == "meet":
            with pytest.raises(DomainError):
                services.meet(one, on=TODAY, actor=officer, today=TODAY, reason=reason)
        else:
            with pytest.raises(DomainError):
                getattr(services, act)(one, on=TODAY, actor=officer, today=TODAY, reason=reason, **more)
        assert kept() == before


def test_a_limit_that_is_over_stays_so(account: Account, officer: User):
    one = opened(account)
    doing = {"on": TODAY, "actor": officer, "today": TODAY, "reason": "Sans objet."}
    services.drop(one, **doing)
    before = kept()
    for act in (services.drop, services.meet, services.suspend, services.resume, services.interrupt):
        with pytest.raises(DomainError):
            act(one, **doing)
    assert kept() == before


def test_the_future_is_not_noted(account: Account, officer: User):
    one = opened(account)
    with pytest.raises(DomainError, match="avenir"):
        services.suspend(one, on=TODAY + timedelta(days=1), actor=officer, today=TODAY, reason="Juge.")
