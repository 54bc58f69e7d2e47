"""An installation is for the account that runs it; its key is never empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import Installation


def seen_by_others(home: Path) -> list[str]:
    return sorted(path.name for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077)


@pytest.mark.skipif("os.name != 'posix'")
def test_all_that_is_written_is_for_its_owner(tmp_path: Path):
    office = Installation(tmp_path / "home")
    office.run("init")
    listed = tmp_path / "accounts.csv"
    listed.write_text("compte;nom;prenom;loyer;charges;statut\nA1;Bernard;Anne;500,00;80,00;present\n")
    office.run("import", "accounts", str(listed))
    office.run("nightly")
    assert seen_by_others(office.home) == []
    backup = tmp_path / "backup.tar.gz"
    office.run("backup", str(backup))
    other = Installation(tmp_path / "other")
    other.run("restore", str(backup))
    assert seen_by_others(other.home) == []


def test_what_an_older_version_left_open_is_seen_and_shut(installation: Installation):
    (installation.home / "documents").mkdir(exist_ok=True)
    for path in (installation.home, installation.home / "documents"):
        path.chmod(0o755)
    (installation.home / "secret.key").chmod(0o644)
    said = {check["name"]: check for check in installation.lines("doctor", expect=1)}["dossier"]
    assert not said["ok"] and "secret.key" in said["detail"]
    installation.run("init")
    assert seen_by_others(installation.home) == []
    assert all(check["ok"] for check in installation.lines("doctor"))


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_key_is_mended_aloud_and_once(installation: Installation, content: str):
    key = installation.home / "secret.key"
    key.write_text(content)
    assert "était vide" in installation.run("doctor", expect=None).stderr
    made = key.read_text()
    assert len(made.strip()) > 40
    assert "était vide" not in installation.run("doctor", expect=None).stderr
    assert key.read_text() == made


def test_processes_that_begin_together_take_one_key(tmp_path: Path):
    office = Installation(tmp_path / "home")
    both = [office.start("doctor") for _ in range(3)]
    assert not any("vide" in process.communicate(timeout=120)[1] for process in both)
    assert len((office.home / "secret.key").read_text().split()) == 1
