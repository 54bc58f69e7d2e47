"""Letters: the merged PDF and its deposit list go into a folder the office's printer reads."""

from __future__ import annotations

from amiable.channels.base import Provider, Settings
from amiable.channels.post.spool import SpoolPost

LABEL_FR = "Courrier"


def provider(settings: Settings) -> Provider:
    """One adapter so far. A file is not a sending: the demo uses it too."""
    return SpoolPost(settings)
