"""Lists of accounts: today's work and the whole portfolio, narrowed, sorted, counted, paged.

Reads only positions (one row per account) and what a line shows of its account: the number of queries never
depends on the number of accounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.decision.queue import UNDECIDED
from amiable.positions.models import AccountPosition
from amiable.positions.search import matching

PAGE_SIZE = 50
#: Roles whose day is their own accounts unless they ask for more.
_OWN_FIRST = (User.Role.OFFICER, User.Role.LITIGATION)
#: Everything a line shows beside the position.
_SHOWN = ("account__person", "account__agency", "account__officer")
#: Ages of a debt in days: code -> (from, to included).
AGE_BUCKETS: dict[str, tuple[int, int | None]] = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "90+": (91, None),
}
#: A debt under the office's floor is not somebody held back: nothing stops the officer but the amount.
_NOT_REALLY_HELD = ("below_floor",)
#: What an officer does one by one; the rest is approved by batches. A legal limit is always looked at.
_CONTACT = Q(next_step_on__lte=F("as_of"))
_BY_HAND = Q(_CONTACT, step_mode="manual") | Q(duty_lane__isnull=False)
_REJECTED = Q(_CONTACT, lane="rejected") | Q(duty_lane="rejected")
#: Something is to be done, now or later: what `position_day_idx` holds.
_AT_HAND = Q(priority__gt=0)
#: The day's tiles: code -> what it keeps of what is due today, the next contact or a duty of the office.
TILES: dict[str, Q] = {
    "legal": Q(duty_lane="legal"),
    "promise": Q(_CONTACT, lane__in=["promise", "plan"]) | Q(duty_lane__in=["promise", "plan"]),
    "first": _BY_HAND
    & (
        _REJECTED
        | Q(_CONTACT, lane="first")
        | Q(duty_lane="first")
        | Q(_CONTACT, lane__in=["call", "message"], unpaid_terms__lte=1)
    ),
    "batch": Q(_CONTACT, step_mode__in=["validate", "auto"]),
}
#: Owed above the floor, and no step, hold nor case waits for it (`domain.decision.queue`).
_UNDECIDED = Q(queue=UNDECIDED)
#: Sort keys -> ordering, always ended by the account so that a page never repeats a line.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("account__person__search_key",),
    "ref": ("account__ref",),
    "home": ("account__city", "account__address"),
    "status": ("account__status",),
    "agency": ("account__agency__name",),
    "officer": ("account__officer__last_name",),
    "balance": ("balance_cents",),
    "debt": ("overdue_cents",),
    "months": ("months_of_rent",),
    "age": ("age_days",),
    "step": ("next_step_on",),
    "limit": ("caf_limit_on",),
}
_MAY_BE_NULL = {"agency", "officer", "months", "age", "step", "limit"}
_BEGINS_WITH = {
    "name": "account__person__office_id",
    "ref": "account__office_id",
    "home": "account__office_id",
}


@dataclass(frozen=True)
class Narrow:
    """What a list keeps. A field left empty keeps everything.

    hold: `yes`, `no`, `undecided` or a code of `held_by`; age: a key of AGE_BUCKETS; min_cents: smallest debt
    kept.
    """

    text: str = ""
    agency_id: int | None = None
    officer_id: int | None = None
    status: str = ""
    nature: str = ""
    age: str = ""
    hold: str = ""
    lane: str = ""
    step: str = ""
    tile: str = ""
    late: bool = False
    caf: bool = False
    min_cents: int | None = None


def opens_on_own(user: User) -> bool:
    """Whether the day opens on the accounts this user follows rather than on everybody's."""
    return user.role in _OWN_FIRST and scope(Account.objects.filter(officer=user), user).exists()


def narrow(rows: QuerySet[AccountPosition], keep: Narrow, office_id: int) -> QuerySet[AccountPosition]:
    """The rows `keep` keeps; an unknown code keeps nothing rather than everything."""
    plain = {
        "agency_id": keep.agency_id,
        "officer_id": keep.officer_id,
        "account__status": keep.status,
        "account__nature": keep.nature,
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value not in (None, "")})
    if keep.lane:
        rows = rows.filter(Q(lane=keep.lane) | Q(duty_lane=keep.lane))
    if keep.step:
        rows = rows.filter(Q(next_step=keep.step) | with_duty("code", keep.step))
    if keep.text:
        rows = rows.filter(account_id__in=matching(office_id, keep.text))
    if keep.late:
        rows = rows.filter(overdue_cents__gt=0)
    if keep.caf:
        rows = rows.filter(caf_constituted_on__isnull=False)
    if keep.min_cents is not None:
        rows = rows.filter(overdue_cents__gte=keep.min_cents)
    if keep.age:
        rows = rows.filter(_of_age(keep.age))
    if keep.hold:
        rows = rows.filter(_held(keep.hold))
    return rows


def with_duty(field: str, value: str) -> Q:
    """The rows with such a duty to be done: its `code`, its `lane`."""
    return Q(duty_lane__isnull=False, duties__contains=f'"{field}":"{value}"')


def due_on(rows: QuerySet[AccountPosition], today: date) -> QuerySet[AccountPosition]:
    """Those with something to do: a contact due by that day, or a duty."""
    return rows.filter(_AT_HAND).filter(Q(next_step_on__lte=today) | Q(duty_lane__isnull=False))


def _of_age(bucket: str) -> Q:
    low, high = AGE_BUCKETS.get(bucket, (None, None))
    if low is None:
        return Q(pk__in=[])
    owing = Q(overdue_cents__gt=0, age_days__gte=low)
    return owing & Q(age_days__lte=high) if high is not None else owing


def _held(hold: str) -> Q:
    really = Q(held_by__isnull=False) & ~Q(held_by__in=_NOT_REALLY_HELD)
    if hold == "yes":
        return really
    if hold == UNDECIDED:
        return _UNDECIDED
    return ~really | Q(held_by__isnull=True) if hold == "no" else Q(held_by=hold)


# The portfolio ---------------------------------------------------------------------------------------------


def portfolio(user: User, keep: Narrow) -> QuerySet[AccountPosition]:
    """Every account of the user's scope that `keep` keeps, unsorted."""
    return narrow(scope(AccountPosition.objects.all(), user), keep, user.office_id or 0)


def in_order(rows: QuerySet[AccountPosition], sort: str, user: User) -> QuerySet[AccountPosition]:
    """Sorted by a key of SORTS, descending with a leading `-`; unknown values last."""
    descending, key = sort.startswith("-"), sort.lstrip("-")
    if key not in SORTS:
        descending, key = True, "debt"
    order = []
    for name in SORTS[key]:
        last = {"nulls_last": True} if key in _MAY_BE_NULL else {}
        order.append(F(name).desc(**last) if descending else F(name).asc(**last))
    if key in _BEGINS_WITH:
        # Naming the office on what is joined lets the database begin by that table's sorted index.
        rows = rows.filter(**{_BEGINS_WITH[key]: user.office_id})
    return rows.order_by(*order, "account_id")


@dataclass(frozen=True)
class Totals:
    """What a list adds up to, in cents."""

    accounts: int
    late: int
    balance_cents: int
    overdue_cents: int


def totals(rows: QuerySet[AccountPosition]) -> Totals:
    """One query whatever the number of accounts."""
    found = rows.order_by().aggregate(
        accounts=Count("pk"),
        late=Count("pk", filter=Q(overdue_cents__gt=0)),
        balance=Sum("balance_cents"),
        overdue=Sum("overdue_cents"),
    )
    return Totals(found["accounts"], found["late"], found["balance"] or 0, found["overdue"] or 0)


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, its number from 1, how many there are."""

    rows: list[AccountPosition]
    number: int
    count: int
    total: int
    size: int = PAGE_SIZE

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None

    @property
    def first_rank(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_rank(self) -> int:
        return min(self.number * self.size, self.total)


def page(rows: QuerySet[AccountPosition], number: int, total: int, size: int = PAGE_SIZE) -> Page:
    """The page of that number, brought back within the list. Two queries: ids, then lines."""
    count = max(1, -(-total // size))
    number = max(1, min(number, count))
    start = (number - 1) * size
    ids = list(rows.values_list("pk", flat=True)[start : start + size])
    return Page(lines(ids), number, count, total, size)


def lines(ids: Iterable[int]) -> list[AccountPosition]:
    """The positions of these accounts with what a line shows, in the order given."""
    wanted = list(ids)
    found = AccountPosition.objects.select_related(*_SHOWN).in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


# The day ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayCounts:
    """What the day holds for these filters: accounts followed, late, to treat, and each tile's count."""

    followed: int
    late: int
    to_treat: int
    tiles: dict[str, int] = field(default_factory=dict)
    held: int = 0
    undecided: int = 0
    rejected: int = 0


def followed(user: User, keep: Narrow) -> QuerySet[AccountPosition]:
    """The accounts the day watches over: those of the scope, of that agency, of that officer."""
    rows = scope(AccountPosition.objects.all(), user)
    return narrow(rows, Narrow(agency_id=keep.agency_id, officer_id=keep.officer_id), user.office_id or 0)


def day(user: User, keep: Narrow, today: date) -> QuerySet[AccountPosition]:
    """Today's lines in order of priority, legal limits first.

    `keep.tile`: a key of TILES, `held` for those nobody must chase, `undecided` for those nothing waits for;
    empty: what is done by hand.
    """
    rows = narrow(scope(AccountPosition.objects.all(), user), keep, user.office_id or 0)
    if keep.tile in ("held", UNDECIDED):
        kept = _held("yes") if keep.tile == "held" else _UNDECIDED
        return rows.filter(kept).order_by("-overdue_cents", "account_id")
    rows = due_on(rows, today)
    narrower = bool(keep.lane or keep.step or keep.text)
    wanted = TILES.get(keep.tile, Q() if narrower else _BY_HAND)
    return rows.filter(wanted).order_by("-priority", F("deadline_on").asc(nulls_last=True), "account_id")


def day_counts(user: User, keep: Narrow, today: date) -> DayCounts:
    """Five queries whatever the number of accounts; the tiles do not depend on the tile one looks at."""
    rows = followed(user, keep).order_by()
    due = due_on(rows, today)
    found = due.aggregate(
        to_treat=Count("pk", filter=_BY_HAND),
        rejected=Count("pk", filter=TILES["first"] & _REJECTED),
        **{f"tile_{code}": Count("pk", filter=kept) for code, kept in TILES.items()},
    )
    return DayCounts(
        followed=rows.count(),
        # What only waits for the aid, or is frozen, is nobody's delay.
        late=rows.filter(overdue_cents__gt=0, actionable_cents__gt=0).count(),
        to_treat=found["to_treat"],
        tiles={code: found[f"tile_{code}"] for code in TILES},
        held=rows.filter(_held("yes")).count(),
        undecided=rows.filter(_UNDECIDED).count(),
        rejected=found["rejected"],
    )


def day_total(rows: QuerySet[AccountPosition], keep: Narrow, counts: DayCounts) -> int:
    """How many lines `day` gives: a tile already says it, unless more filters are on."""
    if keep == Narrow(agency_id=keep.agency_id, officer_id=keep.officer_id, tile=keep.tile):
        return {**counts.tiles, "held": counts.held, UNDECIDED: counts.undecided}.get(
            keep.tile, counts.to_treat
        )
    return rows.count()


def neighbours(
    user: User, keep: Narrow, today: date, account_id: int
) -> tuple[int, int, int | None, int | None]:
    """(rank from 1, lines, account before, account after) in today’s list; rank 0 when absent."""
    ids = list(day(user, keep, today).values_list("pk", flat=True)[:2000])
    if account_id not in ids:
        return 0, len(ids), None, ids[0] if ids else None
    at = ids.index(account_id)
    before = ids[at - 1] if at else None
    return at + 1, len(ids), before, ids[at + 1] if at + 1 < len(ids) else None


def steps_of(user: User, today: date) -> list[str]:
    """Codes of the contacts due today in the user's scope, for the filter."""
    rows = scope(AccountPosition.objects.filter(next_step__isnull=False, next_step_on__lte=today), user)
    return sorted(code for code in rows.order_by().values_list("next_step", flat=True).distinct() if code)
