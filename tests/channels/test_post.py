from __future__ import annotations

import pytest

from amiable.channels.base import Attachment, Message, PermanentFailure
from amiable.channels.post.spool import SpoolPost
from amiable.channels.spool import write_once

PDF = Attachment("lot.pdf", "application/pdf", b"%PDF")
CSV = Attachment("depot.csv", "text/csv", b"a;b")


def test_the_pdf_is_written_last_and_once(channel_settings, monkeypatch):
    post = SpoolPost(channel_settings())
    receipt = post.send(Message(key="lot-7", to="", text="", attachments=(PDF, CSV)))
    assert receipt.reference == "lot-7.pdf"
    assert sorted(path.name for path in post.folder.iterdir()) == ["lot-7.csv", "lot-7.pdf"]
    post.send(Message(key="lot-7", to="", text="", attachments=(Attachment("x.pdf", PDF.mime, b"other"),)))
    assert (post.folder / "lot-7.pdf").read_bytes() == b"%PDF"


def test_an_empty_batch_is_refused(channel_settings):
    with pytest.raises(PermanentFailure):
        SpoolPost(channel_settings()).send(Message(key="k", to="", text=""))


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_once(tmp_path, "k", ".json", b"x")
    assert list(tmp_path.iterdir()) == []
