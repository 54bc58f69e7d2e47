"""What an interview leaves: the confirmation to the person, and the situation's sheet with its formulas."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from amiable.core.models import User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.correspondence.press import compile_pdf
from amiable.correspondence.typeset import drawable
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Situation
from amiable.domain.household.orientation import CAUSES, ORIENTATIONS, STANCES
from amiable.domain.household.people import CHILD, FULL_CUSTODY, ROLES, Member
from amiable.domain.text.french import amount, euros, long_date, plural
from amiable.household.models import Assessment
from amiable.household.queries import situation_of
from amiable.outreach.services import issue

WORDING = "confirmation_entretien"
SHEET = "fiche_situation"
#: As the letter goes on after « notre entretien du 25 novembre 2026, ».
_HELD = {"agency": "à l’agence", "phone": "par téléphone", "home": "à votre domicile", "file": "sur pièces"}


def confirm(
    *, assessment: Assessment, actor: User | None, now: datetime, channel: str = ""
) -> Document | None:
    """The confirmation letter, once; `channel` post sends it, empty makes the PDF to hand over.

    Raises DomainError when a value is missing or the person cannot be reached that way.
    """
    if assessment.letter_id is not None:
        return assessment.letter
    made = issue(
        account=assessment.account,
        code=WORDING,
        actor=actor,
        now=now,
        key=f"household-{assessment.pk}",
        channel=channel,
        extra={
            "date_entretien": long_date(assessment.assessed_on),
            "forme_entretien": _HELD[assessment.place],
            "tableau_budget": budget_table(situation_of(assessment)),
            "suite_convenue": agreed(assessment),
        },
    )
    assessment.letter = made.document
    assessment.save(update_fields=["letter"])
    return made.document


def confirm_or_say(*, assessment: Assessment, actor: User, now: datetime, channel: str) -> str:
    """The letter after a talk: what prevents it never undoes the talk; it is said ("" when it is made)."""
    try:
        with transaction.atomic():
            confirm(assessment=assessment, actor=actor, now=now, channel=channel)
    except DomainError as refusal:
        return f"La lettre de confirmation n’a pas été faite. {refusal.message_fr}"
    return ""


def agreed(assessment: Assessment) -> str:
    """What was agreed, in one sentence of the letter."""
    if assessment.commitment == Assessment.Commitment.PROMISE:
        on = assessment.commitment_on
        assert on is not None
        return f"Vous vous engagez à verser {euros(assessment.commitment_cents or 0)} le {long_date(on)}."
    if assessment.commitment == Assessment.Commitment.PLAN:
        return "Nous établissons avec vous un plan d’apurement adapté à votre budget ; il vous sera remis."
    return "Aucun engagement n’a été pris ce jour-là : nous restons à votre écoute pour trouver une solution."


def budget_table(situation: Situation) -> dict[str, Any]:
    """The month's budget: what comes in, what goes out, what is left."""
    home = situation.housing
    rows = [[RESOURCES[line.kind], amount(line.monthly_cents), ""] for line in situation.resources]
    if home.rent_cents or home.charges_cents:
        rows.append(["Loyer et charges, aide au logement déduite", "", amount(home.net_cents)])
    rows += [[CHARGES[line.kind], "", amount(line.monthly_cents)] for line in situation.charges]
    rows += [
        [DEBTS[debt.kind], "", amount(debt.monthly_cents)] for debt in situation.debts if debt.monthly_cents
    ]
    rows = rows or [["Budget à compléter ensemble", "", ""]]
    columns = [
        {"label": "Chaque mois", "kind": "text"},
        {"label": "Reçu (€)", "kind": "money"},
        {"label": "Payé (€)", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": None}


def sheet_of(*, assessment: Assessment, actor: User | None) -> Document:
    """The sheet of a situation (PDF/UA), made at the first request and then always the same."""
    if assessment.sheet_id is not None and assessment.sheet is not None:
        return assessment.sheet
    content, _ = compile_pdf(
        Path(str(files("amiable").joinpath("letters"))), "household.typ", _drawn(_data(assessment))
    )
    with transaction.atomic():
        document = store.add_document(
            office=assessment.office,
            code=SHEET,
            title=f"Situation du ménage du {assessment.assessed_on:%d/%m/%Y}",
            content=content,
            dated_on=assessment.assessed_on,
            actor=actor,
            account=assessment.account,
            person=assessment.person,
        )
        Assessment.objects.filter(pk=assessment.pk, sheet=None).update(sheet=document)
        assessment.sheet = document
    return document


def _data(assessment: Assessment) -> dict[str, Any]:
    situation, person = situation_of(assessment), assessment.person
    return {
        "title": f"Situation du ménage au {long_date(assessment.assessed_on)}",
        "office": assessment.office.name,
        "who": f"{person.first_name} {person.last_name}".strip(),
        "account": assessment.account.ref,
        "facts": [[label, value] for label, value in _facts(assessment) if value],
        "people": [[ROLES[m.role].capitalize(), _age(m), _presence(m)] for m in situation.members],
        "tables": [
            [
                "Ressources",
                "Par mois (€)",
                _lines(RESOURCES, situation.resources),
                amount(situation.resources_cents),
            ],
            ["Logement", "Par mois (€)", _housing(situation), amount(situation.housing.net_cents)],
            ["Charges", "Par mois (€)", _lines(CHARGES, situation.charges), amount(situation.charges_cents)],
            ["Autres dettes", "Par mois (€)", _lines(DEBTS, situation.debts), amount(situation.debts_cents)],
        ],
        "results": [[row["label"], row["said"], row["formula"], _source(row)] for row in assessment.results],
        "summary": assessment.summary,
    }


def _facts(assessment: Assessment) -> list[tuple[str, str]]:
    return [
        ("Entretien", assessment.get_place_display()),
        ("Mené par", str(assessment.made_by or "")),
        ("Cause indiquée", CAUSES.get(assessment.cause, "")),
        ("Souhait de la personne", STANCES.get(assessment.stance, "")),
        ("Dette ce jour-là", euros(assessment.debt_cents)),
        ("Orientation proposée", ORIENTATIONS.get(assessment.orientation_proposed, "budget à compléter")),
        ("Orientation décidée", ORIENTATIONS.get(assessment.orientation_decided, "")),
        ("Suite convenue", agreed(assessment)),
    ]


def _age(member: Member) -> str:
    return "non indiqué" if member.age is None else plural(member.age, "an")


def _presence(member: Member) -> str:
    if member.role == CHILD and member.custody_percent != FULL_CUSTODY:
        return f"présent {member.custody_percent} % du temps"
    return "à charge" if member.is_dependent else ""


def _lines(labels: Any, lines: Any) -> list[list[str]]:
    return [
        [
            labels[line.kind],
            amount(line.monthly_cents),
            f"{line.proof_on:%d/%m/%Y}" if line.proof_on else "non vu",
        ]
        for line in lines
    ]


def _housing(situation: Situation) -> list[list[str]]:
    home = situation.housing
    return [
        ["Loyer", amount(home.rent_cents), ""],
        ["Charges du loyer", amount(home.charges_cents), ""],
        ["Aide au logement", amount(-home.aid_cents), "attendue" if home.aid_pending else ""],
    ]


def _source(row: dict[str, Any]) -> str:
    doubt = " (à vérifier)" if row["to_verify"] else ""
    return " ".join(part for part in (f"{row['source']}{doubt}.", row["note"]) if part)


def _drawn(value: Any) -> Any:
    """Every text with only what the font can draw."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, list):
        return [_drawn(item) for item in value]
    if isinstance(value, dict):
        return {key: _drawn(item) for key, item in value.items()}
    return value
