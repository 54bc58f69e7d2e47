"""By which road the measures of a dossier may lapse: the plan conventionnel by R732-2 (SUR-11), imposed
measures by their own clause or the judge alone (SUR-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from amiable.cases.models import Dossier
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.overindebtedness.answers import CONVENTIONAL


@dataclass(frozen=True, slots=True)
class Road:
    """rule: the limit that runs from the notification; clause: its delay when the measures give it.
    delay_fr, ground_fr: what the mise en demeure says."""

    rule: str
    clause: str
    delay_fr: str
    ground_fr: str

    def first_day(self, notified_on: date | None, territory: str) -> date | None:
        """From when the measures may be said lapsed, once the mise en demeure was received."""
        if notified_on is None:
            return None
        found = law.limit(self.rule, notified_on, territory=territory, clause=self.clause or None)
        return found.first_day


def lapse_of(dossier: Dossier) -> Road:
    """DomainError when the kind of measures is not known, or when no letter may end them."""
    said = dossier.fields.get("mesures")
    if not said:
        raise DomainError(
            "measures_unknown",
            "La nature des mesures n’est pas notée : un plan conventionnel peut devenir caduc après une mise "
            "en demeure, des mesures imposées seulement par leur clause ou par le juge. Répondez d’abord "
            "« Préciser la nature des mesures ».",
        )
    if said["nature"] == CONVENTIONAL:
        on = dossier.opened_on
        delay = law.get("SUR-11", on, "delay")
        article = law.get("SUR-11", on, "article").value
        delay_fr = f"{delay.value}{french.NBSP}{law.UNITS[delay.unit]}"
        return Road("SUR-11", "", delay_fr, f"article {article} du code de la consommation")
    if not said["jours"]:
        raise DomainError(
            "measures_without_clause",
            "Ces mesures imposées n’ont pas de clause de caducité : aucune lettre de l’office n’y met fin, "
            "et aucune poursuite n’est possible tant qu’elles durent (SUR-17, SUR-18). Seul le juge des "
            "contentieux de la protection peut y mettre fin : saisissez-le.",
        )
    delay_fr = f"{said['jours']}{french.NBSP}jours"
    return Road("SUR-17", f"{said['jours']} jours", delay_fr, f"clause des mesures : « {said['clause']} »")
