"""The engine of cases knows no kind, and nothing that stands outside a kind's own room tells kinds apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import amiable
from amiable.cases import kinds
from amiable.core.rooms import house

ROOT = Path(amiable.__file__).parent
#: What asks the database: a kind named there is a comparison too.
ASKS = {"filter", "exclude", "get", "first", "Q", "count"}


def rooms_of_kinds() -> dict[str, Path]:
    """{code of a kind: the folder of its room}."""
    found = {}
    for folder in house().kinds:
        room = ROOT.parent / Path(*folder.split(".")[:-1])
        for path in (room / "kinds").glob("*.py"):
            found |= {code: room for code in kinds.every() if f'code="{code}"' in path.read_text("utf-8")}
    return found


def codes(node: ast.AST) -> set[str]:
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def comparisons(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """(line, texts) of what is compared with a kind, in Python or in a query."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any("kind" in ast.unparse(side) for side in sides):
                yield node.lineno, set().union(*map(codes, sides))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ASKS:
            for given in node.keywords:
                if given.arg and "kind" in given.arg:
                    yield node.lineno, codes(given.value)


def test_no_template_compares_a_kind() -> None:
    told = []
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        for tag in re.findall(r"{%\s*(?:if|elif)\b[^%]*%}", path.read_text(encoding="utf-8")):
            named = set(re.findall(r"kind[\w.]*\s*[!=]=\s*[\"'](\w+)", tag)) & set(kinds.every())
            if named:
                told.append(f"{path.name}: {sorted(named)}")
    assert not told


def test_every_kind_stands_in_the_folder_of_a_room() -> None:
    assert set(rooms_of_kinds()) == set(kinds.every())
    assert len(set(rooms_of_kinds().values())) == len(house().kinds)


def test_no_code_outside_its_room_compares_a_kind() -> None:
    rooms = rooms_of_kinds()
    told = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.is_relative_to(ROOT / "demo"):  # it tells the stories of kinds it names
            continue
        for line, texts in comparisons(ast.parse(path.read_text(encoding="utf-8"))):
            named = {code for code in texts & set(rooms) if not path.is_relative_to(rooms[code])}
            if named:
                told.append(f"{path.relative_to(ROOT)}:{line} {sorted(named)}")
    assert not told
