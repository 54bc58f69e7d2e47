"""One euro is told once, whoever tells it: is a movement new, one that is known, or for an officer to say?

Pure. A *telling* is one movement as one source tells it; a *known* movement is every telling of it so far.
Sources are told apart by their `teller`: a statement in one format, a list. One movement has at most one
telling per statement, so tellings are paired one for one: two equal payments of a day stay two, told twice
they stay two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Generic, TypeVar

from amiable.domain.bank.chains import NO_STEPS, Chain, Span, Steps, chain

#: The lists of the office's own software; every other teller is a format of bank file.
LIST = "liste"
#: A list and the bank, or two files of returns, date one movement up to so many days apart.
SAME_DAYS = 4
#: Farther than that, and up to here, nobody but an officer can say.
DOUBT_DAYS = 12
#: Two bank formats may book one movement so many days apart; a tenant's own reference may serve again after.
BANK_DAYS = 5
#: A direct debit's reference names one return among the files that tell returns, so long after one another.
RETURN_DAYS = 40
#: Known movements looked at for one telling that bears no mark of its own.
_LOOKED_AT = 200

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Telling:
    """One movement as one source tells it. Empty means that the source does not say.

    bank: the office's own account; account: the debtor's, when known; span: the balances of that statement
    before and after that day's movements; reference: the list's own number, when it identifies.
    """

    teller: str
    day: date
    cents: int
    bank: str = ""
    account: int | None = None
    end_to_end: str = ""
    servicer: str = ""
    reference: str = ""
    payer: frozenset[str] = frozenset()
    iban: str = ""
    period: date | None = None
    span: Span | None = None


class Link(IntEnum):
    """What two tellings may be to each other."""

    FORBIDDEN = 0
    NONE = 1
    MAYBE = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Tie:
    link: Link
    score: int = 0
    reason_fr: str = ""


_NONE = Tie(Link.NONE)
_TOO_MANY = Tie(Link.MAYBE, 0, "trop de mouvements semblables pour les départager")


def _other(reason_fr: str) -> Tie:
    return Tie(Link.FORBIDDEN, 0, reason_fr)


class Outcome(IntEnum):
    NEW = 0
    SAME = 1
    WAITS = 2


@dataclass(frozen=True, slots=True)
class Verdict(Generic[K]):
    """`known`: the movement this telling is (SAME), or may be (WAITS); the reason in French."""

    outcome: Outcome
    known: K | None = None
    reason_fr: str = ""


def tie(a: Telling, b: Telling, steps: Steps = NO_STEPS) -> Tie:
    """What two tellings are to each other; symmetric. `steps`: the statements known."""
    if a.cents != b.cents:
        return _other("montants différents")
    if (against := _contradiction(a, b)) is not None:
        return against
    gap, chained = abs((a.day - b.day).days), _chain(a, b, steps)
    score = _likeness(a, b) - gap
    days_fr = "le même jour" if not gap else "à un jour près" if gap == 1 else f"à {gap} jours près"
    if a.servicer and a.servicer == b.servicer:
        if chained is Chain.FOLLOWS:
            return Tie(Link.MAYBE, score, "même référence de la banque, mais deux relevés qui se suivent")
        return Tie(Link.SAME, 300 + score, f"même référence de la banque « {a.servicer} »")
    shared = _shared_reference(a, b)
    if shared and (found := _by_reference(a, b, shared, gap, score, chained)) is not None:
        return found
    if a.bank and b.bank:
        return _between_statements(a, b, gap, score, chained)
    return _by_likeness(a, b, gap, score, days_fr)


def _contradiction(a: Telling, b: Telling) -> Tie | None:
    """What two tellings of one movement would both say, and say differently."""
    if a.bank and b.bank and a.bank != b.bank:
        return _other("deux comptes bancaires")
    if a.account is not None and b.account is not None and a.account != b.account:
        return _other("deux comptes débiteurs")
    if a.end_to_end and b.end_to_end and a.end_to_end != b.end_to_end:
        return _other("références de bout en bout différentes")
    if a.iban and b.iban and a.iban != b.iban:
        return _other("deux IBAN de payeur")
    if a.period and b.period and a.period != b.period:
        return _other("deux périodes")
    if a.teller == b.teller == LIST and a.reference and b.reference and a.reference != b.reference:
        return _other("deux numéros de la même liste")
    return None


def _shared_reference(a: Telling, b: Telling) -> str:
    """The end-to-end reference both bear; a list gives it as its own number."""
    mine, yours = a.end_to_end or a.reference, b.end_to_end or b.reference
    return mine if mine and mine == yours else ""


def _by_reference(
    a: Telling, b: Telling, shared: str, gap: int, score: int, chained: Chain | None
) -> Tie | None:
    """An equal reference of the payment itself. Banks date what they book: there, days may contradict."""
    said = f"même référence « {shared} »"
    if LIST in (a.teller, b.teller):
        if a.teller == b.teller:
            return None
        return Tie(Link.SAME, 250 + score, said + (f", à {gap} jours près" if gap else ""))
    if chained is Chain.FOLLOWS:
        return _other("deux relevés qui se suivent")
    if a.teller == b.teller:
        if not gap:
            return Tie(Link.SAME, 250 + score, said)
        return Tie(Link.MAYBE, score, said) if gap <= BANK_DAYS else _other("deux dates d'opération")
    reach = BANK_DAYS if a.cents > 0 else RETURN_DAYS
    if gap <= reach:
        return Tie(Link.SAME, 250 + score, said + (f", à {gap} jours près" if gap else ""))
    return Tie(Link.MAYBE, score, said) if gap <= 2 * DOUBT_DAYS else _other("deux dates d'opération")


def _chain(a: Telling, b: Telling, steps: Steps) -> Chain | None:
    """What the statements of two tellings are to each other, when both give their balances."""
    if a.span is None or b.span is None or a.day != b.day:
        return None
    return chain(a.span, b.span, steps.get((a.bank, a.day), ()))


def _between_statements(a: Telling, b: Telling, gap: int, score: int, chained: Chain | None) -> Tie:
    """Two statements of one bank account, without a mark in common."""
    if gap:
        if a.teller == b.teller:
            return _other("deux dates d'opération")
        alike = a.account is not None and a.account == b.account or bool(a.payer & b.payer)
        if alike and gap <= BANK_DAYS:
            return Tie(Link.MAYBE, score, f"même banque, même montant, à {gap} jour(s) près")
        return _NONE
    if chained is Chain.FOLLOWS:
        return _other("deux relevés qui se suivent")
    if a.payer and b.payer and not a.payer & b.payer:
        return Tie(Link.MAYBE, score, "même banque, même jour, même montant, payeurs nommés autrement")
    said = "même compte bancaire, même jour, même montant"
    if chained is Chain.UNKNOWN:
        return Tie(Link.MAYBE, score, f"{said}, mais les soldes des deux relevés ne se recoupent pas")
    if chained is Chain.FLAT:
        return Tie(Link.MAYBE, score, f"{said}, soldes égaux avant et après")
    if chained is Chain.HOLDS:
        return Tie(Link.SAME, 100 + score, f"{said}, soldes qui se recoupent")
    if a.teller == b.teller:
        return Tie(Link.MAYBE, score, f"{said}, sans référence ni solde")
    return Tie(Link.SAME, 100 + score, said)


def _by_likeness(a: Telling, b: Telling, gap: int, score: int, days_fr: str) -> Tie:
    """A list, or a file of returns, beside another source: account and amount, some days apart."""
    if a.account is not None and a.account == b.account:
        said = f"même compte, même montant, {days_fr}"
        if a.teller == b.teller:
            # Two rows of lists that are not the same row: two numbers tell them apart, no number does not.
            doubt = gap <= SAME_DAYS and not (a.reference and b.reference)
            return Tie(Link.MAYBE, score, f"{said}, sans numéro") if doubt else _NONE
        if gap <= SAME_DAYS:
            return Tie(Link.SAME, 100 + score, said)
        return Tie(Link.MAYBE, score, said) if gap <= DOUBT_DAYS else _NONE
    if LIST in (a.teller, b.teller) or not a.payer & b.payer:
        return _NONE
    if not gap and a.teller != b.teller:
        return Tie(Link.SAME, 50 + score, "même payeur, même montant, le même jour")
    return Tie(Link.MAYBE, score, f"même payeur, même montant, {days_fr}") if gap <= SAME_DAYS else _NONE


def _likeness(a: Telling, b: Telling) -> int:
    score = 20 if a.account is not None and a.account == b.account else 0
    score += 20 if a.iban and a.iban == b.iban else 0
    return score + 5 * min(3, len(a.payer & b.payer))


def known_tie(told: Telling, tellings: Iterable[Telling], steps: Steps = NO_STEPS) -> Tie:
    """The best tie to a movement's tellings; one that forbids decides against them all.

    What a list told already, another row of a list is only if those two rows may be one.
    """
    best = _NONE
    tellings = list(tellings)
    for other in tellings:
        found = tie(told, other, steps)
        if found.link is Link.FORBIDDEN:
            return found
        if (found.link, found.score) > (best.link, best.score):
            best = found
    rows = [tie(told, other, steps) for other in tellings if told.teller == other.teller == LIST]
    return max(rows, key=lambda found: (found.link, found.score)) if rows else best


@dataclass
class Memory(Generic[K]):
    """The movements known so far, and where to look for the one that a telling may be."""

    _tellings: dict[K, list[Telling]] = field(default_factory=dict)
    _index: dict[tuple[Hashable, ...], list[K]] = field(default_factory=lambda: defaultdict(list))
    _steps: dict[tuple[str, date], set[Span]] = field(default_factory=lambda: defaultdict(set))

    def remember(self, known: K, telling: Telling) -> None:
        """`telling` is one of `known`."""
        self._tellings.setdefault(known, []).append(telling)
        if telling.span is not None:
            self._steps[telling.bank, telling.day].add(telling.span)
        for place in (_words(telling), *_places(telling)):
            held = self._index[place]
            if not held or held[-1] != known:
                held.append(known)

    def recognise(self, told: Sequence[Telling]) -> list[Verdict[K]]:
        """What each telling of one statement (or list) is; they are movements different from one another."""
        same = self._alike(told)
        taken = {known for _, known in same.values()}
        options: list[list[tuple[Tie, K]]] = [[] for _ in told]
        doubts: list[list[tuple[Tie, K]]] = [[] for _ in told]
        for place, telling in enumerate(told):
            if place in same:
                continue
            candidates, cut = self._candidates(telling, taken)
            ties = [(known_tie(telling, self._tellings[k], self._steps), k) for k in candidates]
            options[place] = _best_first(t for t in ties if t[0].link is Link.SAME)
            doubts[place] = _best_first(t for t in ties if t[0].link is Link.MAYBE)
            if cut:
                doubts[place].append((_TOO_MANY, candidates[-1]))
        same |= _pair(options)
        taken |= {known for _, known in same.values()}
        verdicts: list[Verdict[K]] = []
        for place in range(len(told)):
            if place in same:
                verdicts.append(Verdict(Outcome.SAME, same[place][1], same[place][0].reason_fr))
                continue
            doubt = next((d for d in doubts[place] if d[1] not in taken or d[0] is _TOO_MANY), None)
            if doubt is None:
                verdicts.append(Verdict(Outcome.NEW))
            else:
                taken.add(doubt[1])
                verdicts.append(Verdict(Outcome.WAITS, doubt[1], doubt[0].reason_fr))
        return verdicts

    def _alike(self, told: Sequence[Telling]) -> dict[int, tuple[Tie, K]]:
        """Pairs whose every word is the same: thousands of equal rents of one day cost one look each."""
        found: dict[int, tuple[Tie, K]] = {}
        turn: dict[tuple[Hashable, ...], int] = defaultdict(int)
        taken: set[K] = set()
        for place, telling in enumerate(told):
            words = _words(telling)
            held = self._index.get(words, ())
            while turn[words] < len(held):
                known = held[turn[words]]
                turn[words] += 1
                if known in taken:
                    continue
                one = known_tie(telling, self._tellings[known], self._steps)
                if one.link is Link.SAME:
                    found[place] = (one, known)
                    taken.add(known)
                    break
        return found

    def _candidates(self, telling: Telling, taken: set[K]) -> tuple[list[K], bool]:
        """Known movements this telling may be, and whether there were too many to look at."""
        found: dict[K, None] = {}
        for place in _places(telling):
            for known in self._index.get(place, ()):
                if known not in taken:
                    found[known] = None
                    if len(found) >= _LOOKED_AT:
                        return list(found), True
        return list(found), False


def _words(telling: Telling) -> tuple[Hashable, ...]:
    """All that a telling says, its source and its statement apart."""
    said = (telling.end_to_end, telling.servicer, telling.reference, telling.payer, telling.iban)
    return (telling.cents, "all", telling.day, telling.bank, telling.account, said)


def _places(telling: Telling) -> list[tuple[Hashable, ...]]:
    """Where a telling is filed: by each mark, by its account, by its day and payer, by its day."""
    cents = telling.cents
    places: list[tuple[Hashable, ...]] = [
        (cents, mark) for mark in {telling.end_to_end, telling.reference, telling.servicer} if mark
    ]
    if telling.account is not None:
        places.append((cents, "account", telling.account))
    places += [(cents, "payer", word) for word in sorted(telling.payer)]
    places.append((cents, "day", telling.day, telling.bank))
    return places


def _best_first(ties: Iterable[tuple[Tie, K]]) -> list[tuple[Tie, K]]:
    return sorted(ties, key=lambda found: -found[0].score)


def _pair(options: Sequence[Sequence[tuple[Tie, K]]]) -> dict[int, tuple[Tie, K]]:
    """One for one, as many as possible, the surest first (augmenting paths)."""
    held: dict[K, int] = {}
    chosen: dict[int, tuple[Tie, K]] = {}

    def seat(place: int, tried: set[K]) -> bool:
        free = [option for option in options[place] if option[1] not in held]
        for found, known in [*free, *options[place]]:
            if known in tried:
                continue
            tried.add(known)
            if known not in held or seat(held[known], tried):
                held[known], chosen[place] = place, (found, known)
                return True
        return False

    for place in sorted(range(len(options)), key=lambda p: -options[p][0][0].score if options[p] else 0):
        seat(place, set())
    return chosen
