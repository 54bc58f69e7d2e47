"""Plans of the demo: the stories’ own, and sixty ordinary ones in every state, by the screens’ services."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.core.models import Office, User
from amiable.demo.plan_tenants import RUNNING, Outline, planned
from amiable.demo.stories import REFS, last_due
from amiable.diary.writing import together
from amiable.domain.law.calendar import add_months
from amiable.domain.plans.schedule import Asked
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), PARIS)


def landlord_plans(office: Office, today: date) -> int:
    """Every plan of the landlord; how many."""
    users = {user.username: user for user in User.objects.filter(office=office)}
    found = {
        one.ref: one for one in Account.objects.filter(office=office).select_related("officer", "office")
    }
    stories = {key: found[ref] for key, ref in REFS.items()}
    with together():
        _durand(stories["durand"], users["c.morel"], today)
        _martin(stories["martin"], stories["martin"].officer or users["a.benali"], today)
        _rossi([stories["rossi_old"], stories["rossi"]], users["c.morel"], today)
        count = 4
        for _tenant, outline in planned(today):
            account = found.get(outline.ref)
            if account is not None:
                _ordinary(account, outline, account.officer or users["c.morel"], today)
                count += 1
    return count


def treasury_plans(office: Office, today: date) -> int:
    """16. Lydie Gomez: a délai de paiement granted five months ago, kept since."""
    officer = User.objects.get(office=office, username="h.roche")
    account = Account.objects.get(office=office, person__last_name="GOMEZ")
    signed_on = today - timedelta(days=165)
    asked = Asked(96_000, today - timedelta(days=138), amount_cents=12_000)
    with together():
        _signed([account], asked, signed_on, officer)
    return 1


def _drawn(
    accounts: list[Account], asked: Asked, on: date, actor: User, capacity_cents: int | None = None
) -> PlanVersion:
    return plans.draw_up(
        accounts=accounts,
        asked=asked,
        statement_on=on,
        capacity_cents=capacity_cents,
        actor=actor,
        today=on,
    )


def _owed(accounts: list[Account], on: date) -> int:
    return plans.statement_of(accounts, on).total_cents


def _signed(accounts: list[Account], asked: Asked, on: date, actor: User) -> PlanVersion:
    """Drawn up, edited and signed at the desk the same day."""
    version = plans.submit(version=_drawn(accounts, asked, on, actor), actor=actor, today=on)
    version = plans.ready_to_sign(version=version, actor=actor, now=_at(on))
    assert version.document is not None
    return plans.sign_electronically(
        version=version,
        typed_name=str(version.document.person or version.plan.person),
        consents=True,
        sha256=version.document.sha256,
        actor=actor,
        now=_at(on),
        station="guichet",
    )


def _durand(account: Account, actor: User, today: date) -> None:
    """1. A plan was proposed, she refused it the same day."""
    on = today - timedelta(days=6)
    asked = Asked(_owed([account], on), add_months(on, 1), months=12)
    version = _drawn([account], asked, on, actor, 4_000)
    plans.cancel(version=version, reason="Refusé par Mme Durand le jour même", actor=actor, today=on)


def _martin(account: Account, actor: User, today: date) -> None:
    """2. A first plan of 85 EUR broken, a second one running since the rent is paid again."""
    due = last_due(today)
    months = {back: add_months(due, -back) for back in range(9)}
    begun = months[7] + timedelta(days=15)
    first = _drawn([account], Asked(_owed([account], begun), months[6], amount_cents=8_500), begun, actor)
    first = plans.submit(version=first, actor=actor, today=begun)
    if first.state == "to_approve":
        head = User.objects.get(office=account.office, username="j.petit")
        first = plans.approve(version=first, actor=head, today=begun)
    first = plans.take_over(version=first, signed_on=begun, actor=actor, today=begun)
    broken = months[4] + timedelta(days=40)
    plans.follow_versions(account.office, [first], broken)
    first.refresh_from_db()
    plans.denounce(version=first, reason="Deux mensualités non versées", actor=actor, today=broken)
    again = today - timedelta(days=55)
    _signed([account], Asked(_owed([account], again), months[1], amount_cents=8_500), again, actor)


def _rossi(accounts: list[Account], actor: User, today: date) -> None:
    """8. Her plan covers the old lease and is followed from the new one."""
    due = last_due(today)
    signed_on = today - timedelta(days=95)
    asked = Asked(_owed(accounts, signed_on), add_months(due, -2), amount_cents=9_000)
    _signed(accounts, asked, signed_on, actor)


def _ordinary(account: Account, outline: Outline, actor: User, today: date) -> None:
    on, asked = outline.signed_on, outline.asked
    highest = max(one.amount_cents for one in outline.instalments)
    version = _drawn([account], asked, on, actor, highest * 5 // 4 // 100 * 100)
    if outline.case == "draft":
        return
    version = plans.submit(version=version, actor=actor, today=on)
    if outline.case == "to_sign" and version.state == "approved":
        plans.ready_to_sign(version=version, actor=actor, now=_at(on))
    if outline.case not in RUNNING or version.state != "approved":
        return
    version = plans.take_over(version=version, signed_on=on, actor=actor, today=on)
    if outline.case == "denounced":
        ended = today - timedelta(days=9)
        plans.follow_versions(account.office, [version], ended)
        version.refresh_from_db()
        if version.status in ("late", "broken"):
            reason = "Aucun paiement malgré deux avertissements"
            plans.denounce(version=version, reason=reason, actor=actor, today=ended)
