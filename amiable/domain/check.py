"""What an act is held against before it is done: one point, what is known of it, how it stands. Pure data.

A gate is a sequence of checks, in the order they are read; nothing is decided here, and nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

#: watch: told, the officer decides. unknown: nobody can say. waived: impossible, for a reason somebody signs.
#: missing: to be done, or agreed to by somebody else. blocking: no reason replaces it.
OK, WATCH, UNKNOWN, WAIVED, MISSING, BLOCKING = "ok", "watch", "unknown", "waived", "missing", "blocking"
STATES_FR = MappingProxyType(
    {
        OK: "conforme",
        WATCH: "à vérifier",
        UNKNOWN: "à vérifier",
        WAIVED: "impossible",
        MISSING: "manque",
        BLOCKING: "bloque",
    }
)


@dataclass(frozen=True, slots=True)
class Check:
    """rules: ids of the law; setting: the office's own threshold it rests on. word_fr: its state in the words
    of its act (« fait », « rempli »), when those of `STATES_FR` do not fit."""

    code: str
    label_fr: str
    said_fr: str
    state: str
    rules: tuple[str, ...] = ()
    setting: str = ""
    word_fr: str = ""

    @property
    def state_fr(self) -> str:
        return self.word_fr or STATES_FR[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it keeps the act from being done."""
        return self.state in (MISSING, BLOCKING)

    @property
    def source(self) -> str:
        """What it rests on: « LIT-01, LIT-02 », or the name of a setting."""
        return ", ".join(self.rules) or self.setting


def may_go(checks: Iterable[Check]) -> bool:
    """Whether the act may be done: nothing open is left."""
    return not any(check.is_open for check in checks)
