"""What a budget says: net rent, effort, what is left to live on, what may be paid back, with the formulas.

Rules HH-01 to HH-07. A yearly scale that has ended is used until the next is known, and the figure says so.
A scale nobody has sourced gives no number: the figure is unknown and says why; what depends on it is unknown
too, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import Debt, Line, Situation
from amiable.domain.household.people import dependants, half_up, number_fr, rsa_forfait, units
from amiable.domain.household.seizable_part import seizable
from amiable.domain.text.french import NBSP, euros, plural

UNKNOWN_PERIOD = "law.unknown_period"


@dataclass(frozen=True, slots=True)
class Scales:
    """The office's own part: its values of rules « à vérifier », and the least it leaves to live on.

    living_floor_cents: per day and unit, for what is not in the charges (food, clothing, hygiene).
    """

    living_floor_cents: int
    overrides: law.Overrides | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. number: cents, a rate (1 = 100 %), units or months by `unit`; None: unknown, `note_fr` says
    why. formula_fr: the person's own numbers; source: the texts; to_verify: no official text was read."""

    code: str
    label_fr: str
    unit: str
    number: Fraction | int | None
    formula_fr: str
    rules: tuple[str, ...]
    source: str
    to_verify: bool = False
    note_fr: str = ""

    @property
    def cents(self) -> int | None:
        return None if self.number is None else int(self.number)

    @property
    def said_fr(self) -> str:
        """The value as one reads it: « 234,76 € », « 32 % », « 1,8 UC »."""
        if self.number is None:
            return "inconnu" if self.note_fr else "sans objet"
        if self.unit == "rate":
            return f"{number_fr(Fraction(half_up(Fraction(self.number) * 1000), 10))}{NBSP}%"
        if self.unit == "units":
            return f"{number_fr(Fraction(self.number))}{NBSP}UC"
        if self.unit == "months":
            return f"{self.number}{NBSP}mois"
        return euros(int(self.number))


Figures = Mapping[str, Figure]
#: (number, formula, source, what is outdated in it) of a figure that could be found.
Found = tuple[Fraction | int, str, str, str]


def figures(situation: Situation, at: date, scales: Scales, *, debt_cents: int | None = None) -> Figures:
    """Every figure of a situation `at` that day, by code, in reading order.

    debt_cents: what is owed to the office, for the number of months. DomainError when there is no member.
    """
    if not situation.members:
        raise DomainError("household.nobody", "Indiquez au moins le titulaire du compte.")
    found: dict[str, Figure] = {}
    for figure in (
        _declared(
            "resources", "Ressources, hors aide au logement", situation.resources, situation.resources_cents
        ),
        _net_rent(situation),
        _declared("charges", "Charges, hors loyer", situation.charges, situation.charges_cents),
        _declared("debts", "Remboursements d’autres dettes", situation.debts, situation.debts_cents),
    ):
        found[figure.code] = figure
    found["effort_rate"] = _effort(situation)
    found["units"] = _units(situation, at, scales)
    found["living_rest"] = _living_rest(situation, at, scales, found["units"])
    found["seizable"] = _seizable(situation, at, scales)
    found["rsa"] = _rsa(situation, at, scales)
    found["living_minimum"] = _living_minimum(situation, at, scales, found["units"])
    found["capacity"] = _capacity(situation, found)
    if debt_cents is not None:
        found["months"] = _months(debt_cents, found["capacity"])
    return found


def months_needed(debt_cents: int, capacity_cents: int) -> int | None:
    """Whole months to pay a debt back; None when nothing can be paid. Nothing owed takes no month."""
    if debt_cents <= 0:
        return 0
    return -(-debt_cents // capacity_cents) if capacity_cents > 0 else None


def _rule(rule_id: str) -> tuple[str, bool]:
    rule = law.rule(rule_id)
    return f"{rule_id} : {rule.source}", rule.to_verify


def _declared(code: str, label: str, parts: Iterable[Line | Debt], total: int) -> Figure:
    """A plain total of what the household said."""
    held = [euros(part.monthly_cents) for part in parts if part.monthly_cents]
    formula = f"{' + '.join(held)} = {euros(total)}" if len(held) > 1 else euros(total)
    return Figure(code, label, "cents", total, formula, (), "déclaré par le ménage")


def _net_rent(situation: Situation) -> Figure:
    home, (source, doubt) = situation.housing, _rule("HH-06")
    formula = (
        f"{euros(home.rent_cents)} de loyer + {euros(home.charges_cents)} de charges "
        f"− {euros(home.aid_cents)} d’aide = {euros(home.net_cents)}"
    )
    note = "Une aide au logement est attendue : le loyer net baissera." if home.aid_pending else ""
    return Figure("net_rent", "Loyer net", "cents", home.net_cents, formula, ("HH-06",), source, doubt, note)


def _effort(situation: Situation) -> Figure:
    source, doubt = _rule("HH-06")
    net, income = situation.housing.net_cents, situation.resources_cents
    rate = Fraction(net, income) if income else None
    formula = (
        f"{euros(net)} de loyer net / {euros(income)} de ressources"
        if income
        else "aucune ressource déclarée"
    )
    return Figure("effort_rate", "Taux d’effort", "rate", rate, formula, ("HH-06",), source, doubt)


def _units(situation: Situation, at: date, scales: Scales) -> Figure:
    source, doubt = _rule("HH-07")

    def found() -> Found:
        told = units(situation.members, at, overrides=scales.overrides)
        return told.number, told.formula_fr, _local(scales, at, "HH-07", "first_adult", source), ""

    return _known("units", "Unités de consommation", "units", ("HH-07",), source, doubt, found)


def _living_rest(situation: Situation, at: date, scales: Scales, unit: Figure) -> Figure:
    source, doubt = _rule("HH-07")
    income, net = situation.resources_cents, situation.housing.net_cents
    charges = situation.charges_cents

    def found() -> Found:
        days = law.get("HH-07", at, "days", overrides=scales.overrides).number
        shared = Fraction(income - net - charges) / Fraction(str(days)) / Fraction(unit.number or 1)
        cents = half_up(shared)
        formula = (
            f"({euros(income)} − {euros(net)} de loyer net − {euros(charges)} de charges) / {days} jours "
            f"/ {number_fr(Fraction(unit.number or 1))} UC = {euros(cents)}"
        )
        return cents, formula, source, ""

    label = "Reste à vivre par jour et par unité"
    if unit.number is None:
        return Figure("living_rest", label, "cents", None, "", ("HH-07",), source, doubt, unit.note_fr)
    return _known("living_rest", label, "cents", ("HH-07",), source, doubt, found)


def _seizable(situation: Situation, at: date, scales: Scales) -> Figure:
    count, income = dependants(situation.members), situation.resources_cents
    source, doubt = _rule("HH-01")

    def found() -> Found:
        part = seizable(income, count, at, overrides=scales.overrides)
        people = plural(count, "personne à charge", "personnes à charge")
        formula = (
            f"barème par tranches sur {euros(income)} par mois, {people} ; il reste toujours au moins "
            f"{euros(part.floor_cents)} : {euros(part.seizable_cents)}"
        )
        return part.seizable_cents, formula, part.source, part.outdated_fr

    return _known("seizable", "Quotité saisissable", "cents", ("HH-01", "HH-02"), source, doubt, found)


def _rsa(situation: Situation, at: date, scales: Scales) -> Figure:
    source, doubt = _rule("HH-02")

    def found() -> Found:
        cents, formula, base = rsa_forfait(situation.members, at, overrides=scales.overrides)
        return cents, formula, f"HH-02 : {base.source}", base.outdated_fr

    return _known("rsa", "Forfait RSA du ménage", "cents", ("HH-02",), source, doubt, found)


def _living_minimum(situation: Situation, at: date, scales: Scales, unit: Figure) -> Figure:
    """Food, clothing and hygiene: the office's own minimum, or the Banque de France's when it is more.

    The Banque de France's yearly table is known for some years only: elsewhere it is said to be unknown.
    """
    source, _ = _rule("HH-05")
    label = "Minimum pour vivre"
    if unit.number is None:
        return Figure("living_minimum", label, "cents", None, "", ("HH-07",), source, True, unit.note_fr)
    days = law.get("HH-07", at, "days", overrides=scales.overrides).number
    own = half_up(Fraction(scales.living_floor_cents) * Fraction(str(days)) * Fraction(unit.number))
    formula = (
        f"{euros(scales.living_floor_cents)} × {days} jours × {number_fr(Fraction(unit.number))} UC "
        f"= {euros(own)}"
    )
    try:
        first = law.get("HH-05", at, "first_person", overrides=scales.overrides)
        other = law.get("HH-05", at, "other_person", overrides=scales.overrides)
    except DomainError as error:
        if error.code != UNKNOWN_PERIOD:
            raise
        note = f"Forfait de la Banque de France (HH-05) à vérifier : aucune valeur sourcée au {at:%d/%m/%Y}."
        return Figure(
            "living_minimum", label, "cents", own, formula, ("HH-05",), "réglage de l’office", True, note
        )
    others = len(situation.members) - 1
    table = first.cents + others * other.cents
    if table <= own:
        return Figure("living_minimum", label, "cents", own, formula, (), "réglage de l’office", True)
    formula = f"{euros(first.cents)} + {others} × {euros(other.cents)} = {euros(table)}"
    return Figure(
        "living_minimum",
        label,
        "cents",
        table,
        formula,
        ("HH-05",),
        f"HH-05 : {first.source}",
        first.to_verify,
    )


def _capacity(situation: Situation, found: Figures) -> Figure:
    """HH-04: the least of the seizable part, of what exceeds the RSA, and of what the charges leave."""
    source, doubt = _rule("HH-04")
    label, rules = "Capacité de remboursement", ("HH-04", "HH-01", "HH-02")
    missing = [found[code] for code in ("seizable", "rsa", "living_minimum") if found[code].number is None]
    if missing:
        return Figure(
            "capacity",
            label,
            "cents",
            None,
            "",
            rules,
            source,
            doubt,
            f"Ne peut être calculée. {missing[0].note_fr}",
        )
    income, net = situation.resources_cents, situation.housing.net_cents
    part, rsa, living = (int(found[code].number or 0) for code in ("seizable", "rsa", "living_minimum"))
    left = income - net - situation.charges_cents - living - situation.debts_cents
    cents = max(0, min(part, income - rsa, left))
    formula = (
        f"la plus petite de trois sommes : quotité saisissable {euros(part)} ; ressources moins forfait RSA "
        f"{euros(income)} − {euros(rsa)} = {euros(income - rsa)} ; ressources moins dépenses {euros(income)} "
        f"− {euros(net)} de loyer net − {euros(situation.charges_cents)} de charges "
        f"− {euros(living)} pour vivre − {euros(situation.debts_cents)} d’autres dettes = {euros(left)}. "
        f"Jamais moins de zéro : {euros(cents)}"
    )
    outdated = found["seizable"].note_fr or found["rsa"].note_fr
    return Figure(
        "capacity", label, "cents", cents, formula, rules, source, doubt or bool(outdated), outdated
    )


def _months(debt_cents: int, capacity: Figure) -> Figure:
    label, source = "Mois nécessaires", "dette divisée par la capacité, arrondie au mois supérieur"
    if capacity.number is None:
        return Figure("months", label, "months", None, "", (), source, note_fr=capacity.note_fr)
    count = months_needed(debt_cents, int(capacity.number))
    if count is None:
        formula = f"{euros(debt_cents)} / {euros(0)} par mois : aucune mensualité n’est possible"
    else:
        formula = (
            f"{euros(debt_cents)} / {euros(int(capacity.number))} par mois = {plural(count, 'mois', 'mois')}"
        )
    return Figure("months", label, "months", count, formula, (), source, capacity.to_verify, capacity.note_fr)


def _local(scales: Scales, at: date, rule_id: str, key: str, shipped: str) -> str:
    """The source of the office's own value, when it set one."""
    value = law.get(rule_id, at, key, overrides=scales.overrides)
    return f"{rule_id} : {value.source}" if value.overridden else shipped


def _known(
    code: str,
    label: str,
    unit: str,
    rules: tuple[str, ...],
    source: str,
    doubt: bool,
    found: Callable[[], Found],
) -> Figure:
    """The figure, or an unknown one saying which scale nobody has sourced for that day."""
    try:
        number, formula, said, outdated = found()
    except DomainError as error:
        if error.code != UNKNOWN_PERIOD:
            raise
        return Figure(code, label, unit, None, "", rules, source, doubt, error.message_fr)
    return Figure(code, label, unit, number, formula, rules, said, doubt or bool(outdated), _noted(outdated))


def _noted(outdated: str) -> str:
    return f"{outdated[:1].upper()}{outdated[1:]}." if outdated else ""
