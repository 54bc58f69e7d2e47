"""What a decision erases: by item, on the items it names and no later one, again and again to the same end.

A rétablissement personnel erases everything due and unpaid on the day its text gives (SUR-12), part A and
part B alike, once nobody may contest it any more, and only when everybody who owes the debt filed. Measures
may erase a part of part A only. Each erasure is compared with what the ledger now tells: what came back since
(a rejected payment of before) is erased too, what was erased above the item (a payment of before entered
late) is taken back. A second run therefore changes nothing; a decision annulled gives back what it erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from amiable.accounts.addressees import co_debtors_of
from amiable.accounts.models import Account, AccountParty
from amiable.core.models import User
from amiable.diary.holds import active_on, end_hold, extend_hold, record_hold
from amiable.diary.models import Hold
from amiable.diary.requests import raise_work
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain import law
from amiable.domain.creditors import kind as creditor
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.frozen_parts import AccountSplit, Part, PartItem, split_of
from amiable.ledger.models import Entry
from amiable.ledger.services import Named, settle_by_name, take_back
from amiable.overindebtedness.repairing import Letter, Repaired, letters_since, stand_down
from amiable.parties.models import Person

HoldKind: Any = Hold.Kind


@dataclass(frozen=True, slots=True)
class Decision:
    """A rétablissement personnel. on: the day up to which it erases: the commission's decision, the judgment,
    or the judgment that opened a liquidation. notified_on: when the office was told, from which it may
    contest (None: not known, so counted from the decision at the earliest). is_final: nobody may contest it
    any more, by what the dossier knows. covers_all: everybody who owes the debt filed."""

    on: date
    notified_on: date | None = None
    is_final: bool = False
    covers_all: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One item and what is erased of it, from which day (cents)."""

    item: PartItem
    part: str
    erased_cents: int
    from_on: date

    @property
    def left_cents(self) -> int:
        return self.item.rest_cents - self.erased_cents


@dataclass(frozen=True)
class Erased:
    """An erasure, before (`preview`) or after it is posted.

    lines: what is erased now; kept: unpaid items it does not reach; taken_back: (erasure's entry, cents) to
    correct; guarantors: natural persons who stay bound, and keep what they paid (SUR-12).
    """

    account: Account
    on: date
    lines: tuple[Line, ...]
    kept: tuple[PartItem, ...]
    taken_back: tuple[tuple[int, int], ...]
    guarantors: tuple[Person, ...]
    letters: tuple[Letter, ...] = ()
    repaired: Repaired = Repaired()

    @property
    def erased_cents(self) -> int:
        return sum(line.erased_cents for line in self.lines)

    @property
    def kept_cents(self) -> int:
        return sum(item.rest_cents for item in self.kept)

    @property
    def changes(self) -> bool:
        return bool(self.lines or self.taken_back)


def preview(account: Account, on: date, today: date) -> Erased:
    """What a rétablissement personnel decided on `on` erases, item by item, and what remains."""
    if on > today:
        raise DomainError("decision_in_future", "La décision ne peut pas être dans l’avenir.")
    then, now = split_of(account, on), split_of(account, today)
    lines = [_line(item, then, item.rest_cents, on) for item in _reached(then, on)]
    erased = {line.item.entry_id: line.erased_cents for line in lines}
    # Due before the decision, but unpaid since only: a payment of before came back, an item was entered late.
    for item in _reached(now, on):
        more = item.rest_cents - erased.get(item.entry_id, 0)
        if more > 0 and item.entry_id not in erased:
            lines.append(_line(item, now, more, today))
    return _erased(account, on, today, lines, now, _reference("prp", on))


def preview_part(account: Account, on: date, cents: int, today: date) -> Erased:
    """What measures of `on` that erase `cents` of part A take, the oldest item first."""
    if on > today:
        raise DomainError("decision_in_future", "La décision ne peut pas être dans l’avenir.")
    if account.split_on is None:
        raise DomainError("no_recevabilite", "Aucune recevabilité n’est notée sur ce compte.")
    now = split_of(account, today)
    wanted = cents - _already(account, _reference("part", on))
    if wanted < 0 or wanted > now.a.total_cents:
        raise DomainError(
            "erasure_too_large",
            "Le montant à effacer dépasse la dette gelée, ou il est inférieur à ce qui l’est déjà : rien "
            "n’a été effacé. Vérifiez le montant porté par la décision.",
        )
    lines = []
    for item in now.a.items:
        part = min(wanted, item.rest_cents)
        if part and item.kind != EntryKind.ECHEANCE:
            lines.append(_line(item, now, part, max(on, item.enter_on)))
            wanted -= part
    if wanted:
        raise DomainError("erasure_on_instalments", "Le reste de la dette suit déjà l’échéancier imposé.")
    return _erased(account, on, today, lines, now, _reference("part", on))


@transaction.atomic
def erase(
    *,
    account: Account,
    decision: Decision,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> Erased:
    """Carry out a rétablissement personnel. Idempotent; run again, it puts itself right.

    DomainError while it may be contested, when somebody who did not file stays bound, and for a debt that no
    surendettement reaches."""
    open_for(account, actor=actor, version=version)
    found = preview(account, decision.on, today)
    _check(account, decision, today)
    found = _carry_out(found, "prp", actor, today)
    _end_freeze(account, decision.on, actor, today)
    return _close(found, "prp", actor, today)


@transaction.atomic
def carry_out(*, account: Account, decision: Decision, actor: User | None, today: date) -> Erased | None:
    """A final decision: its erasure; None when somebody who did not file still owes, which an officer is
    asked to follow apart. The frozen part then stays frozen for as long as measures may last."""
    bound = [] if decision.covers_all else co_debtors_of(account, decision.on)
    if not bound:
        return erase(account=account, decision=decision, actor=actor, today=today)
    check_reducible(account)
    last = law.limit("SUR-10.1", decision.on, territory=account.office.territory).ends_on
    for hold in account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT):
        extend_hold(hold, ends_on=last)
    raise_work(
        account=account,
        code="bdf_codebtors",
        text=f"Rétablissement personnel du {decision.on:%d/%m/%Y} : {account.person} est libéré(e), "
        f"{', '.join(map(str, bound))} doit encore la dette échue ce jour-là. Rien n’est effacé du compte : "
        f"ne plus rien en réclamer à {account.person}, décider des suites. Compte {account.ref}.",
        key=f"bdf:{account.pk}:codebtors:{decision.on}",
        assignee=account.officer,
        due_on=today,
    )
    return None


def erased_cents(account: Account, on: date) -> int:
    """What the rétablissement that erases up to `on` has erased so far, corrections taken off."""
    return _already(account, _reference("prp", on))


@transaction.atomic
def annul(*, account: Account, on: date, actor: User | None, today: date, version: int | None = None) -> int:
    """A judge annulled the rétablissement that erased up to `on`: what it erased is due again, and part A is
    frozen again while the recevabilité lasts. Returns the cents given back."""
    open_for(account, actor=actor, version=version)
    back = 0
    for entry in _postings(account, _reference("prp", on)):
        held = -entry.amount_cents - sum(row.amount_cents for row in entry.reversed_by.all())
        if held > 0:
            take_back(entry=entry, cents=held, on=today)
            back += held
    if not back:
        raise DomainError("nothing_erased", f"Rien n’a été effacé à la date du {on:%d/%m/%Y} sur ce compte.")
    _freeze_again(account, actor, today)
    data = {"event": "bdf.annulled", "decided_on": on.isoformat(), "back_cents": back}
    write(account, Kind.DOSSIER, on=today, actor=actor, data=data)
    close(account, "surendettement.annulled", actor=actor, today=today, target=account, back_cents=back)
    return back


def contest_ends_on(account: Account, decision: Decision) -> date:
    """The last day on which the office may contest the decision (SUR-08)."""
    found = law.limit("SUR-08", decision.notified_on or decision.on, territory=account.office.territory)
    return max(found.ends_on, found.ends_on_local or found.ends_on)


def check_reducible(account: Account) -> None:
    """DomainError for a debt that no commission may put off or erase: a fine (SUR-16)."""
    nature = creditor(account.office.kind).nature(account.nature)
    if nature.outside_measures:
        raise DomainError(
            "debt_outside_measures",
            f"Une dette de nature « {nature.short} » ne peut être ni reportée, ni remise, ni effacée par des "
            f"mesures de surendettement ({law.rule('SUR-16').source}) : rien n’a été enregistré.",
        )


def _check(account: Account, decision: Decision, today: date) -> None:
    check_reducible(account)
    if not decision.is_final and today <= contest_ends_on(account, decision):
        raise DomainError(
            "erasure_may_be_contested",
            f"Le rétablissement peut être contesté jusqu’au {contest_ends_on(account, decision):%d/%m/%Y} "
            "(SUR-08) : il n’efface rien avant (SUR-12). Rien n’a été effacé.",
        )
    bound = [] if decision.covers_all else co_debtors_of(account, decision.on)
    if bound:
        raise DomainError(
            "co_debtors_bound",
            "Le rétablissement ne libère que celui qui l’a demandé (SUR-12) : doit encore cette dette, "
            f"{', '.join(map(str, bound))}. Dites que tous l’ont demandé si c’est vrai. Rien n’est effacé.",
        )


@transaction.atomic
def erase_part(
    *,
    account: Account,
    on: date,
    cents: int,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> Erased:
    """Carry out measures of `on` that erase `cents` of part A; the rest of it stays frozen. Idempotent."""
    open_for(account, actor=actor, version=version)
    check_reducible(account)
    found = _carry_out(preview_part(account, on, cents, today), "part", actor, today)
    return _close(found, "part", actor, today)


def _reached(split: AccountSplit, on: date) -> list[PartItem]:
    return [item for part in (split.a, split.b) for item in part.items if item.due_on <= on]


def _line(item: PartItem, split: AccountSplit, cents: int, on: date) -> Line:
    part = "A" if item in split.a.items else "B"
    return Line(item, part, cents, max(on, item.enter_on))


def _erased(
    account: Account, on: date, today: date, lines: list[Line], now: AccountSplit, reference: str
) -> Erased:
    named = {line.item.entry_id: line.erased_cents for line in lines}
    unpaid = [*now.a.items, *now.b.items]
    kept = [item for item in unpaid if item.rest_cents > named.get(item.entry_id, 0)]
    own = set(_postings(account, reference).values_list("pk", flat=True))
    guarantors = Person.objects.filter(
        roles__account=account, roles__role=AccountParty.Role.GUARANTOR, is_company=False
    ).distinct()
    return Erased(
        account=account,
        on=on,
        lines=tuple(lines),
        kept=tuple(kept),
        taken_back=tuple(pair for pair in now.surplus if pair[0] in own),
        guarantors=tuple(guarantors),
        letters=tuple(letters_since(account, on, today)) if lines else (),
    )


def _postings(account: Account, reference: str) -> Any:
    return Entry.objects.filter(account=account, kind=EntryKind.EFFACEMENT, reference=reference)


def _already(account: Account, reference: str) -> int:
    """What a decision has erased so far, its corrections taken off."""
    own = list(_postings(account, reference).values_list("pk", "amount_cents"))
    back = Entry.objects.filter(
        account=account, kind=EntryKind.ANNULATION, reverses_id__in=[pk for pk, _ in own]
    ).values_list("amount_cents", flat=True)
    return -sum(cents for _, cents in own) - sum(back)


def _reference(scope: str, on: date) -> str:
    return f"BDF-{scope.upper()}-{on.isoformat()}"


def _carry_out(found: Erased, scope: str, actor: User | None, today: date) -> Erased:
    account = found.account
    for entry in Entry.objects.filter(pk__in=[pk for pk, _ in found.taken_back]):
        take_back(entry=entry, cents=dict(found.taken_back)[entry.pk], on=today)
    named = [Named(line.item.entry_id, line.erased_cents, line.from_on) for line in found.lines]
    settle_by_name(
        account=account, kind=EntryKind.EFFACEMENT, lines=named, reference=_reference(scope, found.on)
    )
    repaired = Repaired()
    if found.changes:
        repaired = stand_down(account=account, on=found.on, actor=actor, today=today)
    return Erased(
        account,
        found.on,
        found.lines,
        found.kept,
        found.taken_back,
        found.guarantors,
        found.letters,
        repaired,
    )


def _end_freeze(account: Account, on: date, actor: User | None, today: date) -> None:
    """After a rétablissement personnel nothing is frozen any more; what went to part B stays there."""
    for hold in account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT):
        end_hold(hold, on=today, actor=actor, keep_parts_until=max(on, hold.starts_on))
        write(
            account,
            Kind.HOLD_END,
            on=today,
            actor=actor,
            data={"hold_id": hold.pk, "hold": hold.kind},
            key=f"hold:{hold.pk}:end:{today}",
        )


def _freeze_again(account: Account, actor: User | None, today: date) -> None:
    split_on = account.split_on
    if split_on is None or account.holds.filter(active_on(today), kind=HoldKind.SURENDETTEMENT).exists():
        return
    if law.limit("SUR-01", split_on, territory=account.office.territory).ends_on >= today:
        record_hold(
            account=account,
            kind=HoldKind.SURENDETTEMENT,
            reason="Rétablissement personnel annulé : la recevabilité demeure",
            starts_on=split_on,
            ends_on=None,
            actor=actor,
            today=today,
        )


def _close(found: Erased, scope: str, actor: User | None, today: date) -> Erased:
    account, reference = found.account, _reference(scope, found.on)
    if found.changes:
        data = {
            "event": f"bdf.erased_{scope}",
            "decided_on": found.on.isoformat(),
            "erased_cents": found.erased_cents,
            "taken_back_cents": sum(cents for _, cents in found.taken_back),
            "items": [line.item.entry_id for line in found.lines],
        }
        write(account, Kind.DOSSIER, on=today, actor=actor, data=data)
    close(
        account,
        "surendettement.erased",
        actor=actor,
        today=today,
        target=account,
        reference=reference,
        erased_cents=found.erased_cents,
    )
    return found


def unpaid(split: AccountSplit) -> Part:
    """Both parts in one list, for a screen that shows what remains."""
    return Part((*split.a.items, *split.b.items))
