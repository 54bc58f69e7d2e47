"""Files instead of sendings: what would leave can be opened, and a key already there is already sent."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

SAFE_KEY = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(key: str, suffix: str) -> str:
    """A file name that a key cannot use to leave its folder."""
    return SAFE_KEY.sub("_", key).strip(".") + suffix


def write_once(folder: Path, key: str, suffix: str, content: bytes) -> tuple[Path, bool]:
    """Write `content` under `key`; return (path, written). False when the key was already there.

    The bytes are complete on disk before the name appears (temporary file, fsync, then a hard link that
    fails if the name exists): a kill leaves either nothing or the whole message, never half of one, and two
    workers racing on one key produce one file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file_name(key, suffix)
    if target.exists():
        return target, False
    handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, target)
        except FileExistsError:
            return target, False
        return target, True
    finally:
        os.unlink(temporary)
