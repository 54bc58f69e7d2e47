"""Once a recevabilité splits an account, no document sets part A beside what is due since (SUR-02).

Every document able to tell a debt is made for one split account and its PDF read back. All amounts differ, so
that one standing where it should not is seen, totals included.
"""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from amiable.accounts.models import Account
from amiable.cases import services as dossiers
from amiable.cases.models import Dossier, Partner
from amiable.correspondence import catalogue, store
from amiable.correspondence.models import Document
from amiable.diary import services as diary
from amiable.domain.creditors import kind
from amiable.domain.plans.schedule import Asked
from amiable.domain.text.french import euros
from amiable.ledger.frozen_parts import split_of
from amiable.outreach import services as outreach
from amiable.overindebtedness import services as bdf
from amiable.plans import documents
from amiable.plans import services as plans
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from amiable.transfer.bundle import build
from tests import factories
from tests.cases.conftest import noon

TODAY = date(2026, 11, 23)
RECEIVED = date(2026, 9, 15)
FROZEN = {6: 31_107, 7: 32_213, 8: 33_329, 9: 34_437}
SINCE = {10: 41_591, 11: 42_677}
#: What the tenant paid after the recevabilité: October's, in part.
PAID = 10_049
A = [*FROZEN.values(), sum(FROZEN.values())]
B = [SINCE[10] - PAID, SINCE[11], sum(SINCE.values()) - PAID]
#: Letters of the office itself that quote what is owed; the others belong to a room that gives the amounts,
#: and that of a rejected debit quotes the rejected payment.
OWN = sorted(
    code
    for code, wording in catalogue.catalogue().items()
    if not wording.room
    and wording.is_letter
    and code != "prelevement_rejete"
    and kind("landlord").fits(wording.traits)
    and any(name in wording.body for name in ("montant_du", "solde", "tableau_des_sommes", "historique "))
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Account:
    office = factories.office(
        address="1 place du Bailleur\n69001 Lyon", phone="01 99 00 00 00", email="contact@exemple.fr",
        signatory="N. Garnier", payment_means="Virement", payment_iban="FR0000000000000000000000000",
    )  # fmt: skip
    install_defaults(office=office, today=date(2026, 1, 1))
    agency = factories.agency(office)
    officer = factories.user(office, "officer", agency, name="morel", last_name="Morel")
    bank = factories.person(office, "BANQUE DE FRANCE", "", is_company=True)
    factories.contact(bank, "address", "3 place du Marché\n42000 Valmont")
    Partner.objects.create(office=office, kind="bdf", code="421", name="Banque de France", person=bank)
    found = factories.account(office, agency=agency, officer=officer, lease_on=date(2019, 3, 1))
    factories.contact(found.person)
    factories.terms(found, rent=27_000, charges=3_000)
    for month, cents in (FROZEN | SINCE).items():
        factories.debit(found, date(2026, month, 5), cents)
    factories.payment(found, date(2026, 10, 20), PAID)
    diary.log_event(account=found, kind="letter", step="relance_1", actor=officer, today=date(2026, 7, 14))
    positions.refresh(office=office, as_of=TODAY)
    return found


@pytest.fixture
def split(tenant) -> Account:
    bdf.receive(account=tenant, on=RECEIVED, actor=None, today=TODAY)
    # A mise en demeure quotes the reminders of what it asks for, so what is due since has had one.
    diary.log_event(account=tenant, kind="letter", step="relance_1", actor=tenant.officer, today=TODAY)
    tenant.refresh_from_db()
    parts = split_of(tenant, TODAY)
    assert (parts.a.total_cents, parts.b.total_cents) == (A[-1], B[-1])
    return tenant


def text_of(pdf: bytes) -> str:
    """Every page, without any space: a line end or a thin space never hides an amount."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def said(cents: int) -> str:
    return "".join(euros(cents).split()).removesuffix("€")


def told(text: str, amounts: list[int]) -> list[int]:
    return [cents for cents in amounts if said(cents) in text]


def apart(text: str) -> None:
    """Part B alone: no item, no due date and no total of part A, and no total of both."""
    assert told(text, A) == []
    assert told(text, [A[-1] + B[-1], A[-1] + B[-1] + PAID]) == []
    assert [month for month in FROZEN if f"05/{month:02d}/2026" in text] == []


def letter(account: Account, code: str) -> str:
    issued = outreach.issue(account=account, code=code, actor=account.officer, now=noon(TODAY), key=code)
    return pdf_of(issued.document)


def pdf_of(document: Document | None) -> str:
    assert document is not None
    return text_of(store.read(document))


def test_the_letters_read_here_are_those_that_ask_for_money():
    assert {"decompte", "mise_en_demeure", "relance_1", "relance_2"} <= set(OWN)


@pytest.mark.parametrize("code", OWN)
def test_a_letter_of_the_office_tells_what_is_due_since_alone(split, code):
    text = letter(split, code)
    apart(text)
    assert told(text, B), "the letter tells no debt at all"


def test_before_it_the_same_letter_told_everything(tenant):
    """What makes the tests above able to fail."""
    text = letter(tenant, "relance_1")
    assert told(text, [A[1], SINCE[11], A[-1] + B[-1]]) == [A[1], SINCE[11], A[-1] + B[-1]]


def test_a_plan_is_made_of_what_is_due_since_alone(split):
    statement = plans.statement_of([split], TODAY)
    assert statement.total_cents == B[-1]
    clerk = factories.user(split.office, "service_head", name="head")
    version = plans.draw_up(
        accounts=[split],
        asked=Asked(statement.total_cents, date(2026, 12, 10), months=3),
        statement_on=TODAY,
        capacity_cents=None,
        actor=clerk,
        today=TODAY,
    )
    text = pdf_of(documents.make_plan_document(version, actor=clerk, now=noon(TODAY)))
    apart(text)
    assert told(text, B) == B


def test_the_declaration_is_made_of_the_frozen_part_alone(tenant):
    officer = tenant.officer
    dossiers.open_dossier(
        account=tenant, kind="bdf", actor=officer, today=RECEIVED, fields={"reference": "1"}
    )
    dossier = Dossier.objects.get(account=tenant)
    dossiers.record_event(
        dossier=dossier,
        code="recevable",
        on=TODAY,
        actor=officer,
        today=TODAY,
        values={"recevable_le": RECEIVED},
    )
    dossier.refresh_from_db()
    dossiers.send(dossier=dossier, way="portal", actor=officer, now=noon(TODAY), late_reason="reçue tard")
    text = pdf_of(dossier.events.exclude(document=None).get().document)
    assert told(text, A) == A
    assert told(text, [*B, *SINCE.values(), A[-1] + B[-1]]) == []


def test_the_file_for_the_judge_tells_what_is_due_since_alone(split):
    made = build(split, TODAY)
    assert [item["rest_cents"] for item in made.manifest["items"]] == B[:-1]
    assert made.manifest["claimed_cents"] == B[-1]
    text = text_of(made.pdf)
    apart(text)
    assert told(text, B) == B


def test_the_file_as_it_stood_before_the_recevabilite_is_still_that_of_one_debt(split):
    made = build(split, date(2026, 9, 10))
    assert [item["rest_cents"] for item in made.manifest["items"]] == list(FROZEN.values())
    text = text_of(made.pdf)
    assert told(text, A) == A
    assert told(text, B) == []
