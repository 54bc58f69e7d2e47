"""Interviews of the demo: four stories, and ordinary tenants whose budgets make the plans speak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import Office
from amiable.demo.stories import REFS
from amiable.domain.household.budget import Debt, Housing, Line, Situation
from amiable.domain.household.people import CHILD, HOLDER, OTHER, PARTNER, Member
from amiable.household.services import Told, record_interview

#: Ordinary tenants who came to an interview.
ORDINARY = 15


def landlord_interviews(office: Office, today: date) -> None:
    """The budgets of the stories and of some tenants who owe, on days counted back from today."""
    for key, talks in STORIES.items():
        account = _accounts(office).get(ref=REFS[key])
        for ago, told in talks:
            _hold(account, told(_home(account, today)), today - timedelta(days=ago))
    owing = _accounts(office).exclude(ref__in=REFS.values()).filter(position__overdue_cents__gt=20_000)
    for rank, account in enumerate(owing.order_by("ref")[:ORDINARY]):
        _hold(account, _ordinary(rank, _home(account, today)), today - timedelta(days=4 + 5 * rank))


def _accounts(office: Office) -> Any:
    return Account.objects.filter(office=office).select_related("office", "person", "officer", "position")


def _hold(account: Account, told: Told, on: date) -> None:
    if told.place == "agency":
        told = replace(told, situation=_proved(told.situation, on - timedelta(days=18)))
    record_interview(account=account, told=told, actor=account.officer, today=on)


def _proved(situation: Situation, seen_on: date) -> Situation:
    """At the agency people bring their documents."""
    lines: dict[str, Any] = {
        name: tuple(replace(line, proof_on=seen_on) for line in getattr(situation, name))
        for name in ("resources", "charges", "debts")
    }
    return replace(situation, **lines)


def _home(account: Account, today: date) -> Housing:
    terms: AccountTerms | None = (
        account.terms.filter(effective_on__lte=today).order_by("-effective_on").first()
    )
    if terms is None:
        return Housing()
    return Housing(terms.rent_cents, terms.charges_cents, terms.aid_cents)


def _lines(**amounts: int) -> tuple[Line, ...]:
    return tuple(Line(kind, cents) for kind, cents in amounts.items())


def _durand(home: Housing) -> Told:
    return Told(
        situation=Situation(
            (Member(HOLDER, 38), Member(CHILD, 11), Member(CHILD, 7)),
            _lines(unemployment=104_000, family=15_300),
            home,
            _lines(energy=11_200, water=3_000, insurance=2_400, phone=3_800, childcare=6_500),
            (Debt("consumer", 9_000, 162_000),),
        ),
        cause="unemployment",
        stance="time",
        orientation="structurel",
        summary="Fin de contrat en juillet. Le plan de 60 € par mois lui paraît trop lourd pour le moment.",
    )


def _martin_first(home: Housing) -> Told:
    return Told(
        situation=Situation(
            (Member(HOLDER, 44), Member(PARTNER, 42), Member(CHILD, 13)),
            _lines(unemployment=112_000, salary=68_000),
            home,
            _lines(energy=12_000, insurance=4_100, transport=14_000, phone=4_500),
            (Debt("car", 18_500, 410_000),),
        ),
        cause="unemployment",
        stance="agrees",
        orientation="conjoncturel",
        commitment="plan",
    )


def _martin(home: Housing) -> Told:
    return Told(
        situation=Situation(
            (Member(HOLDER, 44), Member(PARTNER, 42), Member(CHILD, 14)),
            _lines(salary=221_000),
            home,
            _lines(energy=12_500, insurance=4_100, transport=19_000, phone=4_500, childcare=5_500),
            (Debt("car", 18_500, 330_000),),
        ),
        cause="unemployment",
        stance="proposes",
        orientation="conjoncturel",
        commitment="plan",
        summary="Reprise d’emploi de M. Martin : 85 € par mois tiennent dans le budget.",
    )


def _colocation(home: Housing) -> Told:
    return Told(
        situation=Situation(
            (Member(HOLDER, 26),),
            _lines(salary=148_000, activity_bonus=9_000),
            home,
            _lines(energy=8_800, insurance=1_900, transport=7_500, phone=3_000),
        ),
        place="phone",
        cause="rent_too_high",
        stance="proposes",
        summary="Cherche un colocataire ; ne peut pas porter seul le loyer entier.",
    )


def _lemoine(home: Housing) -> Told:
    return Told(
        situation=Situation(
            (Member(HOLDER, 52), Member(OTHER, 79, dependent=True)),
            _lines(rsa=63_500),
            home,
            _lines(energy=9_500),
            (Debt("revolving", 0, 780_000), Debt("energy", 4_000, 61_000)),
        ),
        # Nobody could be met: the pieces came with the CCAPEX's file.
        place="file",
        cause="over_indebtedness",
        orientation="structurel",
    )


STORIES: dict[str, Sequence[tuple[int, Callable[[Housing], Told]]]] = {
    "durand": ((6, _durand),),
    "martin": ((192, _martin_first), (58, _martin)),
    "colocation": ((33, _colocation),),
    "lemoine": ((60, _lemoine),),
}
#: (members, resources, charges, cause, what the person wishes)
_BUDGETS: Sequence[tuple[Sequence[Member], dict[str, int], dict[str, int], str, str]] = (
    ((Member(HOLDER, 45),), {"salary": 152_000}, {"energy": 7_800, "transport": 6_000}, "illness", "agrees"),
    (
        (Member(HOLDER, 33), Member(CHILD, 6, 50)),
        {"salary": 164_000, "family": 7_500},
        {"energy": 8_900, "childcare": 9_000},
        "separation",
        "proposes",
    ),
    (
        (Member(HOLDER, 68),),
        {"pension": 118_000},
        {"energy": 7_000, "insurance": 6_500},
        "retirement",
        "agrees",
    ),
    (
        (Member(HOLDER, 36), Member(PARTNER, 35), Member(CHILD, 9), Member(CHILD, 4)),
        {"salary": 214_000, "family": 15_300, "activity_bonus": 11_000},
        {"energy": 13_500, "transport": 21_000, "insurance": 5_200},
        "unemployment",
        "agrees",
    ),
    ((Member(HOLDER, 29),), {"rsa": 57_300}, {"phone": 2_000}, "caf_break", "time"),
)


def _ordinary(rank: int, home: Housing) -> Told:
    """One of the budgets, a little different each time; one in three was only told on the telephone."""
    members, resources, charges, cause, stance = _BUDGETS[rank % len(_BUDGETS)]
    more = 1_500 * (rank // len(_BUDGETS))
    return Told(
        situation=Situation(
            tuple(members),
            _lines(**{kind: cents + more for kind, cents in resources.items()}),
            home,
            _lines(**charges),
        ),
        place="phone" if rank % 3 == 2 else "agency",
        cause=cause,
        stance=stance,
    )
