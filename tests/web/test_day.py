"""Ma journée: the right lines in the right order, tiles that filter, nothing of another agency."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.cases.models import Dossier
from amiable.core.clock import PARIS
from amiable.core.models import AuditEvent
from amiable.diary.models import Hold
from amiable.intake.models import Import
from amiable.limits.models import Limit
from amiable.positions import lists
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY

DAY = timedelta(days=1)


def line(house, ref, *, lane="call", mode="manual", priority=1000.0, agency=None, officer=None, **figures):
    """An account with something to do today."""
    account = factories.account(
        house.office,
        ref,
        agency=agency or house.north,
        officer=officer,
        person=factories.person(house.office, f"Nom{ref}", "Ana"),
    )
    defaults = {
        "overdue": 51240,
        "next_step": f"step_{lane}",
        "next_step_on": TODAY,
        "step_mode": mode,
        "lane": lane,
        "priority": priority,
        "why": "512,40 € à réclamer",
    }
    told = defaults | figures
    if lane == "legal":
        told = of_the_office(told)
    factories.position(account, TODAY, **told)
    return account


def of_the_office(told, **contact):
    """The same as a duty beside the contact given: a legal limit is no contact."""
    limit_on = told.get("deadline_on")
    duty = {
        "code": told["next_step"], "lane": "legal", "on": TODAY.isoformat(),
        "limit_on": limit_on.isoformat() if limit_on else None, "why": told.pop("why"),
        "rules": told.pop("rules", ""),
    }  # fmt: skip
    none = dict.fromkeys(("next_step", "next_step_on", "step_mode", "lane"))
    text = json.dumps([duty], separators=(",", ":"))
    return told | none | {"duties": text, "duty_lane": "legal"} | contact


def refs(response):
    return [shown.position.account.ref for shown in response.context["lines"]]


def bank(house, days_old):
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 6, 40, tzinfo=PARIS) - days_old * DAY
    return Import.objects.create(
        office=house.office,
        list_kind="bank",
        filename="releve.txt",
        sha256=f"{days_old}",
        status="committed",
        committed_at=at,
        dated_on=TODAY - days_old * DAY,
    )


def test_legal_limits_come_first_then_priority(house, log_in):
    line(house, "CALL", priority=8100)
    line(house, "LEGAL-LATER", lane="legal", priority=12100, deadline_on=TODAY + 30 * DAY)
    line(house, "FIRST", lane="first", priority=9500)
    line(house, "LEGAL-SOON", lane="legal", priority=12400, deadline_on=TODAY + 2 * DAY)
    response = log_in("officer").get(reverse("day"))
    assert refs(response) == ["LEGAL-SOON", "LEGAL-LATER", "FIRST", "CALL"]
    page = response.content.decode()
    assert "dans 2 jours" in page
    assert "512,40\u00a0€" in page


def test_a_line_shows_its_verb_its_reason_and_its_rules(house, log_in):
    install_defaults(office=house.office, today=TODAY)
    line(house, "C1", lane="legal", next_step="signalement_caf", rules="CAF-02 CAF-04")
    page = log_in("officer").get(reverse("day")).content.decode()
    assert "impayé à la CAF</strong>" in page
    assert "512,40 € à réclamer." in page
    assert reverse("law_rule", args=["CAF-04"]) in page


def test_what_is_approved_in_batches_is_a_tile_not_a_line(house, log_in):
    line(house, "HAND")
    line(house, "BATCH", lane="letter", mode="validate")
    client = log_in("officer")
    assert refs(client.get(reverse("day"))) == ["HAND"]
    response = client.get(reverse("day"), {"tile": "batch"})
    assert refs(response) == ["BATCH"]
    assert "Voir la relance à approuver" in response.content.decode()


def test_a_duty_and_the_next_contact_are_on_one_line(house, log_in):
    """The signalement does not hide the reminder, nor the reminder the signalement."""
    install_defaults(office=house.office, today=TODAY)
    contact = {"next_step": "relance_1", "next_step_on": TODAY, "step_mode": "validate", "lane": "letter"}
    line(
        house, "BOTH", lane="legal", next_step="signalement_caf", deadline_on=TODAY - DAY, priority=13000.0,
        duty_lane="legal",
    )  # fmt: skip
    AccountPosition.objects.update(why="512,40 € à réclamer, relance due", **contact)
    client = log_in("officer")
    assert refs(client.get(reverse("day"))) == ["BOTH"]
    assert refs(client.get(reverse("day"), {"tile": "legal"})) == ["BOTH"]
    response = client.get(reverse("day"), {"tile": "batch"})
    assert refs(response) == ["BOTH"]
    page = response.content.decode()
    assert "impayé à la CAF</strong>" in page and "Envoyer la relance 1</strong>" in page
    assert f"limite du {TODAY - DAY:%d/%m/%Y} dépassée" in page and "avant le" not in page
    fiche = client.get(reverse("account", args=["BOTH"])).content.decode()
    assert "impayé à la CAF</strong>" in fiche and "Envoyer la relance 1" in fiche


def test_each_tile_counts_exactly_what_it_shows(house, log_in):
    line(house, "L", lane="legal")
    line(house, "P", lane="promise")
    line(house, "R", lane="rejected")
    line(house, "F", lane="call", unpaid_terms=1)
    line(house, "C", lane="call", unpaid_terms=4)
    line(house, "B", lane="letter", mode="auto")
    line(house, "H", next_step=None, next_step_on=None, lane=None, step_mode=None, held_by="promise")
    line(house, "S", next_step=None, next_step_on=None, lane=None, step_mode=None, held_by="below_floor")
    line(house, "U", next_step=None, next_step_on=None, lane=None, step_mode=None, queue="undecided")
    client = log_in("officer")
    tiles = {tile.code: tile.count for tile in client.get(reverse("day")).context["tiles"]}
    assert tiles == {"legal": 1, "promise": 1, "first": 2, "batch": 1, "undecided": 1, "held": 1}
    for code, count in tiles.items():
        assert len(refs(client.get(reverse("day"), {"tile": code}))) == count, code
    assert client.get(reverse("day")).context["counts"].to_treat == 5


def test_tomorrow_is_not_today(house, log_in):
    line(house, "TODAY")
    line(house, "TOMORROW", next_step_on=TODAY + DAY)
    line(house, "YESTERDAY", next_step_on=TODAY - DAY)
    assert set(refs(log_in("officer").get(reverse("day")))) == {"TODAY", "YESTERDAY"}


def test_the_held_are_shown_with_their_reason(house, log_in):
    line(house, "H", next_step=None, next_step_on=None, held_by="steady_payer", why="paie vers le 18 du mois")
    page = log_in("officer").get(reverse("day"), {"tile": "held"}).content.decode()
    assert "Ne pas relancer : payeur régulier" in page
    assert "Paie vers le 18 du mois." in page


def test_an_officer_begins_with_their_own_accounts(house, log_in):
    line(house, "MINE", officer=house["officer"])
    line(house, "THEIRS", officer=house["agency_head"])
    client = log_in("officer")
    assert refs(client.get(reverse("day"))) == ["MINE"]
    assert set(refs(client.get(reverse("day"), {"officer": "tous"}))) == {"MINE", "THEIRS"}
    assert refs(client.get(reverse("day"), {"officer": house["agency_head"].pk})) == ["THEIRS"]


def test_filters_narrow_and_a_wrong_amount_is_said(house, log_in):
    line(house, "BIG", overdue=90000)
    line(house, "SMALL", overdue=2000)
    client = log_in("officer")
    assert refs(client.get(reverse("day"), {"min": "500,00"})) == ["BIG"]
    assert refs(client.get(reverse("day"), {"q": "nomsmall"})) == ["SMALL"]
    response = client.get(reverse("day"), {"min": "beaucoup"})
    assert len(refs(response)) == 2
    assert "n’est pas un montant" in response.content.decode()


@pytest.mark.parametrize(("days_old", "stale"), [(1, False), (5, False), (6, True)])
def test_an_old_bank_import_is_said_to_stop_everything(house, log_in, days_old, stale):
    line(house, "C1")
    bank(house, days_old)
    page = log_in("officer").get(reverse("day")).content.decode()
    assert ("Aucune relance ne part aujourd’hui" in page) is stale


def test_no_bank_at_all_is_stale(house, log_in):
    line(house, "C1")
    page = log_in("officer").get(reverse("day")).content.decode()
    assert "Aucun relevé bancaire n’a été importé" in page


def test_an_empty_office_is_led_to_its_first_import(house, log_in):
    page = log_in("officer").get(reverse("day")).content.decode()
    assert "Importer la liste des comptes" in page
    assert reverse("imports") in page
    assert "rien n’est enregistré avant votre accord" in page


def test_the_accountant_is_led_to_titres(house):
    from django.test import Client

    treasury = factories.office("valmont", kind="local_accountant")
    client = Client()
    client.force_login(
        factories.user(treasury, "officer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("day")).content.decode()
    assert "Importer la liste des titres" in page
    assert "quittances" not in page.lower()


def test_a_done_day_teaches_what_the_page_is_for(house, log_in):
    factories.position(factories.account(house.office, agency=house.north), TODAY)
    page = log_in("officer").get(reverse("day")).content.decode()
    assert "Rien à faire à la main aujourd’hui" in page


def test_a_colleague_goes_to_their_requests(house, log_in):
    line(house, "C1")
    assert log_in("colleague").get(reverse("day")).url == reverse("tasks")


def test_the_number_of_queries_does_not_grow(house, log_in):
    client = log_in("agency_head")
    line(house, "C0")
    client.get(reverse("day"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("day"))
    for n in range(1, 60):
        line(house, f"C{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("day"))
    assert len(many) == len(few)


def test_pages_follow_each_other_without_loss(house, log_in):
    made = [line(house, f"C{n:03d}", priority=8000.0).ref for n in range(lists.PAGE_SIZE + 7)]
    client = log_in("officer")
    first, second = (refs(client.get(reverse("day"), {"page": n})) for n in (1, 2))
    assert len(first) == lists.PAGE_SIZE
    assert first + second == sorted(made)
    assert refs(client.get(reverse("day"), {"page": 99})) == second


def test_several_lines_pause_together(house, log_in):
    one, two = line(house, "C1"), line(house, "C2")
    client = log_in("officer")
    url = reverse("day_pause")
    page = client.get(url, {"ids": [one.pk, two.pk]}).content.decode()
    assert "NOMC1 Ana" in page
    assert "NOMC2 Ana" in page
    assert not Hold.objects.exists()
    response = client.post(url, {"ids": [one.pk, two.pk], "reason": "attend la CAF", "ends_on": "2026-12-05"})
    assert response.status_code == 302
    assert set(Hold.objects.values_list("account__ref", "kind")) == {("C1", "pause"), ("C2", "pause")}


def test_a_pause_without_reason_changes_nothing(house, log_in):
    account = line(house, "C1")
    response = log_in("officer").post(
        reverse("day_pause"), {"ids": account.pk, "reason": "", "ends_on": "2026-12-05"}
    )
    assert response.status_code == 422
    assert "Rien n’a été enregistré" in response.content.decode()
    assert not Hold.objects.exists()


def test_lines_are_entrusted_to_a_colleague(house, log_in):
    account = line(house, "C1", officer=house["officer"])
    response = log_in("officer").post(
        reverse("day_entrust"), {"ids": account.pk, "officer": house["agency_head"].pk}
    )
    assert response.status_code == 302
    account.refresh_from_db()
    assert account.officer == house["agency_head"]
    assert account.position.officer_id == house["agency_head"].pk
    event = AuditEvent.objects.get(verb="account.entrusted")
    assert event.data == {"from": house["officer"].pk, "to": house["agency_head"].pk}


def test_only_those_that_change_hands_are_counted_and_told(house, log_in):
    head = house["agency_head"]
    lines = [line(house, "C1", officer=house["officer"]), line(house, "C2", officer=head), line(house, "C3")]
    given = {"ids": [one.pk for one in lines], "officer": head.pk}
    page = log_in("officer").post(reverse("day_entrust"), given, follow=True)
    assert f"2 comptes confiés à {head}." in page.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert AuditEvent.objects.filter(verb="account.entrusted").count() == 2


def test_nobody_acts_on_another_agency_by_address(house, log_in):
    other = line(house, "SOUTH", agency=house.south)
    client = log_in("officer")
    for name in ("day_pause", "day_entrust"):
        page = client.get(reverse(name), {"ids": other.pk}, follow=True).content.decode()
        assert "SOUTH" not in page
        client.post(
            reverse(name),
            {"ids": other.pk, "reason": "x", "ends_on": "2026-12-05", "officer": house["officer"].pk},
        )
    assert not Hold.objects.exists()
    assert Account.objects.get(pk=other.pk).officer_id is None


def test_an_auditor_sees_the_day_and_cannot_act(house, log_in):
    account = line(house, "C1")
    client = log_in("auditor")
    page = client.get(reverse("day")).content.decode()
    assert "NOMC1" in page
    assert "Mettre en pause" not in page
    assert client.get(reverse("day_pause"), {"ids": account.pk}).status_code == 403


def test_the_fiche_finds_its_neighbours(house):
    first = line(house, "A", priority=9000)
    second = line(house, "B", priority=8000)
    third = line(house, "C", priority=7000)
    keep = lists.Narrow()
    user = house["officer"]
    assert lists.neighbours(user, keep, TODAY, second.pk) == (2, 3, first.pk, third.pk)
    assert lists.neighbours(user, keep, TODAY, first.pk) == (1, 3, None, second.pk)
    assert lists.neighbours(user, keep, TODAY, 0) == (0, 3, None, first.pk)


def test_who_only_waits_for_the_aid_is_not_late(house, log_in):
    line(house, "LATE")
    line(house, "AID", pending_aid_cents=51240, actionable_cents=0, held_by="pending_aid", next_step=None)
    assert log_in("officer").get(reverse("day")).context["counts"].late == 1


def test_the_held_say_who_decided_it_and_until_when(house, log_in):
    account = line(house, "H", next_step=None, next_step_on=None, held_by="pause")
    Hold.objects.create(
        account=account, kind="pause", reason="attend la CAF", starts_on=TODAY, ends_on=TODAY + 9 * DAY
    )
    page = log_in("officer").get(reverse("day"), {"tile": "held"}).content.decode()
    assert "Attend la CAF, jusqu’au 01/12/2026." in page


def test_an_instruction_stands_on_the_day_until_it_is_read(house, log_in):
    from amiable.procedures import instructions

    line(house, "C1")
    instructions.give(
        office=house.office,
        step_code="",
        text="Proposer un plan avant toute lettre",
        starts_on=TODAY,
        ends_on=None,
        actor=house["service_head"],
    )
    client = log_in("officer")
    assert "Proposer un plan avant toute lettre" in client.get(reverse("day")).content.decode()
    instruction = house.office.instructions.get()
    client.post(reverse("instruction_acknowledge", args=[instruction.pk]))
    assert "Proposer un plan" not in client.get(reverse("day")).content.decode()


def test_limits_of_dossiers_that_press_are_said_at_the_head_of_the_day(house, log_in):
    account = factories.account(house.office, "LIM1", agency=house.north)
    dossier = Dossier.objects.create(office=house.office, account=account, kind="caf", opened_on=TODAY)
    limit = Limit.objects.create(
        office=house.office, account=account, case=dossier, rule="CAF-08", limit_on=TODAY + timedelta(days=2)
    )
    client = log_in("officer")
    assert "Voir ces limites" not in client.get("/").content.decode()
    Limit.objects.filter(pk=limit.pk).update(limit_on=TODAY + timedelta(days=1))
    page = client.get("/").content.decode()
    assert "1 limite légale dépassée ou à tenir d’ici demain" in page
    assert "LIM1" in client.get("/dossiers/limites/?jours=1").content.decode()
    assert "Voir ces limites" not in log_in("officer_south").get("/").content.decode()
