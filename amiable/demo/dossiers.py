"""Dossiers of the demo: the stories' own, and one at each stage, through the services of the screens."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from amiable.accounts.models import Account
from amiable.cases import services
from amiable.cases.models import Dossier
from amiable.core.clock import PARIS
from amiable.core.models import Office, User
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.demo.scans import SCAN
from amiable.demo.stories import REFS
from amiable.domain.errors import DomainError
from amiable.guarantees.action_logement.contracts import record_guarantee
from amiable.parties import services as parties
from amiable.positions.models import AccountPosition

PARTNERS = (
    ("caf", "421", "CAF de la Loire-Haute", "5 rue des Aides\n42000 Valmont"),
    ("caf", "M42", "MSA des Deux Rives", "18 route des Champs\n42000 Valmont"),
    ("fsl", "421", "FSL de la Loire-Haute", "11 avenue du Département\n42000 Valmont"),
    ("action_logement", "AL", "Action Logement Services", "21 quai de la Garantie\n69001 Lyon"),
    ("ccapex", "421", "CCAPEX de la Loire-Haute", "2 place de la Préfecture\n42000 Valmont"),
)
#: What became of ordinary signalements: answers in order, the last stage telling.
_LIVES: tuple[tuple[str, ...], ...] = (
    (),
    ("acknowledged",),
    ("acknowledged", "plan_demande"),
    ("acknowledged", "plan_demande", "plan_transmis"),
    ("tiers_payant_propose",),
    ("suspension",),
    ("acknowledged", "plan_demande", "mise_en_demeure", "fsl_saisi"),
    ("maintien",),
)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), PARIS)


def save_partners(office: Office) -> None:
    """Everybody a dossier of the demo is sent to, but the Banque de France."""
    for kind, code, name, address in PARTNERS:
        departments = "99" if code == "M42" else ""
        services.save_partner(
            office=office,
            kind=kind,
            code=code,
            name=name,
            address=address,
            departments=departments,
            actor=None,
        )


def landlord_dossiers(office: Office, today: date) -> int:
    """Partners, the stories of Durand, Leroy and Lemoine, then a dossier at each stage; how many."""
    save_partners(office)
    users = {user.username: user for user in User.objects.filter(office=office)}
    rows = Account.objects.filter(office=office).select_related("office", "officer", "person", "agency")
    found = {one.ref: one for one in rows.filter(ref__in=REFS.values())}
    officer, social = users["c.morel"], users["s.lopez"]
    _durand(found[REFS["durand"]], officer, today)
    _leroy(found[REFS["leroy"]], officer, today)
    _lemoine(found[REFS["lemoine"]], officer, social, today)
    _colocation(found[REFS["colocation"]], officer, today)
    return (
        5
        + _ordinary(office, officer, today)
        + _departed(office, officer, today)
        + _funds(office, officer, today)
        + _guarantees(office, officer, today)
    )


def _durand(account: Account, officer: User, today: date) -> None:
    """1. Her signalement is due in two days: everything is there, it remains to be sent."""
    made = services.open_dossier(account=account, kind="caf", actor=officer, today=today)
    services.edit_fields(dossier=made, fields={"allocataire": "0042117"}, actor=officer, today=today)


def _leroy(account: Account, officer: User, today: date) -> None:
    """4. No contact for weeks: an urgent request waits in the social worker's inbox."""
    asked = {
        "motif": "isolement",
        "attendu": "Reprendre contact avec Mme Leroy, 74 ans, qui ne répond plus depuis des semaines.",
        "consentement": "a_demander",
    }
    _social(account, asked, officer, today - timedelta(days=3), is_urgent=True)


def _colocation(account: Account, officer: User, today: date) -> None:
    """10. Emma's mother, who stands caution, was told of the incident, a little late (DUN-06)."""
    on = today - timedelta(days=12)
    made = services.open_dossier(account=account, kind="caution", actor=officer, today=on)
    late = "Adresse de la caution retrouvée ce jour"
    services.send(dossier=made, way="post", actor=officer, now=_at(on), late_reason=late)


def _departed(office: Office, officer: User, today: date) -> int:
    """Tenants who left owing: one account closed and told, one whose letter came back; others wait for the
    night. How many were opened here."""
    gone = Account.objects.filter(
        office=office, status="parti", left_on__isnull=False, position__overdue_cents__gt=0, holds=None
    ).exclude(ref__in=REFS.values())
    related = gone.select_related("office", "officer", "person", "agency").order_by("-left_on", "ref")
    made = 0
    for account, answers in zip(related[:2], ((), ("adresse_fausse",)), strict=False):
        parties.add_contact_point(person=account.person, kind="address", value="8 quai Neuf\n42000 Valmont")
        on = today - timedelta(days=9)
        dossier = services.open_dossier(account=account, kind="depart", actor=officer, today=on)
        services.edit_fields(dossier=dossier, fields={"depot": 32_000}, actor=officer, today=on)
        services.upload_piece(
            dossier=dossier, code="etat_des_lieux", content=SCAN, media_type="application/pdf",
            actor=officer, today=on,
        )  # fmt: skip
        dossier.refresh_from_db()
        late = "Reprise d’un dossier ancien"
        dossier = services.send(dossier=dossier, way="lrar", actor=officer, now=_at(on), late_reason=late)
        for code in answers:
            services.record_event(
                dossier=dossier, code=code, on=today, actor=officer, today=today, values={"late_reason": late}
            )
        made += 1
    return made


#: What became of applications to the fund: (days ago, answers in order).
_FUNDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ()),
    (20, ()),
    (34, ("ajournement",)),
    (48, ("subvention",)),
    (52, ("pret",)),
    (60, ("refus",)),
)


def _funds(office: Office, officer: User, today: date) -> int:
    """Applications to the FSL after an interview: one to complete, then one at each stage."""
    seen = Account.objects.filter(office=office, status="present", position__overdue_cents__gt=30_000)
    seen = seen.filter(assessments__isnull=False).exclude(ref__in=REFS.values()).distinct()
    made = 0
    for account, (ago, answers) in zip(
        seen.select_related("office", "officer", "person", "agency").order_by("ref"), _FUNDS, strict=False
    ):
        on = today - timedelta(days=ago)
        asked = {
            "consentement": "oui",
            "demande": "les_deux",
            "reglement": "69",
            "cause": "Baisse de revenus",
        }
        dossier = services.open_dossier(account=account, kind="fsl", fields=asked, actor=officer, today=on)
        made += 1
        if not ago:
            continue
        for code in ("bail", "menage", "ressources"):
            services.upload_piece(
                dossier=dossier, code=code, content=SCAN, media_type="application/pdf",
                actor=officer, today=on,
            )  # fmt: skip
        dossier.refresh_from_db()
        dossier = services.send(dossier=dossier, way="portal", actor=officer, now=_at(on))
        for code in answers:
            _fund_answers(dossier, code, on + timedelta(days=15), officer)
    return made


def _fund_answers(dossier: Dossier, code: str, on: date, officer: User) -> None:
    granted = {"montant": 40_000, "verse_avant": on + timedelta(days=45)}
    letter = _scan(dossier, "Décision du FSL", on, officer)
    services.record_event(
        dossier=dossier, code=code, on=on, values=granted if code in ("subvention", "pret") else {},
        document=letter, actor=officer, today=on,
    )  # fmt: skip


def _guarantees(office: Office, officer: User, today: date) -> int:
    """Two students with a Visale visa and a debt begun lately: the night prepares the call in time."""
    owing = Account.objects.filter(
        office=office, status="present", position__months_of_rent__gt=1, split_on=None, holds=None,
        dossiers=None,
    ).exclude(ref__in=REFS.values())  # fmt: skip
    rows = owing.select_related("office", "person").order_by(
        "-position__oldest_unpaid_on", "position__months_of_rent", "ref"
    )[:2]
    for account in rows:
        record_guarantee(
            account=account, scheme="visale", number=f"A1{account.pk:08d}",
            starts_on=account.entered_on or today - timedelta(days=400), is_student=True, has_clause=True,
            actor=officer, today=today,
        )  # fmt: skip
    return len(rows)


def _social(account: Account, asked: dict[str, str], officer: User, on: date, *, is_urgent: bool) -> Dossier:
    made = services.open_dossier(
        account=account, kind="social", fields=asked, actor=officer, today=on, is_urgent=is_urgent
    )
    return services.send(dossier=made, way="internal", actor=officer, now=_at(on))


def _lemoine(account: Account, officer: User, social: User, today: date) -> None:
    """12. Social help refused, CCAPEX seized two months ago with its receipt: an assignation is possible."""
    asked = {
        "motif": "budget",
        "attendu": "Proposer un accompagnement budgétaire.",
        "consentement": "a_demander",
    }
    request = _social(account, asked, officer, today - timedelta(days=100), is_urgent=False)
    refused_on = today - timedelta(days=92)
    services.record_event(dossier=request, code="refus", on=refused_on, actor=social, today=refused_on)
    seized_on = today - timedelta(days=63)
    made = services.open_dossier(account=account, kind="ccapex", actor=officer, today=seized_on)
    made = services.send(dossier=made, way="portal", actor=officer, now=_at(seized_on), reference="CX-2417")
    told_on = seized_on + timedelta(days=2)
    proof = _scan(made, "Accusé de réception de la CCAPEX", told_on, officer)
    services.acknowledge(dossier=made, on=told_on, proof=proof, actor=officer, today=told_on)


def _scan(dossier: Dossier, title: str, on: date, actor: User) -> Document:
    return store.add_document(
        office=dossier.office,
        code="preuve_dossier",
        title=title,
        content=SCAN,
        dated_on=on,
        actor=actor,
        account=dossier.account,
        person=dossier.account.person,
        pages=1,
    )


def _ordinary(office: Office, officer: User, today: date) -> int:
    """Signalements of other tenants, each a step further than the one before."""
    early = today - timedelta(days=16)
    told = AccountPosition.objects.filter(
        office=office, caf_limit_on__isnull=False, caf_constituted_on__lte=early
    )
    recent = told.order_by("-caf_constituted_on").values_list("account_id", flat=True)[:60]
    accounts = Account.objects.filter(pk__in=list(recent)).exclude(ref__in=REFS.values())
    accounts = accounts.exclude(diary__step="signalement_caf")
    made = 0
    for account in accounts.select_related("office", "officer", "person", "agency").order_by("ref"):
        if made == len(_LIVES):
            break
        made += _live(account, account.officer or officer, _LIVES[made], today)
    return made


def _live(account: Account, officer: User, answers: tuple[str, ...], today: date) -> bool:
    """One signalement sent two weeks ago, then answered; False when it could not leave."""
    on = today - timedelta(days=14)
    made = services.open_dossier(account=account, kind="caf", actor=officer, today=on)
    try:
        made = services.send(
            dossier=made, way="portal", actor=officer, now=_at(on), reference=f"S-{account.pk}",
            late_reason="Envoi repris après une panne du site de la caisse.",
        )  # fmt: skip
    except DomainError:
        return False
    for code in answers:
        on += timedelta(days=3)
        document = _scan(made, "Lettre de la CAF", on, officer)
        if code == "acknowledged":
            made = services.acknowledge(dossier=made, on=on, proof=document, actor=officer, today=on)
        else:
            made = services.record_event(
                dossier=made, code=code, on=on, document=document, actor=officer, today=on
            )
    return True
