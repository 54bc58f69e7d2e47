"""Reaching somebody: the call noted, the message sent, and what a message is before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amiable.accounts.models import Account
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.domain.decision.procedure import Step
from amiable.domain.text.french import euros, hour
from amiable.outreach import services as outreach
from amiable.outreach.drafting import Draft
from amiable.outreach.queries import Window
from amiable.web.account import forms
from amiable.web.kit.action import Doer
from amiable.web.kit.steps import steps_of_office
from amiable.web.kit.words import person_name

Channel: Any = OutboxItem.Channel
#: In the order an officer thinks of them; a letter is the only one that needs no consent.
CHANNELS = {
    Channel.EMAIL: "Courriel",
    Channel.SMS: "SMS",
    Channel.POST: "Lettre",
    Channel.LRAR: "Lettre recommandée",
}
#: Channels whose text the officer may change; a letter's wording belongs to the office.
OWN_WORDS = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True)
class Message:
    """A text about to leave by a channel; step: what it may accomplish; window: when it may be received."""

    account: Account
    channel: str
    code: str
    draft: Draft
    step: Step | None
    window: Window | None

    @property
    def own_words(self) -> bool:
        return self.channel in OWN_WORDS


def step_to_call(account: Account) -> str:
    """The procedure's step a call accomplishes: the next one, when it is a call due by now."""
    position = getattr(account, "position", None)
    if position is None or not position.next_step:
        return ""
    step = steps_of_office(account.office_id).get(position.next_step)
    return step.code if step is not None and step.kind == "call" else ""


def call(account: Account, doer: Doer, form: forms.CallForm) -> str:
    value = form.cleaned_data
    names = ("outcome", "note", "promise_cents", "promise_on", "call_back_on", "call_back_at")
    diary.log_call(
        **doer.on(account),
        **{name: value[name] for name in names},
        person=form.person,
        step=step_to_call(account),
        contact_point=form.contact_point,
    )
    said = ["appel noté"]
    if value["promise_cents"]:
        said.append(f"promesse de {euros(value['promise_cents'])} pour le {value['promise_on']:%d/%m/%Y}")
    if value["call_back_on"]:
        at = f" à {hour(value['call_back_at'])}" if value["call_back_at"] else ""
        said.append(f"rappel le {value['call_back_on']:%d/%m/%Y}{at}")
    return f"{person_name(account.person)} : {', '.join(said)}."


def write(message: Message, doer: Doer, form: forms.MessageForm) -> str:
    value = form.cleaned_data
    outreach.send_one(
        account=message.account,
        code=message.code,
        channel=message.channel,
        actor=doer.actor,
        now=doer.now,
        key=value["key"],
        step=message.step.code if message.step is not None and value.get("as_step") else "",
        subject=value.get("subject"),
        body=value.get("body"),
    )
    label = CHANNELS[message.channel]
    if message.window is not None and not message.window.is_open:
        return f"{label} prêt : {message.window.sentence_fr}"
    return f"{label} dans la file d’envoi."
