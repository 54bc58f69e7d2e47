"""A backup holds everything, says when it is damaged, and never overwrites a living installation."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.installation import Installation


@pytest.fixture
def used(installation: Installation) -> Installation:
    """An installation with a user and a document."""
    installation.run("user", "add", "garnier", "--role", "service_head")
    document = installation.home / "documents" / "ab" / "abcd"
    document.parent.mkdir(parents=True)
    document.write_bytes(b"%PDF a letter")
    return installation


def users(installation: Installation) -> list[str]:
    return [name for (name,) in installation.rows("select username from core_user order by 1")]


def rewritten(archive: Path, change: dict[str, bytes], target: Path) -> Path:
    """The same archive with some members replaced or added."""
    with tarfile.open(archive) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]
    with tarfile.open(target, "w:gz") as tar:
        for name, content in {**members, **change}.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return target


def test_what_was_saved_comes_back(used: Installation, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    other = Installation(tmp_path / "other")
    other.run("restore", str(archive))
    assert users(other) == ["garnier"]
    assert (other.home / "documents/ab/abcd").read_bytes() == b"%PDF a letter"
    assert all(check["ok"] for check in other.lines("doctor"))
    assert (other.home / "secret.key").read_text() != (used.home / "secret.key").read_text()
    assert [p.name for p in other.home.iterdir() if p.name.startswith(".")] == []


def test_the_backup_is_for_its_owner_only_and_overwrites_nothing(used: Installation, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    assert archive.stat().st_mode & 0o077 == 0
    before = archive.read_bytes()
    assert "existe déjà" in used.run("backup", str(archive), expect=1).stderr
    assert archive.read_bytes() == before


def test_a_living_installation_is_never_restored_over(used: Installation, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    used.run("user", "add", "petit", "--role", "agency_head")
    assert "vide" in used.run("restore", str(archive), expect=1).stderr
    assert users(used) == ["garnier", "petit"]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("truncated", lambda raw: raw[: len(raw) // 2]),
        ("one byte changed", lambda raw: _flip(raw)),
        ("not an archive", lambda raw: b"bonjour"),
        ("empty", lambda raw: b""),
    ],
)
def test_a_damaged_backup_is_refused_whole(used: Installation, tmp_path: Path, name: str, damage):
    archive, broken = tmp_path / "backup.tar.gz", tmp_path / "broken.tar.gz"
    used.run("backup", str(archive))
    broken.write_bytes(damage(archive.read_bytes()))
    other = Installation(tmp_path / "other")
    refused = other.run("restore", str(broken), expect=1)
    assert "rien n’a été rétabli" in refused.stderr and "Traceback" not in refused.stderr
    assert not (other.home / "documents").exists()
    assert users_if_any(other) == []


def _flip(raw: bytes) -> bytes:
    content = bytearray(gzip.decompress(raw))
    content[len(content) // 2] ^= 1
    return gzip.compress(bytes(content))


def users_if_any(installation: Installation) -> list[str]:
    """Nobody, where there are not even tables."""
    try:
        return users(installation)
    except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
        return []


@pytest.mark.parametrize(
    "change",
    [
        {"home/documents/ab/abcd": b"%PDF another letter"},
        {"home/documents/added": b"never listed"},
        {"home/../../outside": b"climbs out"},
    ],
)
def test_a_file_that_was_changed_or_added_is_refused(used: Installation, tmp_path: Path, change):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    forged = rewritten(archive, change, tmp_path / "forged.tar.gz")
    (tmp_path / "deep").mkdir()
    other = Installation(tmp_path / "deep" / "other")
    other.run("restore", str(forged), expect=1)
    assert not (other.home / "documents").exists()
    assert not list(tmp_path.rglob("outside"))


def test_a_backup_of_a_later_version_is_refused(used: Installation, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    with tarfile.open(archive) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    manifest["migrations"].append("core.0999_from_the_future")
    later = rewritten(archive, {"manifest.json": json.dumps(manifest).encode()}, tmp_path / "later.tar.gz")
    other = Installation(tmp_path / "other")
    assert "plus récente" in other.run("restore", str(later), expect=1).stderr


def test_a_restore_that_fails_leaves_nothing_behind(used: Installation, tmp_path: Path):
    """The files are whole, the database is not one: it fails when the files stand in their place already."""
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    with tarfile.open(archive) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    name, false = manifest["database"], b"neither SQLite nor PostgreSQL" * 400
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry["sha256"], entry["size"] = hashlib.sha256(false).hexdigest(), len(false)
    change = {name: false, "manifest.json": json.dumps(manifest).encode()}
    forged = rewritten(archive, change, tmp_path / "forged.tar.gz")
    other = Installation(tmp_path / "other")
    other.run("doctor", expect=1)
    before = {path.name for path in other.home.iterdir() if not path.name.startswith("amiable.sqlite3")}
    assert other.run("restore", str(forged), expect=None).returncode != 0
    after = {path.name for path in other.home.iterdir() if not path.name.startswith("amiable.sqlite3")}
    assert after == before
    assert users_if_any(other) == []
    other.run("restore", str(archive))
    assert users(other) == ["garnier"]


def test_a_file_that_is_there_is_not_replaced(used: Installation, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    used.run("backup", str(archive))
    other = Installation(tmp_path / "other")
    kept = other.home / "documents" / "ab" / "abcd"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"another")
    assert "existe déjà" in other.run("restore", str(archive), expect=1).stderr
    assert kept.read_bytes() == b"another"
    assert users_if_any(other) == []
