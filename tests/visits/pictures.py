"""JPEG files made by hand, so that the tests know each of their bytes."""

from __future__ import annotations

import struct

#: Where a picture was taken: what must never be kept.
GPS = b"GPSLatitude 47.9022"


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def exif(orientation: int, order: str = "<") -> bytes:
    """The camera's notes: the orientation, then a place."""
    head = b"II\x2a\x00" if order == "<" else b"MM\x00\x2a"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = head + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0) + GPS
    return segment(0xE1, b"Exif\x00\x00" + tiff)


def jpeg(*segments: bytes, width: int = 8, height: int = 8, tail: bytes = b"") -> bytes:
    """A picture's segments as they stand in a file; its data is not meant to be looked at."""
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + b"".join(segments) + segment(0xDB, b"\x00" * 65) + frame + scan + b"\xff\xd9" + tail
