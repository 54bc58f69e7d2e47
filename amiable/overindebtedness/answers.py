"""What commission and judge may say of the measures: a rétablissement personnel, and the end of measures.

A rétablissement erases once nobody may contest it (SUR-12); measures lapse by the road their kind gives, and
by no other (SUR-11 for a plan conventionnel, the clause or the judge for what is imposed, SUR-17).
"""

from __future__ import annotations

from amiable.domain.cases.event import NIGHT, Event, Field, do
from amiable.domain.cases.family import CLOSED, FOLLOWED, IN_PREPARATION, WITH_PARTNER

CONVENTIONAL, IMPOSED = "conventionnel", "impose"
#: Answers that tell a rétablissement and the day up to which it erases.
DECISIONS = ("retablissement", "retablissement_bodacc", "retablissement_juge", "liquidation")
_ANYTIME = (*IN_PREPARATION, *WITH_PARTNER)
_WAITING = "Rétablissement personnel notifié : rien n’est réclamé pendant le délai de contestation."

DECIDED = Field("decide_le", "Décision du", "date", required=True)
REASONS = Field("motifs", "Motifs", "long", required=True)
#: What decides whether measures may lapse, and by which road.
MEASURES = (
    Field(
        "nature",
        "Nature des mesures",
        "choice",
        required=True,
        choices=(
            (CONVENTIONAL, "Plan conventionnel (débiteur propriétaire d’un bien immobilier)"),
            (IMPOSED, "Mesures imposées par la commission ou par le juge"),
        ),
    ),
    Field(
        "clause_jours",
        "Clause de caducité des mesures imposées : délai en jours",
        "number",
        help_fr="Laisser vide si les mesures n’en contiennent pas : seul le juge peut alors y mettre fin.",
    ),
    Field("clause", "Texte de cette clause", "long", help_fr="Tel qu’il est écrit dans les mesures."),
)
_ALL_FILED = Field(
    "tous",
    "Demandé par tous ceux qui doivent cette dette",
    "bool",
    help_fr="Sinon, cotitulaires et conjoint restent tenus : rien n’est effacé du compte (SUR-12).",
)

RECOVERY = (
    Event(
        "retablissement",
        "Rétablissement personnel notifié",
        to=FOLLOWED,
        stages=_ANYTIME,
        fields=(DECIDED, _ALL_FILED),
        effects=(
            do("drop_limits", rule="SUR-08", reason="Un rétablissement personnel remplace les mesures."),
            do("add_limit", rule="SUR-08"),
            do("start_hold", kind="pause", reason=_WAITING, until_rule="SUR-08"),
        ),
        help_fr="Rien n’est effacé avant la fin du délai de contestation, compté de l’avis (SUR-12).",
    ),
    Event(
        "retablissement_bodacc",
        "Rétablissement personnel connu par le BODACC",
        to=FOLLOWED,
        stages=_ANYTIME,
        fields=(DECIDED, Field("publie_le", "Publié au BODACC le", "date", required=True), _ALL_FILED),
        effects=(
            do("add_limit", rule="SUR-09", since="publie_le"),
            do("start_hold", kind="pause", reason=_WAITING, until_rule="SUR-09"),
        ),
        help_fr="Quand l’office n’a pas été avisé par la commission.",
    ),
    Event(
        "retablissement_acquis",
        "Rétablissement personnel non contesté",
        to=FOLLOWED,
        follows=("retablissement", "retablissement_bodacc"),
        by=NIGHT,
        effects=(
            do("bdf_erase"),
            do("drop_limits", rule="SUR-08", reason="Délai écoulé sans contestation."),
            do("drop_limits", rule="SUR-09", reason="Délai écoulé sans tierce opposition."),
        ),
    ),
    Event(
        "contestation_retablissement",
        "Contester le rétablissement personnel",
        to=FOLLOWED,
        follows=("retablissement",),
        fields=(REASONS,),
        effects=(
            do("bdf_contest", rule="SUR-08", article="article_recovery"),
            do("meet_limit", rule="SUR-08"),
        ),
    ),
    Event(
        "retablissement_juge",
        "Rétablissement personnel prononcé par le juge",
        to=FOLLOWED,
        stages=_ANYTIME,
        fields=(Field("decide_le", "Jugement du", "date", required=True), _ALL_FILED),
        effects=(
            do("drop_limits", rule="SUR-08", reason="Le juge a statué."),
            do("bdf_erase"),
        ),
        help_fr="Les dettes sont arrêtées à la date du jugement (SUR-12).",
    ),
    Event(
        "liquidation",
        "Rétablissement avec liquidation, clôturé",
        to=FOLLOWED,
        stages=_ANYTIME,
        fields=(Field("decide_le", "Jugement d’ouverture du", "date", required=True), _ALL_FILED),
        effects=(
            do("drop_limits", rule="SUR-08", reason="Le juge a statué."),
            do("bdf_erase"),
        ),
        help_fr="Les dettes sont arrêtées à la date du jugement qui a ouvert la procédure (SUR-12).",
    ),
    Event(
        "retablissement_annule",
        "Rétablissement personnel annulé par le juge",
        to=FOLLOWED,
        follows=(
            "retablissement",
            "retablissement_bodacc",
            "contestation_retablissement",
            "retablissement_acquis",
            "retablissement_juge",
            "liquidation",
            "double",
        ),
        effects=(
            do("bdf_annul"),
            do("drop_limits", rule="SUR-08", reason="Rétablissement annulé par le juge."),
            do("drop_limits", rule="SUR-09", reason="Rétablissement annulé par le juge."),
        ),
        help_fr="Ce qui avait été effacé redevient dû ; la part gelée l’est de nouveau.",
    ),
)

LAPSE = (
    Event(
        "mise_en_demeure",
        "Échéances impayées : mettre en demeure",
        to=FOLLOWED,
        stages=(FOLLOWED,),
        effects=(do("bdf_formal_notice"),),
        help_fr="Possible pour un plan conventionnel, ou quand les mesures imposées contiennent une clause.",
    ),
    Event(
        "mise_en_demeure_recue",
        "Mise en demeure reçue par le débiteur",
        to=FOLLOWED,
        stages=(FOLLOWED,),
        follows=("mise_en_demeure",),
        fields=(Field("preuve", "Preuve : numéro de l’avis de réception", required=True),),
        effects=(do("bdf_notice_received"),),
        help_fr="Le délai court de cette réception, et non de l’envoi.",
    ),
    Event(
        "caducite",
        "Mesures caduques",
        to=CLOSED,
        stages=(FOLLOWED,),
        follows=("mise_en_demeure_recue",),
        effects=(
            do("bdf_lapse"),
            do("drop_limits", rule="SUR-11", reason="Délai écoulé sans paiement."),
            do("drop_limits", rule="SUR-17", reason="Délai écoulé sans paiement."),
        ),
        help_fr="La dette reportée et impayée peut de nouveau être réclamée.",
    ),
    Event(
        "saisine_juge",
        "Mesures non respectées : juge saisi",
        to=FOLLOWED,
        stages=(FOLLOWED,),
        help_fr="Le seul recours quand les mesures imposées n’ont pas de clause de caducité (SUR-17).",
    ),
    Event(
        "caducite_juge",
        "Caducité prononcée par le juge",
        to=CLOSED,
        stages=(FOLLOWED,),
        effects=(do("bdf_lapse_judged"), do("drop_limits", reason="Le juge a mis fin aux mesures.")),
        help_fr="À la date du jugement, la dette reportée et impayée peut de nouveau être réclamée.",
    ),
)
