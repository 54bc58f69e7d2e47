"""The families of cases: the stages one walks, who answers, and how strictly it may leave. Pure.

Families are few and are code; kinds are many and are data. What a case goes through is read from its family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from amiable.domain.lifecycle import Lifecycle

TO_PREPARE, READY, SENT, ACKNOWLEDGED, ANSWERED, FOLLOWED, CLOSED, ABANDONED = (
    "to_prepare",
    "ready",
    "sent",
    "acknowledged",
    "answered",
    "followed",
    "closed",
    "abandoned",
)
PREPARED, GATED, NOTIFIED, PAYING, RELEASED = "prepared", "gated", "notified", "paying", "released"
FILED, DECIDED, SERVED, OPPOSED, FINAL, ENFORCED = (
    "filed",
    "decided",
    "served",
    "opposed",
    "final",
    "enforced",
)
#: One word for a stage, whatever the family: lists show cases of all families together.
STAGE_LABELS = MappingProxyType(
    {
        TO_PREPARE: "À préparer",
        READY: "Prêt à envoyer",
        SENT: "Envoyé",
        ACKNOWLEDGED: "Reçu par le partenaire",
        ANSWERED: "Réponse reçue",
        FOLLOWED: "Suivi",
        PREPARED: "En préparation",
        GATED: "Conditions réunies",
        NOTIFIED: "Acte notifié",
        PAYING: "Le tiers verse",
        RELEASED: "Mainlevée",
        FILED: "Déposé au greffe",
        DECIDED: "Décision rendue",
        SERVED: "Décision signifiée",
        OPPOSED: "Recours formé",
        FINAL: "Décision définitive",
        ENFORCED: "Décision exécutée",
        CLOSED: "Terminé",
        ABANDONED: "Abandonné",
    }
)
_MOVED = (
    "Ce dossier est « {stage} » : cette action n’est plus possible et rien n’a été enregistré. "
    "Rechargez la page."
)
_ENDS = (CLOSED, ABANDONED)


def _lifecycle(starts: tuple[str, ...], moves: Mapping[str, tuple[str, ...]]) -> Lifecycle:
    labels = {stage: STAGE_LABELS[stage] for stage in moves}
    return Lifecycle(starts=starts, moves=moves, labels_fr=labels, moved_fr=_MOVED, column="stage")


@dataclass(frozen=True)
class Family:
    """actor_fr: who answers. ready: the stage of what may leave, once complete; leaves: where its act leads;
    answered: where an event leads that says nothing else. strict: no document is made and no act is done
    before the whole gate is green; else only what is missing of the case keeps it from leaving."""

    code: str
    actor_fr: str
    lifecycle: Lifecycle
    begins: str
    ready: str
    leaves: str
    answered: str
    strict: bool = False

    @property
    def in_preparation(self) -> tuple[str, ...]:
        return (self.begins, self.ready)


PARTNER_FAMILY = Family(
    code="partner",
    actor_fr="le partenaire",
    # An answer may follow another one: a partner writes more than once.
    lifecycle=_lifecycle(
        (TO_PREPARE, READY),
        {
            TO_PREPARE: (READY, SENT, ANSWERED, FOLLOWED, *_ENDS),
            READY: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, *_ENDS),
            SENT: (ACKNOWLEDGED, ANSWERED, FOLLOWED, *_ENDS),
            ACKNOWLEDGED: (ACKNOWLEDGED, ANSWERED, FOLLOWED, *_ENDS),
            ANSWERED: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, *_ENDS),
            FOLLOWED: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, *_ENDS),
            CLOSED: (),
            ABANDONED: (),
        },
    ),
    begins=TO_PREPARE,
    ready=READY,
    leaves=SENT,
    answered=ANSWERED,
)
ENFORCEMENT_FAMILY = Family(
    code="enforcement",
    actor_fr="le tiers saisi",
    lifecycle=_lifecycle(
        (PREPARED, GATED),
        {
            PREPARED: (GATED, *_ENDS),
            GATED: (PREPARED, NOTIFIED, *_ENDS),
            NOTIFIED: (ANSWERED, PAYING, RELEASED, *_ENDS),
            ANSWERED: (ANSWERED, PAYING, RELEASED, *_ENDS),
            PAYING: (ANSWERED, PAYING, RELEASED, *_ENDS),
            RELEASED: (),
            CLOSED: (),
            ABANDONED: (),
        },
    ),
    begins=PREPARED,
    ready=GATED,
    leaves=NOTIFIED,
    answered=ANSWERED,
    strict=True,
)
COURT_FAMILY = Family(
    code="court",
    actor_fr="la juridiction",
    # A recours brings a second decision, served as the first one was.
    lifecycle=_lifecycle(
        (PREPARED, GATED),
        {
            PREPARED: (GATED, *_ENDS),
            GATED: (PREPARED, FILED, *_ENDS),
            FILED: (DECIDED, *_ENDS),
            DECIDED: (SERVED, OPPOSED, *_ENDS),
            SERVED: (OPPOSED, FINAL, *_ENDS),
            OPPOSED: (DECIDED, *_ENDS),
            FINAL: (ENFORCED, *_ENDS),
            ENFORCED: _ENDS,
            CLOSED: (),
            ABANDONED: (),
        },
    ),
    begins=PREPARED,
    ready=GATED,
    leaves=FILED,
    answered=DECIDED,
    strict=True,
)
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {one.code: one for one in (PARTNER_FAMILY, ENFORCEMENT_FAMILY, COURT_FAMILY)}
)
#: Of all families together, for lists and filters: over; being prepared; out of the office's hands; not over.
OVER = tuple(stage for stage in STAGE_LABELS if any(stage in one.lifecycle.over for one in FAMILIES.values()))
IN_PREPARATION = (TO_PREPARE, READY, PREPARED, GATED)
OPEN = tuple(stage for stage in STAGE_LABELS if stage not in OVER)
UNDER_WAY = tuple(stage for stage in OPEN if stage not in IN_PREPARATION)
#: Of the partner's family.
WITH_PARTNER = (SENT, ACKNOWLEDGED, ANSWERED, FOLLOWED)
