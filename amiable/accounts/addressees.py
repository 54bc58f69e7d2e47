"""Who is written to about an account: the one answer every letter, message and screen asks for.

A reminder goes to each person who owes: the holder, the co-holders, the spouse (DUN-09), the roommates as
long as they are bound (COLOC-01). A guardian is written to instead of the person (PROT-01), a curator
receives a copy (PROT-02). An unknown measure or a death stops everything. Guarantors have documents of
their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from amiable.accounts.models import Account, AccountParty
from amiable.domain import law
from amiable.domain.creditors import kind
from amiable.parties import restrictions
from amiable.parties.models import Death, LegalProtection, Person

Role: Any = AccountParty.Role
Measure: Any = LegalProtection.Measure
HOLDER, GUARDIAN, CURATOR, OTHER = "holder", "guardian", "curator", "other"
ROLE_LABELS: dict[str, str] = {
    HOLDER: "titulaire",
    GUARDIAN: "représentant légal",
    CURATOR: "curateur",
    OTHER: "personne désignée",
    **dict(AccountParty.Role.choices),
}
REPRESENTED = (Measure.TUTELLE, Measure.HABILITATION, Measure.MANDAT)
CO_DEBTORS = (Role.CO_HOLDER, Role.SPOUSE, Role.ROOMMATE)


@dataclass(frozen=True)
class Addressee:
    """Somebody to write to. why_fr: the reason shown; rules: the law behind it.

    quality_fr: the line under the name (« tuteur de Fatou DIALLO »), empty for who owes themselves.
    home: the account whose home is theirs, used when they have no address of their own; else None."""

    person: Person
    role: str
    is_copy: bool
    why_fr: str
    rules: tuple[str, ...] = ()
    quality_fr: str = ""
    home: Account | None = None


@dataclass(frozen=True)
class LeftOut:
    """Somebody tied to the account who is not written to, and why."""

    person: Person
    role: str
    code: str
    reason_fr: str
    rules: tuple[str, ...] = ()


@dataclass
class Addressing:
    """The answer for one account: `written` in order (holder's side first), `left_out` with reasons."""

    written: list[Addressee] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def blocked(self) -> LeftOut | None:
        """Why nobody is written to; None when somebody is."""
        return None if self.written else next(iter(self.left_out), None)


@dataclass(frozen=True)
class Known:
    """What is known of a column of accounts that day: five queries whatever their number."""

    on: date
    parties: dict[int, list[AccountParty]]
    protections: dict[int, LegalProtection]
    deaths: dict[int, Death]
    #: Where a person who left the account's home lives now, when it is another home of the office.
    homes: dict[int, Account]


def load(accounts: Sequence[Account], on: date) -> Known:
    """Read once what `address` needs; give accounts with their person."""
    parties: dict[int, list[AccountParty]] = {}
    found = AccountParty.objects.filter(account_id__in=[account.pk for account in accounts])
    for party in found.select_related("person").order_by("pk"):
        parties.setdefault(party.account_id, []).append(party)
    persons = {account.person_id for account in accounts}
    persons |= {party.person_id for rows in parties.values() for party in rows}
    in_force = Q(ended_on=None) | Q(ended_on__gte=on)
    measures = LegalProtection.objects.filter(in_force, person_id__in=persons, started_on__lte=on)
    deaths = Death.objects.filter(person_id__in=persons, learned_on__lte=on).select_related("notary")
    moved = {account.person_id for account in accounts if has_left(account, on)}
    homes = Account.objects.filter(person_id__in=moved, status=Account.Status.PRESENT).order_by("pk")
    return Known(
        on=on,
        parties=parties,
        protections={row.person_id: row for row in measures.select_related("guardian").order_by("pk")},
        deaths={row.person_id: row for row in deaths},
        homes={home.person_id: home for home in homes if not has_left(home, on)},
    )


def has_left(account: Account, on: date) -> bool:
    """The holder no longer lives at the account's home."""
    return account.status != Account.Status.PRESENT or (account.left_on is not None and account.left_on < on)


def addressees_of(accounts: Sequence[Account], on: date) -> dict[int, list[Addressee]]:
    """Who a reminder of each account goes to on that day: account id -> persons, copies after those who owe.

    An empty list: nobody may be written to; `addressing_of` says why."""
    return {pk: found.written for pk, found in addressing_of(accounts, on).items()}


def addressing_of(accounts: Sequence[Account], on: date) -> dict[int, Addressing]:
    """The same with everybody left out and the reason."""
    known = load(accounts, on)
    return {account.pk: address(account, known) for account in accounts}


def address(account: Account, known: Known) -> Addressing:
    """One account, on what was read before."""
    made = Addressing()
    if account.person_id in known.deaths:
        made.left_out.append(_dead(account.person, HOLDER))
        return made
    home = known.homes.get(account.person_id) if has_left(account, known.on) else account
    _add(made, account.person, HOLDER, "titulaire du compte", (), home, known)
    if not made.written:
        # The holder's measure is not known well enough: nothing about this debt leaves at all.
        return made
    for party in _co_debtors(account, known):
        _add_party(made, account, party, known)
    made.written.sort(key=lambda one: one.is_copy)
    return made


def co_debtors_of(account: Account, on: date) -> list[Person]:
    """Who owes the debt of the account with its holder, gone or not: what was due while they were bound they
    still owe. What frees the holder alone frees none of them."""
    known = load([account], on)
    bound = (row for row in _co_debtors(account, known) if _bound_until(account, row) != date.min)
    return [row.person for row in bound if row.person_id not in known.deaths]


def _co_debtors(account: Account, known: Known) -> Iterable[AccountParty]:
    """One row per person, the one that binds them longest: a spouse who signed the lease and left it is
    still bound by the marriage."""
    found: dict[int, AccountParty] = {}
    for party in known.parties.get(account.pk, []):
        if party.role not in CO_DEBTORS or party.person_id == account.person_id:
            continue
        kept = found.get(party.person_id)
        if kept is None or _bound_until(account, party) > _bound_until(account, kept):
            found[party.person_id] = party
    return found.values()


def _is_household(account: Account) -> bool:
    nature = kind(account.office.kind).natures.get(account.nature)
    return nature is not None and nature.household


def _bound_until(account: Account, party: AccountParty) -> date:
    if party.role == Role.SPOUSE and not _is_household(account):
        return date.min
    return liable_until(party, account.office.territory) or date.max


def liable_until(party: AccountParty, territory: str = "FR") -> date | None:
    """The last day on which what falls due is also owed by this person; None: no end is known.

    A roommate or a co-holder whose notice took effect stays bound until replaced, six months at most
    (COLOC-01); a spouse until the marriage or the PACS ends."""
    if party.to_on is None or party.role == Role.SPOUSE:
        return party.to_on
    latest = law.limit("COLOC-01", party.to_on, territory=territory).ends_on
    return min(latest, max(party.to_on, party.replaced_on)) if party.replaced_on else latest


def _add_party(made: Addressing, account: Account, party: AccountParty, known: Known) -> None:
    person, role, rules = party.person, party.role, _rules_of(party)
    until = liable_until(party, account.office.territory)
    if person.pk in known.deaths:
        made.left_out.append(_dead(person, role))
    elif party.from_on is not None and party.from_on > known.on:
        made.left_out.append(LeftOut(person, role, "not_yet", f"à partir du {party.from_on:%d/%m/%Y}", rules))
    elif role == Role.SPOUSE and not _is_household(account):
        reason = "cette dette n’est pas une dette du ménage"
        made.left_out.append(LeftOut(person, role, "own_debt", reason, rules))
    elif until is not None and known.on > until:
        reason = f"n’est plus tenu depuis le {until:%d/%m/%Y} que de ce qui était échu avant"
        made.left_out.append(LeftOut(person, role, "no_longer_bound", reason, rules))
    else:
        why = ROLE_LABELS[role] + (f", encore tenu jusqu’au {until:%d/%m/%Y}" if until else "")
        gone = has_left(account, known.on) or (party.to_on is not None and party.to_on <= known.on)
        lives_there = not gone or (role == Role.SPOUSE and not has_left(account, known.on))
        _add(made, person, role, why, rules, account if lives_there else None, known)


def _rules_of(party: AccountParty) -> tuple[str, ...]:
    if party.role == Role.SPOUSE:
        return ("DUN-09",)
    return ("DUN-09", "COLOC-01") if party.to_on else ("DUN-09",)


def _add(
    made: Addressing,
    person: Person,
    role: str,
    why: str,
    rules: tuple[str, ...],
    home: Account | None,
    known: Known,
) -> None:
    """The person, their guardian instead, their curator beside them, or nobody."""
    protection = known.protections.get(person.pk)
    if protection is None or protection.measure == Measure.SAUVEGARDE:
        more = ("PROT-03",) if protection else ()
        why += ", sous sauvegarde de justice : garde l’exercice de ses droits" if protection else ""
        _write(made, Addressee(person, role, False, why, (*rules, *more), home=home))
        return
    measure = LegalProtection.Measure(protection.measure).label
    guardian = protection.guardian
    if protection.measure == Measure.UNKNOWN or guardian is None:
        reason = f"{measure} : représentant inconnu"
        if protection.measure == Measure.UNKNOWN:
            reason = "mesure de protection inconnue"
        made.left_out.append(LeftOut(person, role, "unknown_measure", reason, ("PROT-01", "PROT-02")))
    elif protection.measure in REPRESENTED:
        quality = f"en qualité de représentant légal de {_name(person)}"
        why = f"{measure} : la lettre va au représentant, à la place de la personne"
        _write(made, Addressee(guardian, GUARDIAN, False, why, (*rules, "PROT-01"), quality))
        reason = f"{measure} : la personne est représentée"
        made.left_out.append(LeftOut(person, role, "represented", reason, ("PROT-01",)))
    else:
        _write(made, Addressee(person, role, False, f"{why}, sous {measure}", (*rules, "PROT-02"), home=home))
        quality = f"curateur de {_name(person)}"
        if protection.measure == Measure.HABILITATION_ASSIST:
            quality = f"personne habilitée à assister {_name(person)}"
        why = f"{measure} : copie pour information"
        _write(made, Addressee(guardian, CURATOR, True, why, ("PROT-02",), quality))


def _write(made: Addressing, one: Addressee) -> None:
    """Nobody is written to twice about one account: who owes comes before who is only copied."""
    same = [other for other in made.written if other.person.pk == one.person.pk]
    if not same:
        made.written.append(one)
    elif same[0].is_copy and not one.is_copy:
        made.written[made.written.index(same[0])] = one


def _dead(person: Person, role: str) -> LeftOut:
    return LeftOut(
        person, role, "death", "décès : seuls le notaire et les héritiers sont saisis", ("EST-01",)
    )


def _name(person: Person) -> str:
    return f"{person.first_name} {person.last_name.upper()}".strip()


def estate_addressees_of(accounts: Sequence[Account], on: date) -> dict[int, list[Addressee]]:
    """Who settles the estate of a holder who died: the notary, else each heir. Empty while nobody is known.

    For letters about the estate only, never for a reminder."""
    known = load(accounts, on)
    return {account.pk: _estate(account, known) for account in accounts}


def _estate(account: Account, known: Known) -> list[Addressee]:
    made = Addressing()
    if account.person_id not in known.deaths:
        return made.written
    parties = known.parties.get(account.pk, [])
    notary = known.deaths[account.person_id].notary
    notaries = [notary] if notary else [p.person for p in parties if p.role == Role.NOTARY]
    heirs = [p.person for p in parties if p.role == Role.HEIR and p.person_id not in known.deaths]
    of_whom = f"succession de {_name(account.person)}"
    for person in notaries:
        why = "notaire chargé de la succession"
        _write(made, Addressee(person, Role.NOTARY.value, False, why, ("EST-01",), of_whom))
    for person in () if notaries else heirs:
        why = "héritier connu, aucun notaire"
        _write(made, Addressee(person, Role.HEIR.value, False, why, ("EST-01",), of_whom))
    return made.written


#: What anybody else may hear: the caller says their name and asks to be called back.
THIRD_PARTY_FR = (
    "À toute autre personne (famille, voisin, employeur) : ni dette, ni compte, ni motif de l’appel. "
    "Laisser son nom et demander à être rappelé."
)
_WHOLE = "Toute la dette du compte"
#: Role of who owes nothing themselves -> (may be spoken to, what may be said, what must not be).
_OTHERS: dict[str, tuple[bool, str, str]] = {
    GUARDIAN: (True, f"{_WHOLE}, à la place de la personne", ""),
    CURATOR: (True, f"{_WHOLE} ; un plan se signe avec la personne et avec lui", ""),
    Role.GUARANTOR.value: (
        True,
        "L’incident et ce que l’engagement couvre (DUN-06)",
        "Les ressources, la santé et la vie du ménage",
    ),
    Role.HEIR.value: (True, "La dette échue au décès, qualité vérifiée", "Ce qui est dû depuis par d’autres"),
    Role.NOTARY.value: (True, "La dette échue au décès", "Ce qui est dû depuis par d’autres"),
    Role.OCCUPANT.value: (False, "", "Tout ce qui touche au compte"),
}
#: Why somebody is left out of letters -> (may be spoken to, what may be said, what must not be).
_LEFT_OUT: dict[str, tuple[bool, str, str]] = {
    "represented": (False, "Orienter vers le représentant légal", "Ne rien demander, ne rien convenir"),
    "unknown_measure": (
        False,
        "Demander qui est le représentant légal",
        "Ne rien demander, ne rien convenir",
    ),
    "death": (False, "", ""),
    "no_longer_bound": (
        True,
        "Seulement ce qui était échu avant la fin de sa solidarité",
        "La dette née depuis",
    ),
    "own_debt": (False, "", "Tout ce qui touche à cette dette"),
    "not_yet": (False, "", "La dette échue avant son entrée"),
}


@dataclass(frozen=True)
class Speaking:
    """One person tied to the account, and what a call may tell them. only_head: a threat or a conflict is
    signalled, so that nobody but the head calls back."""

    person: Person
    role: str
    may: bool
    say_fr: str
    not_fr: str
    only_head: bool = False

    @property
    def role_fr(self) -> str:
        return ROLE_LABELS[self.role]


def may_speak_with(account: Account, on: date) -> list[Speaking]:
    """Everybody tied to the account with what may be said and what must not; anybody else: THIRD_PARTY_FR."""
    known = load([account], on)
    made = address(account, known)
    rows: dict[int, tuple[Person, str, tuple[bool, str, str]]] = {}
    for one in made.written:
        said = _OTHERS.get(one.role, (True, _WHOLE, ""))
        if "PROT-02" in one.rules and one.role != CURATOR:
            said = (True, f"{_WHOLE}, en termes simples ; un plan se signe avec le curateur", "")
        rows[one.person.pk] = (one.person, one.role, said)
    for left in made.left_out:
        rows.setdefault(left.person.pk, (left.person, left.role, _LEFT_OUT[left.code]))
    for estate in _estate(account, known):
        rows.setdefault(estate.person.pk, (estate.person, estate.role, _OTHERS[estate.role]))
    for party in known.parties.get(account.pk, []):
        if party.role in _OTHERS:
            rows.setdefault(party.person_id, (party.person, party.role, _OTHERS[party.role]))
    flags = restrictions.flags_of(rows, on)
    flagged = {pk for pk, row in flags.items() if any(one.kind in restrictions.RESTRICTING for one in row)}
    return [
        Speaking(person, role, may, say, never, person.pk in flagged)
        for person, role, (may, say, never) in rows.values()
    ]
