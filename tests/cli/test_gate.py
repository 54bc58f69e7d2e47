"""amiable gate: it says what the act itself would say, for every act of an office."""

from __future__ import annotations

import json

import pytest

from amiable.accounts.models import Account
from amiable.cases import kinds, services
from amiable.cli.main import parser
from amiable.core.models import Office
from amiable.domain.errors import DomainError
from amiable.transfer import services as transfers
from tests.cases.conftest import TODAY, Desk
from tests.cases.conftest import desk as desk

DAY = TODAY.isoformat()


def ask(ref: str, act: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    arguments = parser().parse_args(["gate", ref, "--act", act, "--as-of", DAY, "--json"])
    assert arguments.run(arguments) == 0
    return dict(json.loads(capsys.readouterr().out))


def act_itself(act: str, account: Account, desk: Desk) -> None:
    if act == "transfer":
        transfers.propose(account=account, actor=desk.officer, today=TODAY)
    else:
        services.open_dossier(account=account, kind=act, actor=None, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["transfer", *kinds.every()])
def test_the_gate_says_what_the_act_says(act: str, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    account = desk.account
    if act != "transfer" and kinds.kind_of(act) not in kinds.of_office(desk.office):
        with pytest.raises(DomainError, match="pour ce type de créancier"):
            ask(account.ref, act, capsys)
        return
    told = ask(account.ref, act, capsys)
    checks = told["checks"]
    assert isinstance(checks, list) and checks
    assert all(set(one) == {"id", "state", "why", "source"} and one["why"] for one in checks)
    assert told["allowed"] is not any(one["state"] in ("missing", "blocking") for one in checks)
    blocked = any(one["state"] == "blocking" for one in checks)
    if act == "transfer" or blocked:
        assert told["allowed"] is False
        with pytest.raises(DomainError):
            act_itself(act, account, desk)
        return
    act_itself(act, account, desk)
    made = account.dossiers.get(kind=act)
    again = ask(account.ref, act, capsys)
    ready = made.stage == "ready"
    assert again["allowed"] is ready


@pytest.mark.django_db
def test_what_does_not_exist_is_said_with_what_does(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DomainError, match="AUCUN"):
        ask("AUCUN", "transfer", capsys)
    with pytest.raises(DomainError, match="Actes de cet office : transfer, .*caf"):
        ask(desk.account.ref, "nimporte", capsys)
    Office.objects.create(code="autre", name="Autre", kind="landlord")
    with pytest.raises(DomainError, match="Plusieurs offices"):
        ask(desk.account.ref, "transfer", capsys)
