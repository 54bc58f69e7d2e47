"""CAF and MSA: the signalement of an impayé, what the caisse answers, and the limits that follow."""

from __future__ import annotations

from datetime import date
from typing import Any

from amiable.accounts.models import AccountTerms
from amiable.cases import limits
from amiable.cases.effects import Happening, effect
from amiable.cases.models import Dossier
from amiable.cases.telling import shared_values, terms_on
from amiable.domain import law
from amiable.domain.cases.event import DEBTOR, NIGHT, OFFICE, Event, Field, LimitRule, do
from amiable.domain.cases.family import CLOSED, FOLLOWED, WITH_PARTNER
from amiable.domain.cases.kind import Kind, Paper, Piece
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.domain.plans.schedule import Asked
from amiable.domain.text import french
from amiable.partners import caf_following as following
from amiable.plans import services as plans
from amiable.plans.queries import current_versions

#: The limit exists only in tiers payant; otherwise the caisse acts by itself (CAF-05).
_TIERS_PAYANT = {"fact": "third_party", "op": "=", "value": True}
_FACTS = (
    {"fact": "caf_constituted_on", "op": "not_null"},
    {"fact": "status", "op": "in", "value": ["present", "mute"]},
    {"fact": "aid_cents", "op": ">", "value": 0},
)
#: Answers after which a plan is still awaited, and those after which it is followed.
_ASKED = ("plan_demande", "mise_en_demeure", "fsl_deja_saisi", "tiers_payant_propose", "suspension")


def values(dossier: Dossier, today: date) -> dict[str, Any]:
    """What the documents to the caisse say."""
    fields = dossier.fields
    limit = dossier.limits.filter(rule="CAF-04").first()
    rule = dossier.regime or "CAF-01"
    left_on = dossier.account.left_on
    return {
        **shared_values(dossier, today),
        "caf_allocataire": fields.get("allocataire") or "non connu",
        "caf_dette": french.euros(int(fields.get("dette") or 0)),
        "caf_constitue_le": _day(fields.get("constitue_le")),
        "caf_premier_impaye": _day(fields.get("premier_impaye_le")),
        "caf_regle": str(law.get(rule, today, "article").value),
        "caf_limite": french.long_date(limit.limit_on) if limit else "sans limite",
        "caf_sortie_le": french.long_date(left_on) if left_on else "inconnue",
    }


def _day(text: str | None) -> str:
    return french.long_date(date.fromisoformat(text)) if text else "non connu"


@effect("add_limit_after")
def add_limit_after(given: Happening, *, rule: str, after: str) -> None:
    """A delay that starts when another limit of the dossier ends (CAF-10: the plan, after the aid)."""
    first = given.dossier.limits.filter(rule=after).order_by("-limit_on").first()
    if first is None:
        raise DomainError("limit_missing", f"La limite {after} manque : rien n’a été enregistré.")
    limits.add_limit(given.dossier, rule, from_on=first.limit_on, actor=given.actor, today=given.today)


@effect("aid_to_landlord")
def aid_to_landlord(given: Happening) -> None:
    """The aid known is paid to the office from the month after: the terms say so, and so what is expected."""
    account = given.dossier.account
    starts_on = add_months(given.on.replace(day=1), 1)
    terms = terms_on(account, starts_on)
    if terms is None or terms.third_party:
        return
    AccountTerms.objects.update_or_create(
        account=account,
        effective_on=starts_on,
        defaults={
            "rent_cents": terms.rent_cents,
            "charges_cents": terms.charges_cents,
            "aid_cents": terms.aid_cents,
            "third_party": True,
        },
    )


@effect("draft_default_plan")
def draft_default_plan(given: Happening) -> None:
    """CAF-11: the debt in equal parts from the month after the mise en demeure, as a draft."""
    account = given.dossier.account
    if given.actor is None or current_versions([account]).exists():
        return
    statement = plans.statement_of([account], given.today)
    months = int(law.get("CAF-11", given.on, "instalments").number)
    starts_on = max(add_months(given.on.replace(day=1), 1), given.today)
    asked = Asked(debt_cents=statement.total_cents, starts_on=starts_on, months=months)
    plans.draw_up(
        accounts=[account],
        asked=asked,
        statement_on=given.today,
        capacity_cents=None,
        actor=given.actor,
        today=given.today,
    )


@effect("check_simplified")
def check_simplified(given: Happening) -> None:
    """CAF-14 is for small debts only: what the signalement said must not exceed the threshold of its day."""
    debt = int(given.dossier.fields.get("dette") or 0)
    most = law.get("CAF-14", given.dossier.sent_on or given.on, "threshold").cents
    if debt > most:
        raise DomainError(
            "not_simplified",
            f"La procédure simplifiée concerne les dettes d’au plus {french.euros(most)} à la saisine ; "
            f"celle-ci est de {french.euros(debt)}. Rien n’a été enregistré (CAF-14).",
        )


def aside(dossier: Dossier, today: date) -> dict[str, Any]:
    """The penalty risked, and what the tenant pays of the current expense."""
    paid = following.paid_over([dossier.account_id], today)[dossier.account_id]
    return {
        "risk": following.penalty_risk(dossier, today),
        "paid": paid,
        "half_paid": paid.is_half_paid(today),
    }


_EVENTS = (
    Event(
        "plan_demande",
        "La caisse demande un plan d’apurement",
        needs_document=True,
        help_fr="Le jour de la lettre fait courir le délai du plan ; l’aide est maintenue pendant ce temps.",
        limits=(LimitRule("CAF-08"),),
        effects=(
            do(
                "ask",
                code="caf_plan",
                text="La caisse demande un plan d’apurement : à établir et à lui envoyer",
                until_rule="CAF-08",
            ),
        ),
    ),
    Event(
        "procedure_simplifiee",
        "Procédure simplifiée : la caisse propose le plan",
        needs_document=True,
        help_fr="Petites dettes seulement : la caisse propose elle-même le plan (CAF-14).",
        limits=(LimitRule("CAF-14"),),
        effects=(do("check_simplified"),),
    ),
    Event(
        "tiers_payant_propose",
        "La caisse propose le tiers payant",
        needs_document=True,
        help_fr="Sans réponse avant la limite, le silence vaut refus (CAF-07).",
        limits=(LimitRule("CAF-07"),),
        effects=(
            do(
                "ask",
                code="caf_tiers_payant",
                text="La caisse propose le tiers payant : lui répondre",
                until_rule="CAF-07",
            ),
        ),
    ),
    Event(
        "tiers_payant_accepte",
        "Nous acceptons le tiers payant",
        by=OFFICE,
        follows=("tiers_payant_propose",),
        help_fr="L’aide est attendue à l’office dès le mois suivant.",
        meets=("CAF-07",),
        effects=(do("aid_to_landlord"),),
    ),
    Event(
        "tiers_payant_refuse",
        "Nous refusons le tiers payant",
        by=OFFICE,
        follows=("tiers_payant_propose",),
        meets=("CAF-07",),
    ),
    Event(
        "tiers_payant_silence",
        "Tiers payant refusé par notre silence",
        follows=("tiers_payant_propose",),
        by=NIGHT,
        effects=(do("drop_limits", rule="CAF-07", reason="Sans réponse à temps : le silence vaut refus."),),
    ),
    Event(
        "plan_transmis",
        "Plan transmis à la caisse",
        by=OFFICE,
        to=FOLLOWED,
        follows=("plan_demande", "mise_en_demeure", "fsl_deja_saisi", "suspension", "procedure_simplifiee"),
        meets=("CAF-08", "CAF-10.2", "CAF-14"),
        limits=(LimitRule("CAF-12"),),
    ),
    Event(
        "mise_en_demeure",
        "Mise en demeure de la caisse : plan non transmis",
        needs_document=True,
        follows=("plan_demande",),
        help_fr="À défaut de plan, un plan par défaut commence le mois suivant (CAF-11) : il est préparé.",
        effects=(
            do("drop_limits", rule="CAF-08", reason="La caisse a mis en demeure : plan non transmis."),
            do("draft_default_plan"),
            do("ask", code="caf_plan_defaut", text="Mise en demeure de la caisse : plan par défaut à revoir"),
        ),
    ),
    Event(
        "fsl_saisi",
        "La caisse saisit le FSL",
        follows=("plan_demande", "mise_en_demeure"),
        limits=(LimitRule("CAF-09"),),
    ),
    Event(
        "fsl_deja_saisi",
        "Le FSL est déjà saisi",
        fields=(Field("fsl_saisi_le", "FSL saisi le", "date", required=True),),
        help_fr="L’aide est maintenue un temps ; ensuite le plan du bailleur est dû (CAF-10).",
        limits=(LimitRule("CAF-10.1", since="fsl_saisi_le"),),
        effects=(do("add_limit_after", rule="CAF-10.2", after="CAF-10.1"),),
    ),
    Event(
        "maintien",
        "Aide maintenue",
        to=FOLLOWED,
        limits=(LimitRule("CAF-12"),),
    ),
    Event(
        "controle",
        "Contrôle semestriel envoyé à la caisse",
        by=OFFICE,
        to=FOLLOWED,
        stages=(FOLLOWED,),
        meets=("CAF-12",),
        limits=(LimitRule("CAF-12"),),
    ),
    Event(
        "plan_juge",
        "Plan accordé par le juge",
        to=FOLLOWED,
        help_fr="L’aide est maintenue ou rétablie tant que ce plan est respecté (CAF-15).",
        limits=(LimitRule("CAF-12"),),
    ),
    Event(
        "suspension",
        "Aide suspendue",
        needs_document=True,
        effects=(
            do("ask", code="caf_suspension", text="Aide suspendue : voir la situation avec le locataire"),
        ),
    ),
    Event(
        "regle",
        "Dette réglée",
        by=DEBTOR,
        to=CLOSED,
        stages=("to_prepare", "ready", *WITH_PARTNER),
        effects=(
            do("check_settled"),
            do("drop_limits", reason="La dette est réglée : la limite n’a plus d’objet."),
        ),
    ),
)

KIND: Kind[Dossier] = Kind(
    code="caf",
    label_fr="Signalement à la CAF",
    partner_fr="Caisse d’allocations familiales ou Mutualité sociale agricole",
    traits=("housing_aid",),
    must_fr=(
        "en tiers payant, l’impayé constitué est signalé avant la limite ; sinon le signalement est "
        "volontaire. Un locataire parti ne se signale pas : la caisse est informée du départ."
    ),
    rules=("CAF-04", "CAF-05", "CAF-06"),
    possible=list(_FACTS),
    due=[*_FACTS, _TIERS_PAYANT],
    stops={
        "any": [
            {"fact": "hold", "op": "=", "value": "death"},
            {"fact": "status", "op": "=", "value": "parti"},
        ]
    },
    opens_fact="caf_constituted_on",
    regime_fact="caf_rule",
    limits=(
        LimitRule(
            "CAF-04",
            from_fact="caf_constituted_on",
            on_fact="caf_limit_on",
            needs=_TIERS_PAYANT,
        ),
    ),
    step="signalement_caf",
    proposed=True,
    pieces=(
        Piece("decompte", "Décompte depuis le premier incident", "statement"),
        Piece(
            "demarches",
            "Démarches déjà tentées et leurs preuves",
            "steps",
            ask_fr="Aucune démarche n’est notée au journal : appeler ou écrire au locataire.",
        ),
        Piece("plan", "Plan d’apurement proposé", "plan", required=False),
        Piece("situation", "Situation du ménage", "household", required=False),
    ),
    fields=(
        Field("dette", "Dette au sens de la caisse", "money", "caf_debt_cents", required=True),
        Field("constitue_le", "Impayé constitué le", "date", "caf_constituted_on", required=True),
        Field("premier_impaye_le", "Premier impayé", "date", "first_default_on"),
        Field("loyer", "Loyer", "money", "rent_cents"),
        Field("charges", "Charges", "money", "charges_cents"),
        Field("aide", "Aide au logement", "money", "aid_cents"),
        Field(
            "allocataire", "Numéro d’allocataire", help_fr="Celui de la dernière notification de la caisse."
        ),
    ),
    papers=(Paper("caf_signalement", "Signalement de l’impayé"),),
    exports={
        "signalement.csv": lambda one, _: following.signalements_csv([one]),
        "signalement.json": lambda one, _: following.signalements_json([one]),
    },
    values=values,
    aside=aside,
    silences={"CAF-07": "tiers_payant_silence"},
    events=_EVENTS,
    order=10,
)
