"""A tenant for whom everything friendly failed, and the people who hand the file over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.models import Office, User
from amiable.correspondence import store
from amiable.diary import services as diary
from amiable.outreach import services as outreach
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from amiable.transfer import services
from tests import factories

TODAY = date(2026, 11, 23)
#: A PDF somebody else made: its font is not inside.
FOREIGN = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R
/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 41>>stream
BT /F1 12 Tf 72 700 Td (Bail signe) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005"
    "fe02fea7d605d40000000049454e44ae426082"
)


@dataclass
class Case:
    office: Office
    account: Account
    officer: User
    head: User
    desk: User


@pytest.fixture
def case(db, monkeypatch) -> Case:
    monkeypatch.setenv("AMIABLE_TODAY", TODAY.isoformat())
    office = factories.office(
        address="1 place du Bailleur\n69001 Lyon", phone="01 99 00 00 00", email="contact@exemple.fr",
        signatory="N. Garnier", payment_means="Virement", payment_iban="FR0000000000000000000000000",
    )  # fmt: skip
    install_defaults(office=office, today=date(2026, 1, 1))
    agency = factories.agency(office)
    officer = factories.user(office, "officer", agency, name="morel", last_name="Morel")
    head = factories.user(office, "service_head", name="garnier", last_name="Garnier")
    desk = factories.user(office, "litigation", name="desk", last_name="Contentieux")
    account = factories.account(office, "C0012345", agency=agency, officer=officer, lease_on=date(2019, 3, 1))
    factories.terms(account)
    for month in range(5, 12):
        factories.debit(account, date(2026, month, 5), 60_000)
    positions.refresh(office=office, as_of=TODAY)
    _friendly(account, officer)
    return Case(office, account, officer, head, desk)


def _friendly(account: Account, officer: User) -> None:
    def done(kind: str, on: date, step: str = "") -> None:
        diary.log_event(account=account, kind=kind, step=step, actor=officer, today=on)

    done("letter", date(2026, 5, 14), "relance_1")
    done("letter", date(2026, 5, 21), "relance_2")
    done("no_show", date(2026, 6, 8))
    done("lrar", date(2026, 6, 12), "mise_en_demeure")
    done("visit", date(2026, 7, 1), "visite")
    done("step_done", date(2026, 7, 6), "orientation_sociale")
    done("step_done", date(2026, 7, 20), "saisine_ccapex")
    services.waive(
        account=account,
        check_code="plan",
        reason="Revenus inférieurs aux charges",
        actor=officer,
        today=TODAY,
    )
    outreach.issue(account=account, code="decompte", actor=officer, now=clock.now(), key="d")
    for code, title, content, media in (
        ("scan", "Bail scanné", FOREIGN, "application/pdf"),
        ("photo", "Photo de la boîte aux lettres", PNG, "image/png"),
    ):
        store.add_document(
            office=account.office, account=account, code=code, title=title, content=content,
            dated_on=date(2026, 7, 1), actor=officer, media_type=media,
        )  # fmt: skip
