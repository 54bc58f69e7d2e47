"""What to say on the telephone: a short script built from one account's own facts. Pure.

It never says more than is known, and keeps apart what a third party must not hear (RGPD-03).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from amiable.domain.text.french import NBSP, euros, plural


@dataclass(frozen=True)
class Owed:
    """What the account asks for, in cents. to_ask_cents: what decisions use, without the pending aid."""

    overdue_cents: int = 0
    to_ask_cents: int = 0
    pending_aid_cents: int = 0
    disputed_cents: int = 0
    frozen_cents: int = 0
    oldest_on: date | None = None
    unpaid_terms: int = 0
    promised_cents: int = 0
    promised_on: date | None = None


@dataclass(frozen=True)
class Change:
    """Something that happened since the person was last spoken to.

    kind: payment, rejected, promise_kept, promise_broken, aid, letter, returned.
    """

    kind: str
    on: date
    cents: int = 0


@dataclass(frozen=True)
class Script:
    """The parts of the panel, in the order of a conversation."""

    opening: str
    owed: tuple[str, ...]
    changed: tuple[str, ...]
    proposals: tuple[str, ...]
    silence: tuple[str, ...]


_CHANGES = {
    "payment": "payé {sum} le {day}",
    "rejected": "prélèvement rejeté le {day} ({sum})",
    "promise_kept": "promesse tenue le {day} ({sum})",
    "promise_broken": "promesse de {sum} non tenue le {day}",
    "aid": "aide au logement reçue le {day} ({sum})",
    "letter": "courrier ou message envoyé le {day}",
    "returned": "un envoi est revenu le {day} : demander la bonne adresse",
}
#: Lines of changes read at a glance.
MOST_CHANGES = 6


def script(
    *,
    caller: str,
    office: str,
    person: str,
    owed: Owed,
    changes: Iterable[Change],
    last_spoken_on: date | None,
    proposals: Sequence[str],
    silence: Sequence[str],
) -> Script:
    """The script of one call; `proposals` are the office's own, already filled; `silence`: what nobody else
    may hear."""
    return Script(
        opening=f"«{NBSP}Bonjour, {caller}, {office}. Suis-je bien avec {person}{NBSP}?{NBSP}»",
        owed=_owed(owed),
        changed=_changed(changes, last_spoken_on),
        proposals=tuple(proposals) if owed.to_ask_cents > 0 else (),
        silence=tuple(silence),
    )


def _owed(owed: Owed) -> tuple[str, ...]:
    if owed.overdue_cents <= 0:
        return ("rien n’est dû aujourd’hui",)
    since = f" depuis le {owed.oldest_on:%d/%m/%Y}" if owed.oldest_on else ""
    terms = f", {plural(owed.unpaid_terms, 'échéance')}" if owed.unpaid_terms else ""
    said = [f"{euros(owed.overdue_cents)} à payer{since}{terms}"]
    apart = (
        (owed.pending_aid_cents, "attendus de la CAF : ne pas les demander"),
        (owed.disputed_cents, "contestés : à part, ne pas les demander"),
        (owed.frozen_cents, "gelés par le surendettement : ne pas les demander"),
    )
    said += [f"dont {euros(cents)} {words}" for cents, words in apart if cents > 0]
    if any(cents > 0 for cents, _ in apart):
        said.append(f"à demander aujourd’hui : {euros(max(owed.to_ask_cents, 0))}")
    if owed.promised_on is not None:
        said.append(f"{euros(owed.promised_cents)} déjà promis pour le {owed.promised_on:%d/%m/%Y}")
    return tuple(said)


def _changed(changes: Iterable[Change], last_spoken_on: date | None) -> tuple[str, ...]:
    """Newest first, those since the last conversation; the first conversation looks at everything given."""
    kept = [one for one in changes if last_spoken_on is None or one.on >= last_spoken_on]
    kept.sort(key=lambda one: (one.on, one.kind), reverse=True)
    said = [
        _CHANGES[one.kind].format(sum=euros(one.cents), day=f"{one.on:%d/%m/%Y}")
        for one in kept[:MOST_CHANGES]
    ]
    if len(kept) > MOST_CHANGES:
        said.append(f"et {len(kept) - MOST_CHANGES} autres faits, dans le fil")
    return tuple(said)


# When to call -----------------------------------------------------------------------------------------------

#: Parts of the day: (first hour, hour after the last).
SLOTS = ((8, 12), (12, 14), (14, 17), (17, 20))


@dataclass(frozen=True)
class BestTime:
    """The part of the day at which the person answers most often."""

    from_hour: int
    to_hour: int
    answered: int
    tried: int

    @property
    def words_fr(self) -> str:
        return (
            f"répond plutôt entre {self.from_hour}{NBSP}h et {self.to_hour}{NBSP}h "
            f"({self.answered} fois sur {self.tried})"
        )


def best_time(calls: Iterable[tuple[int, bool]]) -> BestTime | None:
    """From past calls as (local hour, answered). None without a success: silence says nothing of a time.

    A slot's worth is (answered + 1) / (tried + 2): one lucky call does not beat three answers out of four.
    Equal: the earlier of the day.
    """
    answered, tried = dict.fromkeys(SLOTS, 0), dict.fromkeys(SLOTS, 0)
    for at, success in calls:
        slot = next((one for one in SLOTS if one[0] <= at < one[1]), None)
        if slot is not None:
            tried[slot] += 1
            answered[slot] += success
    candidates = [slot for slot in SLOTS if answered[slot]]
    if not candidates:
        return None
    best = max(candidates, key=lambda slot: ((answered[slot] + 1) / (tried[slot] + 2), -slot[0]))
    return BestTime(*best, answered[best], tried[best])
