from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from amiable.correspondence import origins
from amiable.correspondence.models import OutboxItem
from tests.factories import account, contact, office

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


class Recorder:
    """An origin that writes down what it is told and holds back what the test asks for."""

    def __init__(self):
        self.told, self.held, self.opens = [], {}, None

    def opens_at(self, item, now):
        return self.opens or now

    def held_back(self, items, now):
        return {item.pk: self.held[item.pk] for item in items if item.pk in self.held}

    def cancelled(self, item, code, reason_fr, now):
        self.told.append(("cancelled", item.pk, code))

    def sent(self, items, now):
        self.told += [("sent", item.pk, item.proof["provider"]) for item in items]

    def failed(self, item, failure, now):
        self.told.append(("failed", item.pk, failure.code))

    def returned(self, item, news, now):
        self.told.append(("returned", item.pk, news.reason))


@pytest.fixture
def recorder(monkeypatch):
    found = Recorder()
    monkeypatch.setitem(origins._ORIGINS, "test", found)
    return found


@pytest.fixture
def make_item(db):
    """An SMS (or other) to Samira Durand in the outbox."""
    of = office()
    held_by = account(of)
    points = {
        "sms": contact(held_by.person),
        "email": contact(held_by.person, "email", "samira@exemple.fr"),
    }
    numbers = iter(range(1, 1000))

    def make(channel="sms", **fields):
        defaults = {
            "office": of,
            "idempotency_key": f"k{next(numbers)}",
            "channel": channel,
            "person": held_by.person,
            "account": held_by,
            "contact_point": points.get(channel),
            "subject": "Un message",
            "body": "Merci de nous appeler.",
            "origin": "test",
        }
        return OutboxItem.objects.create(**(defaults | fields))

    return make


@pytest.fixture
def pdf_of():
    """A PDF with one page per text, typeset by the product itself."""
    from amiable.correspondence.typeset import Letter, Letterhead, typeset

    def make(texts):
        letters = [Letter(str(i), ("X",), (), "", text, (), ()) for i, text in enumerate(texts)]
        return typeset("Lot", Letterhead("OPH", (), ""), letters).pdf

    return make


@pytest.fixture
def pages_text():
    """What each page of a PDF says after « Objet : »."""
    import io

    from pypdf import PdfReader

    def read(content):
        pages = PdfReader(io.BytesIO(content)).pages
        return [page.extract_text().split("Objet : ")[1].strip() for page in pages]

    return read
