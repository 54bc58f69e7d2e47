"""Règles de droit: found, read, counted; the office's own values only by the head, only where to verify."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from amiable.core import law_overrides
from amiable.core.models import AuditEvent, LawOverride
from amiable.domain import law
from amiable.domain.errors import DomainError

INDEX = "/droit/"


def page(client, url, **query):
    answer = client.get(url, query)
    return answer.status_code, answer.content.decode()


def own(house, **changes):
    values = {
        "office": house.office,
        "actor": house["service_head"],
        "rule_id": "PUB-05",
        "key": "after_notice",
        "value": "15",
        "reason": "Prudence",
        "source": "Convention du 2 janvier",
        "from_on": date(2026, 1, 1),
        "to_on": None,
    }
    return law_overrides.add(**values | changes)


def test_every_rule_is_listed_with_its_source_and_what_is_to_verify(log_in):
    status, html = page(log_in("officer"), INDEX)
    assert status == 200
    for rule in law.rules():
        assert f'id="{rule.rule_id}"' in html
    assert "à vérifier" in html
    assert "651,69" in html


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ({"q": "trêve"}, "LIT-07", "CAF-04"),
        ({"q": "treve hivernale"}, "LIT-07", "CAF-04"),
        ({"q": "R824-4"}, "CAF-04", "LIT-07"),
        ({"theme": "caf"}, "CAF-04", "LIT-07"),
        ({"verifier": "on"}, "CAF-16", "TIME-01"),
        ({"change": "on"}, "CAF-03", "TIME-01"),
        ({"q": "CAF-01", "le": "2027-01-02"}, "aucune valeur ce jour-là", "LIT-07"),
    ],
)
def test_filters_add_up(log_in, query, there, absent):
    _, html = page(log_in("officer"), INDEX, **query)
    assert there in html
    assert f'id="{absent}"' not in html


def test_a_search_without_result_says_so_and_a_wrong_date_too(log_in):
    _, html = page(log_in("officer"), INDEX, q="licorne")
    assert "Aucune règle ne répond" in html
    _, html = page(log_in("officer"), INDEX, le="hier")
    assert "field-error" in html


def test_what_changes_in_january_is_announced(log_in):
    _, html = page(log_in("officer"), INDEX, theme="caf")
    assert "01/01/2027" in html
    assert "450" in html


def test_htmx_gets_the_list_alone(log_in):
    html = log_in("officer").get(INDEX, {"q": "SMIC"}, HTTP_HX_REQUEST="true").content.decode()
    assert "HH-03" in html
    assert "<html" not in html


def test_a_rule_shows_its_history_and_counts_its_limit(log_in):
    client = log_in("officer")
    status, html = page(client, "/droit/IP-03/")
    assert status == 200
    assert "passée" in html
    assert "6 mois" in html
    assert "3 mois" in html
    _, html = page(client, "/droit/SUR-06/", limit="SUR-06", depuis="2025-12-11", territoire="57")
    assert "vendredi 26 décembre" in html
    assert "lundi 29 décembre" in html
    _, html = page(client, "/droit/LIT-03/", limit="LIT-03", depuis="2026-11-02", territoire="FR")
    assert "dépend d’une date qui manque" in html
    _, html = page(
        client, "/droit/LIT-03/", limit="LIT-03", depuis="2026-11-02", territoire="FR", bail="2020-01-01"
    )
    assert "04/01/2027" in html
    _, html = page(client, "/droit/SUR-06/", limit="SUR-06", depuis="2025-12-11", territoire="GES")
    assert "« GES »" in html


def test_every_rule_has_its_page(log_in):
    client = log_in("service_head")
    for rule in law.rules():
        status, html = page(client, reverse("law_rule", args=[rule.rule_id]))
        assert status == 200
        assert f"<h1>{rule.rule_id}" in html


def test_an_unknown_rule_is_not_found(log_in):
    assert page(log_in("officer"), "/droit/CAF-99/")[0] == 404


def post_value(client, **changes):
    values = {
        "key": "after_notice",
        "value": "15",
        "from_on": "2026-11-22",
        "to_on": "",
        "source": "Convention",
        "reason": "Prudence",
    }
    return client.post("/droit/PUB-05/valeur/", values | changes)


def test_the_head_sets_a_value_and_ends_it(house, log_in):
    client = log_in("service_head")
    assert post_value(client).status_code == 302
    override = LawOverride.objects.get()
    assert (override.value, override.author, override.office) == (15, house["service_head"], house.office)
    in_force = law_overrides.in_force(house.office)
    assert law.get("PUB-05", date(2026, 11, 22), "after_notice", overrides=in_force).value == 15
    _, html = page(client, "/droit/PUB-05/")
    assert "valeur de l’office" in html
    assert "Prudence" in html
    assert "15 jours" in page(client, "/droit/valeurs/")[1]
    assert AuditEvent.objects.filter(verb="law_override_added", object_id=override.pk).exists()

    client.post(f"/droit/valeurs/{override.pk}/fin/")
    in_force = law_overrides.in_force(house.office)
    assert law.get("PUB-05", date(2026, 11, 22), "after_notice", overrides=in_force).value == 8
    assert "terminée" in page(client, "/droit/valeurs/")[1]
    assert LawOverride.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "bientôt"},
        {"value": "2,5"},
        {"value": "0"},
        {"value": "-3"},
        {"reason": ""},
        {"source": "  "},
        {"from_on": "demain"},
        {"to_on": "2026-01-01"},
        {"key": "unknown"},
    ],
)
def test_an_unfit_value_is_refused_beside_its_field_and_nothing_is_written(log_in, changes):
    answer = post_value(log_in("service_head"), **changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Rien n’a été enregistré" in html
    assert "field-error" in html
    assert not LawOverride.objects.exists()


@pytest.mark.parametrize("role", ["officer", "agency_head", "litigation", "auditor", "colleague"])
def test_only_the_head_of_service_may(house, log_in, role):
    client = log_in(role)
    assert post_value(client).status_code == 403
    override = own(house)
    assert client.post(f"/droit/valeurs/{override.pk}/fin/").status_code == 403
    assert "Enregistrer la valeur" not in page(client, "/droit/PUB-05/")[1]
    assert "Ne plus retenir" not in page(client, "/droit/valeurs/")[1]


def test_certain_rules_offer_no_form_and_refuse_a_forged_one(house, log_in):
    client = log_in("service_head")
    assert "Enregistrer la valeur" not in page(client, "/droit/SUR-06/")[1]
    with pytest.raises(DomainError, match="lue dans son texte"):
        own(house, rule_id="SUR-06", key="delay")
    with pytest.raises(DomainError, match="certaine"):
        own(house, rule_id="CAF-04", key="delay", value="1", from_on=date(2026, 6, 1))
    own(house, rule_id="CAF-04", key="delay", value="1", from_on=date(2027, 1, 1))
    assert LawOverride.objects.count() == 1


def test_offices_do_not_see_each_other(house, log_in):
    override = own(house)
    stranger = log_in("stranger")
    assert "Prudence" not in page(stranger, "/droit/PUB-05/")[1]
    assert stranger.post(f"/droit/valeurs/{override.pk}/fin/").status_code == 404
    assert law_overrides.in_force(house.other_office) == {}


def test_decimals_stay_exact_and_the_newest_value_counts(house):
    own(house, rule_id="INT-01", key="autres_cas", value="2,80 %", from_on=date(2026, 7, 1))
    own(house, rule_id="INT-01", key="autres_cas", value="2.81", from_on=date(2027, 1, 1))
    in_force = law_overrides.in_force(house.office)
    assert str(law.get("INT-01", date(2026, 11, 22), "autres_cas", overrides=in_force).value) == "2.80"
    assert str(law.get("INT-01", date(2027, 2, 1), "autres_cas", overrides=in_force).value) == "2.81"
    assert str(law.get("INT-01", date(2026, 6, 1), "autres_cas", overrides=in_force).value) == "2.62"


def test_ending_twice_is_refused(house):
    override = own(house, to_on=date(2026, 6, 30))
    with pytest.raises(DomainError, match="déjà pris fin"):
        law_overrides.end(override=override, actor=house["service_head"], last_on=date(2026, 11, 21))


def test_the_list_costs_a_constant_number_of_queries(house, log_in, django_assert_max_num_queries):
    own(house)
    client = log_in("officer")
    with django_assert_max_num_queries(10):
        client.get(INDEX)


def test_the_next_yearly_value_is_entered_by_the_office_with_its_source(house, log_in):
    """From the end of an indexed value the head may enter the new one, a scale included; before, nobody."""
    head = log_in("service_head")
    form = {
        "key": "scale",
        "value": "4 600 : 1/20 ; 8 900 : 1/10 ; au-delà : 1/1",
        "from_on": "2027-01-01",
        "to_on": "2027-12-31",
        "source": "décret du 20 décembre 2026",
        "reason": "Nouveau barème",
    }
    assert head.post("/droit/HH-01/valeur/", form | {"source": ""}).status_code == 422
    assert head.post("/droit/HH-01/valeur/", form | {"from_on": "2026-12-31"}).status_code == 422
    refused = head.post("/droit/HH-01/valeur/", form | {"value": "4 600 : 1/20"})
    assert refused.status_code == 422 and "tranche 1" in refused.content.decode()
    assert head.post("/droit/HH-01/valeur/", form).status_code == 302
    in_force = law_overrides.in_force(house.office)
    found = law.get("HH-01", date(2027, 1, 1), "scale", overrides=in_force)
    assert [dict(row) for row in found.value] == [
        {"up_to": 4600, "share": "1/20"}, {"up_to": 8900, "share": "1/10"}, {"share": "1/1"},
    ]  # fmt: skip
    assert "au-delà : la totalité" in page(head, "/droit/HH-01/")[1]
    assert "4 600" in page(head, reverse("law_overrides"))[1].replace("\u202f", " ")
