"""The past of the ordinary late accounts: the reminders, calls, promises and plans that already happened.

Taken over in bulk, as a former tool's journal would be: each step on the day the procedure asked for it, a
few days late as in life, nothing after yesterday. What falls due today is left to do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from amiable.core.models import Office, User
from amiable.demo.acts import KINDS
from amiable.demo.stories import REFS
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry
from amiable.ledger.models import Account
from amiable.positions.models import AccountPosition

#: Step of the standard profile -> (age of the debt, days after the previous letter) when it becomes ready.
READY: dict[str, tuple[int, int]] = {
    "sms_rappel": (3, 0),
    "appel": (8, 0),
    "relance_1": (8, 0),
    "relance_2": (15, 7),
    "convocation": (15, 3),
    "mise_en_demeure": (30, 15),
    "orientation_sociale": (45, 10),
    "saisine_ccapex": (60, 15),
    "transfert": (90, 30),
}
#: Steps counted from another one than the step before them.
AFTER = {"mise_en_demeure": "relance_2", "saisine_ccapex": "mise_en_demeure", "transfert": "mise_en_demeure"}
ANSWERS = ("reached", "reached", "voicemail", "no_answer", "reached")


def landlord_history(office: Office, today: date) -> int:
    """Write the past of every ordinary late account; how many lines."""
    lines: list[DiaryEntry] = []
    for position in _late(office):
        rng = random.Random(f"history {position.account.ref}")
        lines += _lines(position, today, rng)
    DiaryEntry.objects.bulk_create(lines, batch_size=1000)
    return len(lines)


def _late(office: Office) -> Iterator[AccountPosition]:
    found = AccountPosition.objects.filter(office=office, overdue_cents__gt=0, oldest_unpaid_on__isnull=False)
    return (
        found.exclude(account__ref__in=REFS.values())
        .select_related("account")
        .order_by("account_id")
        .iterator()
    )


def _lines(position: AccountPosition, today: date, rng: random.Random) -> Iterator[DiaryEntry]:
    assert position.oldest_unpaid_on is not None
    if position.caf_limit_on and position.caf_constituted_on and rng.random() < 0.97:
        window = (min(position.caf_limit_on, today) - position.caf_constituted_on).days
        on = position.caf_constituted_on + timedelta(days=rng.randint(0, max(window, 1)))
        if on < today and (position.caf_limit_on < today + timedelta(days=30)):
            yield _line(position.account, "signalement_caf", on)
    for step, on in _steps(position.oldest_unpaid_on, position.account.status, today, rng):
        yield _line(position.account, step, on, rng.choice(ANSWERS) if step == "appel" else "")


def _steps(oldest: date, status: str, today: date, rng: random.Random) -> Iterator[tuple[str, date]]:
    """The steps done before today; the first one missing stops those that wait for it."""
    done: dict[str, date] = {}
    for step, (age, delay) in READY.items():
        if step in ("convocation", "orientation_sociale", "saisine_ccapex") and status == "parti":
            continue
        ready = oldest + timedelta(days=age)
        previous = AFTER.get(step, _previous(step))
        if previous:
            if previous not in done:
                continue
            ready = max(ready, done[previous] + timedelta(days=delay))
        on = ready + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, 4)))
        if on < today:
            done[step] = on
            yield step, on


def _previous(step: str) -> str | None:
    return {
        "relance_2": "relance_1",
        "convocation": "relance_2",
        "orientation_sociale": "mise_en_demeure",
    }.get(step)


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


def landlord_commitments(office: Office, today: date) -> int:
    """Promises and plans of some ordinary late accounts, through the services; how many."""
    officers = {user.pk: user for user in User.objects.filter(office=office, is_active=True)}
    count = 0
    for position in list(_late(office)):
        rng = random.Random(f"commitment {position.account.ref}")
        account, officer = position.account, officers.get(position.officer_id or 0)
        drawn = rng.random()
        months = position.months_of_rent or 0.0
        if months >= 2 and drawn < 0.16:
            since = today - timedelta(days=rng.randint(20, 120))
            until = today + timedelta(days=rng.randint(60, 400))
            diary.start_hold(
                account=account, kind="plan", reason="Plan d’apurement en cours", actor=officer, today=since,
                ends_on=until,
            )  # fmt: skip
        elif drawn < 0.20:
            _promise(account, officer, position.overdue_cents, today, rng)
        else:
            continue
        count += 1
    return count


def _promise(account: Account, officer: User | None, owed: int, today: date, rng: random.Random) -> None:
    """Some for the coming days, some already missed."""
    due_on = today + timedelta(days=rng.choice((-9, -6, -5, 2, 4, 6, 9)))
    made_on = min(today, due_on) - timedelta(days=rng.randint(3, 9))
    amount = max(owed // rng.choice((1, 1, 2)) // 100 * 100, 1000)
    diary.make_promise(account=account, amount_cents=amount, due_on=due_on, actor=officer, today=made_on)
