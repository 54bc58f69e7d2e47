"""Disputes and estates: the exhibits, the decision with its letter, the letter to the notary or the heirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amiable.accounts.addressees import estate_addressees_of
from amiable.accounts.models import Account
from amiable.diary import disputes
from amiable.diary.models import Dispute
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach import services as outreach
from amiable.outreach.values import full_name
from amiable.web.kit.action import Doer
from amiable.web.situations import forms


@dataclass(frozen=True)
class About:
    """What a guided state is about: a person or a record of the account."""

    account: Account
    about: Any


def join_exhibit(on: About, doer: Doer, form: forms.ExhibitForm) -> str:
    sent = form.cleaned_data["file"]
    document = disputes.add_exhibit(
        dispute=on.about,
        title=form.cleaned_data["title"],
        content=sent.read(),
        media_type=sent.content_type or "",
        actor=doer.actor,
        today=doer.today,
    )
    return f"{document.title} : jointe."


def decide(on: About, doer: Doer, form: forms.DecisionForm) -> str:
    """The decision, then its letter: both are kept, or neither."""
    value, contested = form.cleaned_data, on.about.hold.disputed_cents
    done = disputes.decide(
        dispute=on.about,
        decision=value["decision"],
        founded_cents=value["founded_cents"],
        **doer.by,
    )
    said = f"Contestation {french.inside(done.get_decision_display())}."
    if not value["send"]:
        return said
    amount = french.euros(contested) if contested else "toute la somme réclamée"
    extra = {
        "contestation_motif": done.get_motive_display(),
        "contestation_recue_le": french.long_date(done.received_on),
        "contestation_montant": amount,
        "contestation_resultat": _result(done),
        "contestation_raisons": value["reasons"],
    }
    outreach.issue(
        account=on.account,
        code="reponse_contestation",
        actor=doer.actor,
        now=doer.now,
        key=f"dispute-{done.pk}",
        extra=extra,
        channel="post",
    )
    return f"{said} La réponse est dans la file d’envoi."


def _result(dispute: Dispute) -> str:
    if dispute.decision == Dispute.Decision.UNFOUNDED:
        return "Après vérification, votre contestation n’est pas fondée : la somme reste due."
    if dispute.decision == Dispute.Decision.PARTLY and dispute.founded_cents:
        cents = french.euros(dispute.founded_cents)
        return f"Votre contestation est fondée en partie : {cents} seront retirés de votre compte."
    return "Votre contestation est fondée : la somme contestée sera retirée de votre compte."


def corrected(on: About, doer: Doer, form: object) -> str:
    disputes.note_corrected(dispute=on.about, **doer.by)
    return "Correction notée : plus rien n’est mis à part."


def write_to_estate(on: About, doer: Doer, form: forms.EstateForm) -> str:
    """One letter to the notary, else to each heir, once a day."""
    people = estate_addressees_of([on.account], doer.today)[on.account.pk]
    if not people:
        raise DomainError(
            "no_estate", "Aucun notaire ni héritier connu : ajoutez-le d’abord. Rien n’a été envoyé."
        )
    for one in people:
        outreach.issue(
            account=on.account,
            code="succession",
            actor=doer.actor,
            now=doer.now,
            key=f"estate-{on.account.pk}-{one.person.pk}-{doer.today}",
            extra={"defunt": full_name(on.account.person)},
            to=one.person,
            channel=form.cleaned_data["channel"],
        )
    return f"Succession saisie : {french.plural(len(people), 'lettre')} dans la file d’envoi."
