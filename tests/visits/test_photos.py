"""What a camera writes beside the picture never reaches the office; what is no picture is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.visits.photos import MAX_BYTES, clean
from tests.visits.pictures import GPS, exif, jpeg, segment


@pytest.mark.parametrize(
    "told",
    [
        exif(1),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + GPS),
        segment(0xED, b"Photoshop 3.0\x00" + GPS),
        segment(0xFE, GPS),
        segment(0xE2, b"MPF\x00" + GPS),
    ],
    ids=["exif", "xmp", "iptc", "comment", "mpf"],
)
def test_nothing_but_the_picture_is_kept(told: bytes) -> None:
    assert GPS in jpeg(told)
    assert clean(jpeg(told)) == jpeg()


def test_what_follows_the_picture_is_left_out() -> None:
    assert clean(jpeg(tail=GPS)) == jpeg()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_stays_upright(orientation: int, order: str) -> None:
    cleaned = clean(jpeg(exif(orientation, order)))
    assert GPS not in cleaned
    assert cleaned == jpeg(
        exif(orientation, ">").replace(GPS, b"").replace(b"\x00\x37Exif", b"\x00\x22Exif")
    ) or (bytes((0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation)) in cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, jpeg()[:-2]]
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError, match="pas une image"):
        clean(content)


def test_a_picture_too_wide_is_refused() -> None:
    with pytest.raises(DomainError, match="pas une image"):
        clean(jpeg(width=60_000))


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(DomainError, match="dépasse"):
        clean(jpeg() + b"\x00" * MAX_BYTES)


@given(st.binary(max_size=300))
def test_any_bytes_are_cleaned_or_refused(content: bytes) -> None:
    try:
        clean(b"\xff\xd8" + content)
    except DomainError as error:
        assert error.code == "photo_unreadable"
