"""One shape for what an act is held against: nobody writes another."""

from __future__ import annotations

import ast
from pathlib import Path

import amiable
from amiable.domain.check import BLOCKING, MISSING, STATES_FR, Check, may_go

ROOT = Path(amiable.__file__).parent


def test_only_what_is_missing_or_blocking_keeps_an_act_back() -> None:
    for state in STATES_FR:
        check = Check("one", "Un", "dit", state)
        assert check.is_open is (state in (MISSING, BLOCKING)) is not may_go([check])
        assert check.state_fr == STATES_FR[state]
    assert may_go([])


def test_no_other_class_says_how_a_point_stands() -> None:
    """A label, what is said of it and a state: that is a Check, whatever it is called."""
    twins = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                names = {
                    one.target.id
                    for one in node.body
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
                }
                said = names & {"said_fr", "detail_fr", "text_fr"}
                if said and names & {"state", "level"}:
                    twins.append(f"{path.relative_to(ROOT)}:{node.name}")
    # What came of one attempt on a screen is no point of a list.
    assert twins == ["domain/check.py:Check", "web/kit/action.py:Outcome"]
