"""A case says what is true on the day it leaves: its figures are read again, and told when they changed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from amiable.cases import figures, services
from amiable.cases.models import Dossier
from amiable.cases.telling import incident_table
from amiable.correspondence import store
from amiable.domain.errors import DomainError
from tests import factories
from tests.cases.conftest import TODAY, Desk, noon

LATER = date(2026, 12, 14)


@pytest.fixture
def case(desk: Desk) -> Dossier:
    """A signalement prepared on 500,00 €; a month later the tenant owes 750,00 €."""
    factories.contact(desk.account.person, "address", "12 rue des Lilas\n69003 Lyon")
    store.add_document(
        office=desk.office, account=desk.account, code="piece_demarches", title="Démarches",
        content=b"%PDF-1.7 x", dated_on=TODAY, actor=desk.officer,
    )  # fmt: skip
    made = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    factories.debit(desk.account, date(2026, 12, 1), 25_000, is_net=True)
    desk.refresh(LATER)
    return made


def words(case: Dossier) -> str:
    document = case.account.documents.filter(code="caf_signalement").latest("pk")
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(store.read(document))).pages)


def leave(case: Dossier, desk: Desk, **more: str) -> Dossier:
    return services.send(dossier=case, way="portal", actor=desk.officer, now=noon(LATER), **more)


def test_a_figure_that_changed_is_told_before_it_leaves(case: Dossier, desk: Desk) -> None:
    with pytest.raises(DomainError, match="500,00.*aujourd’hui 750,00") as refused:
        leave(case, desk, seen="")
    assert refused.value.code == "figures_moved"
    assert not case.account.documents.filter(code="caf_signalement").exists()
    leave(Dossier.objects.get(pk=case.pk), desk, seen=figures.mark_of(figures.moved(case, LATER)))
    assert "750,00" in words(case)
    case.refresh_from_db()
    assert case.fields["dette"] == 75_000 and figures.moved(case, LATER) == []


def test_what_moved_again_since_it_was_read_is_read_again(case: Dossier, desk: Desk) -> None:
    read = figures.mark_of(figures.moved(case, LATER))
    factories.payment(desk.account, LATER, 20_000)
    desk.refresh(LATER)
    with pytest.raises(DomainError, match="aujourd’hui 550,00"):
        leave(case, desk, seen=read)


def test_whoever_looks_at_it_today_reads_today_s_figures(case: Dossier, desk: Desk) -> None:
    pdf = services_preview(case)
    assert "750,00" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    case.refresh_from_db()
    assert case.fields["dette"] == 50_000, "reading writes nothing"


def services_preview(case: Dossier) -> bytes:
    from amiable.cases.papers import preview

    return preview(case, "caf_signalement", noon(LATER))


def test_what_an_officer_typed_stays_theirs(case: Dossier, desk: Desk) -> None:
    services.edit_fields(dossier=case, fields={"dette": 61_000}, actor=desk.officer, today=TODAY)
    assert "dette" not in {one.field.code for one in figures.moved(case, LATER)}
    leave(case, desk)
    assert "610,00" in words(case)


def test_in_a_batch_it_is_left_for_somebody_to_read(case: Dossier, desk: Desk) -> None:
    sent, refused, files = services.send_together(
        dossiers=[case], way="portal", actor=desk.officer, now=noon(LATER)
    )
    assert (sent, files) == ([], {}) and "ont changé" in refused[0][1]
    case.refresh_from_db()
    assert case.fields["dette"] == 50_000 and not case.account.documents.filter(code="caf_signalement")


def test_the_statement_since_the_first_incident_holds_what_was_paid(desk: Desk) -> None:
    """Every échéance since, paid or not, and every payment; what is left adds up to the debt."""
    factories.payment(desk.account, date(2026, 11, 5), 30_000)
    desk.refresh()
    debt, table = incident_table(desk.account, TODAY)
    assert [row[:1] + row[2:] for row in table["rows"]] == [
        ["01/10/2026", "250,00\xa0€", "", "0,00\xa0€"],
        ["01/11/2026", "250,00\xa0€", "", "200,00\xa0€"],
        ["05/11/2026", "", "300,00\xa0€", ""],
    ]
    assert debt == 20_000 and table["total"][1] == "200,00\xa0€"
