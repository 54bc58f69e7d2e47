"""A kind of creditor is its YAML file: a third one plays a night, a letter, a plan, a dossier."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import amiable
from amiable.cases import kinds as dossier_kinds
from amiable.cases import services as dossiers
from amiable.correspondence import templates
from amiable.domain import creditors
from amiable.outreach.models import Batch
from amiable.plans import services as plans
from tests import factories
from tests.plans.conftest import TODAY, Desk, noon

ROOT = Path(amiable.__file__).parent
CODES = frozenset(creditors.kinds())


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for path in Path(str(creditors.FOLDER)).glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    text = (tmp_path / "landlord.yaml").read_text(encoding="utf-8")
    changed = text.replace("code: landlord", "code: foyer").replace("plan d’apurement", "plan du foyer")
    (tmp_path / "foyer.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(creditors, "FOLDER", tmp_path)
    creditors.kinds.cache_clear()
    yield "foyer"
    monkeypatch.undo()
    creditors.kinds.cache_clear()


def test_it_plays_a_night_a_letter_a_plan_and_a_dossier(
    third: str, db: None, request: pytest.FixtureRequest
) -> None:
    factories.office(
        "deux-rives",
        kind=third,
        name="Foyer des Deux Rives",
        address="1 place du Bailleur\n69001 Lyon",
        phone="01 99 00 12 34",
        email="contact@deux-rives.exemple.fr",
        signatory="N. Garnier",
        payment_means="virement",
        payment_iban="FR0000000000000000000000000",
    )
    desk: Desk = request.getfixturevalue("desk")
    assert desk.office.kind == third
    desk.night(TODAY)
    assert Batch.objects.filter(office=desk.office, lines__account=desk.account).exists()
    shipped = {one.wording.code for one in templates.of_office(desk.office)}
    assert "plan_apurement" in shipped and "delai_paiement" not in shipped
    version = plans.submit(version=desk.drawn(), actor=desk.officer, today=TODAY)
    version = plans.ready_to_sign(version=version, actor=desk.officer, now=noon(TODAY))
    assert version.document.code == "plan_apurement"
    made = dossiers.open_dossier(account=desk.account, kind="fsl", actor=None, today=TODAY)
    assert made.kind == "fsl" and len(dossier_kinds.of_office(desk.office)) > 10


def test_a_trait_that_does_not_exist_is_refused_when_it_is_read() -> None:
    with pytest.raises(ValueError, match="piscine"):
        creditors.traits_of("hopital", ["titre", "piscine"])


def test_no_code_asks_which_kind_of_creditor_it_is() -> None:
    """Neither compared, nor listed, nor the key of a table: a trait or the kind's own file says it."""
    asked = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] == "demo":
            continue  # the demonstration makes offices of the kinds that are shipped
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts: list[ast.expr | None] = []
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
            elif isinstance(node, ast.Dict):
                parts = list(node.keys)
            elif isinstance(node, ast.Tuple | ast.List | ast.Set):
                parts = list(node.elts)
            elif isinstance(node, ast.MatchValue):
                parts = [node.value]
            if any(isinstance(one, ast.Constant) and one.value in CODES for one in parts):
                asked.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    # What the aid is paid to, in the law's own words, not the office (domain/settlement/caf.py).
    assert [one for one in asked if not one.startswith("domain/settlement/caf.py")] == []
