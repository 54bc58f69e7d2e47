"""One engine for every family: an enforcement act over three accounts, a procedure before a court."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection

from amiable.accounts.models import Account
from amiable.cases import kinds, papers, services
from amiable.cases.gate import act_checks
from amiable.cases.lifecycle import cases_of
from amiable.cases.models import CaseAccount, Dossier
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary.holds import active_on
from amiable.diary.models import DiaryEntry, Task
from amiable.domain.cases import family
from amiable.domain.cases.event import Event
from amiable.domain.cases.kind import Kind
from amiable.domain.check import may_go
from amiable.domain.decision.facts import FACTS
from amiable.domain.errors import DomainError
from amiable.positions.facts import frame
from tests import factories
from tests.cases.conftest import TODAY, Desk, noon
from tests.cases.throwaway import declared

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def two_more_kinds() -> Iterator[None]:
    with declared():
        yield


@pytest.fixture
def three(desk: Desk) -> list[Account]:
    """Three accounts of one debtor, each with its debt."""
    made = [desk.account]
    for ref in ("C0012346", "C0012347"):
        one = factories.account(
            desk.office, ref, agency=desk.agency, officer=desk.officer, person=desk.account.person
        )
        factories.terms(one)
        factories.debit(one, date(2026, 10, 1), 10_000, is_net=True)
        made.append(one)
    for kind in ("saisie_essai", "requete_essai"):
        services.save_partner(
            office=desk.office, kind=kind, code="1", name="Banque d’essai", actor=None,
            address="9 rue des Tiers\n69001 Lyon",
        )  # fmt: skip
    desk.refresh()
    return made


def paper(desk: Desk, on: date) -> Document:
    return store.add_document(
        office=desk.office, code="preuve", title="Preuve", content=b"%PDF-1.7 x", dated_on=on,
        actor=desk.officer, account=desk.account,
    )  # fmt: skip


def seizure(desk: Desk, accounts: list[Account]) -> Dossier:
    return services.open_dossier(
        account=accounts[0], beside=accounts[1:], kind="saisie_essai", actor=desk.officer, today=TODAY
    )


def bring(desk: Desk, case: Dossier, code: str) -> None:
    services.upload_piece(
        dossier=case, code=code, content=code.encode(), media_type=store.PDF, actor=desk.officer, today=TODAY
    )
    case.refresh_from_db()


def record(desk: Desk, case: Dossier, code: str, on: date, **more: object) -> Dossier:
    return services.record_event(dossier=case, code=code, on=on, actor=desk.officer, today=on, **more)  # type: ignore[arg-type]


def test_each_kind_is_one_file_and_gives_its_facts() -> None:
    assert {"saisie_essai", "requete_essai"} <= set(kinds.every())
    assert FACTS["dossier_saisie_essai_sent_on"].label_fr == "Envoi : saisie d’essai"


def test_a_case_covers_three_accounts_and_says_it_of_each(desk: Desk, three: list[Account]) -> None:
    case = seizure(desk, three)
    claimed = dict(CaseAccount.objects.filter(case=case).values_list("account__ref", "claimed_cents"))
    assert claimed == {"C0012345": 50_000, "C0012346": 10_000, "C0012347": 10_000}
    told = frame(office=desk.office, as_of=TODAY, ids=[one.pk for one in three])
    assert told.get_column("dossier_saisie_essai_open").to_list() == [True, True, True]
    for account in three:
        assert list(cases_of(account)) == [case]
        assert DiaryEntry.objects.filter(account=account, kind="dossier").count() >= 1
    assert seizure(desk, three) == case
    with pytest.raises(DomainError, match="déjà dans"):
        services.open_dossier(
            account=factories.account(desk.office, "C9", agency=desk.agency, person=desk.account.person),
            beside=three[1:], kind="saisie_essai", actor=desk.officer, today=TODAY,
        )  # fmt: skip


def test_two_debtors_are_not_one_case(desk: Desk, three: list[Account]) -> None:
    other = factories.account(desk.office, "C0099999", agency=desk.agency)
    with pytest.raises(DomainError, match="même débiteur"):
        seizure(desk, [three[0], other])
    assert not Dossier.objects.filter(kind="saisie_essai").exists()


def test_no_document_is_made_while_the_gate_is_red(desk: Desk, three: list[Account]) -> None:
    case = seizure(desk, three)
    before = Document.objects.count()
    assert not may_go(act_checks(case, TODAY))
    for act in (
        lambda: services.send(dossier=case, way="hand", actor=desk.officer, now=noon(TODAY)),
        lambda: papers.make_documents(case, actor=desk.officer, now=noon(TODAY)),
        lambda: services.pack(case, actor=desk.officer, now=noon(TODAY)),
    ):
        with pytest.raises(DomainError, match="titre exécutoire"):
            act()
    bring(desk, case, "titre")
    case.covers.update(claimed_cents=0)
    with pytest.raises(DomainError, match="impossible : créance"):
        services.send(dossier=case, way="hand", actor=desk.officer, now=noon(TODAY))
    assert Document.objects.filter(code="ccapex_saisine").count() == 0
    assert Document.objects.count() == before + 1
    case.refresh_from_db()
    assert (case.stage, case.sent_on) == (family.GATED, None)


def test_a_piece_is_held_when_each_account_has_it(desk: Desk, three: list[Account]) -> None:
    for account, state in zip(three, ("requested", "requested", "uploaded"), strict=True):
        store.add_document(
            office=desk.office, code="piece_titre", title="Titre", content=account.ref.encode(),
            dated_on=TODAY, actor=desk.officer, account=account,
        )  # fmt: skip
        case = seizure(desk, three)
        services.check_pieces(case, today=TODAY)
        piece = case.pieces.get(code="titre")
        assert piece.state == state
    assert piece.documents.count() == 3


def test_the_third_party_s_silence_is_noticed_by_the_night(desk: Desk, three: list[Account]) -> None:
    case = seizure(desk, three)
    bring(desk, case, "titre")
    assert case.stage == family.GATED and may_go(act_checks(case, TODAY))
    case = services.send(
        dossier=case, way="hand", actor=desk.officer, now=noon(TODAY), proof=paper(desk, TODAY)
    )
    assert case.stage == family.NOTIFIED
    (limit,) = case.limits.all()
    assert (limit.rule, limit.limit_on) == ("ATT-02", date(2026, 12, 14))  # the thirtieth day is a Saturday
    served = {one.role: one.served_on for one in case.parties.all()}
    assert served == {"debtor": None, "third_party": TODAY}
    record(desk, case, "denonce", TODAY + DAY, document=paper(desk, TODAY + DAY))
    case.refresh_from_db()
    assert (case.stage, case.answer) == (family.NOTIFIED, "")
    assert case.parties.get(role="debtor").served_on == TODAY + DAY
    assert not services.conclude_silences(office=desk.office, as_of=limit.limit_on)
    assert services.conclude_silences(office=desk.office, as_of=limit.limit_on + DAY) == 1
    case.refresh_from_db()
    assert (case.stage, case.answer, case.limit_on) == (family.ANSWERED, "silence", None)
    assert Task.objects.filter(account=three[0], text__contains="tiers saisi").exists()
    assert services.conclude_silences(office=desk.office, as_of=limit.limit_on + 2 * DAY) == 0


def test_the_third_party_declares_pays_and_it_is_over(desk: Desk, three: list[Account]) -> None:
    case = seizure(desk, three)
    bring(desk, case, "titre")
    services.send(dossier=case, way="hand", actor=desk.officer, now=noon(TODAY))
    with pytest.raises(DomainError, match="étape"):
        record(desk, case, "verse", TODAY + DAY)
    record(desk, case, "declare", TODAY + 3 * DAY, values={"montant": 70_000})
    assert not case.limits.filter(closed_on=None).exists()
    case = record(desk, case, "verse", TODAY + 9 * DAY)
    assert case.stage == family.PAYING
    case = record(desk, case, "solde", TODAY + 30 * DAY)
    assert case.stage == family.CLOSED
    with pytest.raises(DomainError, match="terminé"):
        record(desk, case, "mainlevee", TODAY + 31 * DAY)


def test_two_decisions_and_a_recours(desk: Desk, three: list[Account]) -> None:
    case = services.open_dossier(account=three[0], kind="requete_essai", actor=desk.officer, today=TODAY)
    assert case.fields["demande"] == 50_000
    with pytest.raises(DomainError, match="bail"):
        services.send(dossier=case, way="hand", actor=desk.officer, now=noon(TODAY))
    services.upload_piece(
        dossier=case,
        code="bail",
        content=b"%PDF-1.7 b",
        media_type=store.PDF,
        actor=desk.officer,
        today=TODAY,
    )
    case.refresh_from_db()
    case = services.send(dossier=case, way="hand", actor=desk.officer, now=noon(TODAY))
    assert case.stage == family.FILED
    with pytest.raises(DomainError, match="Joignez"):
        record(desk, case, "ordonnance", TODAY + 20 * DAY, values={"accorde": 40_000})
    first, served, appeal, second = (TODAY + n * DAY for n in (20, 25, 40, 200))
    case = record(desk, case, "ordonnance", first, values={"accorde": 40_000}, document=paper(desk, first))
    assert case.stage == family.DECIDED
    case = record(desk, case, "signifiee", served, document=paper(desk, served))
    assert (case.stage, [one.rule for one in case.limits.filter(closed_on=None)]) == (
        family.SERVED,
        ["IP-04"],
    )
    case = record(desk, case, "appel", appeal)
    assert case.stage == family.OPPOSED and not case.limits.filter(closed_on=None).exists()
    assert three[0].holds.filter(active_on(appeal), kind="court").exists()
    case = record(desk, case, "arret", second, document=paper(desk, second))
    assert not three[0].holds.filter(active_on(second + DAY), kind="court").exists()
    case = record(desk, case, "signifiee", second + DAY, document=paper(desk, second + DAY))
    assert case.parties.get(role="debtor").served_on == second + DAY
    late = {"late_reason": "Aucun recours à temps."}
    case = record(desk, case, "definitive", second + 60 * DAY, values=late)
    assert (case.stage, case.limit_on) == (family.FINAL, None)
    case = record(desk, case, "executee", second + 70 * DAY)
    case = record(desk, case, "payee", second + 80 * DAY)
    assert case.stage == family.CLOSED
    told = [one.event for one in case.events.order_by("pk") if one.event.startswith("answer:")]
    assert told == [
        f"answer:{code}"
        for code in (
            "ordonnance", "signifiee", "appel", "arret", "signifiee", "definitive", "executee", "payee",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"silences": {"ATT-02": "personne"}}, "personne"),
        ({"events": (Event("x", "X", follows=("y",)),)}, "y"),
        ({"events": (Event("x", "X", to=family.DECIDED),)}, "decided"),
    ],
)
def test_a_kind_that_contradicts_itself_is_refused_when_it_is_read(broken: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Kind(code="k", label_fr="K", partner_fr="P", traits=(), must_fr="", **broken)


def test_an_event_offered_always_leads_somewhere() -> None:
    """Naive: every event of every kind, from every stage where it may be written."""
    for kind in kinds.every().values():
        moves = kind.family.lifecycle.moves
        for event in kind.events:
            reachable = [
                stage
                for stage in moves
                if stage in event.stages
                and (event.to == "stays" or kind.leads_to(event, stage) in moves[stage])
            ]
            assert event.code == "sent" or reachable, f"{kind.code} {event.code}"


def test_cases_made_before_cover_the_account_they_were_opened_for(desk: Desk) -> None:
    fill = import_module("amiable.cases.migrations.0008_fill_case_accounts").FILL
    case = services.open_dossier(account=desk.account, kind="caf", actor=desk.officer, today=TODAY)
    case.covers.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(fill)
    assert [(row.account, row.claimed_cents, row.as_of) for row in case.covers.all()] == [
        (desk.account, None, TODAY)
    ]
