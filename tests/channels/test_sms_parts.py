"""DUN-10, by hand-counted examples and an independent count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.channels.sms.parts import GSM7_BASIC, GSM7_EXTENDED, measure, simplify


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("é" * 160, "GSM-7", 160, 1),
        ("Ç" * 160, "GSM-7", 160, 1),
        ("ç", "UCS-2", 1, 1),
        ("ç" * 70, "UCS-2", 70, 1),
        ("ç" * 71, "UCS-2", 71, 2),
        ("ç" * 134, "UCS-2", 134, 2),
        ("ç" * 135, "UCS-2", 135, 3),
        ("ê" + "a" * 69, "UCS-2", 70, 1),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
)
def test_counts(text, encoding, units, parts):
    size = measure(text)
    assert (size.encoding, size.units, size.parts) == (encoding, units, parts)


def test_a_euro_is_never_cut_between_two_parts():
    # 152 letters leave one septet: the euro moves whole to the second part, wasting one.
    assert measure("a" * 152 + "€" + "a" * 151).parts == 2
    assert measure("a" * 152 + "€" + "a" * 152).parts == 3


def test_the_guilty_characters_are_named():
    assert measure("reçu, le rêve").forced_by == "çê"


def test_simplify_keeps_the_letters_and_frees_the_room():
    assert simplify("l’été — reçu…") == "l'été - reçu..."
    assert measure(simplify("l’été – 12\u00a0h")).encoding == "GSM-7"


@given(st.text(st.sampled_from(sorted(GSM7_BASIC | GSM7_EXTENDED)), max_size=700))
def test_parts_bound(text):
    size = measure(text)
    assert size.encoding == "GSM-7"
    lower = 1 if 0 < size.units <= 160 else -(-size.units // 153)
    assert lower <= size.parts <= lower + 1
    assert size.room >= 0
