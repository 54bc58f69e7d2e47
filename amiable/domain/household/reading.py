"""A household as data: read from JSON with the exact place of each fault, written back in one canonical form.

    {"members": [{"role": "holder", "age": 41}, {"role": "child", "age": 9, "custody_percent": 50}],
     "resources": [{"kind": "salary", "monthly": "1 450,00", "proof_on": "2026-11-02"}],
     "housing": {"rent": 480, "charges": 80, "aid": 210},
     "charges": [{"kind": "energy", "monthly": 95}],
     "debts": [{"kind": "car", "monthly": 120, "remaining": 2400, "ends_on": "2028-07-31"}],
     "debt": "1 240,50"}

Money: euros as one writes them (`1 234,5`, or a number), or integer cents under the same name with `_cents`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from amiable.domain.errors import DomainError
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Debt, Housing, Line, Situation
from amiable.domain.household.people import CHILD, FULL_CUSTODY, HOLDER, ROLES, Member
from amiable.domain.text.french import parse_euros
from amiable.domain.text.loading import Unreadable, read_json

#: A slip of the keyboard, not somebody's budget.
MOST_CENTS = 100_000_000
OLDEST = 120
MOST_MEMBERS = 20
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Household:
    """What a file gives: the situation, and what is owed to the office when it says so."""

    situation: Situation
    debt_cents: int | None


def load(text: str) -> Household:
    """Read a JSON text. DomainError naming the line of a broken JSON, or the field and the reason."""
    try:
        data = read_json(text)
    except Unreadable as error:
        raise DomainError("household.not_json", f"{error.message_fr} Rien n’a été calculé.") from None
    return read(data)


def read(data: Any) -> Household:
    """Check already parsed data. DomainError `household.bad_field`: « resources[2].monthly : … »."""
    root = _Row(data, "", ("members", "resources", "housing", "charges", "debts", "debt"))
    members = [_member(row) for row in root.rows("members", ("role", "age", "custody_percent", "dependent"))]
    if sum(member.role == HOLDER for member in members) != 1:
        raise _fault("members", "indiquez un titulaire (« holder »), et un seul")
    if len(members) > MOST_MEMBERS:
        raise _fault("members", f"au plus {MOST_MEMBERS} personnes")
    home = root.row("housing", ("rent", "charges", "aid", "aid_pending"))
    return Household(
        Situation(
            members=tuple(sorted(members, key=lambda member: member.role != HOLDER)),
            resources=_lines(root, "resources", RESOURCES),
            housing=Housing(
                home.cents("rent"), home.cents("charges"), home.cents("aid"), home.flag("aid_pending")
            ),
            charges=_lines(root, "charges", CHARGES),
            debts=tuple(_debt(row) for row in root.rows("debts", ("kind", *_DEBT))),
        ),
        root.optional_cents("debt"),
    )


def write(situation: Situation) -> dict[str, Any]:
    """The canonical form, in cents: `read(write(s)).situation == s`."""
    home = situation.housing
    return {
        "members": [
            {
                "role": one.role,
                "age": one.age,
                "custody_percent": one.custody_percent,
                "dependent": one.dependent,
            }
            for one in situation.members
        ],
        "resources": [_line_data(line) for line in situation.resources],
        "housing": {
            "rent_cents": home.rent_cents,
            "charges_cents": home.charges_cents,
            "aid_cents": home.aid_cents,
            "aid_pending": home.aid_pending,
        },
        "charges": [_line_data(line) for line in situation.charges],
        "debts": [
            {
                **_line_data(debt),
                "remaining_cents": debt.remaining_cents,
                "ends_on": debt.ends_on.isoformat() if debt.ends_on else None,
            }
            for debt in situation.debts
        ],
    }


_DEBT = ("monthly", "remaining", "ends_on", "proof_on")


def _line_data(line: Line | Debt) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "monthly_cents": line.monthly_cents,
        "proof_on": line.proof_on.isoformat() if line.proof_on else None,
    }


def _member(row: _Row) -> Member:
    role = row.code("role", ROLES)
    custody = row.whole("custody_percent", 1, FULL_CUSTODY, default=FULL_CUSTODY)
    if role != CHILD and custody != FULL_CUSTODY:
        raise _fault(row.at("custody_percent"), "seul un enfant peut être en garde partagée")
    dependent = row.flag("dependent")
    if role == HOLDER and dependent:
        raise _fault(row.at("dependent"), "le titulaire n’est pas à sa propre charge")
    age = None if row.data.get("age") is None else row.whole("age", 0, OLDEST)
    return Member(role, age, custody, dependent)


def _lines(root: _Row, name: str, kinds: Mapping[str, str]) -> tuple[Line, ...]:
    rows = root.rows(name, ("kind", "monthly", "proof_on"))
    return tuple(Line(row.code("kind", kinds), row.cents("monthly"), row.day("proof_on")) for row in rows)


def _debt(row: _Row) -> Debt:
    return Debt(
        row.code("kind", DEBTS),
        row.cents("monthly"),
        row.optional_cents("remaining"),
        row.day("ends_on"),
        row.day("proof_on"),
    )


def _fault(path: str, reason: str) -> DomainError:
    return DomainError("household.bad_field", f"{path or 'fichier'} : {reason}. Rien n’a été calculé.")


class _Row:
    """An object of the file, its path, and its fields read by type; a field nobody knows is a fault."""

    def __init__(self, data: Any, path: str, fields: Collection[str]) -> None:
        if not isinstance(data, Mapping):
            raise _fault(path, "un objet entre accolades est attendu")
        known = {*fields, *(f"{name}_cents" for name in fields)}
        for name in data:
            if name not in known:
                raise _fault(
                    f"{path}.{name}".lstrip("."), f"champ inconnu ; champs possibles : {', '.join(fields)}"
                )
        self.data, self.path = data, path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def rows(self, name: str, fields: Collection[str]) -> list[_Row]:
        found = self.data.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            raise _fault(self.at(name), "une liste entre crochets est attendue")
        if len(found) > MOST_LINES:
            raise _fault(self.at(name), f"au plus {MOST_LINES} lignes")
        return [_Row(item, f"{self.at(name)}[{rank}]", fields) for rank, item in enumerate(found, start=1)]

    def row(self, name: str, fields: Collection[str]) -> _Row:
        found = self.data.get(name)
        return _Row({} if found is None else found, self.at(name), fields)

    def code(self, name: str, known: Mapping[str, str]) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or value not in known:
            raise _fault(
                self.at(name), f"« {_short(value)} » inconnu ; valeurs possibles : {', '.join(known)}"
            )
        return value

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _fault(self.at(name), f"un nombre entier de {least} à {most} est attendu")
        return value

    def flag(self, name: str) -> bool:
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise _fault(self.at(name), "true ou false est attendu")
        return value

    def day(self, name: str) -> date | None:
        value = self.data.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise _fault(self.at(name), f"« {_short(value)} » n’est pas une date AAAA-MM-JJ") from None

    def cents(self, name: str) -> int:
        return self.optional_cents(name) or 0

    def optional_cents(self, name: str) -> int | None:
        """Euros under `name`, or integer cents under `name_cents`."""
        exact, value = self.data.get(f"{name}_cents"), self.data.get(name)
        if exact is not None and value is not None:
            raise _fault(self.at(name), f"donnez {name} (en euros) ou {name}_cents, pas les deux")
        if exact is not None:
            if isinstance(exact, bool) or not isinstance(exact, int):
                raise _fault(self.at(f"{name}_cents"), "un nombre entier de centimes est attendu")
            return self._bounded(f"{name}_cents", exact)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise _fault(self.at(name), "un montant en euros est attendu, par exemple 1234,50")
        try:
            return self._bounded(name, parse_euros(str(value)))
        except DomainError as error:
            if error.code != "bad_amount":
                raise
            raise _fault(self.at(name), error.message_fr.rstrip(".")) from None

    def _bounded(self, name: str, cents: int) -> int:
        if not 0 <= cents <= MOST_CENTS:
            raise _fault(self.at(name), "le montant doit être positif, et plausible pour un mois")
        return cents


def _short(value: Any) -> str:
    return str(value)[:40]
