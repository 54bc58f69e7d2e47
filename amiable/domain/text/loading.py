"""JSON and YAML somebody gave: bounded in length, depth and repeats before they are built.

A text of two lines can ask for more memory than the machine has (YAML's aliases), and one nested a hundred
thousand deep for more stack than there is.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import yaml

from amiable.domain.errors import DomainError

MOST_CHARACTERS = 1_000_000
DEEPEST = 30
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: A text of JSON (its brackets are words), or a bracket.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
#: YAML counts in base sixty too: the longer such a number, the slower it is made.
_LONG_NUMBER = re.compile(r"[-+0-9.][^\s]{60}", re.ASCII)
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Unreadable(DomainError):
    """The text is no JSON or YAML, or asks for too much; `line` and `column` from 1 when they are known."""

    def __init__(self, reason_fr: str, line: int | None = None, column: int | None = None) -> None:
        where = "" if line is None else f"ligne {line}" + ("" if column is None else f", colonne {column}")
        said = f"{where} : {reason_fr}." if where else f"{reason_fr}."
        super().__init__("unreadable", said[:1].upper() + said[1:])
        self.reason_fr, self.line, self.column = reason_fr, line, column


def read_json(given: str | bytes) -> Any:
    """The data of a JSON text; decimals are exact. Raises Unreadable."""
    text = _bounded(given)
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        _refuse_depth(depth, text.count("\n", 0, token.start()) + 1 if depth > DEEPEST else 0)
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable("ce n’est pas du JSON", error.lineno, error.colno) from None
    except ValueError:  # a number of thousands of figures
        raise Unreadable("un nombre est trop long") from None
    # What JSON can spell and no database can keep: NUL, half a pair of surrogates.
    if "\\u" in text and _unstorable(data):
        raise Unreadable("un caractère est interdit (nul, ou une moitié de caractère)")
    return data


def read_yaml(given: str | bytes) -> Any:
    """The data of a YAML text: one document, plain values, nothing repeated by reference. Raises
    Unreadable."""
    text = _bounded(given)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
            line = event.start_mark.line + 1 if event.start_mark else 0
            _refuse_depth(depth, line)
            if isinstance(event, yaml.ScalarEvent) and _LONG_NUMBER.match(event.value):
                raise Unreadable("un nombre est trop long", line)
            if isinstance(event, yaml.AliasEvent):
                raise Unreadable("un renvoi (« * ») n’est pas admis", line)
        return yaml.load(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise Unreadable("ce n’est pas du YAML", *where) from None
    except (yaml.YAMLError, ValueError, TypeError, ArithmeticError):
        raise Unreadable("une valeur du YAML ne se lit pas (date ou nombre impossible, caractère)") from None


def read_own_yaml(text: str) -> Any:
    """The data of a file of this package: nobody else wrote it. The slow loader, at each start, is felt."""
    return yaml.load(text, Loader=_LOADER)


def _bounded(given: str | bytes) -> str:
    if len(given) > MOST_CHARACTERS:
        raise Unreadable(f"plus de {MOST_CHARACTERS} caractères")
    try:
        text = given if isinstance(given, str) else given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"ce n’est pas du texte UTF-8 (octet {error.start + 1})") from None
    if "\0" in text:
        raise Unreadable("un caractère nul est interdit", text.count("\n", 0, text.index("\0")) + 1)
    return text


def _refuse_depth(depth: int, line: int) -> None:
    if depth > DEEPEST:
        raise Unreadable(f"plus de {DEEPEST} niveaux imbriqués", line)


def _no_constant(text: str) -> Any:
    raise Unreadable(f"« {text} » n’est pas un nombre")


def _unstorable(data: Any) -> bool:
    said = json.dumps(data, ensure_ascii=False, default=str)
    return "\\u0000" in said or any("\ud800" <= letter <= "\udfff" for letter in said)
