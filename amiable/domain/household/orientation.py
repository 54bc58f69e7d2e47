"""Which way a household's arrears may go: a proposal with its reasons, never a decision (RGPD-04).

Conjoncturel: a passing difficulty, a plan fits. Structurel: the budget cannot carry this home, other help is
needed. Refusal: the person declines, the head decides what follows. The officer records facts and decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from amiable.domain.household.figures import Figures
from amiable.domain.household.people import number_fr
from amiable.domain.text.french import NBSP, euros, plural

#: The typology of causes (workflow, section 4): facts, told by the person.
CAUSES = {
    "unemployment": "Perte d’emploi, baisse d’activité",
    "illness": "Maladie ou accident, sans détail",
    "separation": "Séparation",
    "retirement": "Départ à la retraite",
    "caf_break": "Aide interrompue ou en attente",
    "over_indebtedness": "Autres dettes trop lourdes",
    "rent_too_high": "Loyer trop élevé pour le budget",
    "dispute": "Désaccord sur les sommes ou le logement",
    "oversight": "Oubli, difficulté à gérer les paiements",
    "abandonment": "Logement quitté ou peu occupé",
}
#: Causes that a few months do not mend.
LASTING = ("over_indebtedness", "rent_too_high", "retirement")
STANCES = {
    "proposes": "Propose une solution",
    "agrees": "Accepte un échéancier",
    "time": "Demande à réfléchir",
    "refuses": "Ne souhaite pas s’engager",
}
PASSING, STRUCTURAL, REFUSAL, UNKNOWN = "conjoncturel", "structurel", "refus", ""
ORIENTATIONS = {
    PASSING: "Difficulté passagère",
    STRUCTURAL: "Difficulté durable",
    REFUSAL: "Sans engagement",
}
#: What each way opens.
LEADS = {
    PASSING: ("Établir un plan d’apurement",),
    STRUCTURAL: (
        "Chercher un logement moins cher",
        "Demander une aide au FSL",
        "Présenter le dossier de surendettement de la Banque de France",
        "Proposer la conseillère sociale",
    ),
    REFUSAL: ("Présenter la situation au responsable",),
    UNKNOWN: ("Compléter le budget",),
}


@dataclass(frozen=True, slots=True)
class Marks:
    """The office's own marks: no text sets them. effort_percent: from which the rent weighs too much;
    living_floor_cents: per day and unit; plan_months: the longest plan."""

    effort_percent: int
    living_floor_cents: int
    plan_months: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """code: one of ORIENTATIONS, or empty when the budget is not known well enough to say."""

    code: str
    reasons_fr: tuple[str, ...]

    @property
    def label_fr(self) -> str:
        return ORIENTATIONS.get(self.code, "À compléter")

    @property
    def leads_fr(self) -> tuple[str, ...]:
        return LEADS[self.code]


def propose(found: Figures, *, cause: str, stance: str, marks: Marks) -> Proposal:
    """The orientation the facts suggest, each reason with the person's own numbers."""
    if stance == "refuses":
        return Proposal(REFUSAL, ("La personne ne souhaite pas s’engager aujourd’hui.",))
    capacity, resources = found["capacity"], found["resources"]
    if capacity.number is None:
        return Proposal(UNKNOWN, (capacity.note_fr,))
    if not resources.number:
        return Proposal(UNKNOWN, ("Aucune ressource n’est déclarée : rien ne peut être proposé.",))
    heavy = _heavy(found, cause, marks)
    if heavy:
        return Proposal(STRUCTURAL, tuple(heavy))
    reasons = [f"{euros(int(capacity.number))} par mois peuvent être consacrés à la dette."]
    months = found.get("months")
    if months is not None and months.number:
        reasons.append(f"La dette serait réglée en {plural(int(months.number), 'mois', 'mois')}.")
    if cause:
        reasons.append(f"Cause : {CAUSES[cause][:1].lower()}{CAUSES[cause][1:]}.")
    return Proposal(PASSING, tuple(reasons))


def _heavy(found: Figures, cause: str, marks: Marks) -> list[str]:
    """Why the budget cannot carry this home and its debt; empty when it can."""
    reasons, capacity = [], found["capacity"]
    if capacity.number == 0:
        reasons.append("Le budget ne dégage rien pour rembourser.")
    rate = found["effort_rate"].number
    if rate is not None and rate * 100 > marks.effort_percent:
        said = number_fr(Fraction(rate) * 100)
        reasons.append(
            f"Le loyer net prend {said}{NBSP}% des ressources (repère : {marks.effort_percent}{NBSP}%)."
        )
    rest = found["living_rest"].cents
    if rest is not None and rest < marks.living_floor_cents:
        reasons.append(
            f"Il reste {euros(rest)} par jour et par unité (repère : {euros(marks.living_floor_cents)})."
        )
    months = found.get("months")
    if months is not None and months.number is not None and months.number > marks.plan_months:
        reasons.append(f"Il faudrait {months.number} mois (repère : {marks.plan_months} mois).")
    if cause in LASTING:
        reasons.append(f"Cause durable : {CAUSES[cause][:1].lower()}{CAUSES[cause][1:]}.")
    return reasons
