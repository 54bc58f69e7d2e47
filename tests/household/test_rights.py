"""Rights estimated by a process apart: one for a batch, kept beside what is received, optional."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from amiable.domain.errors import DomainError
from amiable.household import rights, services, tasks
from amiable.household.models import Assessment
from amiable.jobs import services as jobs
from tests.household.conftest import TODAY

FAKE = Path(__file__).with_name("fake_runner.py")


@pytest.fixture
def installed(settings, monkeypatch):
    settings.AMIABLE_RIGHTS_PYTHON = sys.executable
    monkeypatch.setattr(rights, "RUNNER", FAKE)


@pytest.fixture
def made(desk):
    return services.record_interview(
        account=desk.account, told=desk.told(), actor=desk.officer, today=desk.today
    )


def test_the_difference_with_what_is_received(installed, made, desk):
    assert rights.estimate(assessments=[made], actor=desk.officer, today=TODAY) == 1
    made.refresh_from_db()
    assert (made.rights["version"], made.rights["scales_on"]) == ("0.0.essai", "2026-11-01")
    told = {
        one.label: (one.estimated_cents, one.received_cents, one.missing_cents) for one in rights.told(made)
    }
    assert told == {
        "Aide au logement": (30_000, 25_000, 5_000),
        "RSA": (15_000, 0, 15_000),
        "Prime d’activité": (2_000, 0, 2_000),
    }


def test_a_batch_is_one_process(installed, made, desk, monkeypatch):
    second = services.record_interview(
        account=desk.account, told=desk.told(), actor=desk.officer, today=desk.today
    )
    calls, real = [], subprocess.run
    monkeypatch.setattr(rights.subprocess, "run", lambda *a, **k: calls.append(a) or real(*a, **k))
    assert rights.estimate(assessments=[made, second], actor=None, today=TODAY) == 2
    assert len(calls) == 1


def test_without_openfisca_nothing_else_changes(made, settings):
    settings.AMIABLE_RIGHTS_PYTHON = ""
    assert not rights.available()
    assert rights.told(made) == []
    with pytest.raises(DomainError) as refusal:
        rights.estimate(assessments=[made], actor=None, today=TODAY)
    assert refusal.value.code == "rights.not_installed"


@pytest.mark.parametrize("today", [date(2020, 1, 5), date(2020, 2, 5)])
def test_an_estimate_that_fails_or_forgets_somebody_is_not_kept(installed, made, today):
    with pytest.raises(DomainError) as refusal:
        rights.estimate(assessments=[made], actor=None, today=today)
    assert refusal.value.code == "rights.failed"
    made.refresh_from_db()
    assert made.rights is None


def test_an_interpreter_that_is_not_there(installed, made, settings):
    settings.AMIABLE_RIGHTS_PYTHON = "/nulle/part/python"
    with pytest.raises(DomainError):
        rights.estimate(assessments=[made], actor=None, today=TODAY)


def test_asked_twice_it_is_done_once_by_the_worker(installed, made, desk):
    first = tasks.ask_rights(assessment=made, actor=desk.officer, today=TODAY)
    assert tasks.ask_rights(assessment=made, actor=desk.officer, today=TODAY) == first
    assert tasks.rights_job(made) == first
    job = jobs.claim("essai")
    jobs.run(job)
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", {"rows": 1})
    assert Assessment.objects.get().rights["apl_cents"] == 30_000


@pytest.mark.skipif(
    not os.environ.get("AMIABLE_RIGHTS_PYTHON"), reason="openfisca-france : définir AMIABLE_RIGHTS_PYTHON"
)
def test_the_real_scales_answer_plausibly():
    people = [{"role": "holder", "age": 41, "income": {}}, {"role": "child", "age": 9}]
    asked = {
        "month": "2026-11",
        "households": [
            {"id": 1, "people": people[:1], "rent_cents": 40_000, "charges_cents": 6_000, "zone": 2},
            {"id": 2, "people": people, "rent_cents": 45_000, "charges_cents": 6_000, "zone": 2},
            {
                "id": 3,
                "people": [people[0] | {"income": {"salary": 250_000}}],
                "rent_cents": 45_000,
                "charges_cents": 6_000,
                "zone": 2,
            },
        ],
    }
    done = subprocess.run(
        [os.environ["AMIABLE_RIGHTS_PYTHON"], str(rights.RUNNER)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    alone, parent, comfortable = json.loads(done.stdout)["estimates"]
    # Alone without income: the RSA less the housing forfait, about 650 €; more help with a child.
    assert 50_000 < alone["rsa_cents"] < 65_169
    assert parent["apl_cents"] > alone["apl_cents"] > 15_000
    assert (comfortable["rsa_cents"], comfortable["apl_cents"]) == (0, 0)
