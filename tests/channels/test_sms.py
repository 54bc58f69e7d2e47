from __future__ import annotations

import json

import pytest

from amiable.channels import base
from amiable.channels.base import Message, PermanentFailure, TemporaryFailure, UncertainOutcome
from amiable.channels.sms import provider
from amiable.channels.sms.http import HttpSms
from amiable.channels.sms.numbers import to_e164
from amiable.channels.sms.spool import SpoolSms

MESSAGE = Message(key="b1-l1-sms", to="06 39 98 01 02", text="Bonjour, merci de nous appeler.")


@pytest.mark.parametrize("number", ["06 39 98 01 02", "+33 6 39 98 01 02", "0033639980102", "06.39.98.01.02"])
def test_numbers(number):
    assert to_e164(number) == "+33639980102"


@pytest.mark.parametrize("number", ["01 99 00 12 34", "12", "abc", ""])
def test_a_number_that_takes_no_sms_is_a_contact_problem(number):
    with pytest.raises(PermanentFailure) as error:
        to_e164(number)
    assert error.value.contact_problem


def test_the_spool_sends_a_key_once(channel_settings):
    spool = SpoolSms(channel_settings())
    first = spool.send(MESSAGE)
    spool.send(Message(key=MESSAGE.key, to=MESSAGE.to, text="autre texte"))
    files = list(spool.folder.iterdir())
    assert [path.name for path in files] == [first.reference]
    assert json.loads(files[0].read_text())["text"] == MESSAGE.text
    assert spool.status(first.reference).state == "sent"


def test_a_key_cannot_leave_the_folder(channel_settings):
    spool = SpoolSms(channel_settings())
    spool.send(Message(key="../../evil", to=MESSAGE.to, text="x"))
    assert [path.parent for path in spool.folder.parent.rglob("*.json")] == [spool.folder]


def test_demo_never_uses_the_network(channel_settings):
    assert isinstance(provider(channel_settings(demo=True, sms_url="http://x")), SpoolSms)
    assert isinstance(provider(channel_settings(sms_url="http://x")), HttpSms)


def test_http_sends_number_text_token_and_key(channel_settings, sms_server):
    sms = HttpSms(channel_settings(sms_url=sms_server["url"], sms_token="t0k", sms_sender="OPH"))
    assert sms.send(MESSAGE).reference == "m-1"
    seen = sms_server["seen"][0]
    assert json.loads(seen["body"]) == {
        "to": "+33639980102",
        "text": MESSAGE.text,
        "from": "OPH",
        "reference": MESSAGE.key,
    }
    assert seen["headers"]["Authorization"] == "Bearer t0k"
    assert seen["headers"]["Idempotency-Key"] == MESSAGE.key


@pytest.mark.parametrize("code", [408, 425, 429, 500, 503])
def test_http_temporary(channel_settings, sms_server, code):
    sms_server["script"] = [(code, {})]
    with pytest.raises(TemporaryFailure):
        HttpSms(channel_settings(sms_url=sms_server["url"])).send(MESSAGE)


@pytest.mark.parametrize(
    ("answer", "problem"), [({"error": "invalid_number"}, True), ({"error": "no_credit"}, False)]
)
def test_http_permanent(channel_settings, sms_server, answer, problem):
    sms_server["script"] = [(422, answer)]
    with pytest.raises(PermanentFailure) as error:
        HttpSms(channel_settings(sms_url=sms_server["url"])).send(MESSAGE)
    assert error.value.contact_problem is problem
    assert error.value.code == answer["error"]


def test_a_broken_link_is_uncertain_unless_the_provider_knows_the_key(channel_settings, sms_server):
    sms_server["script"] = [("hang up", {}), ("hang up", {})]
    with pytest.raises(UncertainOutcome):
        HttpSms(channel_settings(sms_url=sms_server["url"])).send(MESSAGE)
    with pytest.raises(TemporaryFailure):
        HttpSms(channel_settings(sms_url=sms_server["url"], sms_idempotent="1")).send(MESSAGE)


def test_a_closed_port_is_temporary(channel_settings):
    with pytest.raises(TemporaryFailure):
        HttpSms(channel_settings(sms_url="http://127.0.0.1:9/x")).send(MESSAGE)


def test_field_names_of_another_provider(channel_settings, sms_server):
    sms_server["script"] = [(201, {"messageId": 42})]
    options = {"sms_field_to": "destination", "sms_field_text": "message", "sms_field_id": "messageId"}
    receipt = HttpSms(channel_settings(sms_url=sms_server["url"], **options)).send(MESSAGE)
    assert receipt.reference == "42"
    assert json.loads(sms_server["seen"][0]["body"])["destination"] == "+33639980102"


def test_status_and_webhook(channel_settings, sms_server):
    sms = HttpSms(
        channel_settings(
            sms_url=sms_server["url"],
            sms_status_url=sms_server["base"] + "/messages/{reference}",
            sms_webhook_token="secret",
        )
    )
    sms_server["script"] = [(200, {"id": "m/1", "status": "delivered"})]
    assert sms.status("m/1").state == "delivered"
    assert sms_server["seen"][0]["path"] == "/messages/m%2F1"
    body = json.dumps([{"id": "m-1", "status": "undelivered", "reason": "absent"}]).encode()
    (news,) = sms.webhook(body, {"X-Webhook-Token": "secret"})
    assert news.is_contact_problem and news.reference == "m-1"
    with pytest.raises(PermanentFailure):
        sms.webhook(body, {"X-Webhook-Token": "wrong"})


def test_too_long_is_refused_before_the_network(channel_settings):
    with pytest.raises(PermanentFailure) as error:
        HttpSms(channel_settings(sms_url="http://127.0.0.1:9/x")).send(
            Message(key="k", to=MESSAGE.to, text="ç" * 500)
        )
    assert error.value.code == "too_long"


def test_a_removed_folder_is_a_channel_absent(channel_settings):
    assert set(base.discover()) >= {"sms", "email", "post"}
    with pytest.raises(PermanentFailure):
        base.provider("fax", channel_settings())
