"""What may be written freely about a person: short, factual, nothing the law forbids to keep (RGPD-03)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from amiable.domain.errors import DomainError
from amiable.domain.text.french import plural, search_key
from amiable.domain.text.loading import read_own_yaml

MAX_LENGTH = 1000


@dataclass(frozen=True)
class Banned:
    """A category of words that are refused, and what to write instead."""

    label: str
    instead: str
    pattern: re.Pattern[str]


def check_text(text: str, *, limit: int = MAX_LENGTH) -> str:
    """The text, trimmed. DomainError when it is too long or holds a banned term; says which."""
    cleaned = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(cleaned) > limit:
        over = plural(len(cleaned) - limit, "caractère")
        raise DomainError("text_too_long", f"Le texte dépasse {limit} caractères ({over} de trop).")
    categories, allowed = _banned()
    searched = allowed.sub(" ", search_key(cleaned))
    for banned in categories:
        if found := banned.pattern.search(searched):
            raise DomainError(
                "banned_term",
                f"« {found.group(0)} » ressemble à {banned.label}, à ne pas garder dans un compte : "
                f"{banned.instead}. Rien n’a été enregistré.",
            )
    return cleaned


@lru_cache(maxsize=1)
def _banned() -> tuple[tuple[Banned, ...], re.Pattern[str]]:
    text = resources.files("amiable").joinpath("diary/banned_terms.yaml").read_text(encoding="utf-8")
    data = read_own_yaml(text)
    found = tuple(Banned(row["label"], row["instead"], _words(row["terms"])) for row in data["categories"])
    return found, _words(data["allowed"])


def _words(terms: list[str]) -> re.Pattern[str]:
    """One pattern for whole words; a final `*` takes the rest of the word."""
    parts = [re.escape(search_key(term)) + (r"\w*" if term.endswith("*") else "") for term in terms]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")
