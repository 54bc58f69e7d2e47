"""A person's own language beside the French text, never instead of it: only the French one counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amiable.correspondence import wording
from amiable.correspondence.templates import Current
from amiable.domain.text.languages import NOTICE, WRITTEN_FR, plain_dates


def blocks(text: Current, values: Mapping[str, Any]) -> list[wording.Block]:
    """What follows the French letter: a heading that says what counts, in both languages, and the text."""
    language = text.wording.language
    heading = f"Traduction en {WRITTEN_FR[language]}, pour information"
    notice = wording.Block("p", runs=[(NOTICE[language], True)])
    return [
        wording.Block("heading", runs=[(heading, False)]),
        notice,
        *wording.read(text.body, _plain(values)),
    ]


def below(french: str, text: Current, values: Mapping[str, Any]) -> str:
    """A message in French, then in the person's language."""
    return f"{french}\n{wording.plain(text.body, _plain(values)).strip()}"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain_dates(value) if isinstance(value, str) else value for name, value in values.items()}
