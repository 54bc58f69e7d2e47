"""To whom each line of a batch goes: every person who owes, the guardian instead, the curator in copy.

Who is asked of `accounts.addressees`; here are their channels, and what happens when one cannot be reached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.accounts.addressees import Addressee, Addressing, addressing_of
from amiable.accounts.models import Account
from amiable.correspondence import ways_out
from amiable.correspondence.models import OutboxItem
from amiable.domain.decision.procedure import Step
from amiable.outreach import routes
from amiable.outreach.models import BatchLine, LineRecipient
from amiable.parties import restrictions
from amiable.parties.models import ContactPoint

Channel: Any = OutboxItem.Channel
Status: Any = BatchLine.Status
Reason = tuple[str, str]
CHANGED: Reason = (
    "recipient_changed",
    "la personne à qui écrire a changé depuis la préparation : le prochain lot en tient compte",
)
RESTRICTED: Reason = (
    "restricted",
    "dossier restreint (menace ou conflit) : un responsable écrit ou appelle lui-même",
)


@dataclass(frozen=True)
class Planner:
    """What the lines of one batch share, read once: persons, their contact points, who is restricted."""

    addressed: dict[int, Addressing]
    points: dict[int, list[ContactPoint]]
    available: Collection[str]
    restricted: set[int]
    #: All accounts of a person follow the channel of the first, so that one message carries them together.
    chosen: dict[tuple[int, int, bool], routes.Route]
    policy: Mapping[str, Any]

    def line(self, line: BatchLine, step: Step) -> list[LineRecipient]:
        """Give the line its person, its channel and its template, or why it stays; its other recipients."""
        account, found = line.account, self.addressed[line.account_id]
        line.person = account.person
        if found.blocked is not None:
            _stays(line, found.blocked.code, f"Personne à qui écrire : {found.blocked.reason_fr}.")
            return []
        if self.restricted & {account.person_id, *(one.person.pk for one in found.written)}:
            _stays(line, RESTRICTED[0], f"{RESTRICTED[1][:1].upper()}{RESTRICTED[1][1:]}.")
            return []
        first = found.written[0]
        route = self._route(account, first, step.channels)
        line.person, line.channel = first.person, route.channel
        why = (
            route.reason_fr if first.person.pk == account.person_id else f"{first.why_fr} ; {route.reason_fr}"
        )
        line.channel_reason_fr = why[:200]
        line.template = step.templates.get(route.step_channel, "")
        if not route.channel:
            _stays(line, "unreachable", f"Injoignable : {route.reason_fr}.")
            return []
        return self._others(line, step, found.written[1:], route)

    def _others(
        self, line: BatchLine, step: Step, others: Sequence[Addressee], first: routes.Route
    ) -> list[LineRecipient]:
        made = []
        for one in others:
            if one.is_copy and first.channel == Channel.SMS:
                continue
            route = self._route(
                line.account, one, copy_channels(step, first) if one.is_copy else step.channels
            )
            if not route.channel and one.is_copy:
                _stays(line, "copy_unreachable", f"Copie impossible, {one.why_fr} : {route.reason_fr}.")
            made.append(_recipient(line, step, one, route))
        return made

    def _route(self, account: Account, one: Addressee, channels: Sequence[str]) -> routes.Route:
        key = one.person.pk, account.person_id, one.is_copy
        if key not in self.chosen:
            points = self.points.get(one.person.pk, [])
            # A copy follows its message: what each way costs has been weighed there.
            costs = None if one.is_copy else self.policy
            self.chosen[key] = routes.choose(channels, one.person, one.home, points, self.available, costs)
        return self.chosen[key]


def copy_channels(step: Step, first: routes.Route) -> list[str]:
    """A copy goes the way of the message, else by another way of the step; never by SMS."""
    others = [name for name in step.channels if name not in ("sms", first.step_channel)]
    return [first.step_channel, *others]


def _recipient(line: BatchLine, step: Step, one: Addressee, route: routes.Route) -> LineRecipient:
    made = LineRecipient(
        line=line,
        person=one.person,
        is_copy=one.is_copy,
        why_fr=one.why_fr[:200],
        channel=route.channel,
        template=step.templates.get(route.step_channel, ""),
        channel_reason_fr=route.reason_fr[:200],
    )
    if not route.channel:
        made.status, made.reason_fr = (
            LineRecipient.Status.SUPPRESSED,
            f"Injoignable : {route.reason_fr}."[:300],
        )
    return made


def _stays(line: BatchLine, code: str, reason_fr: str) -> None:
    line.status, line.reason_code, line.reason_fr = Status.EXCLUDED, code, reason_fr[:300]


def planner(accounts: Sequence[Account], on: date, policy: Mapping[str, Any]) -> Planner:
    """Eight queries whatever the number of accounts."""
    addressed = addressing_of(accounts, on)
    persons = {one.person.pk for found in addressed.values() for one in found.written}
    return Planner(
        addressed=addressed,
        points=routes.contact_points(persons),
        available=ways_out.available(),
        restricted=restricted_persons(persons | {account.person_id for account in accounts}, on),
        chosen={},
        policy=policy,
    )


def restricted_persons(persons: Collection[int], on: date) -> set[int]:
    """Those nothing is sent to by itself, after a threat or a conflict."""
    found = restrictions.flags_of(persons, on)
    return {pk for pk, flags in found.items() if any(flag.kind in restrictions.RESTRICTING for flag in flags)}


def held_back(lines: Iterable[BatchLine], addressed: dict[int, Addressing], on: date) -> dict[int, Reason]:
    """Lines whose persons are no longer those they were prepared for: account id -> reason.

    Give lines with their recipients prefetched."""
    kept = list(lines)
    persons = {line.person_id for line in kept} | {line.account.person_id for line in kept}
    restricted = restricted_persons(persons, on)
    held: dict[int, Reason] = {}
    for line in kept:
        found = addressed[line.account_id]
        if found.blocked is not None:
            held[line.account_id] = found.blocked.code, found.blocked.reason_fr
        elif restricted & {line.person_id, line.account.person_id}:
            held[line.account_id] = RESTRICTED
        elif _planned(line) != _wanted(line, found):
            held[line.account_id] = CHANGED
    return held


def _planned(line: BatchLine) -> set[tuple[int, bool]]:
    return {(line.person_id, False), *((one.person_id, one.is_copy) for one in line.recipients.all())}


def _wanted(line: BatchLine, found: Addressing) -> set[tuple[int, bool]]:
    copies = line.channel != Channel.SMS
    return {(one.person.pk, one.is_copy) for one in found.written if copies or not one.is_copy}
