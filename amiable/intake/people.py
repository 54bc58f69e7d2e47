"""Who a list names: persons, their contact points, the likely doubles among them. Bulk writes, few
queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import phonenumbers
from django.db.models import Q

from amiable.core.frames import append_rows
from amiable.core.models import Office
from amiable.domain.text.french import search_key
from amiable.parties.models import ContactPoint, MergeProposal, Person

Row = dict[str, Any]
_EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}$")
#: A French number as nearly all are written; the library, which costs forty times more, reads the others.
_PLAIN = re.compile(r"0[1-79]\d{8}", re.ASCII)
_COMPANY = re.compile(
    r"\b(SARL|SAS|SASU|SCI|EURL|SA|SNC|ASSOCIATION|ASSO|SYNDIC|COMMUNE|DEPARTEMENT|MUTUELLE)\b"
)
#: Queries ask for at most this many values at a time: SQLite's limit on parameters is higher, plans are
#: better.
CHUNK = 5000


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """`values` by CHUNK."""
    return (values[i : i + CHUNK] for i in range(0, len(values), CHUNK))


@dataclass
class People:
    """The persons of one list: those known, those to create, and what changed."""

    office: Office
    today: date
    by_ref: dict[str, Person] = field(default_factory=dict)
    created: list[Person] = field(default_factory=list)
    changed: dict[int, Person] = field(default_factory=dict)
    #: (person, kind, value, is_mobile, problem) asked by the list, in its order.
    points: list[tuple[Person, str, str, bool, str]] = field(default_factory=list)

    def load(self, refs: set[str]) -> None:
        """Read the persons that `personne` names."""
        for part in chunks(sorted(refs)):
            self.by_ref |= {p.ref: p for p in Person.objects.filter(office=self.office, ref__in=part)}

    def person_of(self, row: Row, current: Person | None) -> Person:
        """The person of a row: the one `personne` names, else the account's own, else a new one."""
        ref = row["person"] or ""
        person = self.by_ref.get(ref) if ref else current
        if person is None and ref and current is not None and not current.ref:
            person, current.ref = current, ref
            self._touch(current)
        if person is None:
            person = Person(office=self.office, ref=ref)
            self._describe(person, row)
            self.created.append(person)
        elif self._describe(person, row):
            self._touch(person)
        if ref:
            self.by_ref[ref] = person
        self._ask_points(person, row)
        return person

    def _touch(self, person: Person) -> None:
        if person.pk:
            self.changed[person.pk] = person

    def _describe(self, person: Person, row: Row) -> bool:
        """Copy the row's identity; a cell left empty says nothing. Returns whether anything changed."""
        before = (person.last_name, person.first_name, person.born_on)
        person.last_name = (row["last_name"] or person.last_name)[:120]
        person.first_name = (row["first_name"] or person.first_name or "")[:120]
        person.born_on = row["birth_on"] or person.born_on
        person.search_key = search_key(person.last_name, person.first_name)[:260]
        if not person.first_name and _COMPANY.search(person.last_name.upper()):
            person.is_company = True
        return before != (person.last_name, person.first_name, person.born_on)

    def _ask_points(self, person: Person, row: Row) -> None:
        if row["email"]:
            value = row["email"][:300]
            self.points.append((person, "email", value, False, "" if _EMAIL.match(value) else "invalid"))
        for number in phone_numbers(row["phone"] or ""):
            self.points.append((person, "phone", *number))
        address = postal_address(row)
        if address:
            self.points.append((person, "address", address[:300], False, ""))

    def save(self) -> list[ContactPoint]:
        """Write persons and contact points; returns the new points. Inside the caller's transaction."""
        append_rows(self.created)
        Person.objects.bulk_update(
            self.changed.values(),
            ["ref", "last_name", "first_name", "born_on", "search_key", "is_company"],
            batch_size=500,
        )
        return self._save_points()

    def _save_points(self) -> list[ContactPoint]:
        """Add what is new; a new value takes the place of the earlier ones of its kind, which are kept as
        history.
        """
        known: dict[tuple[int, str, str], ContactPoint] = {}
        by_kind: dict[tuple[int, str], list[ContactPoint]] = {}
        persons = sorted({p.pk for p, *_ in self.points} - {p.pk for p in self.created})
        for part in chunks(persons):
            for point in ContactPoint.objects.filter(person_id__in=part):
                known[point.person_id, point.kind, point.value] = point
                by_kind.setdefault((point.person_id, point.kind), []).append(point)
        new: dict[tuple[int, str, str], ContactPoint] = {}
        superseded: dict[int, ContactPoint] = {}
        asked = {(p.pk, kind, value) for p, kind, value, *_ in self.points}
        for person, kind, value, is_mobile, problem in self.points:
            key = (person.pk, kind, value)
            if key in known or key in new:
                continue
            new[key] = ContactPoint(
                person=person, kind=kind, value=value, is_mobile=is_mobile, problem=problem,
                problem_on=self.today if problem else None,
            )  # fmt: skip
            for old in by_kind.get((person.pk, kind), ()):
                if old.is_current and (person.pk, kind, old.value) not in asked:
                    old.is_current = False
                    superseded[old.pk] = old
        append_rows(new.values())
        ContactPoint.objects.bulk_update(superseded.values(), ["is_current"], batch_size=500)
        return list(new.values())


def phone_numbers(cell: str) -> list[tuple[str, bool, str]]:
    """(E.164, is_mobile, problem) of each number in a cell; an unreadable one is kept with its problem."""
    found = []
    for part in re.split(r"[/;,]| ou ", cell):
        text = part.strip()
        if not text:
            continue
        # A spreadsheet that took the number for a figure lost its first zero.
        text = f"0{text}" if re.fullmatch(r"[1-9]\d{8}", text) else text
        if _PLAIN.fullmatch(digits := re.sub(r"[ .]", "", text)):
            found.append((f"+33{digits[1:]}", digits[1] in "67", ""))
            continue
        try:
            number = phonenumbers.parse(text, "FR")
            possible = phonenumbers.is_possible_number(number)
        except phonenumbers.NumberParseException:
            possible = False
        if not possible:
            found.append((text[:300], False, "invalid"))
            continue
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        mobile = written.startswith(("+336", "+337")) or (
            phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        )
        found.append((written, mobile, ""))
    return found


def postal_address(row: Row) -> str:
    """The lines of an envelope, without the name; empty when the list gives no street nor town."""
    town = " ".join(filter(None, (row["postcode"], row["town"])))
    return "\n".join(filter(None, (row["address"], town))) if row["address"] and town else ""


def propose_merges(office: Office, persons: Sequence[Person]) -> int:
    """Propose to join `persons` with others of the same name and e-mail, phone or birth date. Never joins.

    Two persons whom the list itself tells apart (both have a `personne`) are left alone.
    """
    keys = {p.search_key for p in persons if p.search_key}
    ids = {p.pk for p in persons}
    namesakes: dict[str, list[Person]] = {}
    for part in chunks(sorted(keys)):
        same = Person.objects.filter(office=office, search_key__in=part, merged_into=None).order_by("pk")
        for person in same:
            namesakes.setdefault(person.search_key, []).append(person)
    groups = [g for g in namesakes.values() if len(g) > 1 and any(p.pk in ids for p in g)]
    if not groups:
        return 0
    points = _points_of([p.pk for g in groups for p in g])
    proposals = []
    for group in groups:
        # A common name with many homonyms is no evidence: beyond, only the pairs with the new persons count.
        for i, first in enumerate(group):
            for second in group[i + 1 :]:
                if not ({first.pk, second.pk} & ids) or (first.ref and second.ref):
                    continue
                reason = _same(first, second, points)
                if reason:
                    proposals.append(MergeProposal(office=office, first=first, second=second, reason=reason))
    known = (
        set(
            MergeProposal.objects.filter(office=office)
            .filter(Q(first__in=ids) | Q(second__in=ids))
            .values_list("first_id", "second_id")
        )
        if len(ids) <= CHUNK
        else set(MergeProposal.objects.filter(office=office).values_list("first_id", "second_id"))
    )
    fresh = [p for p in proposals if (p.first_id, p.second_id) not in known]
    MergeProposal.objects.bulk_create(fresh, batch_size=2000, ignore_conflicts=True)
    return len(fresh)


def _points_of(ids: list[int]) -> dict[int, set[tuple[str, str]]]:
    points: dict[int, set[tuple[str, str]]] = {}
    for part in chunks(ids):
        rows = ContactPoint.objects.filter(person_id__in=part, kind__in=["email", "phone"], problem="")
        for person_id, kind, value in rows.values_list("person_id", "kind", "value"):
            points.setdefault(person_id, set()).add((kind, value))
    return points


def _same(first: Person, second: Person, points: dict[int, set[tuple[str, str]]]) -> str:
    """Why two namesakes look like one person; empty when nothing more than the name says so."""
    shared = {kind for kind, _ in points.get(first.pk, set()) & points.get(second.pk, set())}
    words = [
        label for kind, label in (("email", "même courriel"), ("phone", "même téléphone")) if kind in shared
    ]
    if first.born_on and first.born_on == second.born_on:
        words.append("même date de naissance")
    return f"Même nom, {', '.join(words)}" if words else ""
