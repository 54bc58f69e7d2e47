"""How many parts an SMS is billed (DUN-10): GSM-7 160 / 153, UCS-2 70 / 67.

The GSM 03.38 default alphabet holds `Ç` but not `ç`: one `ç` turns the whole message into UCS-2.
"""

from __future__ import annotations

from dataclasses import dataclass

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")

# Typographic characters that read the same in GSM-7: replaced before sending, so that one curly apostrophe
# does not more than halve the room. Letters are never touched: "reçu" must not become "recu".
READS_THE_SAME = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)


@dataclass(frozen=True)
class SmsSize:
    """`units`: septets in GSM-7 (an extended character counts two), UTF-16 code units in UCS-2."""

    encoding: str
    units: int
    parts: int
    forced_by: str

    @property
    def room(self) -> int:
        """Units left in the last part."""
        single, split = (160, 153) if self.encoding == "GSM-7" else (70, 67)
        return (single if self.parts <= 1 else split * self.parts) - self.units


def simplify(text: str) -> str:
    """Typographic quotes, dashes and no-break spaces replaced by what GSM-7 holds."""
    return text.translate(READS_THE_SAME)


def measure(text: str) -> SmsSize:
    """Encoding, units and parts of `text` as sent. Empty text: no part.

    A two-unit character (€ in GSM-7, an emoji in UCS-2) is never cut between two parts, which may waste the
    last unit of a part: parts are filled one by one instead of divided."""
    outside = "".join(dict.fromkeys(c for c in text if c not in GSM7_BASIC and c not in GSM7_EXTENDED))
    if outside:
        widths = [2 if ord(c) > 0xFFFF else 1 for c in text]
        return SmsSize("UCS-2", sum(widths), _parts(widths, 70, 67), outside)
    widths = [2 if c in GSM7_EXTENDED else 1 for c in text]
    return SmsSize("GSM-7", sum(widths), _parts(widths, 160, 153), "")


def _parts(widths: list[int], single: int, split: int) -> int:
    if sum(widths) <= single:
        return 1 if widths else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > split:
            parts, used = parts + 1, 0
        used += width
    return parts
