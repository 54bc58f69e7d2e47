"""What may be taken from a wage: the quotité saisissable (HH-01), the RSA always left (HH-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amiable.domain import law
from amiable.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Seizable:
    """Monthly cents: what may be seized, and the floor that must be left whatever the scale says."""

    seizable_cents: int
    floor_cents: int
    source: str
    outdated_fr: str = ""


def seizable(
    monthly_net_cents: int, dependants: int, at: date, *, overrides: law.Overrides | None = None
) -> Seizable:
    """The part of a monthly net wage that may be seized `at` that day.

    The scale is annual and marginal: it is read for twelve months, divided by twelve, rounded half up to the
    cent, and never takes what would leave less than one person's RSA. An estimate: after the scale's end, the
    last one known, and `outdated_fr` says so. Raises DomainError for a negative wage or count, and for a day
    before the first sourced scale.
    """
    if monthly_net_cents < 0 or dependants < 0:
        raise DomainError(
            "household.negative", "Le revenu et le nombre de personnes à charge ne peuvent pas être négatifs."
        )
    scale = law.estimate("HH-01", at, "scale", overrides=overrides)
    per_dependant = law.estimate("HH-01", at, "per_dependant", overrides=overrides)
    floor = law.estimate("HH-02", at, "base", overrides=overrides)
    return Seizable(
        seizable_cents=quotite(monthly_net_cents, scale, per_dependant.cents * dependants, floor.cents),
        floor_cents=floor.cents,
        source=f"HH-01 : {scale.source} ; HH-02 : {floor.source}",
        outdated_fr=scale.outdated_fr or per_dependant.outdated_fr or floor.outdated_fr,
    )


def quotite(monthly_net_cents: int, scale: law.LawValue, raised_by_cents: int, floor_cents: int) -> int:
    """The scale of a day applied to a monthly wage: every bound raised for the dependants, the floor left."""
    monthly = _taken(monthly_net_cents * 12, _brackets(scale.value, raised_by_cents)) / 12
    return max(0, min(_half_up(monthly), monthly_net_cents - floor_cents))


def _brackets(scale: object, raised_by_cents: int) -> list[tuple[int | None, Fraction]]:
    """`(upper bound in annual cents or None, share)` with every bound raised for the dependants."""
    assert isinstance(scale, tuple)
    return [
        (
            int(row["up_to"] * 100) + raised_by_cents if "up_to" in row else None,
            Fraction(str(row["share"])),
        )
        for row in scale
    ]


def _taken(annual_cents: int, brackets: list[tuple[int | None, Fraction]]) -> Fraction:
    taken, lower = Fraction(0), 0
    for upper, share in brackets:
        top = annual_cents if upper is None else min(annual_cents, upper)
        taken += max(0, top - lower) * share
        lower = top if upper is None else upper
    return taken


def _half_up(cents: Fraction) -> int:
    return int(cents + Fraction(1, 2))
