"""Photos of a report: JPEG only, of a reasonable size, without anything the camera wrote beside the picture.

The picture is not decoded: its segments are read one by one and only those that draw it are kept. Place,
date, device, thumbnail and comments are left out; how to turn the picture is written again, alone.
"""

from __future__ import annotations

import struct

from amiable.domain.errors import DomainError

MEDIA_TYPE = "image/jpeg"
MAX_BYTES = 4 * 1024 * 1024
MAX_SIDE = 6000
MAX_PHOTOS = 6

_SOI, _EOI, _SOS, _APP1, _ADOBE, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xEE, 0xFE
_EXIF = b"Exif\x00\x00"
_ORIENTATION = 0x0112
#: Start-of-frame markers: they hold the picture's size.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def clean(content: bytes) -> bytes:
    """The picture alone. Raises DomainError when it is too large or no JPEG picture."""
    if len(content) > MAX_BYTES:
        raise DomainError(
            "photo_large",
            f"La photo dépasse {MAX_BYTES // (1024 * 1024)} Mo : réduisez-la, puis recommencez.",
        )
    try:
        return _rewrite(content)
    except (IndexError, struct.error, ValueError):
        raise DomainError(
            "photo_unreadable", "Cette photo n’est pas une image JPEG lisible : elle n’a pas été gardée."
        ) from None


def _rewrite(content: bytes) -> bytes:
    if content[:2] != bytes((0xFF, _SOI)):
        raise ValueError("no JPEG")
    kept, orientation, framed, at = [], 1, False, 2
    while True:
        at = _marker(content, at)
        marker = content[at - 1]
        (length,) = struct.unpack(">H", content[at : at + 2])
        payload = content[at + 2 : at + length]
        if length < 2 or len(payload) != length - 2:
            raise ValueError("cut segment")
        if marker in _FRAMES:
            framed = _check_size(payload)
        if marker == _APP1 and payload.startswith(_EXIF):
            orientation = _orientation(payload[len(_EXIF) :])
        if marker == _ADOBE or not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
            kept.append(bytes((0xFF, marker)) + content[at : at + length])
        at += length
        if marker == _SOS:
            break
    if not framed:
        raise ValueError("no picture")
    picture = _to_the_end(content, at)
    turned = [_turn(orientation)] if orientation != 1 else []
    return b"".join((bytes((0xFF, _SOI)), *turned, *kept, picture))


def _marker(content: bytes, at: int) -> int:
    """The place after the next marker (which fill bytes may precede)."""
    if content[at] != 0xFF:
        raise ValueError("no marker")
    while content[at] == 0xFF:
        at += 1
    return at + 1


def _check_size(payload: bytes) -> bool:
    height, width = struct.unpack(">HH", payload[1:5])
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise ValueError("size")
    return True


def _to_the_end(content: bytes, at: int) -> bytes:
    """The picture's data up to its end mark; what a telephone adds after it is left.

    A progressive picture has other segments between its scans; comments and metadata never stand there."""
    end = at
    while True:
        end = content.index(b"\xff", end)
        after = content[end + 1]
        if after == _EOI:
            return content[at : end + 2]
        if after == 0xFF or after == 0 or 0xD0 <= after <= 0xD7:
            end += 1 if after == 0xFF else 2
            continue
        if 0xE0 <= after <= 0xEF or after == _COMMENT:
            raise ValueError("metadata in the picture")
        (length,) = struct.unpack(">H", content[end + 2 : end + 4])
        end += 2 + length


def _orientation(tiff: bytes) -> int:
    """How to turn the picture (1 to 8), from the camera's notes; 1 when they cannot be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[first : first + 2])
        for place in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, number, value = struct.unpack(f"{order}HHIH", tiff[place : place + 10])
            if tag == _ORIENTATION and kind == 3 and number == 1 and 1 <= value <= 8:
                return value
    except (KeyError, struct.error):
        pass
    return 1


def _turn(orientation: int) -> bytes:
    """A segment that holds the orientation and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    payload = _EXIF + tiff
    return bytes((0xFF, _APP1)) + struct.pack(">H", len(payload) + 2) + payload
