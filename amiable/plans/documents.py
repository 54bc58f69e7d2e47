"""What the documents of a plan say, and who receives them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import User
from amiable.correspondence.models import Document
from amiable.domain.creditors import kind
from amiable.domain.text import french
from amiable.ledger.models import Entry
from amiable.outreach.services import issue
from amiable.outreach.statement import label
from amiable.plans.models import PlanVersion
from amiable.procedures.in_force import policy_of

MISSED, DENUNCIATION, AGREED, COPY, CONGRATULATION = (
    "plan_echeance_manquee",
    "plan_denonciation",
    "plan_accord",
    "plan_copie",
    "plan_tenu",
)
Table = dict[str, Any]


def reference(version: PlanVersion) -> str:
    """PA-128, and its version from the second on: PA-128/2."""
    return f"PA-{version.plan_id}" + (f"/{version.number}" if version.number > 1 else "")


def values_of(version: PlanVersion, today: date) -> dict[str, Any]:
    """Every variable of `letters/variables/plans.yaml`; what is missing is that of the last follow-up."""
    instalments = list(version.instalments.all())
    first = instalments[0]
    policy = policy_of(version.plan.office, today)
    wait = int(policy["plan_tolerance_days"]) + int(policy["plan_grace_days"])
    late_on = today - timedelta(days=version.days_late)
    late = next((one for one in instalments if one.due_on == late_on and version.missing_cents), None)
    cure_on = max(late_on + timedelta(days=wait), today + timedelta(days=int(policy["plan_tolerance_days"])))
    coming = version.next_due_on, version.next_cents
    return {
        "plan_numero": reference(version),
        "plan_bail": _lease(version.plan.account),
        "plan_montant": french.euros(version.debt_cents),
        "plan_arrete_le": french.long_date(version.statement_on),
        "plan_decompte": statement_table(version),
        "plan_echeancier": schedule_table(version),
        "plan_duree": french.plural(len(instalments), "échéance"),
        "plan_premiere_echeance": _dated(first.amount_cents, first.due_on),
        "plan_derniere_echeance": french.long_date(version.last_due_on),
        "plan_somme_courante": f"{french.euros(current_rent(version.plan.account, today))} par mois",
        "plan_signe_le": french.long_date(version.signed_on) if version.signed_on else "",
        "plan_echeance_manquee": _dated(late.amount_cents, late.due_on) if late else "aucune",
        "plan_manquant": french.euros(version.missing_cents),
        "plan_manquant_courant": french.euros(version.rent_missing_cents)
        if version.rent_missing_cents
        else "aucune",
        "plan_regulariser_avant": french.long_date(cure_on),
        "plan_paye": french.euros(version.paid_cents),
        "plan_reste": french.euros(max(0, version.debt_cents - version.paid_cents)),
        "plan_prochaine_echeance": _dated(coming[1], coming[0]) if coming[0] and coming[1] else "aucune",
    }


def _lease(account: Account) -> str:
    signed_on = account.lease_on or account.entered_on
    words = f"du bail du {french.long_date(signed_on)}" if signed_on else "du bail"
    return f"{words}, contrat {account.contract_ref}" if account.contract_ref else words


def _dated(cents: int, day: date) -> str:
    return f"{french.euros(cents)} le {french.long_date(day)}"


def current_rent(account: Account, today: date) -> int:
    """What the debtor themselves pays each month: rent and charges, less the aid paid to the office."""
    terms = AccountTerms.objects.filter(account=account, effective_on__lte=today).last()
    if terms is None:
        return 0
    aid = terms.aid_cents if terms.third_party else 0
    return max(0, terms.rent_cents + terms.charges_cents - aid)


def schedule_table(version: PlanVersion) -> Table:
    rows, left = [], version.debt_cents
    for one in version.instalments.all():
        left -= one.amount_cents
        rows.append(
            [
                str(one.number),
                french.long_date(one.due_on),
                french.euros(one.amount_cents),
                french.euros(left),
            ]
        )
    columns = [
        {"label": "N°", "kind": "date"},
        {"label": "À payer le", "kind": "text"},
        {"label": "Montant", "kind": "money"},
        {"label": "Reste ensuite", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": None}


def statement_table(version: PlanVersion) -> Table:
    """The statement as it was that day, by échéance and nature; what was set apart comes last."""
    rests = dict(version.statement)
    entries = Entry.objects.filter(pk__in=rests).select_related("account").order_by("due_on", "pk")
    rows, total = [], 0
    for entry in entries:
        due = entry.due_on or entry.document_on
        name = label(entry.kind, entry.period or due.replace(day=1), entry.account)
        rows.append([f"{due:%d/%m/%Y}", entry.account.ref, name, french.euros(rests[entry.pk])])
        total += rests[entry.pk]
    if version.awaited_cents:
        rows.append(["", "", "Aide au logement attendue", french.euros(-version.awaited_cents)])
        total -= version.awaited_cents
    if total != version.debt_cents:
        rows.append(["", "", "Somme contestée, mise à part", french.euros(version.debt_cents - total)])
    columns = [
        {"label": "Échéance", "kind": "date"},
        {"label": "Compte", "kind": "text"},
        {"label": "Nature", "kind": "text"},
        {"label": "Reste dû", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": ["Montant du plan", french.euros(version.debt_cents)]}


def make_plan_document(version: PlanVersion, *, actor: User, now: datetime) -> Document:
    """The plan to sign, as a PDF; nothing is sent."""
    made = issue(
        account=version.plan.account,
        code=kind(version.plan.office.kind).plan_document,
        actor=actor,
        now=now,
        key=f"plan-{version.pk}-sign-{now.isoformat()}",
        extra=values_of(version, now.date()),
    )
    assert made.document is not None
    return made.document
