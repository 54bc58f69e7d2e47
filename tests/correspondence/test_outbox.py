"""Each item leaves once: due dates, last check, leases, failures, doubts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from amiable.channels.base import PermanentFailure, TemporaryFailure, UncertainOutcome
from amiable.channels.sms.spool import SpoolSms
from amiable.correspondence import outbox, store, ways_out
from amiable.correspondence.models import Document, OutboxItem
from amiable.domain.errors import DomainError
from tests.correspondence.conftest import NOW

pytestmark = pytest.mark.django_db


def spooled(kind="sms"):
    folder = ways_out.spool_dir() / kind
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def fail_with(monkeypatch, failure):
    def send(self, message):
        raise failure

    monkeypatch.setattr(SpoolSms, "send", send)


def test_a_due_item_leaves_once_with_its_proof(make_item, recorder):
    item = make_item()
    assert outbox.dispatch_due(NOW) == 1
    assert outbox.dispatch_due(NOW) == 0
    item.refresh_from_db()
    assert (item.status, item.sent_at, item.provider) == ("sent", NOW, "spool")
    assert item.proof["reference"] == "k1.json"
    assert recorder.told == [("sent", item.pk, "spool")]
    assert spooled() == ["k1.json"]


def test_an_item_waits_for_its_day(make_item, recorder):
    make_item(not_before_at=NOW + timedelta(minutes=1))
    assert outbox.dispatch_due(NOW) == 0
    assert outbox.dispatch_due(NOW + timedelta(minutes=1)) == 1


def test_outside_the_window_it_is_put_off_not_sent(make_item, recorder):
    item = make_item()
    recorder.opens = NOW + timedelta(hours=12)
    outbox.dispatch_due(NOW)
    item.refresh_from_db()
    assert (item.status, item.not_before_at) == ("waiting", recorder.opens)
    assert spooled() == []


def test_the_last_check_holds_it_back_with_its_reason(make_item, recorder):
    kept, held = make_item(), make_item()
    recorder.held = {held.pk: ("paid_since", "un paiement est arrivé")}
    outbox.dispatch_due(NOW)
    held.refresh_from_db()
    assert (held.status, held.error_fr) == ("cancelled", "un paiement est arrivé")
    assert recorder.told == [("cancelled", held.pk, "paid_since"), ("sent", kept.pk, "spool")]


def test_an_item_of_nobody_never_leaves(make_item, recorder):
    lost, other = make_item(origin="unknown"), make_item()
    outbox.dispatch_due(NOW)
    lost.refresh_from_db()
    assert (lost.status, lost.not_before_at) == ("waiting", NOW + outbox.RETRY_CHECK)
    assert "Aucun service" in lost.error_fr
    assert spooled() == [f"{other.idempotency_key}.json"]


def test_a_temporary_failure_comes_back_later_then_gives_up(make_item, recorder, monkeypatch):
    item = make_item()
    fail_with(monkeypatch, TemporaryFailure("busy", "occupé"))
    now, waits = NOW, []
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.dispatch_due(now)
        item.refresh_from_db()
        if item.status == "waiting":
            waits.append(item.not_before_at - now)
            now = item.not_before_at
    assert item.status == "failed" and item.attempts == outbox.MAX_ATTEMPTS
    assert waits == sorted(waits) and waits[0] == timedelta(minutes=5)
    assert recorder.told == [("failed", item.pk, "busy")]


def test_a_permanent_failure_is_not_tried_again(make_item, recorder, monkeypatch):
    item = make_item()
    fail_with(monkeypatch, PermanentFailure("bad", "faux numéro", contact_problem=True))
    outbox.dispatch_due(NOW)
    assert outbox.dispatch_due(NOW) == 0
    item.refresh_from_db()
    assert (item.status, item.error_fr) == ("failed", "faux numéro")


def test_a_doubt_waits_for_a_person(make_item, recorder, monkeypatch):
    item = make_item()
    fail_with(monkeypatch, UncertainOutcome("broken_link", "coupé"))
    outbox.dispatch_due(NOW)
    assert outbox.dispatch_due(NOW) == 0
    monkeypatch.undo()
    monkeypatch.setitem(outbox.origins._ORIGINS, "test", recorder)
    item.refresh_from_db()
    assert item.status == "uncertain"
    outbox.resolve_doubt(item, left=True, now=NOW)
    item.refresh_from_db()
    assert (item.status, item.proof["provider"]) == ("sent", "person")


def test_a_doubt_that_did_not_leave_is_sent_again(make_item, recorder):
    item = make_item(status="uncertain", attempts=1)
    outbox.resolve_doubt(item, left=False, now=NOW)
    assert outbox.dispatch_due(NOW) == 1
    assert spooled() == ["k1.json"]


def test_a_surprise_of_the_channel_is_not_a_loss(make_item, recorder, monkeypatch):
    item = make_item()
    fail_with(monkeypatch, ValueError("bug"))
    outbox.dispatch_due(NOW)
    item.refresh_from_db()
    assert item.status == "waiting" and item.not_before_at > NOW


class Smtp:
    """A provider that does not know keys."""

    name, idempotent, is_spool = "smtp", False, False


def test_a_dead_workers_item_is_taken_up_again(make_item, recorder):
    past = timezone.now() - timedelta(seconds=1)
    item = make_item(status="sending", claim="dead", lease_until_at=past, attempts=1)
    assert outbox.dispatch_due(NOW) == 1
    item.refresh_from_db()
    assert (item.status, item.attempts) == ("sent", 2)


def test_a_dead_workers_item_is_doubtful_when_the_provider_knows_no_key(make_item, recorder, monkeypatch):
    past = timezone.now() - timedelta(seconds=1)
    item = make_item("email", status="sending", claim="dead", lease_until_at=past, attempts=1)
    monkeypatch.setattr(ways_out, "provider", lambda channel, now: Smtp())
    outbox.dispatch_due(NOW)
    item.refresh_from_db()
    assert item.status == "uncertain"


def test_a_living_workers_item_is_left_alone(make_item, recorder):
    make_item(status="sending", claim="alive", lease_until_at=timezone.now() + timedelta(minutes=1))
    assert outbox.dispatch_due(NOW) == 0


def test_a_worker_that_lost_its_lease_writes_nothing(make_item, recorder, monkeypatch):
    item = make_item()
    really_send = SpoolSms.send

    def slow(self, message):
        OutboxItem.objects.filter(pk=item.pk).update(claim="somebody else")
        return really_send(self, message)

    monkeypatch.setattr(SpoolSms, "send", slow)
    outbox.dispatch_due(NOW)
    item.refresh_from_db()
    assert (item.status, item.claim) == ("sending", "somebody else")
    assert recorder.told == []


def test_calling_back_takes_only_what_waits(make_item, recorder):
    waiting, sent = make_item(), make_item(status="sent")
    count = outbox.cancel_waiting(OutboxItem.objects.all(), "called_back", "rappelé", NOW)
    sent.refresh_from_db()
    assert count == 1 and sent.status == "sent"
    assert recorder.told == [("cancelled", waiting.pk, "called_back")]


@pytest.fixture
def parcel(make_item, pdf_of):
    """Three letters of one page each in one parcel."""
    first = make_item()
    content = pdf_of(["Lettre un", "Lettre deux", "Lettre trois"])
    whole = store.add_document(
        office=first.office,
        code="lot",
        title="Lot",
        content=content,
        dated_on=NOW.date(),
        actor=None,
        pages=3,
    )
    first.delete()
    items = []
    for page in range(3):
        document = Document.objects.create(
            office=whole.office,
            code="relance_1",
            title="Lettre",
            sha256=whole.sha256,
            size=whole.size,
            pages=1,
            parent=whole,
            first_page=page,
            dated_on=NOW.date(),
        )
        items.append(make_item("post", document=document, parcel="lot-1"))
    return items


def test_a_parcel_leaves_whole_and_once(parcel, recorder, pages_text):
    assert outbox.dispatch_due(NOW) == 3
    assert outbox.dispatch_due(NOW) == 0
    assert spooled("post") == ["lot-1.csv", "lot-1.pdf"]
    assert pages_text((ways_out.spool_dir() / "post" / "lot-1.pdf").read_bytes()) == [
        "Lettre un",
        "Lettre deux",
        "Lettre trois",
    ]
    assert [kind for kind, _, _ in recorder.told] == ["sent"] * 3


def test_a_letter_held_back_at_the_last_moment_is_not_printed(parcel, recorder, pages_text):
    recorder.held = {parcel[1].pk: ("paid_since", "payé")}
    outbox.dispatch_due(NOW)
    printed = (ways_out.spool_dir() / "post" / "lot-1.pdf").read_bytes()
    assert pages_text(printed) == ["Lettre un", "Lettre trois"]
    listed = (ways_out.spool_dir() / "post" / "lot-1.csv").read_text("utf-8-sig")
    assert len(listed.splitlines()) == 3


def test_each_letter_is_found_again(parcel, recorder, pages_text):
    assert pages_text(store.read(parcel[2].document)) == ["Lettre trois"]


def test_an_altered_document_is_not_shown(parcel, recorder):
    whole = parcel[0].document.parent
    path = store._folder(whole.sha256) / whole.sha256
    path.write_bytes(b"%PDF other")
    with pytest.raises(DomainError) as error:
        store.read(whole)
    assert error.value.code == "document_altered"
    path.unlink()
    with pytest.raises(DomainError) as error:
        store.read(whole)
    assert error.value.code == "document_missing"


def test_a_missing_file_puts_its_parcel_off_and_nothing_else(parcel, make_item, recorder):
    whole = parcel[0].document.parent
    (store._folder(whole.sha256) / whole.sha256).unlink()
    sms = make_item()
    outbox.dispatch_due(NOW)
    assert spooled("post") == [] and spooled() == [f"{sms.idempotency_key}.json"]
    parcel[0].refresh_from_db()
    assert parcel[0].status == "waiting" and "introuvable" in parcel[0].error_fr


def test_a_parcel_held_back_whole_prints_nothing(parcel, recorder):
    recorder.held = {item.pk: ("bank_stale", "banque trop ancienne") for item in parcel}
    outbox.dispatch_due(NOW)
    assert spooled("post") == []
    assert {kind for kind, _, _ in recorder.told} == {"cancelled"}
