"""Procedures: what a text must say to be read, and what the law refuses with its article."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from amiable.domain import creditors
from amiable.domain.decision import legality, procedure
from amiable.domain.errors import DomainError

TODAY = date(2026, 11, 22)
AMIABLE = Path(procedure.__file__).parents[2]
PROFILES = sorted((AMIABLE / "procedures" / "profiles").glob("*.yaml"))


def data_of(code: str) -> dict[str, Any]:
    return yaml.safe_load((AMIABLE / "procedures" / "profiles" / f"{code}.yaml").read_text(encoding="utf-8"))


def change(code: str, step: str, **changes: Any) -> dict[str, Any]:
    data = copy.deepcopy(data_of(code))
    for found in data["steps"]:
        if found["code"] == step:
            found.update(changes)
    return data


def faults_of(data: dict[str, Any]) -> list[str]:
    return [str(fault) for fault in legality.faults(procedure.from_data(data), TODAY)]


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_shipped_profiles_are_legal_and_name_existing_things(path: Path) -> None:
    read = procedure.load(path.read_text(encoding="utf-8"))
    assert read.code == path.stem
    assert legality.faults(read, TODAY) == []
    wordings = {
        p.stem: yaml.safe_load(p.read_text(encoding="utf-8"))
        for p in (AMIABLE / "letters/wordings").glob("*")
    }
    for step in read.steps:
        assert step.why
        for channel in step.channels:
            wording = wordings[step.templates[channel]]
            assert wording["media"] == channel or {wording["media"], channel} <= {"letter", "lrar"}
            assert creditors.kind(read.kind).fits(frozenset(wording["traits"]))
            mentions = {mention["id"] for mention in wording["mentions"]}
            assert set(step.mentions) <= mentions


def test_every_nature_of_every_kind_has_a_shipped_profile_that_fits() -> None:
    read = {path.stem: procedure.load(path.read_text(encoding="utf-8")) for path in PROFILES}
    for kind in creditors.kinds().values():
        for nature in kind.natures.values():
            assert nature.code in read[nature.profile].natures


def test_a_text_comes_back_the_same() -> None:
    read = procedure.from_data(data_of("standard"))
    assert procedure.load(procedure.dump(read.data)).steps == read.steps


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"when": {"fact": "horoscope", "op": "=", "value": 1}}, "horoscope"),
        ({"after": [{"step": "relance_9", "days": 3}]}, "relance_9"),
        ({"after": [{"step": "mise_en_demeure", "days": 3}]}, "s’attendent l’une l’autre"),
        (
            {
                "when": [
                    {"fact": "age_days", "op": ">=", "value": 9},
                    {"fact": "age_days", "op": "<", "value": 8},
                ]
            },
            "se contredisent",
        ),
        ({"when": [{"fact": "status", "op": "=", "value": "fantome"}]}, "fantome"),
        ({"mode": "magic"}, "magic"),
        ({"kind": "pigeon"}, "pigeon"),
        ({"lane": "tarmac"}, "tarmac"),
        ({"channels": ["fax"], "template": "relance_2"}, "fax"),
        ({"channels": ["letter"], "template": None}, "modèle"),
        ({"deadline": "age_days"}, "pas une date connue"),
        ({"why": "{humeur}"}, "humeur"),
        ({"colour": "red"}, "colour"),
        ({"repeat_days": 0}, "repeat_days"),
        ({"when": {"step": "appel", "after_limit": "XX-99"}}, "XX-99"),
    ],
)
def test_what_cannot_happen_is_refused_when_read(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(DomainError) as error:
        procedure.from_data(change("standard", "relance_2", **changes))
    assert reason in error.value.message_fr and "relance_2" in error.value.message_fr


def test_a_step_waiting_for_a_step_switched_off_is_refused() -> None:
    with pytest.raises(DomainError, match="désactivée"):
        procedure.from_data(change("standard", "relance_1", enabled=False))


def test_unreadable_yaml_is_said_in_french() -> None:
    for text in ("steps: [", "- a", "code: x\nlabel: y\nsteps: []"):
        with pytest.raises(DomainError):
            procedure.load(text)


def test_gentler_is_the_offices_choice() -> None:
    assert (
        faults_of(change("comptable-local", "mise_en_demeure", after=[{"step": "relance", "days": 45}])) == []
    )
    assert (
        faults_of(change("standard", "relance_1", when={"fact": "age_days", "op": ">=", "value": 30})) == []
    )


@pytest.mark.parametrize(
    ("code", "step", "changes", "rule", "article"),
    [
        ("standard", "relance_1", {"fee_cents": 1}, "DUN-01", "89-462"),
        ("comptable-local", "relance", {"fee_cents": 1200}, "DUN-02", "L111-8"),
        ("standard", "signalement_caf", {"enabled": False}, "CAF-04", "R824-4"),
        ("standard", "signalement_caf", {"guarded": True}, "CAF-04", "R824-4"),
        ("standard", "mise_en_demeure", {"mode": "auto"}, "RGPD-04", ""),
        ("standard", "mise_en_demeure", {"mentions": ["montant"]}, "DUN-04", "1344"),
        (
            "comptable-local",
            "mise_en_demeure",
            {"after": [{"step": "relance", "days": 20}]},
            "PUB-05.1",
            "L1617-5",
        ),
        (
            "comptable-local",
            "mise_en_demeure",
            {"after": [{"step": "relance", "days": 30}]},
            "PUB-05.1",
            "L1617-5",
        ),
        (
            "comptable-local",
            "pret_poursuites",
            {
                "after": [
                    {
                        "any": [
                            {"step": "mise_en_demeure", "days": 5},
                            {"step": "mise_en_demeure_directe", "limit": "PUB-06"},
                        ]
                    }
                ]
            },
            "PUB-05.2",
            "L1617-5",
        ),
        # Huit jours après une mise en demeure sans relance : il en faut trente.
        (
            "comptable-local",
            "pret_poursuites",
            {
                "after": [
                    {
                        "any": [
                            {"step": "mise_en_demeure", "limit": "PUB-05.2"},
                            {"step": "mise_en_demeure_directe", "limit": "PUB-05.2"},
                        ]
                    }
                ]
            },
            "PUB-05.2",
            "L1617-5",
        ),
        # Le seuil relevé à 20 000 euros : la mise en demeure courte n’est plus permise à tous.
        (
            "comptable-local",
            "mise_en_demeure",
            {"when": {"fact": "balance_cents", "op": "<", "value": 2000000}},
            "PUB-05.2",
            "L1617-5",
        ),
        # Aucune mise en demeure avant les poursuites.
        (
            "comptable-local",
            "pret_poursuites",
            {"after": [{"step": "relance", "days": 90}]},
            "PUB-05.2",
            "L1617-5",
        ),
    ],
)
def test_harsher_than_the_law_is_refused_with_the_article(
    code: str, step: str, changes: dict[str, Any], rule: str, article: str
) -> None:
    data = change(code, step, **changes)
    found = faults_of(data)
    assert any(rule in fault and article in fault for fault in found), found
    with pytest.raises(DomainError) as error:
        legality.check(procedure.from_data(data), TODAY)
    assert error.value.code == "harsher_than_law"


def test_a_nature_of_another_creditor_is_refused() -> None:
    data = data_of("standard") | {"natures": ["amende"]}
    with pytest.raises(DomainError, match="amende"):
        legality.faults(procedure.from_data(data), TODAY)
