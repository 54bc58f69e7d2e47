"""What the answers of a surendettement dossier do, by name: each calls one service of this package."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from amiable.cases import limits
from amiable.cases.effects import Happening, effect
from amiable.cases.models import Dossier
from amiable.core.clock import PARIS
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach.services import issue
from amiable.overindebtedness import papers
from amiable.overindebtedness.answers import DECISIONS
from amiable.overindebtedness.ending import lapse_of
from amiable.overindebtedness.erasing import (
    Decision,
    annul,
    carry_out,
    erase_part,
    erased_cents,
)
from amiable.overindebtedness.measures import lapse, moratorium, reschedule, unpaid_instalments
from amiable.overindebtedness.receiving import receive, refuse_dossier

#: What is contested, by the key of the article that opens the contest.
_CONTESTED = {
    "article": "la décision de recevabilité",
    "article_measures": "les mesures",
    "article_recovery": "le rétablissement personnel",
}


@effect("bdf_receive")
def bdf_receive(given: Happening) -> None:
    """The account splits at the date of the recevabilité; the declaration takes that day's statement."""
    on = given.day("recevable_le")
    receive(account=given.dossier.account, on=on, actor=given.actor, today=given.today)
    said = {**given.dossier.fields, **papers.claim(given.dossier.account, on)}
    Dossier.objects.filter(pk=given.dossier.pk).update(fields=said, event_on=on)


@effect("bdf_set_aside")
def bdf_set_aside(given: Happening) -> None:
    refuse_dossier(account=given.dossier.account, actor=given.actor, today=given.today)


@effect("bdf_moratorium")
def bdf_moratorium(given: Happening) -> None:
    moratorium(
        account=given.dossier.account,
        on=given.day("decide_le"),
        months=_number(given, "mois"),
        actor=given.actor,
        today=given.today,
    )


@effect("bdf_reschedule")
def bdf_reschedule(given: Happening) -> None:
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
def bdf_erase_part(given: Happening) -> None:
    erase_part(
        account=given.dossier.account,
        on=given.day("decide_le"),
        cents=_number(given, "montant"),
        actor=given.actor,
        today=given.today,
    )


@effect("bdf_erase")
def bdf_erase(given: Happening) -> None:
    """The rétablissement has its effect; when somebody who did not file still owes, an officer is asked."""
    decision = _decided(given)
    carry_out(account=given.dossier.account, decision=decision, actor=given.actor, today=given.today)


@effect("bdf_annul")
def bdf_annul(given: Happening) -> None:
    """A rétablissement annulled before its effect had erased nothing."""
    account, on = given.dossier.account, _decided(given).on
    if erased_cents(account, on):
        annul(account=account, on=on, actor=given.actor, today=given.today)


def _decided(given: Happening) -> Decision:
    """The last rétablissement told, as its own answer dated it. What is erased already was everybody's."""
    told = [f"answer:{code}" for code in DECISIONS]
    event = given.dossier.events.filter(event__in=told).order_by("-pk").first()
    if event is None:
        raise DomainError("no_decision", "Aucun rétablissement personnel n’est noté sur ce dossier.")
    on = date.fromisoformat(event.data["decide_le"])
    everybody = bool(event.data.get("tous")) or erased_cents(given.dossier.account, on) > 0
    return Decision(on, is_final=True, covers_all=everybody)


@effect("bdf_measures")
def bdf_measures(given: Happening) -> None:
    """By which road the measures may lapse, kept with the dossier."""
    days, text = given.values.get("clause_jours"), str(given.values.get("clause") or "").strip()
    if bool(days) != bool(text):
        raise DomainError(
            "clause_incomplete",
            "Une clause de caducité se note par son délai et par son texte : indiquez les deux, ou aucun.",
        )
    told = {"nature": given.values["nature"], "jours": days or None, "clause": text}
    fields = {**given.dossier.fields, "mesures": told}
    Dossier.objects.filter(pk=given.dossier.pk).update(fields=fields)


@effect("bdf_notice_received")
def bdf_notice_received(given: Happening) -> None:
    """The delay of the mise en demeure runs from its notification (SUR-11, or the clause of SUR-17)."""
    road = lapse_of(given.dossier)
    limits.add_limit(
        given.dossier,
        road.rule,
        from_on=given.on,
        actor=given.actor,
        today=given.today,
        clause=road.clause or None,
    )


@effect("bdf_lapse")
def bdf_lapse(given: Happening) -> None:
    """Only once the delay of the mise en demeure is over."""
    road = lapse_of(given.dossier)
    notice = given.dossier.limits.filter(rule=road.rule).order_by("-from_on").first()
    first_on = road.first_day(notice.from_on, given.dossier.office.territory) if notice else None
    if first_on is None or given.on < first_on:
        when = f"qu’à partir du {first_on:%d/%m/%Y}" if first_on else "qu’après une mise en demeure reçue"
        raise DomainError("lapse_too_early", f"Les mesures ne sont caduques {when} ({road.rule}).")
    lapse(account=given.dossier.account, on=given.on, actor=given.actor, today=given.today)


@effect("bdf_lapse_judged")
def bdf_lapse_judged(given: Happening) -> None:
    lapse(account=given.dossier.account, on=given.on, actor=given.actor, today=given.today)


@effect("bdf_justify")
def bdf_justify(given: Happening) -> None:
    """The proofs of the claim go to the commission, not to the judge (SUR-07)."""
    extra = papers.values(given.dossier, given.today) | {"bdf_motifs": str(given.values["motifs"])}
    _write(given, "bdf_justification", extra, "justify")


@effect("bdf_contest")
def bdf_contest(given: Happening, *, rule: str, article: str) -> None:
    """Document 22: the contest, to sign and send by registered letter. article: its key beside the rule."""
    extra = papers.values(given.dossier, given.today) | {
        "bdf_objet": _CONTESTED[article],
        "bdf_motifs": str(given.values["motifs"]),
        "bdf_article": str(law.get(rule, given.today, article).value),
    }
    _write(given, "bdf_contestation", extra, f"contest-{rule}")


@effect("bdf_formal_notice")
def bdf_formal_notice(given: Happening) -> None:
    """The mise en demeure: the unpaid instalments, and nothing due outside the measures. DomainError when no
    letter may end these measures."""
    account, road = given.dossier.account, lapse_of(given.dossier)
    unpaid = unpaid_instalments(account, given.today)
    if not unpaid.items:
        raise DomainError("no_unpaid_instalment", "Aucune échéance des mesures n’est impayée.")
    extra = papers.values(given.dossier, given.today) | {
        "bdf_creance": french.euros(unpaid.total_cents),
        "bdf_decompte": papers.table(unpaid, account),
        "bdf_delai": road.delay_fr,
        "bdf_fondement": road.ground_fr,
    }
    _write(given, "bdf_plan_mise_en_demeure", extra, f"notice-{given.on}")


def _write(given: Happening, code: str, extra: dict[str, Any], key: str) -> None:
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


def _number(given: Happening, name: str) -> int:
    try:
        return int(given.values[name])
    except (KeyError, TypeError, ValueError):
        raise DomainError("number_missing", "Un nombre nécessaire à cette réponse manque.") from None
