"""Journal: French sentences for every act, filters, agencies kept apart, exports written down."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

import amiable
from amiable.core.journal import record
from amiable.core.models import AuditEvent
from amiable.core.rooms import house
from amiable.diary.models import DiaryEntry, Note
from amiable.web.journal.details import detail
from tests import factories
from tests.kept import rewritten
from tests.web.conftest import TODAY

URL = "/journal/"


@pytest.fixture
def acts(house):
    """One act on an account of each agency, one of the office."""
    north = factories.account(
        house.office, "N1", agency=house.north, person=factories.person(house.office, "Durand", "Samira")
    )
    south = factories.account(
        house.office, "S1", agency=house.south, person=factories.person(house.office, "Rossi", "Inès")
    )
    office = house.office
    record("hold.started", office=office, actor=house["officer"], account_id=north.pk, data={"kind": "pause"})
    record("diary.call", office=office, actor=house["officer_south"], account_id=south.pk)
    record("policy.set", office=office, actor=house["service_head"], data={"key": "bank_max_age_days"})
    record("import.committed", office=office, actor=None)
    record("office.created", office=house.other_office, actor=None)
    return {"north": north, "south": south}


def told(response):
    return [(row.who, row.what, row.ref) for row in response.context["rows"]]


def test_the_newest_first_in_words(acts, log_in):
    rows = told(log_in("service_head").get(URL))
    assert rows == [
        ("Amiable", "a importé un fichier", ""),
        ("Service_head", "a changé un réglage de la politique", ""),
        ("officer_south", "a noté un appel", "S1"),
        ("Officer", "a mis le compte en attente", "N1"),
    ]


def test_a_head_of_agency_sees_their_accounts_and_the_office(acts, log_in):
    response = log_in("agency_head").get(URL)
    assert [ref for _who, _what, ref in told(response)] == ["", "", "N1"]
    assert "ROSSI" not in response.content.decode()


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"q": "durand"}, 1),
        ({"q": "N1"}, 1),
        ({"verb": "diary.call"}, 1),
        ({"actor": "0"}, 1),
        ({"since": TODAY.isoformat()}, None),
        ({"until": "2020-01-01"}, 0),
        ({"since": "2099-01-01"}, 0),
    ],
)
def test_filters(acts, log_in, filters, count):
    rows = told(log_in("auditor").get(URL, filters))
    if count is not None:
        assert len(rows) == count


def test_filter_by_author(acts, log_in, house):
    assert told(log_in("auditor").get(URL, {"actor": house["officer"].pk})) == [
        ("Officer", "a mis le compte en attente", "N1")
    ]


def test_the_thread_of_accounts_with_its_notes(acts, log_in, house):
    note = Note.objects.create(office=house.office, account=acts["north"], text="rappelle jeudi")
    DiaryEntry.objects.create(
        office=house.office,
        account=acts["north"],
        kind="call",
        outcome="reached",
        on=TODAY,
        actor=house["officer"],
        note=note,
    )
    page = log_in("agency_head").get(URL, {"vue": "fil"}).content.decode()
    assert "Joint · rappelle jeudi" in page


def test_older_lines_come_after_without_loss(acts, log_in, house):
    for _ in range(150):
        record("import.committed", office=house.office, actor=None)
    client, seen, before = log_in("auditor"), [], None
    while True:
        response = client.get(URL, {"avant": before} if before else {})
        seen += [row.pk for row in response.context["rows"]]
        before = response.context["older"]
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == AuditEvent.objects.filter(office=house.office).count()


def test_the_export_keeps_the_filters_and_is_itself_written(acts, log_in, house):
    response = log_in("agency_head").get(reverse("journal_csv"), {"verb": "hold.started"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "a mis le compte en attente;pause décidée;N1;DURAND Samira" in lines[1]
    assert AuditEvent.objects.filter(verb="journal.exported", actor=house["agency_head"]).count() == 1


def test_an_officer_does_not_read_the_journal(acts, log_in):
    assert log_in("officer").get(URL).status_code == 403
    assert log_in("officer").get(reverse("journal_csv")).status_code == 403


def test_every_verb_the_product_writes_has_its_sentence():
    """A verb is the text given to the journal's pen, or to a room's own way of holding it."""
    written = re.compile(r'(?:record|close|_?write_audit)\(\s*(?:[\w.]+,\s*)?"([a-z_]+\.[a-z_]+)"')
    sources = Path(amiable.__file__).parent.rglob("*.py")
    verbs = {verb for path in sources for verb in written.findall(path.read_text())}
    assert len(verbs) > 20
    assert verbs - set(house().verbs) == set()


def test_details_are_words():
    assert detail({"role": "officer"}) == "Chargé·e de recouvrement"
    assert detail({"amount_cents": 8500, "unknown": 3}) == "85,00\u00a0€"
    assert detail({"accounts": [1, 2]}) == ""
    assert detail({"status": "broken", "received_cents": 0}) == "non tenue"
    assert detail({"list": "accounts", "accepted": 3000}) == "liste des comptes · 3 000 lignes"


def test_dates_are_those_of_paris(acts, log_in, house):
    event = AuditEvent.objects.filter(verb="diary.call").get()
    # 23:30 UTC on the 21st is already the 22nd in Paris.
    with rewritten():
        AuditEvent.objects.filter(pk=event.pk).update(at="2026-11-21T23:30:00+00:00")
    client = log_in("auditor")
    day = {"since": TODAY.isoformat(), "until": TODAY.isoformat(), "verb": "diary.call"}
    assert len(told(client.get(URL, day))) == 1
    eve = (TODAY - timedelta(days=1)).isoformat()
    assert told(client.get(URL, {"until": eve, "verb": "diary.call"})) == []
