"""By which channel a line leaves, and why: what each of the step's channels offers this person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amiable.accounts.models import Account
from amiable.correspondence.models import OutboxItem
from amiable.domain.contact.channel_choice import Way
from amiable.domain.contact.channel_choice import choose as choose_way
from amiable.domain.text import french
from amiable.parties.models import ContactPoint, Person

Channel: Any = OutboxItem.Channel

#: The procedures say « letter »; the outbox says « post ».
OF_STEP: dict[str, str] = {
    "letter": Channel.POST,
    "lrar": Channel.LRAR,
    "email": Channel.EMAIL,
    "sms": Channel.SMS,
}
LABELS_FR: dict[str, str] = {
    Channel.POST: "Courrier",
    Channel.LRAR: "Recommandé",
    Channel.EMAIL: "Courriel",
    Channel.SMS: "SMS",
}


@dataclass(frozen=True)
class Route:
    """channel "" when nobody can be reached; `reason_fr` says why this one and not those before it."""

    channel: str
    step_channel: str
    reason_fr: str
    contact: ContactPoint | None = None


def choose(
    step_channels: Sequence[str],
    person: Person,
    home: Account | None,
    points: Sequence[ContactPoint],
    available: Collection[str],
    policy: Mapping[str, Any] | None = None,
) -> Route:
    """The step's channel that suits this person best (domain.channel_choice says how).

    home: the account whose home is the person's. policy: the office's cost of each channel, in cents; None
    when there is nothing to compare."""
    found: dict[str, tuple[str, ContactPoint | None]] = {}
    ways = []
    for wanted in step_channels:
        channel = OF_STEP[wanted]
        label = french.inside(LABELS_FR[channel])
        contact, obstacle = None, f"{label} non installé"
        if channel in available:
            contact, obstacle = _reach(channel, person, home, points)
        found[str(channel)] = wanted, contact
        reached_on = contact.last_success_on if contact is not None else None
        cost = int(policy[f"cost_{channel}_cents"]) if policy else 0
        ways.append(Way(str(channel), label, cost, obstacle, reached_on))
    choice = choose_way(ways, person.preferred_channel)
    step_channel, contact = found.get(choice.channel, ("", None))
    return Route(choice.channel, step_channel, choice.reason_fr, contact)


def choose_again(channel: str, person: Person, home: Account | None, points: Sequence[ContactPoint]) -> Route:
    """The same channel on today's contact points: an address may have failed since the proposal."""
    wanted = next(name for name, found in OF_STEP.items() if found == channel)
    return choose([wanted], person, home, points, {channel})


def _reach(
    channel: str, person: Person, home: Account | None, points: Sequence[ContactPoint]
) -> tuple[ContactPoint | None, str]:
    """The contact point to use, or what stands in the way."""
    if channel == Channel.SMS:
        if person.sms_opt_out:
            return None, "ne veut pas de SMS"
        return _first([p for p in points if p.kind == ContactPoint.Kind.PHONE and p.is_mobile], "mobile")
    if channel == Channel.EMAIL:
        if person.email_opt_out:
            return None, "ne veut pas de courriel"
        return _first([p for p in points if p.kind == ContactPoint.Kind.EMAIL], "adresse électronique")
    addresses = [p for p in points if p.kind == ContactPoint.Kind.ADDRESS]
    point, obstacle = _first(addresses, "adresse postale")
    if point is None and not addresses and home is not None and is_complete(home):
        return None, ""
    return point, obstacle


def _first(points: Sequence[ContactPoint], what: str) -> tuple[ContactPoint | None, str]:
    """The newest current point without problem."""
    sound = [point for point in points if not point.problem]
    if sound:
        return max(sound, key=lambda point: point.pk), ""
    return None, f"{what} en erreur" if points else f"pas d’{what}" if what[
        0
    ] in "aeiou" else f"pas de {what}"


def contact_points(persons: Collection[int]) -> dict[int, list[ContactPoint]]:
    """Current contact points by person, one query."""
    found: dict[int, list[ContactPoint]] = {}
    for point in ContactPoint.objects.filter(person_id__in=persons, is_current=True):
        found.setdefault(point.person_id, []).append(point)
    return found


def is_complete(home: Account) -> bool:
    """A letter can be sent there."""
    return bool(home.address and home.postcode and home.city)


def address_lines(home: Account | None, contact: ContactPoint | None) -> tuple[str, ...]:
    """The lines under the name in the window, at most five: the person's address, else their home's."""
    if contact is not None:
        lines = [line.strip() for line in contact.value.splitlines() if line.strip()]
        return tuple(lines[:5])
    if home is None:
        return ()
    return (home.address, f"{home.postcode} {home.city}".strip().upper())
