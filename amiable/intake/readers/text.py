"""From bytes to text, without ever guessing silently."""

from __future__ import annotations

import re

from amiable.domain.errors import DomainError

#: What stands for a byte nobody could read; rows holding it are rejected one by one.
UNREADABLE = "\ufffd"

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: First bytes of accented letters, quotes and the euro sign in UTF-8.
_FRENCH_LEADS = (0xC2, 0xC3, 0xC5, 0xE2)
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding name of `data`: UTF-8 (with or without mark), else Windows-1252.

    A byte that neither can read becomes UNREADABLE, so that one damaged row does not lose the others.
    Raises DomainError for an empty file, UTF-16/32 and binary content.
    """
    if not data.strip():
        raise DomainError("intake.empty", "Le fichier est vide : rien n'a été importé.")
    if data.startswith(_UTF16_MARKS):
        raise DomainError(
            "intake.utf16",
            "Le fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 » puis recommencez. Rien n'a "
            "été importé.",
        )
    if b"\x00" in data:
        raise DomainError(
            "intake.binary", "Le fichier n'est pas un texte lisible (octets nuls). Rien n'a été importé."
        )
    body = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode("utf-8"), "utf-8-sig" if body is not data else "utf-8"
    except UnicodeDecodeError as error:
        # A file cut in the middle of its last character; É and È of Windows-1252 open none of these.
        cut = error.reason == "unexpected end of data" and body[error.start] in _FRENCH_LEADS
    tolerant = body.decode("utf-8", errors="replace")
    # A cut or damaged UTF-8 file has many good sequences and few bad ones; cp1252 text has it the other way
    # round.
    if cut or len(_MULTIBYTE.findall(body)) > tolerant.count(UNREADABLE):
        return tolerant, "utf-8"
    return body.decode("cp1252", errors="replace"), "cp1252"


def lines_of(text: str) -> list[str]:
    """Physical lines, whatever ends them (CRLF, LF, CR); other separators stay inside their line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
