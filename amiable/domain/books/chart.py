"""Charts of accounts as dated documents (`amiable/charts/*.yaml`), and what each entry kind does in them.

    chart("landlord", "loyer", date(2026, 11, 1)).account("BANK")      -> "512"

A role without an account, a nature without a chart, a day before every chart are refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.loading import read_own_yaml

_FOLDER = resources.files("amiable").joinpath("charts")
_TEMPLATES = "templates.yaml"
#: Roles a template names whose account is the nature's own, or hangs on how the money came.
PRODUCT, TREASURY = "PRODUCT", "TREASURY"
#: Where what the bank told stands, and what a list told without its means.
BANK, UNKNOWN = "BANK", "UNKNOWN"
#: The loss on a claim of an earlier year, where the regime has an account for it (T68).
PRIOR, RESULT = "PRIOR", "RESULT"
#: Classes that start each year at zero (T79).
RESULT_CLASSES = ("6", "7")


@dataclass(frozen=True, slots=True)
class Template:
    """What an entry of a kind does: its journal and the role that answers the receivable. `same`: those of
    the entry it undoes; `none`: no line, the pair it belongs to sums to zero (T50 to T55)."""

    kind: EntryKind
    journal: str = ""
    role: str = ""
    same: bool = False
    none: bool = False


@dataclass(frozen=True, slots=True)
class Nature:
    """The receivable and the product of a nature of claim."""

    receivable: str
    product: str


@dataclass(frozen=True)
class Chart:
    """One chart: its accounts, the account of each role, the natures it keeps, from its first day on."""

    code: str
    label_fr: str
    valid_from: date
    source: str
    confidence: str
    accounts: Mapping[str, str]
    roles: Mapping[str, str]
    natures: Mapping[str, Nature]

    def account(self, role: str, nature: str = "") -> str:
        """Raises DomainError when this chart has no account for the role."""
        found = self.natures[nature].product if role == PRODUCT else self.roles.get(role)
        if found is None:
            raise DomainError("books.no_role", f"{self.label_fr} : aucun compte pour « {role} ».")
        return found


@lru_cache(maxsize=1)
def templates() -> Mapping[EntryKind, Template]:
    """Every kind of entry has one: a kind nobody thought of is refused when the product loads."""
    data = _read(_TEMPLATES)["entries"]
    if unknown := set(data) ^ {kind.name for kind in EntryKind}:
        raise ValueError(f"{_TEMPLATES}: {sorted(unknown)}")
    found = {}
    for name, told in data.items():
        of = EntryKind[name]
        found[of] = (
            Template(of, same=told == "same", none=told == "none")
            if isinstance(told, str)
            else Template(of, told["journal"], told["role"])
        )
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def journals() -> Mapping[str, str]:
    """Journal -> its French label."""
    return MappingProxyType(dict(_read(_TEMPLATES)["journals"]))


@lru_cache(maxsize=1)
def charts() -> tuple[Chart, ...]:
    """Every chart shipped, checked: each role and nature names an account of the chart."""
    names = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))
    return tuple(_chart(_read(name)) for name in names if name != _TEMPLATES)


def chart(creditor: str, nature: str, on: date) -> Chart:
    """The chart that keeps a nature of claim for a kind of creditor on a day. Raises DomainError."""
    found = [c for c in charts_of(creditor) if nature in c.natures and c.valid_from <= on]
    if not found:
        raise DomainError(
            "books.no_chart", f"Aucun plan comptable ne tient la nature « {nature} » au {on:%d/%m/%Y}."
        )
    return max(found, key=lambda one: one.valid_from)


def charts_of(creditor: str) -> list[Chart]:
    """The charts a kind of creditor keeps, its first one first."""
    by_code = {one.code: one for one in charts()}
    return [by_code[code] for code in kind(creditor).charts]


def labels_of(creditor: str) -> dict[str, str]:
    """Account number -> its label, one in all the books of a creditor (the export allows no other)."""
    return {number: text for one in reversed(charts_of(creditor)) for number, text in one.accounts.items()}


def _read(name: str) -> dict[str, Any]:
    return read_own_yaml(_FOLDER.joinpath(name).read_text(encoding="utf-8"))


def _chart(data: dict[str, Any]) -> Chart:
    natures = {code: Nature(**told) for code, told in data["natures"].items()}
    named = {*data["roles"].values(), *(n.receivable for n in natures.values())}
    named |= {nature.product for nature in natures.values()}
    if missing := named - set(data["accounts"]):
        raise ValueError(f"{data['code']}: {sorted(missing)}")
    return Chart(
        code=data["code"],
        label_fr=data["label"],
        valid_from=data["valid_from"],
        source=data["source"],
        confidence=data["confidence"],
        accounts=MappingProxyType(data["accounts"]),
        roles=MappingProxyType(data["roles"]),
        natures=MappingProxyType(natures),
    )
