"""Procédure: read by all, edited by the head of service, refused with the article, then published."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from django.urls import reverse

from amiable.core.models import PolicyValue
from amiable.jobs.models import Job
from amiable.jobs.worker import run_until_idle
from amiable.procedures import instructions, services
from amiable.procedures.models import Instruction, ProcedureVersion
from tests.web.conftest import TODAY

INDEX = "/procedure/"
DRAFT = "/procedure/standard/brouillon/"


@pytest.fixture
def installed(house):
    services.install_defaults(office=house.office, today=TODAY - timedelta(days=30))
    return house


@pytest.fixture
def portfolio(monkeypatch):
    """Three tenants owing for 5, 9 and 13 days, as the positions room would give them."""
    rows = [
        {"account_id": age, "nature": "loyer", "overdue_cents": 60000, "age_days": age, "status": "present"}
        for age in (5, 9, 13)
    ]
    monkeypatch.setattr("amiable.positions.facts.frame", lambda **_: pl.DataFrame(rows))


def posted(client) -> dict:
    """The draft form's fields as the browser would send them back unchanged."""
    page = client.get(DRAFT)
    form, values = page.context["form"], {"seen": page.context["seen"]}
    for bound in form:
        value = bound.value()
        if value is True:
            values[bound.html_name] = "on"
        elif value not in (False, None):
            values[bound.html_name] = value
    return values


def mark(client) -> str:
    return client.get(DRAFT).context["seen"]


def opened(log_in):
    head = log_in("service_head")
    head.post(reverse("procedure_draft_open", args=["standard"]))
    return head


def test_an_empty_office_is_told_what_to_do_and_the_head_installs(house, log_in):
    assert "Le responsable de service peut installer" in log_in("officer").get(INDEX).content.decode()
    assert log_in("officer").post(reverse("procedure_install")).status_code == 403
    head = log_in("service_head")
    assert head.post(reverse("procedure_install")).status_code == 302
    assert ProcedureVersion.objects.filter(office=house.office).count() == 3


def test_everybody_reads_the_steps_in_french_with_their_rules(installed, log_in):
    html = log_in("officer").get(INDEX).content.decode()
    assert "Cycle standard" in html and "Signaler l’impayé à la CAF" in html
    assert 'href="/droit/CAF-04/"' in html
    assert "15\xa0jours après « Envoyer la relance 2 »" in html
    assert "Modifier" not in html and "Modifier" in log_in("service_head").get(INDEX).content.decode()
    assert "Prévention" in log_in("officer").get(INDEX, {"p": "oph-prevention"}).content.decode()


def test_only_the_head_of_service_drafts_and_publishes(installed, log_in):
    opened(log_in)
    for role in ("officer", "agency_head", "auditor", "admin"):
        client = log_in(role)
        assert client.get(DRAFT).status_code == 403
        assert client.post(reverse("procedure_draft_open", args=["standard"])).status_code == 403
        assert (
            client.post(reverse("procedure_publish", args=["standard"]), {"reason": "x"}).status_code == 403
        )
    assert log_in("stranger").get(DRAFT).status_code == 404


def test_a_draft_sent_back_unchanged_changes_nothing(installed, log_in):
    head = opened(log_in)
    assert head.post(DRAFT, posted(head)).status_code == 302
    assert head.get(DRAFT).context["changes"] == []


def test_delays_modes_names_order_and_use_are_edited(installed, log_in):
    head = opened(log_in)
    values = posted(head)
    values |= {
        "relance_1-n-when-value": "12",
        "relance_2-mode": "manual",
        "appel-label": "Téléphoner",
        "appel-position": "1",
    }
    values.pop("sms_rappel-enabled")
    assert head.post(DRAFT, values).status_code == 302
    answer = head.get(DRAFT)
    changes = [change.replace("\xa0", " ") for change in answer.context["changes"]]
    assert "« Envoyer la relance 1 » : Ancienneté de la dette, au moins : 8 jours devient 12 jours" in changes
    assert "« Envoyer la relance 2 » : à approuver devient à faire soi-même" in changes
    assert "« Téléphoner » : s’appelait « Appeler »" in changes
    assert "« Envoyer un SMS de rappel » : désactivée" in changes
    assert answer.context["procedure"].steps[0].code == "appel"


def test_what_was_mistyped_is_said_beside_its_field_and_nothing_is_saved(installed, log_in):
    head = opened(log_in)
    before = ProcedureVersion.objects.get(status="draft").source
    answer = head.post(DRAFT, posted(head) | {"relance_1-n-when-value": "bientôt"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Rien n’a été enregistré" in html and "« bientôt » n’est pas un nombre" in html
    assert ProcedureVersion.objects.get(status="draft").source == before


def test_a_step_that_can_no_longer_come_is_refused_beside_it(installed, log_in):
    head = opened(log_in)
    values = posted(head)
    values.pop("relance_1-enabled")
    answer = head.post(DRAFT, values)
    assert answer.status_code == 422 and "désactivée" in answer.content.decode()


def test_harsher_than_the_law_is_shown_with_the_article_and_not_published(installed, log_in, portfolio):
    head = opened(log_in)
    assert head.post(DRAFT, posted(head) | {"mise_en_demeure-mode": "auto"}).status_code == 302
    html = head.get(DRAFT).content.decode()
    assert "ne peut pas être publié" in html and "RGPD-04" in html
    # Once above all, once beside its own field, nowhere else.
    assert html.count("ne peut pas être automatique") == 2
    assert "Corrigez d’abord" in head.get(reverse("procedure_simulation", args=["standard"])).content.decode()
    body = {"reason": "Plus vite", "seen": mark(head)}
    head.post(reverse("procedure_publish", args=["standard"]), body)
    assert ProcedureVersion.objects.get(status="draft")


def test_the_simulation_shows_what_would_change_then_the_version_is_published(installed, log_in, portfolio):
    head = opened(log_in)
    values = posted(head) | {"relance_1-n-when-value": "12", "then": "simulate"}
    answer = head.post(DRAFT, values, follow=True)
    counts = {c.code: (c.before, c.after) for c in answer.context["simulation"].steps}
    assert counts == {"relance_1": (2, 1), "appel": (0, 1)}
    assert head.post(reverse("procedure_publish", args=["standard"]), {"reason": ""}).status_code == 422
    body = {"reason": "Moins pressant", "seen": mark(head)}
    assert head.post(reverse("procedure_publish", args=["standard"]), body).status_code == 302
    # Every position follows the new version as soon as a worker takes the job.
    assert Job.objects.get().task == "positions.refresh"
    assert run_until_idle() >= 1 and Job.objects.get().status == "done"
    html = head.get(reverse("procedure_versions", args=["standard"])).content.decode()
    assert "Moins pressant" in html and "8\xa0jours devient 12\xa0jours" in html
    assert "12\xa0jours" in head.get(reverse("procedure_version", args=["standard", 2])).content.decode()
    text = head.get(reverse("procedure_text", args=["standard", 2]))
    assert b"code: standard" in text.content and "attachment" in text["Content-Disposition"]


def test_a_step_of_another_profile_is_added_and_the_draft_given_up(installed, log_in):
    head = opened(log_in)
    head.post(reverse("procedure_draft_add", args=["standard"]), {"step": "appel_nouveau"})
    assert head.get(DRAFT).context["procedure"].steps[-1].code == "appel_nouveau"
    assert head.post(reverse("procedure_discard", args=["standard"])).status_code == 302
    assert head.get(DRAFT).status_code == 404


def test_the_text_is_checked_when_saved(installed, log_in):
    head = opened(log_in)
    address = reverse("procedure_draft_text", args=["standard"])
    source = ProcedureVersion.objects.get(status="draft").source
    wrong = {"source": source.replace("fact: age_days", "fact: horoscope", 1), "seen": mark(head)}
    refused = head.post(address, wrong)
    assert refused.status_code == 422 and "« horoscope » n’existe pas" in refused.content.decode()
    right = wrong | {"source": source.replace("label: Appeler", "label: Joindre")}
    assert head.post(address, right).status_code == 302


def test_the_second_of_two_editors_is_warned_and_overwrites_nothing(installed, log_in, portfolio):
    head = opened(log_in)
    first, second = posted(head), posted(head)
    assert head.post(DRAFT, first | {"relance_1-n-when-value": "12"}).status_code == 302
    answer = head.post(DRAFT, second | {"relance_1-n-when-value": "9"})
    assert answer.status_code == 422 and "modifié entre-temps" in answer.content.decode()
    assert "12" in str(head.get(DRAFT).context["form"]["relance_1-n-when-value"].value())
    head.post(reverse("procedure_publish", args=["standard"]), {"reason": "x", "seen": second["seen"]})
    assert ProcedureVersion.objects.get(status="draft")


def test_instructions_are_given_shown_on_their_step_read_and_ended(installed, log_in):
    address = reverse("instructions")
    officer, head = log_in("officer"), log_in("agency_head")
    body = {"step": "appel", "text": "Proposer le FSL.", "starts_on": TODAY.isoformat()}
    assert officer.post(address, body).status_code == 403
    assert head.post(address, body | {"text": ""}).status_code == 422
    assert head.post(address, body).status_code == 302
    given = Instruction.objects.get()
    html = officer.get(INDEX).content.decode()
    assert "Proposer le FSL." in html and "J’ai lu cette consigne" in html
    read = reverse("instruction_acknowledge", args=[given.pk])
    assert officer.post(read, {"next": "//evil.example.org/"})["Location"] == address
    assert officer.post(read, {"next": "/procedure/"})["Location"] == "/procedure/"
    assert "J’ai lu cette consigne" not in officer.get(INDEX).content.decode()
    assert "Lue par 1 sur" in head.get(address).content.decode()
    assert log_in("stranger").post(read).status_code == 404
    assert head.post(reverse("instruction_end", args=[given.pk])).status_code == 302
    assert not instructions.active(office_id=given.office_id, at=TODAY + timedelta(days=1))


def test_a_setting_is_changed_within_its_bounds_with_its_reason(installed, log_in):
    address = reverse("procedure_policy")
    head = log_in("service_head")
    body = {
        "key": "reminder_floor_cents",
        "reminder_floor_cents-value": "30",
        "reminder_floor_cents-reason": "Frais",
    }
    assert log_in("officer").post(address, body).status_code == 403
    assert head.post(address, body).status_code == 302
    assert PolicyValue.objects.get().value == 3000
    html = head.get(address).content.decode()
    assert "choix de l’office" in html and "Frais" in html
    refused = head.post(address, {"key": "contact_from_hour", "contact_from_hour-value": "4"})
    assert refused.status_code == 422 and "DUN-08" in refused.content.decode()
    assert PolicyValue.objects.count() == 1


def test_a_nature_is_given_another_procedure(installed, log_in):
    head = log_in("service_head")
    body = {"nature": "loyer", "code": "coop-42"}
    assert log_in("officer").post(reverse("procedure_assign"), body).status_code == 403
    assert head.post(reverse("procedure_assign"), body).status_code == 302
    assert "Coopérative" in head.get(INDEX).context["procedure"].label_fr
