"""A procedure before a court: a first decision, served, appealed against, then a second one that stands."""

from __future__ import annotations

from amiable.cases.models import Dossier
from amiable.domain.cases.event import COURT, DEBTOR, OFFICE, Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED as OVER
from amiable.domain.cases.family import COURT_FAMILY, ENFORCED, FINAL, OPPOSED, SERVED
from amiable.domain.cases.kind import Kind, Piece

KIND: Kind[Dossier] = Kind(
    code="requete_essai",
    label_fr="Requête d’essai",
    partner_fr="Tribunal",
    traits=("tenancy",),
    must_fr="une requête est déposée quand rien d’autre n’a servi.",
    family=COURT_FAMILY,
    parties=(DEBTOR, COURT),
    pieces=(Piece("bail", "Bail signé"),),
    fields=(Field("demande", "Somme demandée", "money", "actionable_cents", required=True),),
    events=(
        Event(
            "ordonnance", "Le juge fait droit", by=COURT, needs_document=True,
            fields=(Field("accorde", "Somme accordée", "money", required=True),),
        ),
        Event("rejet", "Le juge rejette", by=COURT, needs_document=True),
        Event(
            "signifiee", "Signifiée au débiteur", by=OFFICE, to=SERVED, follows=("ordonnance", "arret"),
            is_act=True, needs_document=True, serves=DEBTOR, limits=(LimitRule("IP-04"),),
        ),
        Event(
            "appel", "Le débiteur forme un recours", by=DEBTOR, to=OPPOSED, meets=("IP-04",),
            effects=(do("start_hold", kind="court", reason="recours contre la décision"),),
        ),
        Event(
            "arret", "La juridiction confirme", by=COURT, follows=("appel",), needs_document=True,
            effects=(do("end_hold", kind="court", reason="recours contre la décision"),),
        ),
        Event(
            "definitive", "Plus de recours possible", by=OFFICE, to=FINAL, follows=("signifiee",),
            effects=(do("drop_limits", rule="IP-04", reason="Aucun recours à temps."),),
        ),
        Event("executee", "Exécutée", by=OFFICE, to=ENFORCED),
        Event("payee", "Payée", by=DEBTOR, to=OVER),
    ),
)  # fmt: skip
