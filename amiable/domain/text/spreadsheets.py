"""What a spreadsheet would do to a text, and how to stop it."""

from __future__ import annotations

#: A cell beginning so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe keeps it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
