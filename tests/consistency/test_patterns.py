"""No pattern takes one text in many ways: on a text made for it, such a pattern would hold the server."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

import amiable
from amiable.correspondence.catalogue import catalogue
from amiable.intake.readers import kinds
from amiable.intake.reading import SPECS

ROOT = Path(amiable.__file__).parent
FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "sub", "subn", "findall", "finditer"}
#: Characters that stand for all: two sets that share none of these share nothing.
ALPHABET = [chr(n) for n in range(384)] + [*"\u2019\u2026\u202f\u2014\u20ac\u0661"]
Heads = set[str]


class Ambiguous(Exception):
    pass


def refuse_ambiguous(pattern: str, flags: int = 0) -> None:
    """Raises Ambiguous on repeats without end that are nested or side by side and could share characters."""
    _Reader(re.compile(pattern, flags).flags).sequence(parser.parse(pattern, flags))


class _Reader:
    """Of each part: the characters its first and its last endless repeats take, and if it may be empty."""

    def __init__(self, flags: int) -> None:
        self.flags = flags

    def sequence(self, items) -> tuple[Heads, Heads, bool]:
        heads: Heads = set()
        open_tail: Heads = set()
        empty = True
        for item in items:
            first, last, may_be_empty = self.part(item)
            if open_tail & first:
                raise Ambiguous("two endless repeats side by side")
            if empty:
                heads |= first
            open_tail = (open_tail | last) if may_be_empty else last
            empty = empty and may_be_empty
        return heads, open_tail, empty

    def part(self, item) -> tuple[Heads, Heads, bool]:
        code, given = item
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self.repeat(*given)
        if code is op.SUBPATTERN:
            return self.sequence(given[-1])
        if code is op.ATOMIC_GROUP:
            return self.sequence(given)
        if code is op.BRANCH:
            found = [self.sequence(one) for one in given[1]]
            return (
                set().union(*(one[0] for one in found)),
                set().union(*(one[1] for one in found)),
                any(one[2] for one in found),
            )
        if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
            return set(), set(), True
        return set(), set(), False

    def repeat(self, least: int, most: int, body) -> tuple[Heads, Heads, bool]:
        heads, tails, empty = self.sequence(body)
        if most < 2:
            return heads, tails, empty or least == 0
        if most is not op.MAXREPEAT and most < 10 and not (heads or tails):
            return set(), set(), least == 0
        if heads & tails or (empty and (heads or tails)):
            raise Ambiguous("an endless repeat within another")
        one = list(body)
        if len(one) == 1 and one[0][0] is op.SUBPATTERN:
            one = list(one[0][1][-1])
        if len(one) == 1 and one[0][0] is op.BRANCH:
            ways = [self.first(list(way)) for way in one[0][1][1]]
            for n, way in enumerate(ways):
                if any(way & other for other in ways[n + 1 :]):
                    raise Ambiguous("a repeat whose alternatives begin alike")
        mine = self.first(one) if len(one) == 1 else set()
        return heads | mine, tails | mine, least == 0

    def first(self, items) -> Heads:
        """Characters the part may begin with."""
        found: Heads = set()
        for code, given in items:
            if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
                continue
            if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
                found |= self.first(list(given[2]))
                if given[0] == 0:
                    continue
            elif code is op.SUBPATTERN:
                found |= self.first(list(given[-1]))
            elif code is op.BRANCH:
                for way in given[1]:
                    found |= self.first(list(way))
            else:
                found |= {letter for letter in ALPHABET if self.takes(code, given, letter)}
            return found
        return found

    def takes(self, code, given, letter: str) -> bool:
        forms = {letter, letter.lower(), letter.upper()} if self.flags & re.IGNORECASE else {letter}
        return any(_takes(code, given, form, self.flags) for form in forms if len(form) == 1)


CATEGORIES = {
    "DIGIT": r"\d",
    "NOT_DIGIT": r"\D",
    "SPACE": r"\s",
    "NOT_SPACE": r"\S",
    "WORD": r"\w",
    "NOT_WORD": r"\W",
}


def _takes(code, given, letter: str, flags: int) -> bool:
    if code is op.LITERAL:
        return ord(letter) == given
    if code is op.NOT_LITERAL:
        return ord(letter) != given
    if code is op.RANGE:
        return given[0] <= ord(letter) <= given[1]
    if code is op.ANY:
        return letter != "\n" or bool(flags & re.DOTALL)
    if code is op.CATEGORY:
        name = str(given).removeprefix("CATEGORY_")
        return re.fullmatch(CATEGORIES[name], letter, flags & re.ASCII) is not None
    if code is op.IN:
        negated = bool(given) and given[0][0] is op.NEGATE
        rest = given[1:] if negated else given
        return any(_takes(*one, letter, flags) for one in rest) != negated
    return True


def written() -> Iterator[tuple[str, ast.expr]]:
    """(place, pattern) of every call of `re`, and every `regex=` or `pattern=` handed to somebody else."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in {f"re.{one}" for one in FUNCTIONS} or name.endswith("RegexValidator"):
                yield f"{path.relative_to(ROOT)}:{ast.unparse(node.args[0])}", node.args[0]


def constants() -> Iterator[tuple[str, str, int]]:
    """Patterns kept by a module, whatever they were made of."""
    for module in pkgutil.walk_packages(amiable.__path__, "amiable."):
        if module.name.endswith("__main__") or ".migrations." in module.name or ".config." in module.name:
            continue
        try:
            loaded = import_module(module.name)
        except ImportError:
            continue  # an optional extra
        for name, value in vars(loaded).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.name}.{name}", value.pattern, value.flags & ~re.UNICODE


#: Patterns put together where they are used: what makes each of them is looked at below.
MADE = {
    "correspondence/wording.py:self.pattern": [m.pattern for w in catalogue().values() for m in w.mentions],
    "intake/readers/kinds.py:first": [first for _, first, *_ in kinds._RECORDS],
    "intake/readers/kinds.py:test": [test for test, _ in kinds._TEXTS],
    "intake/lists/spec.py:pattern": [p for spec in SPECS.values() for _, p in spec.title_patterns],
}


def test_no_pattern_is_ambiguous():
    seen, found = 0, []
    kept = {pattern for _, pattern, _ in constants()}
    for place, node in written():
        for pattern in _patterns(place, node, kept):
            seen += 1
            try:
                refuse_ambiguous(pattern)
            except Ambiguous as why:
                found.append(f"{place}: {why}")
    for place, pattern, flags in constants():
        seen += 1
        try:
            refuse_ambiguous(pattern, flags)
        except Ambiguous as why:
            found.append(f"{place}: {why}")
    assert seen > 40, "the walk sees nothing"
    assert not found


def _patterns(place: str, node: ast.expr, kept: set[str]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if place in MADE:
        return [pattern for pattern in MADE[place] if pattern]
    # A text with values in it: the values are escaped words, read as one letter.
    if isinstance(node, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "x" for p in node.values)]
    if place.endswith("_cell_pattern(separator)"):
        from amiable.intake.readers.delimited import _cell_pattern

        return [_cell_pattern(separator) for separator in ";,\t|"]
    raise AssertionError(f"{place}: a pattern this test cannot read; write it whole, or say what makes it")


@pytest.mark.parametrize(
    "pattern",
    [
        r"\{\{\s*([^{}]*?)\s*\}\}", r"(a+)+",
        r"(?:\w\w|ab)*c", r"(a*)*", r"\s*\s+x", r"(\w+\s?)*$", r".*\s*$",
        r"(x+x+)+y", r"(?i)[a-z]*A*b",
    ],
)  # fmt: skip
def test_the_walk_knows_an_ambiguous_pattern(pattern):
    with pytest.raises(Ambiguous):
        refuse_ambiguous(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\{\{([^{}]*)\}\}", r"[a-z]+(?:-[a-z]+)*", r'"(?:[^"]|"")*"', r"\d{1,3}(?: \d{3})*", r"a+b+"]
)
def test_the_walk_leaves_a_plain_one(pattern):
    refuse_ambiguous(pattern)
