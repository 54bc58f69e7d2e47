"""The past of the ordinary late accounts: the reminders, calls and promises that already happened.

Taken over in bulk, as a former tool's journal would be: each step on the day the procedure asked for it, a
few days late as in life, nothing after yesterday. What falls due today is left to do.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from amiable.accounts.models import Account
from amiable.core.models import Office, User
from amiable.demo import titres
from amiable.demo.doings import KINDS
from amiable.demo.plan_tenants import REFS as PLAN_REFS
from amiable.demo.stories import REFS
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry
from amiable.positions.models import AccountPosition

#: Accounts whose past is written by their own module.
TOLD_APART = (*REFS.values(), *PLAN_REFS)
ANSWERS = ("reached", "reached", "voicemail", "no_answer", "reached")
#: A limit towards the CAF nearer than this was seen to: the first story's is the nearest left.
CAF_CLOSE_DAYS = 5
#: Days a registered letter takes to be received.
RECEIVED_DAYS = 2
#: Days an officer takes to do what is ready.
LAGS = (0, 0, 0, 0, 1, 1, 2)


@dataclass(frozen=True)
class Past:
    """A step that was ready at this age of the debt, so many days after another one."""

    step: str
    age: int
    after: str = ""
    delay: int = 0


LEASES = (
    Past("sms_rappel", 3),
    Past("appel", 8),
    Past("relance_1", 8),
    Past("relance_2", 15, "relance_1", 7),
    Past("convocation", 15, "relance_2", 3),
    Past("mise_en_demeure", 30, "relance_2", 16),
    Past("orientation_sociale", 45, "mise_en_demeure", 10),
    Past("visite", 45, "mise_en_demeure", 10),
    Past("saisine_ccapex", 60, "mise_en_demeure", 15),
    Past("transfert", 90, "mise_en_demeure", 32),
)
#: Only somebody who still lives there is invited, helped or visited.
AT_HOME = {"convocation", "orientation_sociale", "visite", "saisine_ccapex"}
CLAIMS = (
    Past("verifier_mutuelle", 5),
    Past("relance", 5),
    Past("mise_en_demeure", 5, "relance", 33),
    Past("pret_poursuites", 5, "mise_en_demeure", 14),
)
LEVIES = (
    Past("rappel_1", 15),
    Past("rappel_2", 15, "rappel_1", 30),
    Past("examen", 15, "rappel_2", 30),
)


def landlord_history(office: Office, today: date) -> int:
    """Write the past of every ordinary late tenant; how many lines."""
    late = _late(office).exclude(account__ref__in=TOLD_APART)
    return _write(office, late, today)


def treasury_history(office: Office, today: date) -> int:
    """Write the past of every ordinary unpaid titre; how many lines."""
    numbers = [f"{number:05d}" for number in titres.STORY_NUMBERS]
    late = [position for position in _late(office) if position.account.ref[-5:] not in numbers]
    return _write(office, late, today)


def _write(office: Office, late: Iterable[AccountPosition], today: date) -> int:
    lines: list[DiaryEntry] = []
    for position in late:
        rng = random.Random(f"history {position.account.ref}")
        lines += _lines(position, today, rng)
    DiaryEntry.objects.bulk_create(lines, batch_size=1000)
    return len(lines)


def _late(office: Office) -> QuerySet[AccountPosition]:
    """Those who owe something that may be asked for; a steady payer before his day was never chased."""
    found = AccountPosition.objects.filter(
        office=office, actionable_cents__gt=0, oldest_unpaid_on__isnull=False
    )
    return found.exclude(held_by="steady_payer").select_related("account").order_by("account_id")


def _lines(position: AccountPosition, today: date, rng: random.Random) -> Iterator[DiaryEntry]:
    account = position.account
    if (on := _signalled_on(position, today, rng)) is not None:
        yield _line(account, "signalement_caf", on)
    steps = {"loyer": LEASES, "impot": LEVIES, "amende": LEVIES}.get(account.nature, CLAIMS)
    for step, on in _steps(steps, position, today, rng):
        yield _line(account, step, on, rng.choice(ANSWERS) if step == "appel" else "")
        received_on = on + timedelta(days=RECEIVED_DAYS)
        if steps is CLAIMS and step == "mise_en_demeure" and received_on < today:
            yield _received(account, step, received_on)


def _signalled_on(position: AccountPosition, today: date, rng: random.Random) -> date | None:
    """Every debt whose limit towards the CAF is close was declared in time, most of the others too."""
    begun, limit_on = position.caf_constituted_on, position.caf_limit_on
    if begun is None or limit_on is None or begun >= today:
        return None
    if limit_on > today + timedelta(days=CAF_CLOSE_DAYS) and rng.random() > 0.6:
        return None
    last = min(limit_on, today - timedelta(days=1))
    return begun + timedelta(days=rng.randint(0, max((last - begun).days, 0)))


def _steps(
    steps: tuple[Past, ...], position: AccountPosition, today: date, rng: random.Random
) -> Iterator[tuple[str, date]]:
    """The steps done before today; one that is missing stops those that wait for it."""
    assert position.oldest_unpaid_on is not None
    account, done = position.account, dict[str, date]()
    for past in steps:
        if past.after and past.after not in done:
            continue
        if (account.status == "parti" and past.step in AT_HOME) or (
            past.step == "verifier_mutuelle" and account.nature != "hopital"
        ):
            continue
        ready = position.oldest_unpaid_on + timedelta(days=past.age)
        if past.after:
            ready = max(ready, done[past.after] + timedelta(days=past.delay))
        on = ready + timedelta(days=rng.choice(LAGS))
        if on < today:
            done[past.step] = on
            yield past.step, on


def _line(account: Account, step: str, on: date, outcome: str = "") -> DiaryEntry:
    kind = "call" if step == "appel" else KINDS.get(step, "step_done")
    return DiaryEntry(
        office_id=account.office_id,
        account=account,
        person_id=account.person_id,
        kind=kind,
        step=step,
        outcome=outcome or ("sent" if kind in ("sms", "letter", "lrar") else ""),
        on=on,
        actor_id=account.officer_id,
        key=f"reprise:{account.pk}:{step}",
    )


def _received(account: Account, step: str, on: date) -> DiaryEntry:
    return DiaryEntry(
        office_id=account.office_id,
        account=account,
        person_id=account.person_id,
        kind=DiaryEntry.Kind.NOTIFIED,
        step=step,
        on=on,
        actor_id=account.officer_id,
        data={"proof": f"1A {account.pk:06d}"},
        key=f"reprise:{account.pk}:{step}:notified",
    )


def landlord_commitments(office: Office, today: date) -> int:
    """Promises of some ordinary late accounts, through the services; how many."""
    officers = {user.pk: user for user in User.objects.filter(office=office, is_active=True)}
    count = 0
    for position in list(_late(office).exclude(account__ref__in=TOLD_APART)):
        rng = random.Random(f"commitment {position.account.ref}")
        account, officer = position.account, officers.get(position.officer_id or 0)
        drawn = rng.random()
        if drawn < 0.13:
            _promise(account, officer, position.overdue_cents, today, rng)
            count += 1
    return count


def _promise(account: Account, officer: User | None, owed: int, today: date, rng: random.Random) -> None:
    """Some for the coming days, some already missed."""
    due_on = today + timedelta(days=rng.choice((-9, -6, -5, 2, 4, 6, 9)))
    made_on = min(today, due_on) - timedelta(days=rng.randint(3, 9))
    amount = max(owed // rng.choice((1, 1, 2)) // 100 * 100, 1000)
    diary.make_promise(account=account, amount_cents=amount, due_on=due_on, actor=officer, today=made_on)
