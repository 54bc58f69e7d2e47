"""Who lives in the home: consumption units (HH-07), persons to support (HH-01), the RSA's forfait (HH-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amiable.domain import law
from amiable.domain.text.french import NBSP, decimal, euros, plural

HOLDER, PARTNER, CHILD, OTHER = "holder", "partner", "child", "other"
ROLES = {
    HOLDER: "titulaire",
    PARTNER: "conjoint ou partenaire",
    CHILD: "enfant",
    OTHER: "autre personne",
}
#: A child who lives here all the time.
FULL_CUSTODY = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the home, without a name: the budget needs none.

    age: whole years, None when it was not told. custody_percent: share of time a child lives here (50: a week
    in two).
    dependent: to be supported by the holder; a child always is, an adult when they have less than the RSA.
    """

    role: str
    age: int | None
    custody_percent: int = FULL_CUSTODY
    dependent: bool = False

    @property
    def is_dependent(self) -> bool:
        return self.role == CHILD or self.dependent


@dataclass(frozen=True, slots=True)
class Told:
    """A number and how it was found, in words."""

    number: Fraction
    formula_fr: str


def dependants(members: Sequence[Member]) -> int:
    """Persons to support, whole: a child in alternating custody protects as much as another."""
    return sum(1 for member in members if member.is_dependent)


def units(members: Sequence[Member], at: date, *, overrides: law.Overrides | None = None) -> Told:
    """Consumption units (HH-07): the holder counts most, a child for the share of time spent here."""

    def weight_of(key: str) -> Fraction:
        return Fraction(str(law.get("HH-07", at, key, overrides=overrides).number))

    grown_at = weight_of("child_under")
    first, adult, child = weight_of("first_adult"), weight_of("other_adult"), weight_of("child")
    total, said = Fraction(0), []
    for member in members:
        if member.role == HOLDER:
            weight, words = first, "titulaire"
        else:
            weight, words = (adult if _is_grown(member, grown_at) else child), _words(member)
        share = Fraction(member.custody_percent, FULL_CUSTODY)
        total += weight * share
        part = f" × {member.custody_percent}{NBSP}%" if share != 1 else ""
        said.append(f"{number_fr(weight)} ({words}){part}")
    return Told(total, f"{' + '.join(said)} = {number_fr(total)} UC")


def _is_grown(member: Member, grown_at: Fraction) -> bool:
    """A child whose age is not known counts as a young one, anybody else as an adult."""
    return member.role != CHILD if member.age is None else member.age >= grown_at


def _words(member: Member) -> str:
    if member.age is None:
        return f"{ROLES[member.role]}, âge non indiqué"
    return f"{ROLES[member.role]} de {plural(member.age, 'an')}"


def rsa_forfait(
    members: Sequence[Member], at: date, *, overrides: law.Overrides | None = None
) -> tuple[int, str, law.LawValue]:
    """(monthly cents, formula, the base's own value): the RSA of a household of this composition (HH-02).

    After the base's end, the last one known, marked. Raises DomainError before the first sourced base.
    """
    base = law.estimate("HH-02", at, "base", overrides=overrides)
    second, child, third = (
        Fraction(str(law.get("HH-02", at, key, overrides=overrides).number)) / 100
        for key in ("second_person", "child", "third_child")
    )
    couple = any(member.role == PARTNER for member in members)
    supported = sum(1 for one in members if one.is_dependent and one.role != PARTNER)
    added = [second] if couple or supported else []
    for rank in range(1, supported + 1):
        if rank == 1 and not couple:
            continue  # alone, the first child is the second person
        added.append(child if rank <= 2 else third)
    cents = half_up(Fraction(base.cents) * (1 + sum(added, Fraction(0))))
    more = "".join(f" + {number_fr(part * 100)}{NBSP}%" for part in added)
    formula = f"{euros(base.cents)}{more} = {euros(cents)}" if added else f"personne seule : {euros(cents)}"
    return cents, formula, base


def half_up(value: Fraction) -> int:
    """The nearest integer, a half going up."""
    return int((value + Fraction(1, 2)).__floor__())


def number_fr(value: Fraction) -> str:
    """`1.80` -> `1,8`: at most two decimals, none when it is whole."""
    text = decimal(float(value), 2)
    return text.rstrip("0").rstrip(",") if "," in text else text
