"""The closed vocabulary of facts: every column a decision may read, with its type, French words and unit.

A fact that is not here does not exist for a procedure: a condition naming it is refused at load time. The
columns come from the position engine and from the providers registered with `positions`; the derived ones are
added by `with_derived`, so that "in how many days" is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from amiable.domain.creditors import kinds
from amiable.domain.errors import DomainError
from amiable.domain.plans.following import STATUS_FR
from amiable.domain.text import french

#: Prefix of the columns "days since that step was last done in the current spell of unpaid debt".
STEP_PREFIX = "days_since."
#: How long ago the person received what a step sent: null while nobody noted it.
NOTIFIED_PREFIX = "days_since_notified."

#: Holds, strongest first: a diary giving one hold per account gives the first of this order. The last two
#: freeze a part of the debt (already out of `actionable_cents`), the others stop everything.
HOLD_LABELS = MappingProxyType(
    {
        "death": "décès",
        "protection": "majeur protégé, mesure inconnue",
        "court": "contestation en justice",
        "litigation": "dossier transmis au contentieux",
        "plan": "plan d’apurement en cours",
        "pause": "pause décidée",
        "surendettement": "surendettement recevable",
        "dispute": "contestation",
    }
)
#: Holds that stop only their own part of the debt: the rest is followed as usual.
PARTIAL_HOLDS = ("surendettement", "dispute")

AID_CHANGES = MappingProxyType(
    {"suspension": "aide suspendue", "indu": "aide reprise", "rappel": "rappel d’aide reçu"}
)
#: The way an officer chose after an interview (domain.household_orientation).
ORIENTATION_LABELS = MappingProxyType(
    {
        "conjoncturel": "difficulté passagère",
        "structurel": "difficulté durable",
        "refus": "sans engagement",
    }
)
STATUS_LABELS = MappingProxyType({"present": "présent", "mute": "muté", "parti": "parti"})
#: The natures of claim of every kind of creditor.
NATURE_LABELS = MappingProxyType(
    {nature.code: nature.short for creditor in kinds().values() for nature in creditor.natures.values()}
)


@dataclass(frozen=True)
class Fact:
    """One column of the decision frame.

    unit: cents, days, months, count, ratio, day_of_month, date, bool, code or id.
    phrase_fr: a noun phrase holding the value ("{v} de retard"), singular|plural when they differ; for a
    yes/no fact it says yes and no_fr says no.
    none_fr: what an unknown value means, said as a whole (« aucun contact connu »).
    negative_fr: the phrase of a number of days below zero: a limit passed, a departure to come.
    drift: how the value moves when only time passes (+1 a day, -1 a day, 0: it does not).
    """

    name: str
    dtype: pl.DataType
    label_fr: str
    unit: str
    phrase_fr: str = "{label} : {v}"
    no_fr: str = ""
    drift: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    none_fr: str = ""
    negative_fr: str = ""

    def describe(self, value: Any) -> str:
        """The fact said with the person's own value: « 12 jours de retard »."""
        if value is None:
            return self.none_fr or f"{self.label_fr} : inconnu"
        if self.unit == "bool":
            return self.phrase_fr if value else self.no_fr
        if self.is_passed(value):
            return self.negative_fr.format(v=format_value(self, -value), label=self.label_fr)
        one, _, many = self.phrase_fr.partition("|")
        phrase = many if many and abs(value) >= 2 else one
        return phrase.format(v=format_value(self, value), label=self.label_fr)

    def is_passed(self, value: Any) -> bool:
        """Whether the value is a number of days on the other side of its day, said in words of its own."""
        return self.unit == "days" and value is not None and value < 0


def _cents(name: str, label: str, phrase: str = "{label} : {v}") -> Fact:
    return Fact(name, pl.Int64(), label, "cents", phrase)


def _days(
    name: str, label: str, phrase: str, drift: int = 1, none: str = "", negative: str = "{label} : dans {v}"
) -> Fact:
    return Fact(name, pl.Int64(), label, "days", phrase, drift=drift, none_fr=none, negative_fr=negative)


def _date(name: str, label: str, none: str = "") -> Fact:
    return Fact(name, pl.Date(), label, "date", none_fr=none)


def _bool(name: str, label: str, yes: str, no: str) -> Fact:
    return Fact(name, pl.Boolean(), label, "bool", yes, no)


def _count(name: str, label: str, phrase: str = "{label} : {v}") -> Fact:
    return Fact(name, pl.Int64(), label, "count", phrase)


def _code(name: str, label: str, values: Mapping[str, str] | None = None, none: str = "") -> Fact:
    return Fact(name, pl.String(), label, "code", values=values or {}, none_fr=none)


_POSITION = (
    _date("as_of", "Situation au"),
    _cents("balance_cents", "Solde"),
    _cents("overdue_cents", "Dette exigible", "{v} de dette exigible"),
    _cents("frozen_cents", "Part gelée", "{v} de dette gelée par le surendettement"),
    _cents("prescribed_cents", "Part prescrite", "{v} de dette prescrite"),
    _date("prescribed_on", "Prescrit depuis le", "rien de prescrit"),
    _cents("subrogated_cents", "Payé par le garant", "{v} payés par le garant"),
    _cents("due_0_30_cents", "Échu de 0 à 30 jours"),
    _cents("due_31_60_cents", "Échu de 31 à 60 jours"),
    _cents("due_61_90_cents", "Échu de 61 à 90 jours"),
    _cents("due_over_90_cents", "Échu depuis plus de 90 jours"),
    _date("oldest_unpaid_on", "Plus ancienne échéance impayée"),
    _days("age_days", "Ancienneté de la dette", "{v} de retard", none="aucune échéance en retard"),
    _cents("unallocated_cents", "Crédit non imputé"),
    _cents("person_credit_cents", "Excédent ailleurs", "{v} en trop sur un autre compte de la personne"),
    _code("person_credit_ref", "Compte en excédent", none="aucun autre compte en excédent"),
    Fact("months_of_rent", pl.Float64(), "Dette en mois de loyer", "ratio", "{v} mois de loyer"),
    _cents("pending_aid_cents", "Aide attendue", "{v} d’aide attendue"),
    _code("aid_change", "Changement de l’aide", AID_CHANGES, "aucun changement de l’aide"),
    _cents("aid_gap_cents", "Aide à régulariser", "{v} d’aide à régulariser avec la caisse"),
    _cents("actionable_cents", "Dette à réclamer", "{v} à réclamer"),
    _cents("caf_debt_cents", "Dette au sens de la CAF", "{v} de dette au sens de la CAF"),
    _date("caf_constituted_on", "Impayé constitué (CAF) le"),
    _code("caf_rule", "Règle de constitution CAF"),
    _date("caf_limit_on", "Limite de signalement CAF", "pas de limite de signalement à la CAF"),
    _date("first_default_on", "Premier défaut le"),
    Fact(
        "usual_payment_day", pl.Int64(), "Jour habituel de paiement", "day_of_month", "paie d’habitude le {v}"
    ),
    Fact("payment_regularity", pl.Float64(), "Régularité des paiements", "ratio"),
    _bool("steady_payer", "Payeur régulier", "paie régulièrement", "n’a pas de rythme de paiement régulier"),
    _date("last_payment_on", "Dernier paiement le"),
    _cents("last_payment_cents", "Dernier paiement", "{v} au dernier paiement"),
    _count("unpaid_terms", "Échéances impayées", "{v} échéance impayée|{v} échéances impayées"),
    _date("prescribes_on", "Prescription le"),
)

_ACCOUNT = (
    _code("status", "Statut", STATUS_LABELS),
    _code("nature", "Nature de la créance", NATURE_LABELS),
    _code("agency_code", "Agence"),
    Fact("officer_id", pl.Int64(), "Chargé de recouvrement", "id"),
    _date("entered_on", "Entré le"),
    _date("left_on", "Parti le", "aucun départ"),
    _date("received_on", "Surendettement recevable le", "aucune recevabilité"),
    Fact(
        "tenancy_months", pl.Int64(), "Ancienneté dans le logement", "months", "dans le logement depuis {v}"
    ),
    _cents("rent_cents", "Loyer"),
    _cents("charges_cents", "Charges"),
    _cents("aid_cents", "Aide au logement", "{v} d’aide au logement"),
    _bool("third_party", "Tiers payant", "aide versée au bailleur", "aide non versée au bailleur"),
    _code("payment_mode", "Mode de paiement"),
    _bool("has_email", "Adresse électronique", "adresse électronique connue", "pas d’adresse électronique"),
    _bool("has_mobile", "Téléphone mobile", "téléphone mobile connu", "pas de téléphone mobile"),
    _bool("has_address", "Adresse postale", "adresse postale connue", "pas d’adresse postale"),
    _bool("email_opt_out", "Refus des courriels", "refuse les courriels", "accepte les courriels"),
    _bool("sms_opt_out", "Refus des SMS", "refuse les SMS", "accepte les SMS"),
)

_DIARY = (
    _date("last_contact_on", "Dernier contact le", "aucun échange connu"),
    _count("failed_contacts", "Contacts sans réponse", "{v} contact sans réponse|{v} contacts sans réponse"),
    _days("days_since_contact", "Dernier contact", "dernier contact il y a {v}", none="aucun échange connu"),
    _days("days_since_person_contact", "Dernière étape", "dernière étape auprès de la personne il y a {v}"),
    _bool(
        "promise_pending", "Promesse en cours", "promesse de paiement en cours", "pas de promesse en cours"
    ),
    _date("promise_due_on", "Promesse pour le", "aucune promesse en cours"),
    _bool("promise_broken", "Promesse non tenue", "promesse non tenue", "pas de promesse rompue"),
    _bool("restricted", "Dossier restreint", "dossier restreint", "dossier ordinaire"),
    _bool("fragile", "Ménage fragile", "ménage fragile", "ménage non signalé comme fragile"),
    _cents("disputed_cents", "Montant contesté", "{v} contestés"),
    _code("hold", "En attente", HOLD_LABELS, "aucune mise en attente"),
    _date("hold_until", "En attente jusqu’au"),
    _date("hold_since", "En attente depuis le"),
)

_APPOINTMENTS = (
    _date("appointment_on", "Prochain rendez-vous", "aucun rendez-vous pris"),
    _count(
        "no_shows", "Absences aux rendez-vous", "{v} absence à un rendez-vous|{v} absences aux rendez-vous"
    ),
    _days("days_since_no_show", "Dernière absence", "absent il y a {v}", none="aucune absence"),
)

_INTAKE = (
    _days("bank_age_days", "Âge du dernier relevé bancaire", "dernier relevé bancaire vieux de {v}"),
    _bool(
        "unmatched_credit",
        "Encaissement à rapprocher",
        "un encaissement non rapproché peut être le sien",
        "aucun encaissement à rapprocher",
    ),
    _cents("list_gap_cents", "Écart avec la liste de contrôle", "{v} de plus que la liste de contrôle"),
    _date("list_said_on", "Liste de contrôle du", "aucun écart avec une liste de contrôle"),
    _code("rejected_debit_reason", "Motif du prélèvement rejeté", none="aucun prélèvement rejeté"),
    _bool(
        "rejected_debit_unanswered",
        "Rejet à traiter",
        "rejet qui attend sa réponse",
        "aucun rejet n’attend de réponse",
    ),
    _count(
        "rejected_debits_12m",
        "Prélèvements rejetés sur 12 mois",
        "{v} prélèvement rejeté en 12 mois|{v} prélèvements rejetés en 12 mois",
    ),
    _bool("contact_problem", "Coordonnées à vérifier", "coordonnées à vérifier", "coordonnées valables"),
)

_HOUSEHOLD = (
    _date("assessed_on", "Situation du ménage vue le", "aucun entretien connu"),
    _days(
        "days_since_assessment",
        "Dernière situation du ménage",
        "situation du ménage vue il y a {v}",
        none="aucun entretien connu",
    ),
    Fact(
        "capacity_cents",
        pl.Int64(),
        "Capacité de remboursement",
        "cents",
        "{v} par mois de capacité de remboursement",
        none_fr="capacité de remboursement inconnue",
    ),
    _code("orientation", "Orientation décidée", ORIENTATION_LABELS, "aucune orientation décidée"),
)

_PLANS = (
    _code("plan_status", "Suivi du plan", STATUS_FR, "aucun plan en cours"),
    _cents("plan_missing_cents", "Manque au plan", "{v} manquent au plan"),
    _days("plan_late_days", "Retard du plan", "échéance du plan en retard de {v}"),
    _cents("plan_rent_missing_cents", "Courant impayé pendant le plan", "{v} de sommes courantes impayées"),
    _days("plan_over_days", "Retard au-delà de la tolérance", "{v} au-delà de la tolérance du plan"),
    _date("plan_next_due_on", "Prochaine échéance du plan", "aucune échéance de plan à venir"),
    _days("days_since_plan_kept", "Plan soldé", "plan soldé il y a {v}", none="aucun plan soldé récemment"),
)

_VISITS = (
    _bool("visit_decided", "Visite décidée", "visite décidée, pas encore faite", "pas de visite en cours"),
    _bool("mail_returned", "Courrier revenu", "courrier revenu de l’adresse", "pas de courrier revenu"),
)

_DERIVED = (
    _days(
        "caf_limit_in_days",
        "Jours avant la limite CAF",
        "{v} avant la limite de signalement",
        drift=-1,
        none="pas de limite de signalement à la CAF",
        negative="limite de signalement dépassée depuis {v}",
    ),
    _days(
        "prescribes_in_days",
        "Jours avant prescription",
        "{v} avant la prescription",
        drift=-1,
        none="aucune prescription à venir",
        negative="prescription passée depuis {v}",
    ),
    _days("days_since_left", "Départ", "parti il y a {v}", none="aucun départ", negative="départ dans {v}"),
    _days(
        "days_since_payment", "Dernier paiement", "dernier paiement il y a {v}", none="aucun paiement connu"
    ),
    _days("tenancy_days", "Ancienneté de l’entrée", "entré il y a {v}", negative="entrée dans {v}"),
)

#: Rent guarantees of Action Logement.
GUARANTEE_LABELS = MappingProxyType({"visale": "Visale", "locapass": "LOCA-PASS"})

_DOSSIERS = (
    _code("guarantee", "Garantie Action Logement", GUARANTEE_LABELS, "aucune garantie Action Logement"),
    _date("guarantee_constituted_on", "Impayé constitué (garantie) le", "impayé non constitué (garantie)"),
    _date("guarantee_call_on", "Appel à la garantie dû le", "aucun appel à la garantie dû"),
    _bool("guarantee_called", "Garantie appelée", "garantie déjà appelée", "garantie pas encore appelée"),
    _count(
        "guarantee_left",
        "Mensualités garanties",
        "{v} mensualité encore garantie|{v} mensualités encore garanties",
    ),
    _count("guarantors", "Cautions engagées", "{v} caution engagée|{v} cautions engagées"),
    _date("case_moved_on", "Dernier mouvement d’un dossier ouvert", "aucun dossier ouvert"),
    _date("case_limit_on", "Limite d’un dossier ouvert", "aucune limite de dossier à venir"),
    _date("guarantor_statement_on", "État annuel de la caution à faire depuis", "pas d’état annuel à faire"),
)

_FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        *_POSITION,
        *_ACCOUNT,
        *_DIARY,
        *_APPOINTMENTS,
        *_INTAKE,
        *_HOUSEHOLD,
        *_PLANS,
        *_DOSSIERS,
        *_VISITS,
        *_DERIVED,
    )
}
#: What is written here, and what the rooms declared when the product loaded.
FACTS: Mapping[str, Fact] = MappingProxyType(_FACTS)


def declare(facts: Iterable[Fact]) -> None:
    """Facts made from data a room loads (the kinds of cases). ValueError: the name means something else."""
    for fact in facts:
        if _FACTS.setdefault(fact.name, fact) != fact:
            raise ValueError(f"the fact {fact.name} is declared twice, in two ways")


def get(name: str) -> Fact:
    """The fact of that name; `days_since.<step>` names the date of a step. Unknown: DomainError."""
    if name.startswith(STEP_PREFIX) and len(name) > len(STEP_PREFIX):
        return Fact(name, pl.Int64(), "Étape faite", "days", "étape faite il y a {v}", drift=1)
    if name.startswith(NOTIFIED_PREFIX) and len(name) > len(NOTIFIED_PREFIX):
        return Fact(name, pl.Int64(), "Lettre reçue", "days", "lettre reçue il y a {v}", drift=1)
    try:
        return FACTS[name]
    except KeyError:
        raise DomainError("fact_unknown", f"Le fait « {name} » n’existe pas dans le vocabulaire.") from None


def step_column(code: str) -> str:
    """Name of the column telling how long ago the step of that code was done."""
    return f"{STEP_PREFIX}{code}"


def notified_column(code: str) -> str:
    """Name of the column telling how long ago the person received what the step of that code sent."""
    return f"{NOTIFIED_PREFIX}{code}"


def with_derived(frame: pl.DataFrame, as_of: date, needed: set[str] | None = None) -> pl.DataFrame:
    """Frame with every vocabulary column typed (missing ones null) and the derived facts of `as_of`.

    A fact nobody gives is unknown, and an unknown fact never makes a condition hold.
    needed: names wanted beside the vocabulary, i.e. the `days_since.*` columns.
    """
    names = [*FACTS, *sorted(n for n in needed or () if n not in FACTS)]
    derived = {fact.name for fact in _DERIVED}
    missing = [
        pl.lit(None, dtype=get(n).dtype).alias(n)
        for n in names
        if n not in frame.columns and n not in derived
    ]
    today = pl.lit(as_of)
    return frame.with_columns(missing).with_columns(
        today.alias("as_of"),
        (pl.col("caf_limit_on") - today).dt.total_days().alias("caf_limit_in_days"),
        (pl.col("prescribes_on") - today).dt.total_days().alias("prescribes_in_days"),
        (today - pl.col("last_payment_on")).dt.total_days().alias("days_since_payment"),
        (today - pl.col("left_on")).dt.total_days().alias("days_since_left"),
        (today - pl.col("entered_on")).dt.total_days().alias("tenancy_days"),
    )


def format_value(fact: Fact, value: Any) -> str:
    """A value written for a French reader, with its unit; None is « inconnu »."""
    if value is None:
        return "inconnu"
    if fact.unit == "bool":
        return "oui" if value else "non"
    if fact.unit == "code":
        return fact.values.get(str(value), str(value))
    return french.with_unit(fact.unit, value)
