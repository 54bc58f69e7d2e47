"""Guided states of the people of an account: who owes too, is protected, died, is to be met with care.

Each act writes the person's record, what follows from it (a hold started or lifted on every account they
hold), and one line in the diary. A hold is what stops the letters; there is no second guard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from amiable.accounts.models import Account, AccountParty
from amiable.core.access import require
from amiable.core.models import User
from amiable.diary.free_text import check_text
from amiable.diary.holds import active_on, end_hold, record_hold
from amiable.diary.models import DiaryEntry, Hold, Promise
from amiable.diary.promises import cancel_promise
from amiable.diary.writing import Kind, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.parties import restrictions
from amiable.parties import services as parties
from amiable.parties.models import Death, LegalProtection, Person, PersonFlag

#: (accounts the person held, who notes it, today): what a room above ends with the life of a debtor.
AtDeath = Callable[[Sequence[Account], User | None, date], None]
_AT_DEATH: list[AtDeath] = []

Role: Any = AccountParty.Role
HoldKind: Any = Hold.Kind
Measure: Any = LegalProtection.Measure


@dataclass(frozen=True)
class Identity:
    """Somebody typed in a form, with how to reach them; empty parts are not kept."""

    last_name: str
    first_name: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    is_company: bool = False


def at_death(ending: AtDeath) -> None:
    """What a room agreed or prepared with the person, it ends in the transaction that notes their death."""
    if ending not in _AT_DEATH:
        _AT_DEATH.append(ending)


def _somebody(account: Account, who: Identity) -> Person:
    return parties.add_person(
        office=account.office,
        last_name=who.last_name,
        first_name=who.first_name,
        is_company=who.is_company,
        contacts={"address": who.address, "email": who.email, "phone": who.phone},
    )


@transaction.atomic
def tie_person(
    *,
    account: Account,
    role: str,
    who: Identity | Person,
    actor: User | None,
    today: date,
    from_on: date | None = None,
    answers_for: Person | None = None,
    basis: str = "",
    to_on: date | None = None,
    version: int | None = None,
) -> AccountParty:
    """Somebody else is tied to the account: the next letters follow their role.

    basis: of a guarantor, why they may be one (DUN-07). Raises DomainError without it."""
    open_for(account, actor=actor, version=version)
    if role == Role.GUARANTOR and basis not in AccountParty.Basis.values:
        raise DomainError("caution_basis", "Indiquez pourquoi cette caution est permise (DUN-07).")
    if from_on is not None and to_on is not None and to_on < from_on:
        raise DomainError("left_before_entering", "La fin précède le début : vérifiez les dates.")
    person = who if isinstance(who, Person) else _somebody(account, who)
    if person.pk == account.person_id:
        raise DomainError("own_party", "C’est déjà le titulaire du compte : rien n’a été ajouté.")
    kept = {"from_on": from_on, "to_on": to_on, "answers_for": answers_for, "basis": basis}
    party, is_new = AccountParty.objects.get_or_create(
        account=account, person=person, role=role, defaults=kept
    )
    if not is_new:
        raise DomainError("known_party", "Cette personne est déjà liée au compte avec cette qualité.")
    _told(account, "party_added", party, person, actor, today, role=role)
    return party


@transaction.atomic
def note_departure(
    *,
    party: AccountParty,
    to_on: date | None,
    actor: User | None,
    today: date,
    replaced_on: date | None = None,
    version: int | None = None,
) -> AccountParty:
    """The day their notice takes effect, or the marriage ends, and when somebody took their place. Given
    again it corrects the dates; `to_on` None: they did not leave after all."""
    account = party.account
    open_for(account, actor=actor, version=version)
    if replaced_on is not None and to_on is None:
        raise DomainError("replaced_without_leaving", "Indiquez d’abord la date d’effet du congé.")
    if to_on is not None and party.from_on is not None and to_on < party.from_on:
        raise DomainError("left_before_entering", "Le départ précède l’entrée : vérifiez les dates.")
    party.to_on, party.replaced_on = to_on, replaced_on
    party.save(update_fields=["to_on", "replaced_on"])
    if to_on is None:
        _told(account, "party_stays", party, party.person, actor, today)
    else:
        _told(account, "party_left", party, party.person, actor, today, to_on=to_on.isoformat())
    return party


@transaction.atomic
def untie_person(*, party: AccountParty, actor: User | None, today: date, version: int | None = None) -> None:
    """Tied by mistake: the link goes, the line of the diary stays."""
    account, person = party.account, party.person
    open_for(account, actor=actor, version=version)
    _told(account, "party_removed", party, person, actor, today, role=party.role)
    party.delete()


@transaction.atomic
def set_protection(
    *,
    account: Account,
    person: Person,
    measure: str,
    actor: User | None,
    today: date,
    guardian: Identity | Person | None = None,
    judgment_ref: str = "",
    started_on: date | None = None,
    version: int | None = None,
) -> LegalProtection:
    """The measure that protects an adult. Unknown, or without its guardian: every account they hold waits
    (PROTECTION). Known: the waits end, and letters go where the measure says (PROT-01, PROT-02)."""
    open_for(account, actor=actor, version=version)
    who = _somebody(account, guardian) if isinstance(guardian, Identity) else guardian
    LegalProtection.objects.filter(person=person, ended_on=None).update(ended_on=today)
    LegalProtection.objects.filter(person=person, ended_on=today, started_on=today).delete()
    made = LegalProtection.objects.create(
        person=person,
        measure=measure,
        guardian=who,
        judgment_ref=check_text(judgment_ref, limit=80),
        started_on=started_on or today,
    )
    is_known = measure == Measure.SAUVEGARDE or (measure != Measure.UNKNOWN and who is not None)
    held = held_accounts(person)
    if is_known:
        _end_holds(held, HoldKind.PROTECTION, actor, today)
    else:
        _start_holds(held, HoldKind.PROTECTION, "Mesure de protection à connaître", actor, today)
    _told(account, "protected", made, person, actor, today, held, measure=measure)
    return made


@transaction.atomic
def end_protection(
    *,
    account: Account,
    protection: LegalProtection,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> None:
    """The measure is over: the person is written to as anybody."""
    open_for(account, actor=actor, version=version)
    changed = LegalProtection.objects.filter(pk=protection.pk, ended_on=None).update(ended_on=_eve(today))
    if not changed:
        raise DomainError("protection_over", "Cette mesure est déjà terminée. Rien n’a été changé.")
    held = held_accounts(protection.person)
    _end_holds(held, HoldKind.PROTECTION, actor, today)
    _told(account, "protection_ended", protection, protection.person, actor, today, held)


def _eve(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


@transaction.atomic
def record_death(
    *,
    account: Account,
    person: Person,
    actor: User | None,
    today: date,
    died_on: date | None = None,
    notary: Identity | Person | None = None,
    learned_on: date | None = None,
    version: int | None = None,
) -> Death:
    """A death: every account the person holds is frozen (DEATH), nobody of the household is written to.

    What was promised, agreed or prepared with them ends: what is owed is the estate's."""
    open_for(account, actor=actor, version=version)
    learned = learned_on or today
    if learned > today or (died_on is not None and died_on > learned):
        raise DomainError("death_in_future", "Le décès ne peut pas être postérieur au jour où il est appris.")
    who = _somebody(account, notary) if isinstance(notary, Identity) else notary
    death, _ = Death.objects.update_or_create(
        person=person, defaults={"died_on": died_on, "learned_on": learned, "notary": who}
    )
    held = held_accounts(person)
    _start_holds(held, HoldKind.DEATH, "Décès : succession à saisir", actor, today)
    for promise in Promise.objects.filter(account__in=held, status=Promise.Status.PENDING):
        cancel_promise(promise=promise, actor=actor, today=today)
    for end in _AT_DEATH:
        end(held, actor, today)
    _told(account, "death", death, person, actor, today, held)
    return death


@transaction.atomic
def cancel_death(
    *, account: Account, death: Death, actor: User | None, today: date, version: int | None = None
) -> None:
    """Announced by mistake: the accounts are followed again."""
    open_for(account, actor=actor, version=version)
    person = death.person
    held = held_accounts(person)
    _end_holds(held, HoldKind.DEATH, actor, today)
    _told(account, "death_cancelled", death, person, actor, today, held)
    death.delete()


@transaction.atomic
def raise_flag(
    *,
    account: Account,
    person: Person,
    kind: str,
    reason: str,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> PersonFlag:
    """What whoever meets this person must know. Threat, conflict: only a head calls, no batch writes."""
    open_for(account, actor=actor, version=version)
    text = check_text(reason, limit=300)
    if not text:
        raise DomainError("reason_missing", "Indiquez les faits, en une phrase.")
    flag = PersonFlag.objects.create(person=person, kind=kind, reason=text, raised_on=today, raised_by=actor)
    _told(account, "flag_raised", flag, person, actor, today, flag=kind)
    return flag


@transaction.atomic
def lift_flag(
    *, account: Account, flag: PersonFlag, actor: User, today: date, version: int | None = None
) -> None:
    """The signal no longer stands; a head decides it for a threat or a conflict."""
    if flag.kind in restrictions.RESTRICTING:
        require(actor, "call_restricted")
    open_for(account, actor=actor, version=version)
    changed = PersonFlag.objects.filter(pk=flag.pk, lifted_on=None).update(lifted_on=today, lifted_by=actor)
    if not changed:
        raise DomainError("flag_lifted", "Ce signal est déjà levé. Rien n’a été changé.")
    _told(account, "flag_lifted", flag, flag.person, actor, today, flag=flag.kind)


def held_accounts(person: Person) -> list[Account]:
    """Every account the person holds: what stops one stops all."""
    return list(Account.objects.filter(person=person).select_related("office", "person").order_by("pk"))


def _start_holds(
    accounts: Sequence[Account], kind: str, reason: str, actor: User | None, today: date
) -> None:
    stopped = set(
        Hold.objects.filter(active_on(today), account__in=accounts, kind=kind).values_list(
            "account_id", flat=True
        )
    )
    for account in accounts:
        if account.pk not in stopped:
            record_hold(
                account=account,
                kind=kind,
                reason=reason,
                starts_on=today,
                ends_on=None,
                actor=actor,
                today=today,
            )


def _end_holds(accounts: Sequence[Account], kind: str, actor: User | None, today: date) -> None:
    for hold in Hold.objects.filter(active_on(today), account__in=accounts, kind=kind).select_related(
        "account"
    ):
        end_hold(hold, on=today, actor=actor)
        data = {"hold_id": hold.pk, "hold": hold.kind}
        write(hold.account, Kind.HOLD_END, on=today, actor=actor, data=data)


def _told(
    account: Account,
    event: str,
    target: Any,
    person: Person,
    actor: User | None,
    today: date,
    held: Sequence[Account] = (),
    **data: Any,
) -> DiaryEntry:
    """One line and one position for the account, and for every other account the act reaches."""
    line = None
    for one in {account.pk: account, **{other.pk: other for other in held}}.values():
        if one.pk != account.pk:
            Account.objects.filter(pk=one.pk).update(version=F("version") + 1)
        entry = write(
            one,
            Kind.SITUATION,
            on=today,
            actor=actor,
            person_id=person.pk,
            data={"event": event, "id": target.pk, **data},
        )
        line = line or entry
        close(one, f"situation.{event}", actor=actor, today=today, target=target)
    assert line is not None
    return line
