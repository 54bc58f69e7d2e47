"""Numbers and texts of data that somebody gave: the right value or one sentence, whatever was sent."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.decision import procedure
from amiable.domain.errors import DomainError
from amiable.domain.household import reading as household
from amiable.domain.text.french import parse_euros
from amiable.domain.text.loading import DEEPEST, MOST_CHARACTERS, Unreadable, read_json, read_yaml
from amiable.domain.text.typed import MOST, MOST_CENTS, day, exact, whole, whole_or_none, wholes
from amiable.intake.mapping import from_file
from amiable.intake.reading import SPECS

HOSTILE = [
    "²", "1" + "0" * 23, "Infinity", "NaN", "\0", "1\0", "-1", "٣", "1e3", "0x1F", "1_000", "1.0",
    "[" * 2_000, "9" * 5_000, str(2**63), "+1", "½", "１",
]  # fmt: skip


@given(st.one_of(st.text(), st.integers().map(str), st.sampled_from(HOSTILE)))
def test_a_whole_number_is_figures_that_a_column_holds_or_a_sentence(text):
    cleaned = text.strip()
    good = cleaned and set(cleaned) <= set("0123456789") and len(cleaned) < 20 and int(cleaned) <= MOST
    try:
        assert whole(text) == int(cleaned)
        assert good
    except DomainError as refusal:
        assert not good
        assert refusal.message_fr.endswith((".", "ici."))
        assert "\0" not in refusal.message_fr
        assert len(refusal.message_fr) < 150


@pytest.mark.parametrize("value", [True, None, 1.5, [], {}, 2**63, -1, 10**5_000], ids=range(8))
def test_a_number_of_json_is_held_to_the_same(value):
    with pytest.raises(DomainError):
        whole(value)


def test_nothing_typed_is_no_number():
    assert whole_or_none(" ") is None
    assert whole_or_none("007") == 7
    assert wholes(["1", "", "22"]) == [1, 22]
    with pytest.raises(DomainError, match="supérieur à 20"):
        whole("21", most=20)


@pytest.mark.parametrize(
    "text", [*HOSTILE[:2], "Infinity", "NaN", "1e999999999", "-1e999999999", "1e-999999999", "9" * 31]
)
def test_an_exact_number_is_of_a_size_one_counts_with(text):
    with pytest.raises(DomainError):
        exact(text)


def test_an_exact_number_keeps_its_figures():
    assert exact(" 2,750 ") == Decimal("2.750")
    assert exact("1 234") == 1234


@pytest.mark.parametrize(
    "text", ["0001-01-01", "9999-12-31", "1899-12-31", "2026-02-30", "", "²", "20260101x"]
)
def test_a_day_is_one_that_delays_may_be_added_to(text):
    with pytest.raises(DomainError):
        day(text)
    assert day(" 2026-11-22 ") == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["Infinity", "1e20", "1" + "0" * 23, "1e999999999", "²", "\0"])
def test_an_amount_fits_the_ledger(text):
    with pytest.raises(DomainError) as refused:
        parse_euros(text)
    assert "\0" not in refused.value.message_fr
    assert parse_euros(str(MOST_CENTS // 100)) == MOST_CENTS


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = st.text('ab"\\[{', max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON, st.booleans())
def test_honest_json_is_read_as_it_is(data, plain):
    assert read_json(json.dumps(data, ensure_ascii=plain)) == json.loads(json.dumps(data))


@given(JSON)
def test_honest_yaml_is_read_as_it_is(data):
    try:
        found = read_yaml(yaml.safe_dump(data))
    except Unreadable as refusal:
        assert "nombre" in refusal.reason_fr or "YAML" in refusal.reason_fr
    else:
        assert found == data


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join([*lines, *(f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 9)}]" for n in range(1, 10))])


DEEP = DEEPEST + 1
GIVEN = {
    "deep list": "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "deep and closed": "[" * 100_000 + "]" * 100_000,
    "just too deep": "[" * DEEP + "]" * DEEP,
    "huge": "[" + "1," * MOST_CHARACTERS + "1]",
    "long number": "[" + "9" * 5_000 + "]",
    "nul": '{"a": "x\0y"}',
    "not utf-8": b"\xff\xfe[1]",
}
JSON_ONLY = {
    "quotes": '\\"' * 400_000,
    "infinity": '{"a": Infinity}',
    "nan": "[NaN]",
    "spelled nul": '{"a": "x\\u0000y"}',
    "half a character": '{"a": "\\ud800"}',
    "half of a name": '{"\\udc00": 1}',
}
YAML_ONLY = {
    "aliases": bomb(),
    "base sixty": "a: 1" + ":59" * 300_000,
    "impossible day": "a: 2026-99-99",
    "indented": "\n".join("  " * n + "a:" for n in range(60)),
    "dashes": "- " * 100_000,
    "object": "a: !!python/object/apply:os.system ['true']",
    "two documents": "a: 1\n---\nb: 2",
    "list as key": "? [1, 2]\n: 3",
}


@pytest.mark.parametrize("name", [*GIVEN, *JSON_ONLY])
def test_hostile_json_is_refused_at_once(name):
    before = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        read_json({**GIVEN, **JSON_ONLY}[name])
    assert time.monotonic() - before < 3
    assert refused.value.message_fr[-1] == "."


@pytest.mark.parametrize("name", [*GIVEN, *YAML_ONLY])
def test_hostile_yaml_is_refused_at_once(name):
    before = time.monotonic()
    with pytest.raises(Unreadable):
        read_yaml({**GIVEN, **YAML_ONLY}[name])
    assert time.monotonic() - before < 3


LOADERS = {
    "household": lambda text: household.load(text if isinstance(text, str) else "\0"),
    "procedure": procedure.load,
    "mapping": lambda text: from_file(text.encode() if isinstance(text, str) else text, SPECS["accounts"]),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("name", [*GIVEN, *YAML_ONLY])
def test_every_loader_says_a_sentence(loader, name):
    with pytest.raises(DomainError):
        LOADERS[loader]({**GIVEN, **YAML_ONLY}[name])
