"""Whose money is it? Pure rules: a bank line and an index of the office's accounts in, a verdict out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from amiable.bank.readers.statement import BankLine
from amiable.domain.text.french import search_key

#: A reference shorter than this appears by chance in any label.
MIN_REFERENCE = 4
#: A reference made of digits only needs to be longer: dates and amounts are digits too.
MIN_DIGITS = 6
#: Suggestions kept for one line, the best first, from this score up.
MAX_SUGGESTIONS = 5
MIN_SCORE = 40

_WORDS = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True)
class Candidate:
    """An account as matching sees it. Amounts in cents: what it owes, what a month costs."""

    account_id: int
    person_id: int
    ref: str
    contract_ref: str
    name: str
    balance_cents: int
    monthly_cents: int
    is_present: bool
    #: Other names of the account; one that several bear never decides.
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An account this line could belong to; `score` 0-100, `reason_fr` for the officer."""

    account_id: int
    score: int
    reason_fr: str


@dataclass(frozen=True)
class Verdict:
    """`account_id` when the line speaks for itself (`how`: reference or iban), else suggestions."""

    account_id: int | None = None
    how: str = ""
    suggestions: tuple[Suggestion, ...] = ()


@dataclass
class Index:
    """The office's accounts by reference, by word of the name, by person; known IBANs by person."""

    by_id: dict[int, Candidate] = field(default_factory=dict)
    by_reference: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: references too short for a label, believed only when they are all a reference zone holds
    by_short: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: the same and short numbers, which only suggest when they stand in a label
    by_hint: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_word: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_person: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_iban: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def build(cls, candidates: Iterable[Candidate], ibans: Iterable[tuple[int, str]]) -> Index:
        """`ibans`: (person_id, iban)."""
        index = cls()
        for account in candidates:
            index.by_id[account.account_id] = account
            index.by_person[account.person_id].add(account.account_id)
            for reference in (account.ref, account.contract_ref, *account.aliases):
                key = compact(reference)
                if is_reference(key):
                    index.by_reference[key].add(account.account_id)
                elif key:
                    index.by_hint[key].add(account.account_id)
                    if not key.isdigit():
                        index.by_short[key].add(account.account_id)
            for word in search_key(account.name).split():
                if len(word) > 2:
                    index.by_word[word].add(account.account_id)
        for person_id, iban in ibans:
            index.by_iban[iban_core(iban)].add(person_id)
        return index


def compact(text: str) -> str:
    """A reference as letters and digits only: « L-004 100 » and « L004100 » are one."""
    return "".join(_WORDS.findall(text.upper()))


def is_reference(key: str) -> bool:
    """Whether a compact reference is long enough to be recognised inside a label."""
    return len(key) >= (MIN_DIGITS if key.isdigit() else MIN_REFERENCE)


def iban_core(iban: str) -> str:
    """What identifies the account inside an IBAN: a French one without its keys, as CFONB 240 gives it."""
    text = "".join(iban.split()).upper()
    return (
        text[4:25] if text.startswith("FR") and len(text) == 27 else text[:21] if text[:5].isdigit() else text
    )


def references_in(line: BankLine, index: Index) -> set[int]:
    """Accounts whose reference stands in a text, alone or cut by spaces; a short one must fill its zone."""
    found: set[int] = set()
    for zone in (line.end_to_end, line.reference, line.mandate):
        found |= index.by_short.get(compact(zone), set())
    for text in (line.end_to_end, line.reference, line.mandate, line.label):
        words = _WORDS.findall(text.upper())
        spans = [
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, min(start + 4, len(words)) + 1)
        ]
        borne = {span: index.by_reference.get("".join(words[slice(*span)]), set()) for span in spans}
        named = [span for span, accounts in borne.items() if accounts]
        # BP-2026-125 names one titre, though a part of it names several.
        for start, end in named:
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in named):
                found |= borne[start, end]
    return found


def judge(line: BankLine, index: Index) -> Verdict:
    """The account of a line, or who it could be. A reference decides; a known IBAN too, when it pays for one
    person only and neither the name, the amount nor the label says otherwise; a name only suggests.
    """
    named = references_in(line, index)
    if len(named) == 1:
        return Verdict(next(iter(named)), "reference")
    persons = index.by_iban.get(iban_core(line.iban), set()) if line.iban else set()
    owned = {a for person in persons for a in index.by_person[person]}
    if len(persons) == 1 and (not named or named & owned):
        chosen = _only((named & owned) or owned, index)
        if chosen is not None and (chosen in named or _agrees(line, index.by_id[chosen], index)):
            return Verdict(chosen, "iban")
    hinted = _hinted(line, index)
    scored = {
        a: _score(line, index.by_id[a], referenced=a in named, iban_known=a in owned, hinted=a in hinted)
        for a in named | owned | hinted | _namesakes(line, index)
    }
    kept = sorted(
        (s for s in scored.values() if s.score >= MIN_SCORE), key=lambda s: (-s.score, s.account_id)
    )
    return Verdict(suggestions=tuple(kept[:MAX_SUGGESTIONS]))


def _agrees(line: BankLine, account: Candidate, index: Index) -> bool:
    """Whether what a line says goes with the account of its IBAN: its amount or its payer's name speaks for
    it, and nothing speaks for somebody else."""
    words = _name_words(f"{line.party_name} {line.label}")
    others = [index.by_id[a] for a in _namesakes_of(words, index)]
    others = [one for one in others if one.person_id != account.person_id]
    payer, mine = _name_words(line.party_name), _name_words(account.name)
    if payer and not payer & mine:
        return False
    for one in others:
        theirs = _name_words(one.name)
        if theirs <= words or len(theirs & words) > 1 or not mine & words:
            return False
    if _is_sum_of(line, account):
        return True
    return bool(payer) and not any(_is_sum_of(line, one) for one in others)


def _is_sum_of(line: BankLine, account: Candidate) -> bool:
    """Whether the amount is what this account owes, or a month of it."""
    return abs(line.amount_cents) in {account.balance_cents, account.monthly_cents} - {0}


def _name_words(text: str) -> frozenset[str]:
    return frozenset(word for word in search_key(text).split() if len(word) > 2 and not word.isdigit())


def _only(accounts: set[int], index: Index) -> int | None:
    """The one account of a person: alone, or alone to owe, or alone where somebody still lives."""
    if len(accounts) == 1:
        return next(iter(accounts))
    for keep in ("balance_cents", "is_present"):
        left = [
            a
            for a in accounts
            if (index.by_id[a].balance_cents > 0 if keep == "balance_cents" else index.by_id[a].is_present)
        ]
        if len(left) == 1:
            return left[0]
    return None


def _hinted(line: BankLine, index: Index) -> set[int]:
    """Accounts whose short reference stands as a word of the label: perhaps by chance."""
    words = _WORDS.findall(f"{line.label} {line.reference}".upper())
    groups = [index.by_hint[w] for w in words if w in index.by_hint]
    return set().union(*groups) if groups else set()


def _namesakes(line: BankLine, index: Index) -> set[int]:
    """Accounts sharing a word of the payer's name, or of the label: a payer may write whom they pay for."""
    return _namesakes_of(_name_words(f"{line.party_name} {line.label}"), index)


def _namesakes_of(words: Iterable[str], index: Index) -> set[int]:
    """Accounts whose holder bears one of these words; a word borne by too many says nothing."""
    groups = [index.by_word[w] for w in words if w in index.by_word and len(index.by_word[w]) <= 500]
    return set().union(*groups) if groups else set()


def _score(
    line: BankLine, account: Candidate, *, referenced: bool, iban_known: bool, hinted: bool
) -> Suggestion:
    words = set(search_key(f"{line.party_name} {line.label}").split())
    name = set(search_key(account.name).split())
    reasons: list[str] = []
    score = 0
    if referenced:
        score, reasons = 60, [f"référence {account.ref} dans le libellé"]
    elif hinted:
        score, reasons = 45, [f"« {account.ref} » dans le libellé"]
    if iban_known:
        score, reasons = max(score, 60), [*reasons, "IBAN déjà connu"]
    if name and name <= words:
        score, reasons = score + 50, [*reasons, "même nom et prénom" if len(name) > 1 else "même nom"]
    elif name & words:
        score, reasons = score + 25, [*reasons, "nom approchant"]
    amount = abs(line.amount_cents)
    if amount and amount == account.balance_cents:
        score, reasons = score + 35, [*reasons, "montant exact de la dette"]
    elif amount and amount == account.monthly_cents:
        score, reasons = score + 30, [*reasons, "montant du loyer"]
    return Suggestion(account.account_id, min(score, 99), ", ".join(reasons))
