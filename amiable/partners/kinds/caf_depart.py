"""A departed tenant is not signalled to the CAF: the caisse is told of the departure (CAF-16)."""

from __future__ import annotations

from amiable.cases.models import Dossier
from amiable.domain.cases.event import Event, Field
from amiable.domain.cases.family import ACKNOWLEDGED, CLOSED, SENT
from amiable.domain.cases.kind import Kind, Paper
from amiable.partners.kinds.caf import values

_LEFT = (
    {"fact": "status", "op": "=", "value": "parti"},
    {"fact": "aid_cents", "op": ">", "value": 0},
)

KIND: Kind[Dossier] = Kind(
    code="caf_depart",
    label_fr="Départ signalé à la CAF",
    partner_fr="Caisse d’allocations familiales ou Mutualité sociale agricole",
    traits=("housing_aid",),
    must_fr="le droit à l’aide cesse au départ : la caisse en est informée, sans signalement d’impayé.",
    rules=("CAF-16",),
    possible=list(_LEFT),
    due=[*_LEFT, {"fact": "overdue_cents", "op": ">", "value": 0}],
    partner_kind="caf",
    fields=(
        Field("sortie_le", "Sortie du logement", "date", "account.left_on", required=True),
        Field("allocataire", "Numéro d’allocataire"),
        Field("aide", "Aide au logement", "money", "aid_cents"),
    ),
    papers=(Paper("caf_depart", "Information du départ"),),
    values=values,
    events=(Event("pris_en_compte", "Départ pris en compte", to=CLOSED, stages=(SENT, ACKNOWLEDGED)),),
    order=15,
)
