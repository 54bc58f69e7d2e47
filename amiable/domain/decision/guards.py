"""What keeps an account out of any chase, written once and in order; the first that holds gives the reason.

Guards stop the steps that address the person. A duty of the office itself (a limit towards the CAF, a
prescription) is not stopped: it shows even when the account is held. `dispatch_block` is the second gate,
just before something irreversible leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from amiable.domain.decision.compiling import on_day_of_month
from amiable.domain.decision.facts import HOLD_LABELS, PARTIAL_HOLDS

_YES = pl.lit(True)
#: The guard of what is prescribed: the law gives it no end, so that somebody decides.
PRESCRIBED = "prescribed"
#: The guard of a debt that the office's own list denies: it stands until somebody looked.
LIST_GAP = "list_gap"
#: The guard of who is in credit elsewhere: somebody proposes to set it against what is owed here.
CREDIT = "person_credit"
#: Guards whose reason says what there is to decide.
SAY_WHAT_TO_DECIDE = (PRESCRIBED, LIST_GAP, CREDIT)
_UNTIL_LIFTED = pl.lit(None, dtype=pl.Date)


@dataclass(frozen=True)
class Guard:
    """code: value of `held_by`; holds: never null; until: last day it holds when known, else null.

    why: the line shown, with `{fact}` slots; why_until: the same when its end is known. ends_fr: what would
    change it. rules, settings: the law and the office's settings it rests on.
    """

    code: str
    label_fr: str
    holds: pl.Expr
    why: str
    ends_fr: str
    until: pl.Expr = _UNTIL_LIFTED
    rules: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    why_until: str = ""


#: The law behind a hold, where there is one.
_HOLD_RULES = {"surendettement": ("SUR-02",), "court": ("PUB-01",)}


def guards(policy: Mapping[str, Any]) -> tuple[Guard, ...]:
    """Every guard in order, for the values of an office's policy."""
    # Without a floor, a cent is: nothing is asked of who has nothing left to be asked.
    floor = pl.lit(max(1, int(policy["reminder_floor_cents"])), dtype=pl.Int64)
    below = to_chase() < floor
    expected = expected_payment_on() + pl.duration(days=int(policy["steady_tolerance_days"]))
    return (
        *(_hold(code, below) for code in HOLD_LABELS),
        Guard(
            "unmatched_credit",
            "encaissement à rapprocher",
            _known(pl.col("unmatched_credit")),
            "un encaissement non rapproché peut être le sien",
            "Rapprocher l’encaissement en attente.",
        ),
        Guard(
            LIST_GAP,
            "écart avec la liste de contrôle",
            (to_chase() - pl.col("list_gap_cents").fill_null(0) < floor)
            & (pl.col("list_gap_cents") > 0).fill_null(False),
            "la liste du {list_said_on} dit {list_gap_cents} de moins que les comptes : à vérifier d’abord",
            "La pièce qui manque est inscrite, une nouvelle liste est d’accord, ou la demande qui en est née "
            "reçoit sa réponse.",
            settings=("reminder_floor_cents",),
        ),
        Guard(
            CREDIT,
            "excédent sur un autre compte",
            _known(pl.col("person_credit_cents") > 0),
            "{person_credit_cents} en trop sur le compte {person_credit_ref} : à imputer avant toute relance",
            "L’imputation ou le remboursement de l’excédent est passé en écritures.",
            rules=("PAY-11",),
        ),
        Guard(
            "promise",
            "promesse de paiement en cours",
            _known(pl.col("promise_pending")),
            "promesse de paiement en cours",
            "Les encaissements tiennent la promesse, ou sa date passe : le suivi reprend alors.",
            until=pl.col("promise_due_on") + pl.duration(days=int(policy["promise_grace_days"])),
            settings=("promise_grace_days",),
        ),
        Guard(
            "steady_payer",
            "payeur régulier",
            _is_steady_before_usual_day(expected),
            "paie régulièrement vers le {usual_payment_day} du mois",
            "Attendre son jour habituel de paiement et la tolérance de l’office.",
            until=expected,
            settings=("steady_tolerance_days",),
        ),
        Guard(
            PRESCRIBED,
            "action prescrite",
            # What time took, not the floor, leaves too little to ask for.
            below & (to_chase() + pl.col("prescribed_cents").fill_null(0) >= floor),
            "action prescrite depuis le {prescribed_on} ({prescribed_cents}), sauf acte interruptif à saisir",
            "Un acte interruptif fait à temps est saisi sur la fiche : la dette redevient exigible.",
            rules=("TIME-02",),
        ),
        Guard(
            "pending_aid",
            "aide au logement attendue",
            below & (pl.col("pending_aid_cents").fill_null(0) > 0),
            "{pending_aid_cents} d’aide attendue couvrent la dette",
            "L’aide attendue arrive, ou sa date de versement et la tolérance passent.",
            settings=("aid_payment_day", "aid_tolerance_days"),
        ),
        Guard(
            "aid_gap",
            "aide suspendue ou reprise",
            (to_chase() - pl.col("aid_gap_cents").fill_null(0) < floor)
            & (pl.col("aid_gap_cents") > 0).fill_null(False),
            "{aid_change} : {aid_gap_cents} à régulariser avec la caisse, le reste est payé",
            "L’aide reprend ou le rappel arrive, ou le nombre de mois que l’office accepte est passé.",
            settings=("aid_suspension_months",),
        ),
        Guard(
            "below_floor",
            "sous le seuil de relance",
            below,
            "{actionable_cents} à réclamer, sous le seuil de relance",
            "La dette à réclamer atteint le seuil de relance de l’office.",
            settings=("reminder_floor_cents",),
        ),
    )


def _hold(code: str, below: pl.Expr) -> Guard:
    active = _known(pl.col("hold") == code)
    if code == "dispute":
        # A dispute without amount covers the whole debt; otherwise the undisputed rest is followed.
        holds = active & (below | (pl.col("disputed_cents").fill_null(0) == 0))
    else:
        holds = active & below if code in PARTIAL_HOLDS else active
    return Guard(
        code,
        HOLD_LABELS[code],
        holds,
        f"en attente : {HOLD_LABELS[code]}",
        "L’attente prend fin ou est levée.",
        until=pl.col("hold_until"),
        why_until=f"en attente jusqu’au {{hold_until}} : {HOLD_LABELS[code]}",
        rules=_HOLD_RULES.get(code, ()),
    )


def to_chase() -> pl.Expr:
    """What decisions use: overdue less frozen, disputed and pending aid; the overdue figure when unknown."""
    return pl.coalesce("actionable_cents", "overdue_cents", pl.lit(0, dtype=pl.Int64))


def owes() -> pl.Expr:
    return pl.col("overdue_cents").fill_null(0) > 0


def expected_payment_on() -> pl.Expr:
    """The usual payment day on or after the oldest unpaid due date; null without habit."""
    due, day = pl.col("oldest_unpaid_on"), pl.col("usual_payment_day")
    same_month = on_day_of_month(due, day)
    return (
        pl.when(same_month >= due).then(same_month).otherwise(on_day_of_month(due.dt.offset_by("1mo"), day))
    )


def _is_steady_before_usual_day(last_day: pl.Expr) -> pl.Expr:
    # Only the current term may be missing, and nothing bounced: a habit excuses a delay, not a default.
    steady = _known(pl.col("steady_payer")) & pl.col("rejected_debit_reason").is_null()
    one_term = pl.col("unpaid_terms").fill_null(1) <= 1
    return steady & one_term & (pl.col("as_of") <= last_day).fill_null(False)


def _known(expr: pl.Expr) -> pl.Expr:
    return expr.fill_null(False)


DISPATCH_LABELS = {
    "bank_stale": "le dernier relevé bancaire importé est trop ancien",
    "bank_missing": "aucun relevé bancaire n’a été importé",
    "unmatched_credit": "un encaissement non rapproché peut être le sien",
    "paid_since": "un paiement est arrivé depuis la préparation",
    "held": "le compte est en attente",
    "spaced": "une autre étape vient d’être faite auprès de la personne, l’écart choisi n’est pas passé",
    "step_changed": "la procédure ne demande plus cette étape",
}


def dispatch_block(policy: Mapping[str, Any], unguarded: Collection[str] = ()) -> pl.Expr:
    """Why nothing may leave now (a code of DISPATCH_LABELS), null when it may. Reads decided rows.

    unguarded: codes of the steps no hold stops. A plan in force holds the chase, not the message about the
    plan itself; any other hold beside it still stops that one (`holds`: the codes of all that are active).

    Columns besides the facts: held_by, next_step, next_step_on (of `decide`, run again just before), and,
    when the dispatch was prepared earlier, prepared_step, prepared_balance_cents, prepared_last_payment_on
    (null: not compared). A credit lowers the balance whatever its date, so both are looked at.
    """
    max_age = int(policy["bank_max_age_days"])
    paid = (pl.col("balance_cents") < pl.col("prepared_balance_cents")) | (
        pl.col("last_payment_on") > pl.col("prepared_last_payment_on")
    )
    alone = pl.col("holds").list.len().fill_null(1) <= 1
    of_plan = (pl.col("held_by") == "plan") & alone & pl.col("next_step").is_in(list(unguarded))
    same = pl.col("next_step") == pl.col("prepared_step")
    ready = same & (pl.col("next_step_on") <= pl.col("as_of"))
    spaced = same & pl.col("days_since_person_contact").is_not_null()
    return (
        pl.when(pl.col("bank_age_days").is_null())
        .then(pl.lit("bank_missing"))
        .when(pl.col("bank_age_days") > max_age)
        .then(pl.lit("bank_stale"))
        .when(_known(pl.col("unmatched_credit")))
        .then(pl.lit("unmatched_credit"))
        .when(_known(paid))
        .then(pl.lit("paid_since"))
        .when(pl.col("held_by").is_not_null() & ~_known(of_plan))
        .then(pl.lit("held"))
        .when(pl.col("prepared_step").is_not_null() & ~_known(ready) & _known(spaced))
        .then(pl.lit("spaced"))
        .when(pl.col("prepared_step").is_not_null() & ~_known(ready))
        .then(pl.lit("step_changed"))
    )
