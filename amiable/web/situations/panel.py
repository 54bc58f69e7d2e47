"""« Personnes et situations » on the fiche: who is written to, who is not and why, and what was signalled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from amiable.accounts.addressees import ROLE_LABELS, addressing_of, estate_addressees_of
from amiable.accounts.models import Account, AccountParty
from amiable.core.access import may, scope
from amiable.core.models import User
from amiable.diary.disputes import open_disputes
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.text.french import euros
from amiable.guarantees.action_logement.contracts import may_have
from amiable.guarantees.models import Guarantee
from amiable.parties import restrictions
from amiable.parties.models import Death, LegalProtection, Person, PersonFlag


@dataclass
class Row:
    """One person: their tie, whether they are written to, and what is known of them."""

    person: Person
    role_fr: str
    party: AccountParty | None = None
    letters_fr: str = ""
    is_written: bool = False
    rules: tuple[str, ...] = ()
    protection: LegalProtection | None = None
    death: Death | None = None
    flags: list[PersonFlag] = field(default_factory=list)


def gather(account: Account, user: User, today: date) -> Mapping[str, Any]:
    """Eleven queries whatever the number of people."""
    found = addressing_of([account], today)[account.pk]
    rows: dict[int, Row] = {account.person_id: Row(account.person, "titulaire")}
    for party in account.parties.select_related("person").order_by("pk"):
        rows.setdefault(party.person_id, Row(party.person, party.get_role_display(), party))
    for one in found.written:
        row = rows.setdefault(one.person.pk, Row(one.person, ROLE_LABELS[one.role]))
        row.is_written, row.rules = True, one.rules
        row.letters_fr = "copie des lettres" if one.is_copy else "reçoit les lettres"
        if one.person.pk != account.person_id:
            row.letters_fr += f", {one.quality_fr or one.why_fr}"
    for left in found.left_out:
        row = rows.setdefault(left.person.pk, Row(left.person, ROLE_LABELS[left.role]))
        row.letters_fr, row.rules = f"ne reçoit rien : {left.reason_fr}", left.rules
    estate = estate_addressees_of([account], today)[account.pk]
    for one in estate:
        row = rows.setdefault(one.person.pk, Row(one.person, ROLE_LABELS[one.role]))
        row.letters_fr, row.rules = one.why_fr, one.rules
    _known(rows, today)
    flags = [flag for row in rows.values() for flag in row.flags]
    return {
        "account": account,
        "tags": _tags(rows[account.person_id], list(rows.values())),
        "today": today,
        "rows": list(rows.values()),
        "estate": estate,
        "blocked": found.blocked,
        "restricted": [flag for flag in flags if flag.kind in restrictions.RESTRICTING],
        "may_work": may(user, "work_accounts"),
        "disputes": open_disputes(account),
        "family": _family(account, user, today),
        "may_guarantee": may_have(account.office),
        "guarantees": account.guarantees.filter(cancelled_on=None),
    }


#: Ties that change who is written to, as the head of the fiche says them.
_TIES = {
    AccountParty.Role.CO_HOLDER: "co-titulaires",
    AccountParty.Role.SPOUSE: "couple",
    AccountParty.Role.ROOMMATE: "colocation",
    AccountParty.Role.GUARANTOR: "caution",
}


def _tags(holder: Row, rows: list[Row]) -> list[str]:
    """The situation at a glance, beside the name; a hold says the death and the dispute."""
    tied = {row.party.role for row in rows if row.party is not None}
    said = [holder.protection.get_measure_display()] if holder.protection else []
    said += [flag.get_kind_display() for flag in holder.flags]
    return said + [word for role, word in _TIES.items() if role in tied]


def _known(rows: dict[int, Row], today: date) -> None:
    for protection in LegalProtection.objects.filter(person_id__in=rows, ended_on=None).order_by("pk"):
        rows[protection.person_id].protection = protection
    for death in Death.objects.filter(person_id__in=rows):
        rows[death.person_id].death = death
    for pk, flags in restrictions.flags_of(rows, today).items():
        rows[pk].flags = flags


def _family(account: Account, user: User, today: date) -> list[dict[str, Any]]:
    """The person's other accounts, with what holds each: a moved tenant's debt and plan follow them."""
    others = Account.objects.filter(person_id=account.person_id).exclude(pk=account.pk)
    kept = list(scope(others, user).select_related("agency", "position").order_by("-entered_on", "ref"))
    holds: dict[int, list[Hold]] = {}
    for hold in Hold.objects.filter(active_on(today), account__in=kept).order_by("pk"):
        holds.setdefault(hold.account_id, []).append(hold)
    return [{"account": one, "holds": holds.get(one.pk, [])} for one in kept if holds.get(one.pk)]


_EVENTS = {
    "founded": "Contestation fondée",
    "partly": "Contestation fondée en partie",
    "unfounded": "Contestation non fondée",
    "party_added": "Personne ajoutée au compte",
    "party_left": "Départ d’une personne liée au compte",
    "party_stays": "Départ annulé",
    "party_removed": "Personne retirée du compte",
    "protected": "Mesure de protection",
    "protection_ended": "Fin d’une mesure de protection",
    "death": "Décès noté",
    "death_cancelled": "Décès annulé",
    "flag_raised": "Situation signalée",
    "flag_lifted": "Signal levé",
    "guarantee_added": "Garantie notée",
    "guarantee_removed": "Garantie retirée",
}


def told(row: DiaryEntry) -> tuple[str, str]:
    """How the thread tells a line of this room."""
    data = row.data
    labels = {
        "role": dict(AccountParty.Role.choices),
        "measure": dict(LegalProtection.Measure.choices),
        "flag": dict(PersonFlag.Kind.choices),
        "scheme": dict(Guarantee.Scheme.choices),
    }
    said = [str(known.get(data[name], "")) for name, known in labels.items() if name in data]
    if data.get("founded_cents"):
        said.append(f"{euros(data['founded_cents'])} reconnus non dus")
    if data.get("to_on"):
        said.append(f"à effet du {date.fromisoformat(data['to_on']):%d/%m/%Y}")
    return _EVENTS.get(data.get("event", ""), "Situation particulière"), ", ".join(filter(None, said))
