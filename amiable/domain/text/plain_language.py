"""How easily a French text is read: LIX, and the sentences and words that make it hard. Pure.

LIX (Björnsson, 1968) = words per sentence + percentage of words of more than six letters. It needs no
dictionary and no count of syllables, and holds for French. Below 40 a text is easy, above 50 it is for
specialists (the usual scale). A line of a list ends a sentence; a variable counts as one short word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EASY, STANDARD = 40, 50
#: A letter to a tenant stays at or below this.
TARGET = 40
LONG_WORD_LETTERS = 7
#: What the screen points at: sentences of more words, words of more letters.
LONG_SENTENCE_WORDS = 25
HARD_WORD_LETTERS = 13
_MOST_HINTS = 5
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
_BREAK = re.compile(r"(?<=[.!?…])(?<![ (][A-Z]\.)\s+|\n\s*\n|\n(?=\s*(?:-|##))|(?<=;)\s*\n|:\s*\n")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d[\d\s,./]*")
_ELISION = re.compile(r"(?i)\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)[’']")


@dataclass(frozen=True)
class Reading:
    """score: LIX; words and sentences counted; what to shorten or replace, longest first."""

    score: int
    words: int
    sentences: int
    long_sentences: tuple[str, ...]
    hard_words: tuple[str, ...]

    @property
    def level_fr(self) -> str:
        return "facile" if self.score < EASY else "courant" if self.score < STANDARD else "difficile"

    @property
    def is_plain(self) -> bool:
        return self.score <= TARGET


def reading(text: str) -> Reading:
    """The reading level of a wording; an empty text is easy."""
    cleaned = _VARIABLE.sub("nom", text.replace("**", ""))
    sentences = [part.strip(" \n-#") for part in _BREAK.split(cleaned)]
    counted = [(sentence, _words(sentence)) for sentence in sentences]
    counted = [(sentence, words) for sentence, words in counted if words]
    words = [word for _, found in counted for word in found]
    if not words:
        return Reading(0, 0, 0, (), ())
    long_share = sum(_letters(word) >= LONG_WORD_LETTERS for word in words) / len(words)
    too_long = sorted(
        (one for one in counted if len(one[1]) > LONG_SENTENCE_WORDS), key=lambda one: -len(one[1])
    )
    hard = sorted({word.lower() for word in words if _letters(word) >= HARD_WORD_LETTERS}, key=_by_length)
    return Reading(
        score=round(len(words) / len(counted) + 100 * long_share),
        words=len(words),
        sentences=len(counted),
        long_sentences=tuple(" ".join(sentence.split()) for sentence, _ in too_long[:_MOST_HINTS]),
        hard_words=tuple(hard[:_MOST_HINTS]),
    )


def _words(sentence: str) -> list[str]:
    """« l’échéance » is one word of eight letters: the elided article is no word of its own."""
    return _WORD.findall(_ELISION.sub("", sentence))


def _letters(word: str) -> int:
    """Of a compound, its longest part: « rendez-vous » is no harder than « rendez »."""
    return max(sum(letter.isalpha() for letter in part) for part in word.split("-"))


def _by_length(word: str) -> tuple[int, str]:
    return -len(word), word
