"""The gate before litigation: every friendly means tried, or impossible for a reason somebody signs.

Pure: what was done comes in as `Tried`, the checks go out as data with their rules; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from amiable.domain.check import BLOCKING, MISSING, OK, WAIVED, WATCH, Check
from amiable.domain.text import french

_DONE, _TOLD = "fait", "à savoir"
#: Holds under which a file is not handed over, and why.
BLOCKING_HOLDS = {
    "plan": "un plan d’apurement est en cours",
    "court": "la créance est contestée en justice",
    "protection": "la mesure de protection de la personne n’est pas connue",
    "death": "la succession doit être saisie, pas la personne",
}


@dataclass(frozen=True)
class Tried:
    """What the file shows on a day. Dates are null when it never happened; money in cents.

    letters: reminders that left; notice_on: the mise en demeure, notice_back_on: one that left that day and
    came back; met_on: last talk or missed appointment.
    plan_on, plan_end: the last plan and how it ended (« refusé », « dénoncé »). caf_on: declared to the CAF,
    when it had to be; ccapex_on: seized, or deemed seized. holds: codes in force; waived: check -> reason.
    """

    claimed_cents: int
    letters: int = 0
    calls: int = 0
    notice_on: date | None = None
    notice_back_on: date | None = None
    met_on: date | None = None
    visited_on: date | None = None
    social_on: date | None = None
    plan_on: date | None = None
    plan_end: str = ""
    caf_constituted_on: date | None = None
    caf_on: date | None = None
    #: The aid is paid to the landlord: only then must the impayé be declared (CAF-05).
    third_party: bool = True
    ccapex_on: date | None = None
    assignation_from_on: date | None = None
    lease_on: date | None = None
    departed: bool = False
    guarantors: int = 0
    guarantors_told: int = 0
    disputed_cents: int = 0
    prescribed_cents: int = 0
    holds: tuple[str, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)


def gate(tried: Tried) -> tuple[Check, ...]:
    """Every check of a file, in the order of the friendly road."""
    return (
        _claim(tried),
        _friendly(tried, "reminders", "Relances écrites", tried.letters > 0, _letters(tried), ("DUN-01",)),
        _friendly(tried, "talk", "Échange ou rendez-vous", tried.met_on is not None, _talk(tried)),
        _friendly(tried, "plan", "Plan d’apurement", bool(tried.plan_end), _plan(tried), ("PLAN-01",)),
        _dated(
            tried, "social", "Aide sociale (FSL, travailleur social)", "demandée", tried.social_on, "FSL-01"
        ),
        *([] if tried.departed else [_dated(tried, "visit", "Visite à domicile", "faite", tried.visited_on)]),
        _notice(tried),
        *_caf(tried),
        *_ccapex(tried),
        _dated(tried, "lease", "Bail", "signé", tried.lease_on, "LIT-03"),
        *_guarantors(tried),
        *_holds(tried),
    )


def _claim(tried: Tried) -> Check:
    if tried.claimed_cents <= 0:
        detail = "plus rien n’est exigible : il n’y a rien à transmettre"
        return Check("claim", "Créance", detail, BLOCKING)
    told = f"{french.euros(tried.claimed_cents)} exigibles"
    if tried.prescribed_cents:
        told += f", dont {french.euros(tried.prescribed_cents)} déjà prescrits"
    if tried.disputed_cents:
        told += f", {french.euros(tried.disputed_cents)} contestés à part"
    return Check("claim", "Créance", told, OK, ("TIME-01",), word_fr=_DONE)


def _friendly(
    tried: Tried, code: str, label: str, done: bool, detail: str, rules: tuple[str, ...] = ()
) -> Check:
    if done:
        return Check(code, label, detail, OK, rules, word_fr=_DONE)
    if reason := tried.waived.get(code):
        return Check(code, label, f"impossible : {reason}", WAIVED, rules)
    return Check(code, label, detail or "rien dans le fil", MISSING, rules)


def _dated(tried: Tried, code: str, label: str, word: str, on: date | None, *rules: str) -> Check:
    return _friendly(tried, code, label, on is not None, _when(word, on), rules)


def _notice(tried: Tried) -> Check:
    detail = _when("partie", tried.notice_on)
    if tried.notice_on is None and tried.notice_back_on is not None:
        detail = f"{_when('partie', tried.notice_back_on)} et revenue : personne ne l’a reçue"
    rules = ("DUN-04", "TIME-07")
    return _friendly(tried, "notice", "Mise en demeure", tried.notice_on is not None, detail, rules)


def _letters(tried: Tried) -> str:
    return f"{french.plural(tried.letters, 'envoi')}, {french.plural(tried.calls, 'appel')}"


def _talk(tried: Tried) -> str:
    if tried.met_on is not None:
        return f"le {french.long_date(tried.met_on)}"
    return f"{french.plural(tried.calls, 'appel')} sans réponse, ni entretien ni absence à un rendez-vous"


def _plan(tried: Tried) -> str:
    if tried.plan_on is None:
        return "aucun plan proposé"
    return f"{tried.plan_end or 'en cours'}, plan du {french.long_date(tried.plan_on)}"


def _when(word: str, on: date | None) -> str:
    return f"{word} le {french.long_date(on)}" if on else ""


def _caf(tried: Tried) -> list[Check]:
    if tried.caf_constituted_on is None:
        return []
    missing = (
        f"impayé constitué le {french.long_date(tried.caf_constituted_on)}, pas de signalement dans le fil"
    )
    if not tried.third_party and tried.caf_on is None:
        told = "volontaire, et pas fait : l’aide n’est pas versée à l’office"
        return [Check("caf", "Signalement à la CAF", told, WATCH, ("CAF-05",), word_fr=_TOLD)]
    detail = _when("fait", tried.caf_on) or missing
    return [_friendly(tried, "caf", "Signalement à la CAF", tried.caf_on is not None, detail, ("CAF-04",))]


def _ccapex(tried: Tried) -> list[Check]:
    """The seizure itself is asked for; the two months it opens are told, they bar the assignation only."""
    if tried.departed:
        return []
    detail = _when("saisie", tried.ccapex_on)
    seized = _friendly(tried, "ccapex", "CCAPEX", tried.ccapex_on is not None, detail, ("LIT-01", "LIT-02"))
    if tried.assignation_from_on is None:
        return [seized]
    told = f"pas avant le {french.long_date(tried.assignation_from_on)}"
    return [seized, Check("assignation", "Assignation", told, WATCH, ("LIT-01",), word_fr=_TOLD)]


def _guarantors(tried: Tried) -> list[Check]:
    if not tried.guarantors:
        return []
    told = f"{tried.guarantors_told} informée(s) sur {tried.guarantors}"
    done = tried.guarantors_told >= tried.guarantors
    return [_friendly(tried, "guarantors", "Cautions", done, told, ("DUN-06",))]


def _holds(tried: Tried) -> list[Check]:
    blocking = [
        Check(f"hold_{code}", "Mise en attente", BLOCKING_HOLDS[code], BLOCKING)
        for code in tried.holds
        if code in BLOCKING_HOLDS
    ]
    if "surendettement" in tried.holds:
        detail = "seule la dette née après la recevabilité est transmise"
        rules = ("SUR-01", "SUR-02")
        blocking.append(Check("hold_surendettement", "Surendettement", detail, WATCH, rules, word_fr=_TOLD))
    return blocking
