from __future__ import annotations

import resource

import pytest

from amiable.correspondence import press, typeset
from amiable.correspondence.typeset import Letter, Letterhead


def test_a_layout_that_does_not_compile_says_why(tmp_path):
    (tmp_path / "bad.typ").write_text('#panic("boum")')
    with pytest.raises(RuntimeError, match="boum"):
        press.compile_pdf(tmp_path, "bad.typ", {})


def test_the_memory_goes_away_with_the_press():
    head = Letterhead("OPH", (), "")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for turn in range(3):
        letters = [Letter(f"{turn}-{i}", ("X",), (), "", "Objet", (), ()) for i in range(100)]
        typeset.typeset("Lot", head, letters)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_groups_are_numbered_each_from_its_first_page():
    head = Letterhead("OPH", (), "")
    groups = [[Letter(str(i), ("X",), (), "", "Objet", (), ())] for i in range(3)]
    assert [found.ranges for found in typeset.typeset_all("Lot", head, groups)] == [[(0, 1)]] * 3
    assert typeset.typeset_all("Lot", head, []) == []
