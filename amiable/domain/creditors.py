"""What kind of creditor an office is, as data: vocabulary, natures of claim, lists, policy and its defaults.

    kind("landlord").nature("loyer").prescription_rule      -> "TIME-01"
    kind("local_accountant").word("debtor")                 -> "redevable"

The code asks these files instead of comparing a kind: a third kind of creditor is one more YAML file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import ContactWindow
from amiable.domain.text.loading import read_own_yaml

#: What a kind of creditor may have, that wordings, variables and dossiers ask for: a lease, a titre
#: exécutoire, a housing benefit paid beside the rent.
TRAITS = frozenset({"tenancy", "titre", "housing_aid"})
#: The date of an item from which its prescription runs.
ANCHORS = frozenset({"due_on", "document_on"})
#: Settings every kind takes over; a kind's own file completes or replaces them.
_COMMON = "common.yaml"

#: Where the kinds are: one file each, and what all share.
FOLDER: Traversable = resources.files("amiable").joinpath("kinds")

PolicyScalar = int | bool


@dataclass(frozen=True, slots=True)
class Nature:
    """A nature of claim: which rule prescribes it, from which date, and the procedure it starts with.
    short: its name inside a sentence. household: a debt of the household's life, which a spouse owes too
    (C. civ. art. 220): not a fine, not an income tax. outside_measures: no commission puts it off or erases
    it (SUR-16). apart: told beside no other nature in one message (health, fines)."""

    code: str
    label: str
    short: str
    household: bool
    prescription_rule: str
    prescription_from: str
    profile: str
    rules: tuple[str, ...]
    outside_measures: bool = False
    apart: bool = False

    def prescribes_on(self, day: date) -> date:
        """Last day to act on an item whose `prescription_from` date is `day`, without interruption.

        What is older than the first sourced period counts from its first day: a shorter delay runs from its
        entry into force, a longer one revives nothing (C. civ. 2222)."""
        since = law.known_from(self.prescription_rule)
        return law.limit(self.prescription_rule, max(day, since)).ends_on


@dataclass(frozen=True, slots=True)
class PolicySetting:
    """A setting an office may change, with the bounds the screen and `check` hold it to."""

    key: str
    label: str
    help: str
    unit: str
    value: PolicyScalar
    minimum: int | None
    maximum: int | None
    rule: str | None

    def check(self, value: Any) -> PolicyScalar:
        """`value` when the office may choose it. Raises DomainError otherwise."""
        if isinstance(self.value, bool):
            if isinstance(value, bool):
                return value
            raise DomainError("policy.wrong_type", f"« {self.label} » se règle par oui ou par non.")
        if isinstance(value, bool) or not isinstance(value, int):
            raise DomainError("policy.wrong_type", f"« {self.label} » est un nombre entier.")
        if (self.minimum is not None and value < self.minimum) or (
            self.maximum is not None and value > self.maximum
        ):
            raise DomainError(
                "policy.out_of_bounds",
                f"« {self.label} » doit rester entre {self.minimum} et {self.maximum} ; {value} est refusé.",
            )
        return value


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of creditor; everything in it comes from its YAML file and `common.yaml`."""

    code: str
    label: str
    vocabulary: Mapping[str, str]
    lists: tuple[str, ...]
    traits: frozenset[str]
    interest_column: str
    natures: Mapping[str, Nature]
    policy: Mapping[str, PolicySetting]
    #: The wording both parties sign when a plan is agreed, and how its screens call a plan.
    plan_document: str
    plan_words: Mapping[str, str]
    #: What an officer may propose on the telephone; `{setting}` holds the office's own value.
    call_proposals: tuple[str, ...] = ()
    #: The charts of accounts of its books, by their codes; none: its books are not kept here.
    charts: tuple[str, ...] = ()

    @property
    def caf(self) -> bool:
        """Whether a caisse pays a benefit beside what the debtor owes."""
        return "housing_aid" in self.traits

    def fits(self, traits: Iterable[str]) -> bool:
        """Whether what asks for one of these traits is for this kind of creditor; none: it is for all."""
        wanted = frozenset(traits)
        return not wanted or bool(wanted & self.traits)

    def word(self, term: str) -> str:
        """The office's own French word: word("debtor") is « locataire » or « redevable »."""
        return self.vocabulary[term]

    def nature(self, code: str) -> Nature:
        """Raises DomainError when this kind of creditor has no such nature of claim."""
        found = self.natures.get(code)
        if found is None:
            raise DomainError(
                "kinds.unknown_nature",
                f"La nature « {code} » n’existe pas pour un créancier « {self.label} ». "
                f"Natures connues : {', '.join(self.natures)}.",
            )
        return found

    def setting(self, key: str) -> PolicySetting:
        """Raises DomainError when the setting does not exist for this kind."""
        found = self.policy.get(key)
        if found is None:
            raise DomainError(
                "kinds.unknown_setting", f"Le réglage « {key} » n’existe pas pour « {self.label} »."
            )
        return found

    def defaults(self) -> dict[str, PolicyScalar]:
        """Every setting with its shipped value, to be overlaid by the office's own values."""
        return {key: setting.value for key, setting in self.policy.items()}


def window(policy: Mapping[str, Any]) -> ContactWindow:
    """The contact window an office's policy values describe (DUN-08)."""
    return ContactWindow(
        opens=time(int(policy["contact_from_hour"])),
        closes=time(int(policy["contact_to_hour"])),
        weekdays=frozenset(range(6 if policy["contact_on_saturday"] else 5)),
    )


def kind(code: str) -> Kind:
    """The kind with this code. Raises DomainError when no file describes it."""
    found = kinds().get(code)
    if found is None:
        raise DomainError(
            "kinds.unknown",
            f"Le type de créancier « {code} » n’existe pas. Types connus : {', '.join(kinds())}.",
        )
    return found


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind shipped, by code; read once."""
    documents = {
        entry.name: read_own_yaml(entry.read_text(encoding="utf-8"))
        for entry in sorted(FOLDER.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }
    common = documents.pop(_COMMON)
    found = [_kind(document, common) for document in documents.values()]
    return MappingProxyType({each.code: each for each in found})


def traits_of(who: str, traits: Iterable[str]) -> frozenset[str]:
    """The traits somebody asks for, or has. ValueError for one that does not exist."""
    found = frozenset(traits)
    if unknown := found - TRAITS:
        raise ValueError(f"{who}: unknown traits {sorted(unknown)}")
    return found


def _kind(document: Mapping[str, Any], common: Mapping[str, Any]) -> Kind:
    settings = {**common["policy"], **document["policy"]}
    return Kind(
        code=document["code"],
        label=document["label"],
        vocabulary=MappingProxyType(document["vocabulary"]),
        lists=tuple(document["lists"]),
        traits=traits_of(document["code"], document["traits"]),
        interest_column=document["interest_column"],
        natures=MappingProxyType({row["code"]: _nature(row) for row in document["natures"]}),
        policy=MappingProxyType({key: _setting(key, row) for key, row in settings.items()}),
        plan_document=document["plan"]["document"],
        plan_words=MappingProxyType(document["plan"]["words"]),
        call_proposals=tuple(document.get("call_proposals", ())),
        charts=tuple(document.get("charts", ())),
    )


def _nature(row: Mapping[str, Any]) -> Nature:
    prescription = row["prescription"]
    if prescription["from"] not in ANCHORS:
        raise ValueError(f"{row['code']}: prescription runs from an unknown date {prescription['from']!r}")
    return Nature(
        code=row["code"],
        label=row["label"],
        short=row["short"],
        household=bool(row.get("household", False)),
        prescription_rule=prescription["rule"],
        prescription_from=prescription["from"],
        profile=row["profile"],
        rules=tuple(row["rules"]),
        outside_measures=bool(row.get("outside_measures", False)),
        apart=bool(row.get("apart", False)),
    )


def _setting(key: str, row: Mapping[str, Any]) -> PolicySetting:
    return PolicySetting(
        key=key,
        label=row["label"],
        help=row["help"],
        unit=row["unit"],
        value=row["value"],
        minimum=row.get("min"),
        maximum=row.get("max"),
        rule=row.get("rule"),
    )
