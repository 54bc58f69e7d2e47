"""What a seizure takes from several wages of one person (HH-01, ATT-05, ATT-06): served, never estimated.

The quotité is that of the total, shared between the employers in proportion to their wages, to the cent. What
alimony takes comes first from the part that cannot be seized, then from the other; the RSA is always left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.household.seizable_part import quotite


@dataclass(frozen=True, slots=True)
class Seized:
    """Monthly cents. shares: by employer, in the order given; quotite_cents: of the total, before alimony."""

    shares: tuple[int, ...]
    quotite_cents: int
    floor_cents: int
    source: str

    @property
    def seizable_cents(self) -> int:
        return sum(self.shares)


def seized(
    nets: Sequence[int],
    dependants: int,
    at: date,
    *,
    alimony_cents: int = 0,
    overrides: law.Overrides | None = None,
) -> Seized:
    """What each employer withholds `at` that day, from net wages in monthly cents.

    Raises DomainError: no wage, a negative figure, a day whose scale or RSA nobody sourced.
    """
    if not nets or min(*nets, dependants, alimony_cents) < 0:
        raise DomainError(
            "household.negative",
            "Indiquez au moins un salaire ; salaires, personnes à charge et pension ne sont jamais négatifs.",
        )
    scale = law.get("HH-01", at, "scale", overrides=overrides)
    per_dependant = law.get("HH-01", at, "per_dependant", overrides=overrides)
    floor = law.get("HH-02", at, "base", overrides=overrides)
    total = sum(nets)
    whole = quotite(total, scale, per_dependant.cents * dependants, floor.cents)
    from_unseizable = max(0, total - whole - floor.cents)
    left = max(0, whole - max(0, alimony_cents - from_unseizable))
    return Seized(
        shares=_pro_rata(left, nets),
        quotite_cents=whole,
        floor_cents=floor.cents,
        source=f"HH-01 : {scale.source} ; HH-02 : {floor.source} ; ATT-06 : {law.rule('ATT-06').source}",
    )


def _pro_rata(cents: int, nets: Sequence[int]) -> tuple[int, ...]:
    """Whole cents in proportion: those left over go to the largest remainders, the first named first."""
    total = sum(nets)
    if not total:
        return tuple(0 for _ in nets)
    shares = [cents * net // total for net in nets]
    by_remainder = sorted(range(len(nets)), key=lambda at: (-(cents * nets[at] % total), at))
    for at in by_remainder[: cents - sum(shares)]:
        shares[at] += 1
    return tuple(shares)
