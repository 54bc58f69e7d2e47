"""A wording: plain text with `{{ variables }}`, read into paragraphs and never executed.

The whole language: paragraphs separated by an empty line, "- " for a list, "## " for a heading,
`**bold**`, and the closed list of variables. Values are put in after reading, so a name holding "**" or
"{{" stays a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amiable.correspondence.variables import VARIABLES
from amiable.domain.creditors import kind as creditor
from amiable.domain.errors import DomainError

VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
STRAY = re.compile(r"[{}]")

Runs = list[tuple[str, bool]]


@dataclass(frozen=True)
class Block:
    """type: p, heading, list or table. `runs`: (text, bold) pairs; `items`: one `runs` each.
    `table`: {"columns": [{"label", "kind": text|date|money}], "rows": [[str]], "total": [label, sum] | None}.
    """

    type: str
    runs: Runs = field(default_factory=list)
    items: list[Runs] = field(default_factory=list)
    table: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Mention:
    """What a document must say: a variable used, or words matching `pattern` (case ignored)."""

    id: str
    label_fr: str
    source: str = ""
    variable: str = ""
    pattern: str = ""

    def is_in(self, text: str, names: set[str]) -> bool:
        if self.variable and self.variable in names:
            return True
        return bool(self.pattern) and re.search(self.pattern, text, re.IGNORECASE) is not None


def names_in(text: str) -> list[str]:
    """The variables a text uses, in order."""
    return [match.group(1).strip() for match in VARIABLE.finditer(text)]


def check_variables(text: str, kind: str | None = None, room: str = "") -> None:
    """Raises DomainError naming the first variable that is unknown, not this creditor's, or of a document
    of another room than `room`."""
    for name in names_in(text):
        variable = VARIABLES.get(name)
        if variable is None:
            raise DomainError(
                "unknown_variable",
                f"La variable « {name} » n’existe pas. Choisissez-en une dans la liste à côté du texte.",
            )
        if kind and not creditor(kind).fits(variable.traits):
            raise DomainError(
                "foreign_variable", f"La variable « {name} » n’a pas de sens pour ce type de créancier."
            )
        if variable.room not in ("", room):
            raise DomainError(
                "variable_of_another_document", f"La variable « {name} » n’a pas de valeur dans ce document."
            )
    if STRAY.search(VARIABLE.sub("", text)):
        raise DomainError(
            "stray_braces",
            "Le texte contient des accolades isolées : une variable s’écrit {{ nom }}, rien d’autre.",
        )


def fill(text: str, values: Mapping[str, Any]) -> str:
    """One line or a plain text (subject, SMS, e-mail) with its values. A block variable is refused here."""

    def value(match: re.Match[str]) -> str:
        return text_value(match.group(1).strip(), values)

    return VARIABLE.sub(value, text)


def text_value(name: str, values: Mapping[str, Any]) -> str:
    """The value of a variable inside a sentence. Raises DomainError when there is none."""
    variable = VARIABLES.get(name)
    if variable is None:
        raise DomainError("unknown_variable", f"La variable « {name} » n’existe pas.")
    if variable.is_block:
        raise DomainError(
            "block_inside_text", f"« {{{{ {name} }}}} » est un tableau : mettez-le seul dans son paragraphe."
        )
    found = values.get(name)
    if found is None or found == "":
        raise DomainError(
            "missing_value", f"Le texte emploie « {variable.label_fr} », inconnu pour ce compte."
        )
    return str(found)


def read(text: str, values: Mapping[str, Any]) -> list[Block]:
    """The wording as blocks, values in place. Raises DomainError for an unknown or missing variable."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [block for part in paragraphs if part.strip() for block in _paragraph(part.strip("\n"), values)]


def _paragraph(part: str, values: Mapping[str, Any]) -> list[Block]:
    alone = VARIABLE.fullmatch(part.strip())
    name = alone.group(1).strip() if alone else ""
    if name in VARIABLES and VARIABLES[name].is_block:
        table = values.get(name)
        return [Block("table", table=table)] if table and table["rows"] else []
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    if all(line.startswith("- ") for line in lines):
        return [Block("list", items=[_runs(line[2:], values) for line in lines])]
    if len(lines) == 1 and lines[0].startswith("## "):
        return [Block("heading", runs=_runs(lines[0][3:], values))]
    head = [line for line in lines if not line.startswith("- ")]
    if head != lines and lines[: len(head)] == head:
        items = [_runs(line[2:], values) for line in lines[len(head) :]]
        return [Block("p", runs=_runs(" ".join(head), values)), Block("list", items=items)]
    return [Block("p", runs=_runs(" ".join(lines), values))]


def _runs(text: str, values: Mapping[str, Any]) -> Runs:
    runs: Runs = []
    end = 0
    for match in BOLD.finditer(text):
        runs.append((fill(text[end : match.start()], values), False))
        runs.append((fill(match.group(1), values), True))
        end = match.end()
    runs.append((fill(text[end:], values), False))
    return [run for run in runs if run[0]]


def plain(text: str, values: Mapping[str, Any]) -> str:
    """The wording as plain text for an SMS or an e-mail: its own line ends kept, marks dropped.

    Raises DomainError for a table, an unknown or a missing variable."""
    lines = [line.strip().removeprefix("## ") for line in text.strip().splitlines()]
    return fill(BOLD.sub(r"\1", "\n".join(lines)), values)
