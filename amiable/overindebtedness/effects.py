"""What the answers of a surendettement dossier do, by name: each calls one service of this package."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from amiable.cases.effects import Answering, effect
from amiable.cases.models import Dossier
from amiable.core.clock import PARIS
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach.services import issue
from amiable.overindebtedness import papers
from amiable.overindebtedness.erasing import erase, erase_part
from amiable.overindebtedness.measures import lapse, moratorium, reschedule, unpaid_instalments
from amiable.overindebtedness.receiving import receive, refuse_dossier

#: What is contested, by the rule of its delay.
_CONTESTED = {
    "SUR-06": "la décision de recevabilité",
    "SUR-07": "l’état détaillé du passif",
    "SUR-08": "les mesures",
}


@effect("bdf_receive")
def bdf_receive(given: Answering) -> None:
    """The account splits at the date of the recevabilité; the declaration takes that day's statement."""
    on = given.day("recevable_le")
    receive(account=given.dossier.account, on=on, actor=given.actor, today=given.today)
    said = {**given.dossier.fields, **papers.claim(given.dossier.account, on)}
    Dossier.objects.filter(pk=given.dossier.pk).update(fields=said, event_on=on)


@effect("bdf_set_aside")
def bdf_set_aside(given: Answering) -> None:
    refuse_dossier(account=given.dossier.account, actor=given.actor, today=given.today)


@effect("bdf_moratorium")
def bdf_moratorium(given: Answering) -> None:
    moratorium(
        account=given.dossier.account,
        on=given.day("decide_le"),
        months=_number(given, "mois"),
        actor=given.actor,
        today=given.today,
    )


@effect("bdf_reschedule")
def bdf_reschedule(given: Answering) -> None:
    reschedule(
        account=given.dossier.account,
        on=given.day("decide_le"),
        first_due_on=given.day("premiere_le"),
        monthly_cents=_number(given, "mensualite"),
        count=_number(given, "nombre"),
        actor=given.actor,
        today=given.today,
    )


@effect("bdf_erase_part")
def bdf_erase_part(given: Answering) -> None:
    erase_part(
        account=given.dossier.account,
        on=given.day("decide_le"),
        cents=_number(given, "montant"),
        actor=given.actor,
        today=given.today,
    )


@effect("bdf_erase")
def bdf_erase(given: Answering) -> None:
    erase(account=given.dossier.account, on=given.day("decide_le"), actor=given.actor, today=given.today)


@effect("bdf_lapse")
def bdf_lapse(given: Answering) -> None:
    """Only once the delay of the mise en demeure is over (SUR-11)."""
    notice = given.dossier.limits.filter(rule="SUR-11").order_by("-limit_on").first()
    if notice is not None and given.on <= notice.limit_on:
        raise DomainError(
            "lapse_too_early",
            f"Les mesures ne sont caduques qu’après le {notice.limit_on:%d/%m/%Y} (SUR-11).",
        )
    lapse(account=given.dossier.account, on=given.on, actor=given.actor, today=given.today)


@effect("bdf_contest")
def bdf_contest(given: Answering, *, rule: str) -> None:
    """Document 22: the contest, to sign and send by registered letter."""
    extra = papers.values(given.dossier, given.today) | {
        "bdf_objet": _CONTESTED[rule],
        "bdf_motifs": str(given.values["motifs"]),
        "bdf_article": law.rule(rule).source.removeprefix("C. conso. art. "),
    }
    _write(given, "bdf_contestation", extra, f"contest-{rule}")


@effect("bdf_formal_notice")
def bdf_formal_notice(given: Answering) -> None:
    """The mise en demeure of SUR-11: the unpaid instalments, and nothing due outside the measures."""
    account = given.dossier.account
    unpaid = unpaid_instalments(account, given.today)
    if not unpaid.items:
        raise DomainError("no_unpaid_instalment", "Aucune échéance des mesures n’est impayée.")
    extra = papers.values(given.dossier, given.today) | {
        "bdf_creance": french.euros(unpaid.total_cents),
        "bdf_decompte": papers.table(unpaid, account),
    }
    _write(given, "bdf_plan_mise_en_demeure", extra, f"notice-{given.on}")


def _write(given: Answering, code: str, extra: dict[str, Any], key: str) -> None:
    """The document, made and kept with the dossier's events."""
    dossier = given.dossier
    is_to_debtor = code == "bdf_plan_mise_en_demeure"
    partner = dossier.partner.person if dossier.partner and not is_to_debtor else None
    issued = issue(
        account=dossier.account,
        code=code,
        actor=given.actor,
        now=_noon(given.today),
        key=f"bdf-{dossier.pk}-{key}",
        extra=extra,
        to=partner,
    )
    dossier.events.create(
        event="document", on=given.today, actor=given.actor, document=issued.document, data={"code": code}
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PARIS)


def _number(given: Answering, name: str) -> int:
    try:
        return int(given.values[name])
    except (KeyError, TypeError, ValueError):
        raise DomainError("number_missing", "Un nombre nécessaire à cette réponse manque.") from None
