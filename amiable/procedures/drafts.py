"""A procedure's text as a form can change it: its numbers, its order, its differences with another version.

Works on the YAML data, never on the compiled object, so that what the head of service writes is what is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from amiable.domain.decision import conditions, facts
from amiable.domain.decision.procedure import MODES
from amiable.domain.decision.telling import asked
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.typed import exact, whole

#: Where a number sits in a step's data: keys and list indexes.
Path = tuple[str | int, ...]

_OP_WORDS = {
    ">=": "au moins",
    ">": "plus de",
    "<=": "au plus",
    "<": "moins de",
    "=": "égal à",
    "!=": "autre que",
}


@dataclass(frozen=True)
class Number:
    """One number of a step an office may change. unit: days, cents, count, months, day_of_month or ratio.

    prefix: the operator written before the number in the text (« >= 7 »), kept as it is.
    """

    path: Path
    label_fr: str
    unit: str
    value: int | float
    prefix: str = ""

    @property
    def name(self) -> str:
        """Name of its form field."""
        return "n-" + "-".join(str(part) for part in self.path)

    @property
    def words(self) -> str:
        return french.with_unit(self.unit, self.value)


def numbers(step: Mapping[str, Any], labels: Mapping[str, str]) -> list[Number]:
    """Every number of a step, in reading order: delays after other steps, thresholds, repetition."""
    found = list(_of_after(step.get("after") or [], ("after",), labels))
    for key in ("when", "stops_when"):
        if step.get(key) is not None:
            found += _of_condition(step[key], (key,), labels)
    if isinstance(step.get("repeat_days"), int):
        found.append(Number(("repeat_days",), "À refaire au bout de", "days", step["repeat_days"]))
    return found


def _of_after(items: Any, path: Path, labels: Mapping[str, str]) -> Iterator[Number]:
    for i, item in enumerate(items):
        if "any" in item:
            yield from _of_after(item["any"], (*path, i, "any"), labels)
        elif "limit" not in item:
            prefix, value = _split(item.get("days", 0))
            if value is not None:
                label = f"Délai après « {labels.get(item['step'], item['step'])} »"
                yield Number((*path, i, "days"), label, "days", value, prefix)


def _of_condition(data: Any, path: Path, labels: Mapping[str, str]) -> Iterator[Number]:
    if isinstance(data, list):
        for i, child in enumerate(data):
            yield from _of_condition(child, (*path, i), labels)
        return
    for word in ("all", "any", "not"):
        if word in data:
            yield from _of_condition(data[word], (*path, word), labels)
            return
    if "step" in data:
        prefix, value = _split(data.get("done_since_days", ""))
        if value is not None:
            label = f"Délai après « {labels.get(data['step'], data['step'])} »"
            yield Number((*path, "done_since_days"), label, "days", value, prefix)
        return
    yield from _of_fact(data, path)


def _of_fact(data: Mapping[str, Any], path: Path) -> Iterator[Number]:
    fact, value = facts.get(data["fact"]), data.get("value")
    if isinstance(value, Mapping):
        for key, unit in (("months", "count"), ("day", "day_of_month"), ("days", "days")):
            if key in value:
                label = {"months": "mois plus tard", "day": "jour du mois", "days": "jours plus tard"}[key]
                yield Number((*path, "value", key), f"{fact.label_fr}, {label}", unit, value[key])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield Number((*path, "value"), f"{fact.label_fr}, {_OP_WORDS[data['op']]}", fact.unit, value)


def _split(text: Any) -> tuple[str, int | None]:
    """« >= 7 » -> (">= ", 7); a reference or nothing has no number."""
    head, _, tail = str(text).strip().rpartition(" ")
    return (f"{head} " if head else "", int(tail)) if tail.isdigit() else ("", None)


def parse_number(unit: str, text: str) -> int | float:
    """What was typed in a number's field: euros for amounts, whole numbers else. DomainError otherwise."""
    if unit == "cents":
        return french.parse_euros(text)
    if text.strip().startswith("-"):
        raise DomainError("bad_number", "Un délai ou un seuil n’est pas négatif.")
    return float(exact(text)) if unit == "ratio" else whole(text)


@dataclass(frozen=True)
class StepChange:
    """What a form says of one step. position: its wanted place; numbers: path -> new value."""

    position: int
    label: str
    mode: str
    enabled: bool
    numbers: Mapping[Path, int | float]


def apply(data: Mapping[str, Any], changes: Mapping[str, StepChange]) -> dict[str, Any]:
    """New data with the changes by step code, in the order asked (ties keep the present order)."""
    result = copy.deepcopy(dict(data))
    for step in result["steps"]:
        change = changes.get(step["code"])
        if change is None:
            continue
        step["label"], step["mode"] = change.label, change.mode
        step.pop("enabled", None)
        if not change.enabled:
            step["enabled"] = False
        for number in numbers(step, {}):
            if number.path in change.numbers:
                _put(step, number, change.numbers[number.path])
    order = {step["code"]: i for i, step in enumerate(result["steps"])}
    result["steps"].sort(
        key=lambda s: (
            changes[s["code"]].position if s["code"] in changes else order[s["code"]],
            order[s["code"]],
        )
    )
    return result


def _put(step: dict[str, Any], number: Number, value: int | float) -> None:
    holder: Any = step
    for part in number.path[:-1]:
        holder = holder[part]
    holder[number.path[-1]] = f"{number.prefix}{value}" if number.prefix else value


def add_step(data: Mapping[str, Any], step: Mapping[str, Any]) -> dict[str, Any]:
    """New data with a step more, at the end. Raises DomainError when its code is there already."""
    if any(found["code"] == step["code"] for found in data["steps"]):
        raise DomainError("step_twice", f"L’étape « {step['label']} » est déjà dans la procédure.")
    return {
        **copy.deepcopy(dict(data)),
        "steps": [*copy.deepcopy(list(data["steps"])), copy.deepcopy(dict(step))],
    }


# Reading aloud ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """One condition said in French; depth: how far it is nested, for the drawing."""

    text: str
    depth: int = 0


def phrases(step: Mapping[str, Any], labels: Mapping[str, str], value_of: Any) -> list[Phrase]:
    """When a step comes, line by line. value_of: the resolver of references, their value is written out."""
    found = []
    for item in step.get("after") or []:
        found += _after_phrases(item, labels, 0)
    if step.get("when") is not None:
        found += _condition_phrases(step["when"], labels, value_of, 0)
    if step.get("stops_when") is not None:
        found.append(Phrase("sauf si :"))
        found += _condition_phrases(step["stops_when"], labels, value_of, 1)
    return found


def _after_phrases(item: Mapping[str, Any], labels: Mapping[str, str], depth: int) -> list[Phrase]:
    if "any" in item:
        inner = [phrase for child in item["any"] for phrase in _after_phrases(child, labels, depth + 1)]
        return [Phrase("l’un de ces délais :", depth), *inner]
    label = f"« {labels.get(item['step'], item['step'])} »"
    if "limit" in item:
        leaf = next(conditions.leaves(conditions.parse({"step": item["step"], "after_limit": item["limit"]})))
        return [Phrase(_leaf_words(leaf, labels), depth)]
    prefix, value = _split(item.get("days", 0))
    if value is None:
        return [Phrase(f"{item['days']} jours après {label}", depth)]
    days = french.with_unit("days", value)
    return [Phrase(f"{'plus de ' if prefix.strip() == '>' else ''}{days} après {label}", depth)]


def _condition_phrases(data: Any, labels: Mapping[str, str], value_of: Any, depth: int) -> list[Phrase]:
    if isinstance(data, list):
        return [phrase for child in data for phrase in _condition_phrases(child, labels, value_of, depth)]
    for word, said in (("any", "l’un de ces cas :"), ("all", "à la fois :"), ("not", "sauf si :")):
        if word in data:
            inner = _condition_phrases(data[word], labels, value_of, depth + 1)
            return [Phrase(said, depth), *inner]
    leaf = next(conditions.leaves(conditions.resolve(conditions.parse(data), value_of)))
    return [Phrase(_leaf_words(leaf, labels), depth)]


def _leaf_words(leaf: conditions.Leaf, labels: Mapping[str, str]) -> str:
    if leaf.step is not None:
        label = f"« {labels.get(leaf.step, leaf.step)} »"
        if leaf.is_notified and leaf.op in ("is_null", "not_null"):
            return f"{label} {'pas encore reçue' if leaf.op == 'is_null' else 'reçue'} par la personne"
        if leaf.op == "is_null":
            return f"{label} pas encore faite"
        if leaf.op == "not_null":
            return f"{label} déjà faite"
        if leaf.op == "after_limit":
            return f"le délai légal {leaf.value} après {_received(leaf)}{label} est passé"
        return f"{_OP_WORDS.get(leaf.op, leaf.op)} {french.with_unit('days', leaf.value)} après {label}"
    fact = facts.get(leaf.fact)
    if fact.unit == "bool":
        yes = leaf.value == (leaf.op == "=")
        return fact.phrase_fr if yes else fact.no_fr
    if leaf.op in ("is_null", "not_null"):
        return f"{fact.label_fr} : {'aucun' if leaf.op == 'is_null' else 'renseigné'}"
    if leaf.op in _OP_WORDS and fact.unit not in ("code", "id"):
        return f"{fact.label_fr} : {_OP_WORDS[leaf.op]} {facts.format_value(fact, leaf.value)}"
    return f"{fact.label_fr} : {asked(leaf).removeprefix('attendu : ')}"


def _received(leaf: conditions.Leaf) -> str:
    return "la réception de " if leaf.is_notified else ""


# Differences -----------------------------------------------------------------------------------------------


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What changed from one version to the next, sentence by sentence."""
    before = {step["code"]: step for step in old["steps"]}
    after = {step["code"]: step for step in new["steps"]}
    found = [f"« {after[code]['label']} » : ajoutée" for code in after if code not in before]
    found += [f"« {before[code]['label']} » : retirée" for code in before if code not in after]
    for code in (c for c in after if c in before):
        found += [
            f"« {after[code]['label']} » : {change}" for change in _changes(before[code], after[code], old)
        ]
    kept_before, kept_after = [c for c in before if c in after], [c for c in after if c in before]
    if kept_before != kept_after:
        moved = [c for i, c in enumerate(kept_after) if kept_before[i] != c]
        found.append("ordre changé : " + ", ".join(f"« {after[c]['label']} »" for c in moved))
    return found


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], book: Mapping[str, Any]) -> list[str]:
    labels = {step["code"]: step["label"] for step in book["steps"]}
    found = []
    if old["label"] != new["label"]:
        found.append(f"s’appelait « {old['label']} »")
    if old["mode"] != new["mode"]:
        found.append(f"{MODES[old['mode']]} devient {MODES[new['mode']]}")
    if old.get("enabled", True) != new.get("enabled", True):
        found.append("remise en service" if new.get("enabled", True) else "désactivée")
    was, now = ({n.path: n for n in numbers(step, labels)} for step in (old, new))
    if was.keys() == now.keys():
        found += [
            f"{now[path].label_fr} : {was[path].words} devient {now[path].words}"
            for path in now
            if was[path].value != now[path].value
        ]
    elif any(old.get(key) != new.get(key) for key in ("when", "after", "stops_when", "repeat_days")):
        found.append("conditions réécrites")
    plain = (
        "kind",
        "lane",
        "template",
        "channels",
        "rules",
        "mentions",
        "act",
        "deadline",
        "why",
        "change",
        "fee_cents",
    )
    if changed := [key for key in plain if old.get(key) != new.get(key)]:
        words = {
            "template": "modèle",
            "channels": "canaux",
            "rules": "règles",
            "why": "motif affiché",
            "change": "suite affichée",
        }
        found.append("change de " + ", ".join(words.get(key, key) for key in changed))
    return found
