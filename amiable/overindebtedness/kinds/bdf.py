"""Banque de France: the surendettement of a tenant, from the deposit to what commission or judge decides.

What each answer does to the account is in `dossiers.surendettement`: here it is only named.
"""

from __future__ import annotations

from amiable.cases.models import Dossier
from amiable.cases.repeats import counted_once
from amiable.domain.cases.event import Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED, FOLLOWED, IN_PREPARATION, READY, TO_PREPARE, WITH_PARTNER
from amiable.domain.cases.kind import Kind, Piece
from amiable.domain.cases.kind import Paper as _Paper
from amiable.overindebtedness import effects as _effects  # noqa: F401  (they register themselves)
from amiable.overindebtedness.answers import DECIDED, DECISIONS, LAPSE, MEASURES, REASONS, RECOVERY
from amiable.overindebtedness.papers import prefill, values

_ANYTIME = (*IN_PREPARATION, *WITH_PARTNER)
_CONTEST = do("add_limit", rule="SUR-08")

KIND: Kind[Dossier] = Kind(
    code="bdf",
    label_fr="Surendettement (Banque de France)",
    noun_fr="dossier Banque de France",
    partner_fr="Commission de surendettement des particuliers",
    traits=("tenancy",),
    must_fr=(
        "dès la recevabilité, la dette échue est gelée et se déclare dans les trente jours ; les échéances "
        "suivantes restent dues."
    ),
    rules=("SUR-01", "SUR-02", "SUR-04", "SUR-07", "SUR-11", "SUR-12", "SUR-13", "SUR-17", "SUR-18"),
    due={"fact": "received_on", "op": "not_null"},
    opens_fact="received_on",
    limits=(
        LimitRule(
            "SUR-07",
            from_fact="received_on",
        ),
    ),
    pieces=(
        Piece("decompte", "Décompte à la date de recevabilité", "statement", required=False),
        Piece("bail", "Bail", "lease", required=False),
        Piece("notification", "Lettre de la Banque de France", required=False),
    ),
    fields=(
        Field("reference", "Référence du dossier", required=True),
        Field("recevable_le", "Recevable le", "date", required=True),
        Field("creance", "Créance à la recevabilité", "money", required=True),
        Field("principal", "dont loyers", "money"),
        Field("charges", "dont charges", "money"),
        Field("cautions", "Cautions", help_fr="Elles se déclarent avec la créance (SUR-07)."),
    ),
    papers=(_Paper("bdf_declaration", "Déclaration de créance"),),
    prefill=prefill,
    values=values,
    events=(
        Event(
            "recevable",
            "Dossier recevable (avis reçu)",
            to=READY,
            stages=(TO_PREPARE,),
            fields=(Field("recevable_le", "Recevable le", "date", required=True),),
            effects=(
                do("bdf_receive"),
                do("add_limit", rule="SUR-06"),
                do("add_limit", rule="SUR-07"),
            ),
            help_fr="La date de l’avis fait courir les délais ; celle de la recevabilité sépare la dette.",
        ),
        Event("irrecevable", "Dossier irrecevable", to=CLOSED, stages=IN_PREPARATION),
        Event(
            "contestation_recevabilite",
            "Contester la recevabilité",
            to=FOLLOWED,
            stages=_ANYTIME,
            follows=("recevable",),
            fields=(REASONS,),
            effects=(do("bdf_contest", rule="SUR-06", article="article"), do("meet_limit", rule="SUR-06")),
        ),
        Event(
            "recevabilite_annulee",
            "Recevabilité annulée par le juge",
            to=CLOSED,
            stages=_ANYTIME,
            effects=(do("bdf_set_aside"), do("drop_limits", reason="Recevabilité annulée par le juge.")),
        ),
        Event(
            "etat_du_passif",
            "État du passif reçu",
            effects=(do("add_limit", rule="SUR-07"),),
        ),
        Event(
            "contestation_passif",
            "Justifier la créance (état du passif)",
            to=FOLLOWED,
            follows=("etat_du_passif",),
            fields=(REASONS,),
            effects=(do("bdf_justify"), do("meet_limit", rule="SUR-07")),
            help_fr="Les justificatifs vont à la commission : seul le débiteur peut saisir le juge (SUR-07).",
        ),
        Event(
            "moratoire",
            "Moratoire",
            to=FOLLOWED,
            stages=_ANYTIME,
            fields=(DECIDED, Field("mois", "Durée en mois", "number", required=True)),
            effects=(_CONTEST, do("bdf_moratorium")),
            help_fr="La dette gelée le reste jusqu’à la fin du moratoire, deux ans au plus (SUR-10).",
        ),
        Event(
            "plan_impose",
            "Échéancier imposé ou convenu",
            to=FOLLOWED,
            stages=_ANYTIME,
            fields=(
                DECIDED,
                Field("premiere_le", "Première échéance le", "date", required=True),
                Field("mensualite", "Mensualité", "money", required=True),
                Field("nombre", "Nombre d’échéances", "number", required=True),
                *MEASURES,
            ),
            effects=(_CONTEST, do("bdf_reschedule"), do("bdf_measures")),
            help_fr="Les échéances se suivent à part des loyers, sans relance ordinaire.",
        ),
        Event(
            "nature_mesures",
            "Préciser la nature des mesures",
            to=FOLLOWED,
            stages=(FOLLOWED,),
            fields=MEASURES,
            effects=(do("bdf_measures"),),
        ),
        Event(
            "effacement_partiel",
            "Effacement partiel",
            to=FOLLOWED,
            stages=_ANYTIME,
            fields=(DECIDED, Field("montant", "Montant effacé", "money", required=True)),
            effects=(_CONTEST, do("bdf_erase_part")),
        ),
        *RECOVERY,
        counted_once(*DECISIONS, "retablissement_acquis", "effacement_partiel"),
        Event(
            "contestation_mesures",
            "Contester les mesures",
            to=FOLLOWED,
            stages=_ANYTIME,
            follows=("moratoire", "plan_impose", "nature_mesures", "effacement_partiel", "double"),
            fields=(REASONS,),
            effects=(
                do("bdf_contest", rule="SUR-08", article="article_measures"),
                do("meet_limit", rule="SUR-08"),
            ),
        ),
        *LAPSE,
        Event(
            "termine",
            "Mesures respectées jusqu’au bout",
            to=CLOSED,
            stages=(FOLLOWED,),
            effects=(do("drop_limits", reason="Mesures respectées jusqu’à leur terme."),),
        ),
    ),
    #: Nobody contested: what the decision erases is erased (SUR-12).
    silences={"SUR-08": "retablissement_acquis", "SUR-09": "retablissement_acquis"},
    order=30,
)
