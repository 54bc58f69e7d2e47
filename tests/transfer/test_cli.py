"""amiable transfer build, on the case of the fixtures."""

from __future__ import annotations

import hashlib
import json

import pytest

from amiable.cli.main import parser
from amiable.domain.errors import DomainError
from amiable.transfer import services
from tests.transfer.conftest import TODAY, Case


def run(*words: str) -> int:
    command = () if words[0] == "verify" else ("build",)
    arguments = parser().parse_args(["transfer", *command, *words])
    return arguments.run(arguments)


def test_build_writes_the_file_and_tells_its_hash(case: Case, tmp_path, capsys):
    out = tmp_path / "dossier.pdf"
    assert run(case.account.ref, "--as-of", "2026-11-23", "--out", str(out), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (told["pieces"], told["missing"]) == (3, [])
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["dossier.pdf"]


def test_verify_makes_the_bundle_decided_on_again(case: Case, capsys):
    with pytest.raises(DomainError, match="Rien n’a été transmis"):
        run("verify", case.account.ref)
    transfer = services.propose(account=case.account, actor=case.officer, today=TODAY)
    kept = services.decide(transfer=transfer, actor=case.head, today=TODAY).bundle
    assert kept is not None
    capsys.readouterr()
    assert run("verify", case.account.ref, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "account": case.account.ref,
        "sha256": kept.sha256,
        "same": True,
    }


def test_an_unknown_account_or_folder_writes_nothing(case: Case, tmp_path):
    with pytest.raises(DomainError, match="Aucun compte ne porte"):
        run("AUCUN", "--out", str(tmp_path / "x.pdf"))
    with pytest.raises(DomainError, match="rien n’a été écrit"):
        run(case.account.ref, "--out", str(tmp_path / "absent" / "x.pdf"))
