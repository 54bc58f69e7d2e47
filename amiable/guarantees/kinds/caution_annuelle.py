"""Each year before 31 March, the cautions are told what was owed at the end of the year before (DUN-06)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from amiable.cases.models import Dossier
from amiable.cases.telling import debt_table, shared_values
from amiable.domain.cases.event import Event, Field, LimitRule
from amiable.domain.cases.family import CLOSED
from amiable.domain.cases.kind import Kind, Paper
from amiable.domain.text import french
from amiable.guarantees.cautions import for_whom, to_inform


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """The debt on 31 December of the year before the statement's, whatever happened since."""
    told_on = year_end(dossier, today)
    debt, table = debt_table(dossier.account, told_on)
    return {
        **shared_values(dossier, today),
        "caution_arrete_le": french.long_date(told_on),
        "caution_dette": french.euros(debt),
        "caution_decompte": table,
    }


def year_end(dossier: Dossier, today: date) -> date:
    begins = dossier.event_on or today
    return date(begins.year, 1, 1) - timedelta(days=1)


KIND: Kind[Dossier] = Kind(
    code="caution_annuelle",
    label_fr="État annuel de la caution",
    partner_fr="Chaque caution, personne physique",
    traits=("tenancy",),
    must_fr="chaque année avant le 31 mars, la caution personne physique reçoit l’état de la dette.",
    rules=("DUN-06",),
    possible=[{"fact": "guarantors", "op": ">", "value": 0}],
    due=[
        {"fact": "guarantor_statement_on", "op": "not_null"},
        {"fact": "overdue_cents", "op": ">", "value": 0},
    ],
    stops={"fact": "hold", "op": "=", "value": "death"},
    opens_fact="guarantor_statement_on",
    proposed=True,
    several=True,
    limits=(
        LimitRule(
            "DUN-06.2",
            from_fact="guarantor_statement_on",
        ),
    ),
    fields=(Field("dette", "Dette aujourd’hui", "money", "actionable_cents"),),
    papers=(Paper("caution_etat_annuel", "État annuel de la caution"),),
    values=values,
    recipients=to_inform,
    personal=for_whom,
    events=(Event("prise_en_compte", "La caution a pris connaissance", to=CLOSED),),
    order=41,
)
