"""The call panel over the day: one key, one form, then the next line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from amiable.diary import services as diary
from amiable.diary.models import Callback, DiaryEntry
from amiable.parties.models import PersonFlag
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY, seen
from tests.web.test_day import line

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def three(house):
    """Three lines of the day, in order A, B, C."""
    install_defaults(office=house.office, today=TODAY)
    for ref, priority in (("A", 9000), ("B", 8000), ("C", 7000)):
        line(house, ref, priority=priority, balance_cents=51240)
    accounts = {account.ref: account for account in house.office.accounts.select_related("person")}
    for account in accounts.values():
        factories.contact(account.person)
    return accounts


def test_the_panel_is_asked_for_by_the_line_and_knows_the_next_one(house, log_in, three):
    html = log_in("officer").get(reverse("day")).content.decode()
    for ref, following in (("A", "B"), ("B", "C"), ("C", "B")):
        assert f'hx-get="/comptes/{ref}/appeler/?retour=%2F&ligne={three[following].pk}"' in html
    assert '<dialog id="call"' in html


def test_the_panel_alone_comes_to_htmx_a_page_to_everybody_else(house, log_in, three):
    client = log_in("officer")
    panel = client.get("/comptes/A/appeler/", **HTMX).content.decode()
    assert "<html" not in panel and "tel:+33639981102" in panel and "Si un tiers répond" in panel
    assert "<html" in client.get("/comptes/A/appeler/").content.decode()


def test_a_call_from_the_day_comes_back_to_the_next_line(house, log_in, three):
    client = log_in("officer")
    sent = {"version": 0, "outcome": "no_answer", "retour": "/?tile=first&ligne=9", "ligne": three["B"].pk}
    response = client.post("/comptes/A/appeler/", sent, **HTMX)
    assert response["HX-Redirect"] == f"/?tile=first&ligne={three['B'].pk}"
    assert DiaryEntry.objects.get().outcome == "no_answer"
    html = client.get("/", {"ligne": three["B"].pk}).content.decode()
    assert html.count("data-following") == 1
    assert html.index("data-following") < html.index('href="/comptes/B/"')


def test_nobody_is_led_out_of_the_site(house, log_in, three):
    sent = {"version": 0, "outcome": "no_answer", "retour": "https://ailleurs.exemple.fr/"}
    response = log_in("officer").post("/comptes/A/appeler/", sent)
    assert response["Location"] == "/comptes/A/"
    sent |= {**seen(three["A"]), "retour": "//ailleurs.exemple.fr/"}
    assert log_in("officer").post("/comptes/A/appeler/", sent)["Location"] == "/comptes/A/"


def test_a_mistake_keeps_the_panel_and_what_was_typed(house, log_in, three):
    sent = {"version": 0, "outcome": "reached", "promise_cents": "50", "call_back_at": "10:00"}
    response = log_in("officer").post("/comptes/A/appeler/", sent, **HTMX)
    html = response.content.decode()
    assert response.status_code == 422 and "<html" not in html
    assert "Indiquez pour quand" in html and "Indiquez le jour du rappel" in html and 'value="50"' in html


def test_a_promised_call_stands_at_the_top_of_its_day(house, log_in, three, monkeypatch):
    client = log_in("officer")
    monday = TODAY + timedelta(days=1)
    sent = {"version": 0, "outcome": "voicemail", "call_back_on": monday, "call_back_at": "14:30"}
    client.post("/comptes/A/appeler/", sent)
    assert "Rappels promis" not in client.get("/").content.decode()
    assert "rappel promis le 23/11/2026 à 14" in client.get("/comptes/A/").content.decode().lower()
    monkeypatch.setenv("AMIABLE_TODAY", monday.isoformat())
    html = client.get("/").content.decode()
    assert "Rappels promis" in html and "14\u00a0h\u00a030" in html
    client.post(reverse("callback_cancel", args=[Callback.objects.get().pk]), seen(three["A"]))
    assert "Rappels promis" not in client.get("/").content.decode()


def test_a_restricted_file_offers_no_form_to_an_officer(house, log_in, three):
    PersonFlag.objects.create(person=three["A"].person, kind="threat", reason="Menaces", raised_on=TODAY)
    html = log_in("officer").get("/comptes/A/appeler/", **HTMX).content.decode()
    assert "seul un responsable appelle" in html and "tel:" not in html and "<form" not in html
    response = log_in("officer").post("/comptes/A/appeler/", {"version": 0, "outcome": "reached"})
    assert "seul un responsable" in response.content.decode() and not DiaryEntry.objects.exists()
    assert "tel:" in log_in("agency_head").get("/comptes/A/appeler/", **HTMX).content.decode()


def test_who_heard_enough_this_week_is_told_before_the_call(house, log_in, three):
    for _ in range(3):
        diary.log_call(account=three["A"], outcome="reached", actor=house["officer"], today=TODAY)
    html = log_in("officer").get("/comptes/A/appeler/", **HTMX).content.decode()
    assert "déjà eu 3 contacts en sept jours" in html
    assert "déjà eu" not in log_in("officer").get("/comptes/B/appeler/", **HTMX).content.decode()


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("officer_south", 404), ("stranger", 404)])
def test_who_may_not_call(house, log_in, three, who, status):
    assert log_in(who).get("/comptes/A/appeler/").status_code == status


def test_after_an_act_the_next_account_is_the_one_after_it(house, log_in, three):
    client = log_in("officer")
    client.get("/comptes/B/")
    ends_on = TODAY + timedelta(days=10)
    sent = {"version": 0, "motive": "Paiement annoncé", "ends_on": ends_on}
    assert client.post("/comptes/B/faire/pause/", sent).status_code == 302
    near = client.get("/comptes/B/").context["near"]
    assert (near.rank, near.after) == (0, "C")
    # Another account, out of the list as well, keeps to the first of the list.
    other = factories.account(house.office, "Z", agency=house.north)
    assert client.get(f"/comptes/{other.ref}/").context["near"].after == "A"


def test_a_past_caf_limit_stays_in_sight_until_it_is_declared(house, log_in, three):
    constituted = TODAY - timedelta(days=90)
    past = TODAY - timedelta(days=20)
    line(house, "LATE", caf_constituted_on=constituted, caf_limit_on=past, priority=100)
    late = house.office.accounts.get(ref="LATE")

    def limit():
        lines = log_in("officer").get("/").context["lines"]
        return next(one.limit_on for one in lines if one.position.account_id == late.pk)

    assert limit() == past
    DiaryEntry.objects.create(
        office=house.office, account=late, kind="step_done", step="signalement_caf", on=past
    )
    assert limit() is None


def test_preferences_say_the_language_and_the_channel(house, log_in, three):
    client = log_in("officer")
    sent = {"version": 0, "preferred_channel": "sms", "language": "pt"}
    assert client.post("/comptes/A/preferences/", sent).status_code == 302
    html = client.get("/comptes/A/").content.decode()
    assert "préfère : SMS" in html and "parle portugais" in html
    assert "parle portugais" in client.get("/comptes/A/appeler/", **HTMX).content.decode()


def test_a_wording_shows_how_easily_it_is_read_and_its_languages(house, log_in, three):
    client = log_in("service_head")
    html = client.get("/modeles/relance_1/").content.decode()
    assert "indice LIX" in html and 'href="/modeles/relance_1.en/"' in html and "turc" in html
    html = client.get("/modeles/relance_1.en/").content.decode()
    assert "faire relire par un traducteur" in html and "indice LIX" not in html
