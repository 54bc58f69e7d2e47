"""One file that holds a whole installation: database, documents, spool; checked by its own sums.

The database is copied first and the files after it: a document is written before the row that names it,
so that the copy may hold a file too many, never a row whose file is missing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from amiable.domain.errors import DomainError
from amiable.operations import database

FORMAT = 1
MANIFEST = "manifest.json"
#: What an installation makes again by itself, or must not share: the key signs this machine's sessions.
LEFT_OUT = ("secret.key", "static", "tmp", "last-backup")


def backup(file: str) -> str:
    """Write the backup under a temporary name, then rename it: the file is whole or absent.

    Returns what to print. Raises DomainError when the database cannot be copied or the file exists.
    """
    target = Path(file).resolve()
    if target.exists():
        raise DomainError(
            "backup.exists", f"{target} existe déjà : une sauvegarde n’en écrase pas une autre."
        )
    with _beside(target) as folder:
        copy = folder / database.file_name()
        database.dump(copy)
        archive = folder / "backup.tar.gz"
        count = _write(archive, copy, target)
        os.chmod(archive, 0o600)
        _sync(archive)
        os.replace(archive, target)
    (settings.AMIABLE_HOME / "last-backup").write_text(timezone.now().isoformat())
    return f"{target} : base et {count} fichier(s), {target.stat().st_size / (1 << 20):.1f} Mio."


def last_made_at() -> datetime | None:
    """When the last backup was made from here; None when none was, or when what says it is damaged."""
    try:
        return datetime.fromisoformat((settings.AMIABLE_HOME / "last-backup").read_text())
    except (FileNotFoundError, ValueError):
        return None


def restore(file: str) -> str:
    """Bring a backup into an empty installation; the database comes last and in one move.

    Raises DomainError when the backup is damaged, of a later version, of another kind of database, or
    when the installation already holds an office. Nothing is in use until everything has been verified, and
    whatever fails, nothing that was brought stays.
    """
    from amiable.operations.setup import upgrade_database

    settings.AMIABLE_HOME.mkdir(parents=True, exist_ok=True)
    if database.in_use():
        raise DomainError(
            "restore.not_empty",
            f"{settings.AMIABLE_HOME} sert déjà : on ne rétablit que dans une installation vide.",
        )
    with _beside(settings.AMIABLE_HOME / "restore") as folder:
        manifest = _extract(Path(file), folder)
        _refuse_later(manifest)
        names = [entry["path"] for entry in manifest["files"] if entry["path"] != manifest["database"]]
        with _nothing_left() as brought:
            for name in names:
                _bring(folder / name, settings.AMIABLE_HOME / name.removeprefix("home/"), brought)
            database.load(folder / manifest["database"])
            upgrade_database()
    made_on = manifest["made_at"][:10]
    return f"{settings.AMIABLE_HOME} : sauvegarde du {made_on} rétablie, {len(names)} fichier(s)."


@contextmanager
def _nothing_left() -> Iterator[list[Path]]:
    """The files and folders brought, in order; all gone, and the database empty again, when what follows
    fails."""
    brought: list[Path] = []
    try:
        yield brought
    except BaseException:
        for path in reversed(brought):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        database.empty()
        raise


def _bring(source: Path, destination: Path, brought: list[Path]) -> None:
    """Put one file in its place, noting it and the folders made for it; one that is there is not replaced."""
    if destination.exists():
        raise DomainError(
            "restore.file_there",
            f"{destination} existe déjà : on ne rétablit que dans un dossier vide. Rien n’a été rétabli.",
        )
    home = settings.AMIABLE_HOME
    for folder in reversed([one for one in destination.parents if home in one.parents and not one.exists()]):
        folder.mkdir()
        brought.append(folder)
    os.replace(source, destination)
    brought.append(destination)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder on the same disk as `target`, gone at the end: a rename from it is one move."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".amiable-", dir=target.parent) as folder:
        yield Path(folder)


def _write(archive: Path, copy: Path, target: Path) -> int:
    """Fill the archive; its manifest comes last, when every sum is known. Returns the number of files."""
    entries: list[dict[str, Any]] = []
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        entries.append(_add(tar, copy, copy.name))
        for path in _home_files(target):
            entries.append(_add(tar, path, f"home/{path.relative_to(settings.AMIABLE_HOME).as_posix()}"))
        manifest = json.dumps(_manifest(copy.name, entries), ensure_ascii=False, indent=1).encode()
        header = tarfile.TarInfo(MANIFEST)
        header.size = len(manifest)
        tar.addfile(header, io.BytesIO(manifest))
    return len(entries) - 1


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    content = path.open("rb")
    with content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        size = content.tell()
        content.seek(0)
        header = tarfile.TarInfo(name)
        header.size, header.mode = size, 0o600
        tar.addfile(header, content)
    return {"path": name, "size": size, "sha256": digest}


def _home_files(target: Path) -> Iterator[Path]:
    """Every file of the installation except the database, what is made again, and the backup itself."""
    home = settings.AMIABLE_HOME
    for path in sorted(home.rglob("*")):
        first = path.relative_to(home).parts[0]
        skipped = first in LEFT_OUT or first.startswith((".", database.SQLITE_NAME)) or path == target
        if path.is_file() and not path.is_symlink() and not skipped:
            yield path


def _manifest(database_name: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        installed = version("amiable")
    except PackageNotFoundError:  # run from a clone
        installed = "source"
    return {
        "format": FORMAT,
        "amiable": installed,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": database_name,
        "migrations": sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
        "files": entries,
    }


def _extract(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack under `folder` what the manifest lists, each file checked. Raises DomainError on any doubt."""
    damaged = DomainError(
        "restore.damaged", f"{file} n’est pas une sauvegarde entière : rien n’a été rétabli."
    )
    try:
        with tarfile.open(file, "r:gz") as tar:
            found = {member.name: _unpack(tar, member, folder) for member in tar}
        manifest = json.loads((folder / MANIFEST).read_text())
        listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
        format_, database_name = manifest["format"], manifest["database"]
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError):
        raise damaged from None
    found.pop(MANIFEST)
    if found != listed or database_name not in listed:
        raise damaged
    if format_ != FORMAT:
        raise DomainError(
            "restore.format", f"{file} vient d’une version plus récente : mettez Amiable à jour."
        )
    if database_name != database.file_name():
        raise DomainError(
            "restore.other_database",
            f"{file} vient d’une autre base ({database_name}) ; celle-ci est {connection.vendor}.",
        )
    return manifest


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write one member, whatever its mode or owner says; its SHA-256. A strange path is refused."""
    path = PurePosixPath(member.name)
    if not member.isfile() or path.is_absolute() or ".." in path.parts:
        raise ValueError(member.name)
    source = tar.extractfile(member)
    assert source is not None  # a regular file
    destination = folder / path
    destination.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with destination.open("wb") as written:
        while block := source.read(1 << 20):
            digest.update(block)
            written.write(block)
    _sync(destination)
    return digest.hexdigest()


def _refuse_later(manifest: dict[str, Any]) -> None:
    """A backup made by a later version knows migrations this one cannot undo nor understand."""
    from django.db.migrations.loader import MigrationLoader

    known = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if set(manifest["migrations"]) - known:
        raise DomainError(
            "restore.later", "Cette sauvegarde vient d’une version plus récente : mettez Amiable à jour."
        )


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
