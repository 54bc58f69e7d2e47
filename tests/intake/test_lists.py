"""Lists really committed: ledger, accounts, snapshot, titres."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import AuditEvent, User
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake import snapshots
from amiable.intake.models import Import, ImportReject, ImportSource, SnapshotLine
from amiable.intake.services import RefusedFile, import_list
from amiable.ledger.models import Entry
from amiable.parties.models import ContactPoint, MergeProposal, Person
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference"
ACCOUNTS = (
    "compte;contrat;nom;prenom;email;telephone;adresse;code_postal;ville;agence;charge;statut;date_entree;"
    "date_sortie;date_bail;loyer;charges;aide;tiers_payant;mode_paiement"
)


@pytest.fixture
def office():
    return factories.office()


@pytest.fixture
def l1(office):
    return factories.account(office, "L1")


def load(office, kind, *rows, header=None, **options):
    text = "\n".join([header or (HEADER if kind == "movements" else ACCOUNTS), *rows, ""])
    return import_list(
        office=office,
        list_kind=kind,
        data=text.encode(),
        filename=f"{kind}.csv",
        actor=None,
        today=TODAY,
        **options,
    )


def entry(**lookup):
    return Entry.objects.get(**lookup)


# --- movements
# ---------------------------------------------------------------------------------------------------


def test_good_rows_are_posted_and_bad_rows_listed_with_their_cells(office, l1):
    report = load(
        office,
        "movements",
        "L1;05/10/2026;06/10/2026;10/2026;quittance;LOY;Octobre;600,00;;Q1",
        "L1;31/02/2026;;;quittance;;x;5;;Q2",
        "L9;05/10/2026;;;quittance;;x;5;;Q3",
    )
    assert (report.accepted, report.rejected, report.duplicates) == (1, 2, 0)
    assert (report.debit_cents, report.credit_cents) == (60000, 0)
    assert report.errors == [(3, "date impossible « 31/02/2026 »"), (4, "compte inconnu « L9 »")]
    posted = entry()
    assert (posted.kind, posted.amount_cents, posted.due_on) == (
        EntryKind.QUITTANCE,
        60000,
        date(2026, 10, 6),
    )
    assert (posted.period, posted.reference, posted.is_net) == (date(2026, 10, 1), "Q1", False)
    assert (posted.wording.heading, posted.wording.text) == ("LOY", "Octobre")
    reject = ImportReject.objects.get(line=3)
    assert reject.row["date_piece"] == "31/02/2026"
    batch = Import.objects.get()
    assert (batch.status, batch.accepted, batch.rejected) == ("committed", 1, 2)
    assert AuditEvent.objects.filter(verb="import.committed").count() == 1


def test_the_same_file_twice_is_refused_whole(office, l1):
    row = "L1;05/10/2026;;;quittance;;x;600,00;;Q1"
    load(office, "movements", row)
    with pytest.raises(DomainError, match="déjà été importé"):
        load(office, "movements", row)
    assert Entry.objects.count() == 1
    assert Import.objects.count() == 1


def test_the_same_row_twice_is_a_duplicate_in_the_file_and_in_the_ledger(office, l1):
    row = "L1;05/10/2026;;;quittance;;x;600,00;;Q1"
    assert load(office, "movements", row, row).duplicates == 1
    report = load(office, "movements", row, "L1;05/11/2026;;;quittance;;x;600,00;;Q2")
    assert (report.accepted, report.duplicates) == (1, 1)
    assert Entry.objects.count() == 2


def test_rows_without_reference_count_by_occurrence(office, l1):
    row = "L1;05/10/2026;;;encaissement;;x;;50;"
    assert load(office, "movements", row, row).accepted == 2
    report = load(office, "movements", row, row, row)
    assert (report.accepted, report.duplicates) == (1, 2)


def test_one_reference_in_two_accounts_or_types_is_not_a_duplicate(office, l1):
    factories.account(office, "L2")
    report = load(
        office,
        "movements",
        "L1;05/10/2026;;;quittance;;x;600,00;;R",
        "L2;05/10/2026;;;quittance;;x;600,00;;R",
        "L1;05/10/2026;;;encaissement;;x;;600,00;R",
    )
    assert (report.accepted, report.duplicates) == (3, 0)


def test_a_known_reference_with_another_amount_is_said(office, l1):
    load(office, "movements", "L1;05/10/2026;;;quittance;;x;600,00;;R")
    report = load(
        office, "movements", "L1;05/10/2026;;;quittance;;x;650,00;;R", "L1;05/11/2026;;;quittance;;x;6;;S"
    )
    assert (report.accepted, report.duplicates, report.waiting) == (1, 0, 1)
    assert "montant différent" in report.pairings[0]["reason"]


def test_a_file_without_any_good_row_writes_nothing_and_may_come_back(office):
    row = "L1;05/10/2026;;;quittance;;x;600,00;;Q1"
    with pytest.raises(RefusedFile) as refused:
        load(office, "movements", row)
    assert refused.value.report.errors == [(2, "compte inconnu « L1 »")]
    assert Import.objects.count() == ImportReject.objects.count() == 0
    factories.account(office, "L1")
    assert load(office, "movements", row).accepted == 1


def test_a_dry_run_gives_the_figures_and_writes_nothing(office, l1):
    row = "L1;05/10/2026;;;quittance;;x;600,00;;Q1"
    assert load(office, "movements", row, dry_run=True, source="gsi").accepted == 1
    assert not (Entry.objects.exists() or Import.objects.exists() or ImportSource.objects.exists())
    assert load(office, "movements", row).accepted == 1


@pytest.mark.parametrize("payment_first", [True, False])
def test_a_rejet_undoes_the_payment_it_names_wherever_it_stands(office, l1, payment_first):
    rows = [
        "L1;06/10/2026;;;encaissement;;x;;600,00;P1",
        "L1;12/10/2026;;;rejet;;Rejet AM04 provision;600,00;;P1",
    ]
    load(office, "movements", *(rows if payment_first else rows[::-1]))
    rejet = entry(kind=EntryKind.REJET)
    assert rejet.reverses == entry(kind=EntryKind.ENCAISSEMENT)
    assert (rejet.due_on, rejet.reason_code) == (date(2026, 10, 12), "AM04")


def test_a_rejet_names_an_encaissement_before_an_aid_and_a_payment_of_an_earlier_file(office, l1):
    load(
        office,
        "movements",
        "L1;05/10/2026;;10/2026;apl;;x;;100,00;P1",
        "L1;06/10/2026;;;encaissement;;x;;600,00;P1",
        "L1;05/10/2026;;10/2026;rls;;x;;40,00;P2",
    )
    load(office, "movements", "L1;12/10/2026;;;rejet;;x;600,00;;P1", "L1;12/10/2026;;;rejet;;x;40,00;;P2")
    assert entry(kind=EntryKind.REJET, reference="P1").reverses.kind == EntryKind.ENCAISSEMENT
    assert entry(kind=EntryKind.REJET, reference="P2").reverses.kind == EntryKind.RLS


def test_a_rejet_without_match_is_an_item_of_its_day(office, l1):
    factories.account(office, "L2")
    load(
        office,
        "movements",
        "L2;06/10/2026;;;encaissement;;x;;600,00;P1",
        "L1;12/10/2026;;;rejet;;x;600,00;;P1",
        "L1;13/10/2026;01/01/2026;;rejet;;x;60,00;;",
    )
    rejets = Entry.objects.filter(kind=EntryKind.REJET).order_by("document_on")
    assert [r.reverses for r in rejets] == [None, None]
    assert [r.due_on for r in rejets] == [date(2026, 10, 12), date(2026, 10, 13)]


def test_an_annulation_reverses_the_row_its_reference_names(office, l1):
    load(
        office,
        "movements",
        "L1;05/10/2026;;;quittance;;x;600,00;;R",
        "L1;06/10/2026;;;encaissement;;x;;600,00;R",
        "L1;07/10/2026;;;annulation;;x;;600,00;R",
    )
    assert entry(kind=EntryKind.ANNULATION).reverses.kind == EntryKind.QUITTANCE
    report = load(
        office, "movements", "L1;08/10/2026;;;frais;;x;10,00;;F", "L1;09/10/2026;;;annulation;;x;;4,00;F"
    )
    assert report.accepted == 2
    assert entry(kind=EntryKind.ANNULATION, reference="F").reverses.kind == EntryKind.FRAIS


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("L1;07/10/2026;;;annulation;;x;;600,00;ZZ", "aucune ligne"),
        ("L1;07/10/2026;;;annulation;;x;;600,00;", "sans référence"),
        ("L1;07/10/2026;;;annulation;;x;600,00;;Q1", "même sens"),
        ("L1;07/10/2026;;;annulation;;x;;600,01;Q1", "plus grande"),
    ],
)
def test_an_annulation_that_fits_nothing_is_refused(office, l1, row, word):
    report = load(office, "movements", "L1;05/10/2026;;;quittance;;x;600,00;;Q1", row)
    assert report.accepted == 1
    assert report.errors[0][0] == 3
    assert word in report.errors[0][1]
    assert Entry.objects.count() == 1


def test_a_source_keeps_its_mapping_and_says_whether_quittances_are_net(office, l1):
    from amiable.intake import mapping as mappings
    from amiable.intake.lists import movements

    mapping = mappings.from_dict({"columns": {"reference": "Clef"}, "quittances_net": True}, movements.SPEC)
    header = "compte;date_piece;type;debit;Clef"
    load(office, "movements", "L1;05/10/2026;quittance;5;A", header=header, source="gsi", mapping=mapping)
    load(office, "movements", "L1;05/11/2026;quittance;5;B", header=header, source="gsi")
    assert list(Entry.objects.values_list("reference", "is_net")) == [("A", True), ("B", True)]


def test_two_offices_do_not_share_references(office, l1):
    other = factories.office(code="autre")
    with pytest.raises(RefusedFile):
        load(other, "movements", "L1;05/10/2026;;;quittance;;x;600,00;;Q1")


# --- accounts
# ----------------------------------------------------------------------------------------------------

SAMIRA = (
    "L001;C001;DURAND;Samira;Samira.Durand@exemple.fr;06 39 98 00 01;1 rue des Lilas;42000;Lyon;"
    "NORD;MOREL;present;"
    "01/03/2020;;15/02/2020;500,00;50,00;200,00;oui;prelevement"
)


def test_an_account_is_created_with_its_person_terms_agency_and_officer(office):
    report = load(office, "accounts", SAMIRA)
    account = Account.objects.select_related("person", "agency", "officer").get(ref="L001")
    assert (account.person.last_name, account.person.first_name) == ("DURAND", "Samira")
    assert (account.nature, account.status, account.lease_on) == ("loyer", "present", date(2020, 2, 15))
    assert (account.agency.code, account.officer.code, account.officer.can_log_in) == ("NORD", "MOREL", False)
    terms = AccountTerms.objects.get()
    assert (terms.effective_on, terms.rent_cents, terms.charges_cents) == (date(2020, 3, 1), 50000, 5000)
    assert (terms.aid_cents, terms.third_party) == (20000, True)
    points = dict(ContactPoint.objects.values_list("kind", "value"))
    assert points["email"] == "samira.durand@exemple.fr"
    assert points["phone"] == "+33639980001"
    assert points["address"] == "1 rue des Lilas\n42000 Lyon"
    assert report.details["new_agencies"] == ["NORD"]
    assert report.details["new_officers"] == ["MOREL"]


def test_what_changed_is_updated_with_its_history_and_the_others_stay(office):
    untouched = factories.account(office, "L900")
    load(office, "accounts", SAMIRA)
    moved = SAMIRA.replace("500,00", "520,00").replace("Samira.Durand@", "sam@").replace("NORD", "nord")
    report = load(office, "accounts", moved)
    assert report.accepted == 1
    assert list(AccountTerms.objects.values_list("effective_on", "rent_cents")) == [
        (date(2020, 3, 1), 50000),
        (TODAY, 52000),
    ]
    assert dict(ContactPoint.objects.filter(kind="email").values_list("value", "is_current")) == {
        "samira.durand@exemple.fr": False,
        "sam@exemple.fr": True,
    }
    assert Account.objects.count() == 2
    untouched.refresh_from_db()
    assert untouched.version == 0
    assert AuditEvent.objects.filter(verb="account.terms_changed").count() == 1
    assert office.agencies.count() == 1


def test_the_same_terms_again_write_nothing(office):
    load(office, "accounts", SAMIRA)
    load(office, "accounts", SAMIRA, SAMIRA.replace("L001", "L002"))
    assert AccountTerms.objects.filter(account__ref="L001").count() == 1
    assert Account.objects.get(ref="L001").version == 0


def test_date_effet_dates_a_change_and_gives_a_history(office):
    header = "compte;nom;date_entree;loyer;date_effet"
    load(
        office,
        "accounts",
        "L1;DURAND;01/01/2020;510;01/07/2026",
        "L1;DURAND;01/01/2020;500;01/07/2025",
        header=header,
    )
    assert list(AccountTerms.objects.values_list("effective_on", "rent_cents")) == [
        (date(2025, 7, 1), 50000),
        (date(2026, 7, 1), 51000),
    ]
    load(office, "accounts", "L1;DURAND;01/01/2020;512;01/07/2026", header=header)
    assert AccountTerms.objects.count() == 2
    assert AccountTerms.objects.latest("effective_on").rent_cents == 51200


def test_repeated_and_contradictory_accounts(office):
    report = load(office, "accounts", SAMIRA, SAMIRA, SAMIRA.replace("500,00", "501,00"))
    assert (report.accepted, report.duplicates, report.rejected) == (1, 1, 1)
    assert report.errors == [(4, "compte déjà donné ligne 2 avec d'autres valeurs")]


def test_personne_links_the_accounts_of_one_person(office):
    header = "compte;nom;prenom;email;personne"
    load(office, "accounts", "L1;ROSSI;Inès;i@exemple.fr;P7", "L2;ROSSI;Inès;i@exemple.fr;P7", header=header)
    assert Person.objects.count() == 1
    assert Account.objects.values("person").distinct().count() == 1
    load(office, "accounts", "L3;ROSSI;Inès;i@exemple.fr;P7", "L4;ROSSI;Ines;i@exemple.fr;P8", header=header)
    assert Account.objects.get(ref="L3").person.ref == "P7"
    assert MergeProposal.objects.count() == 0


def test_without_personne_a_merge_is_proposed_never_made(office):
    header = "compte;nom;prenom;email;telephone;date_naissance"
    load(
        office,
        "accounts",
        "L1;ROSSI;Inès;i@exemple.fr;;",
        "L2;Rossi;Ines;i@exemple.fr;;",
        "L3;ROSSI;Inès;autre@exemple.fr;;",
        "L4;ROSSI;Paul;i@exemple.fr;;",
        header=header,
    )
    assert Person.objects.count() == 4
    proposal = MergeProposal.objects.get()
    assert {proposal.first.accounts.get().ref, proposal.second.accounts.get().ref} == {"L1", "L2"}
    assert "courriel" in proposal.reason


def test_phone_numbers_and_bad_contacts(office):
    header = "compte;nom;telephone;email"
    load(office, "accounts", "L1;A;639980001 / 01 99 00 00 02;pas-un-mail", "L2;B;12;", header=header)
    rows = ContactPoint.objects.filter(person__accounts__ref="L1").values_list(
        "value", "is_mobile", "problem"
    )
    assert set(rows) == {
        ("+33639980001", True, ""),
        ("+33199000002", False, ""),
        ("pas-un-mail", False, "invalid"),
    }
    assert ContactPoint.objects.get(person__accounts__ref="L2").problem == "invalid"


def test_a_mode_of_payment_of_the_office_s_own_is_kept(office):
    load(office, "accounts", "L1;A;Prlv", "L2;B;Caisse d'avance", header="compte;nom;mode_paiement")
    modes = dict(Account.objects.values_list("ref", "payment_mode"))
    assert modes == {"L1": "prelevement", "L2": "caisse d'avance"}


def test_an_officer_created_by_a_list_cannot_log_in(office):
    load(office, "accounts", SAMIRA)
    user = User.objects.get(code="MOREL")
    assert not user.is_active
    assert not user.has_usable_password()


# --- snapshot
# ----------------------------------------------------------------------------------------------------


def snapshot(office, day, *rows):
    return load(
        office,
        "snapshot",
        *(f"{r.split(';')[0]};{day};{r.split(';')[1]}" for r in rows),
        header="compte;date_arrete;solde",
    )


def test_differences_are_listed_and_never_adopted(office, l1):
    factories.debit(l1, date(2026, 10, 5), 60000)
    factories.debit(l1, date(2026, 11, 5), 60000)
    report = snapshot(office, "31/10/2026", "L1;650,00", "L9;1")
    assert (report.accepted, report.rejected) == (1, 1)
    assert report.details["differences"] == [
        {
            "account": "L1",
            "as_of": "2026-10-31",
            "balance_cents": 65000,
            "ledger_cents": 60000,
            "gap_cents": -5000,
        }
    ]
    assert Entry.objects.count() == 2
    assert SnapshotLine.objects.get().ledger_cents == 60000


def test_new_worse_settled_and_untreated(office):
    for ref in ("A", "B", "C", "D"):
        factories.account(office, ref)
    snapshot(office, "30/09/2026", "A;0", "B;10", "C;10", "D;10")
    snapshot(office, "31/10/2026", "A;5", "B;20", "C;0", "D;3")
    batch = Import.objects.latest("dated_on")
    compared = snapshots.compare(batch)
    names = {k: getattr(compared, k)["account"].to_list() for k in ("new", "worse", "settled", "better")}
    assert names == {"new": ["A"], "worse": ["B"], "settled": ["C"], "better": ["D"]}
    assert len(snapshots.untreated(batch)) == 3


# --- titres
# ------------------------------------------------------------------------------------------------------

TITRES = (
    "titre;exercice;nature;objet;date_prise_en_charge;date_notification;principal;frais;nom;prenom;email;telephone;"
    "adresse;code_postal;ville"
)
CANTINE = "T100;2026;cantine;Repas;01/09/2026;05/09/2026;38,00;2,50;MORIN;Luc;;;1 rue;42000;Lyon"


@pytest.fixture
def valmont():
    return factories.office(code="valmont", kind="local_accountant")


def test_a_titre_posts_its_principal_and_fees_due_after_notification(valmont):
    report = load(valmont, "titres", CANTINE, header=TITRES)
    assert (report.accepted, report.debit_cents) == (1, 4050)
    account = Account.objects.get(ref="BP-2026-T100")
    assert (account.nature, account.fiscal_year, account.notified_on) == ("cantine", 2026, date(2026, 9, 5))
    rows = Entry.objects.order_by("kind").values_list("kind", "amount_cents", "document_on", "due_on")
    assert list(rows) == [
        (EntryKind.FRAIS, 250, date(2026, 9, 1), date(2026, 10, 5)),
        (EntryKind.TITRE, 3800, date(2026, 9, 1), date(2026, 10, 5)),
    ]


def test_titres_again_are_duplicates_and_contradictions_are_refused(valmont):
    load(valmont, "titres", CANTINE, header=TITRES)
    other = CANTINE.replace("T100", "T101").replace("cantine", "loyer")
    report = load(
        valmont,
        "titres",
        CANTINE,
        CANTINE.replace("38,00", "39,00").replace("T100", "T102"),
        other,
        header=TITRES,
    )
    assert (report.accepted, report.duplicates, report.rejected) == (1, 1, 1)
    assert "nature inconnue" in report.errors[0][1]
    with pytest.raises(RefusedFile, match="Aucune ligne"):
        load(valmont, "titres", CANTINE.replace("38,00", "40,00"), header=TITRES)


def test_a_titre_not_notified_counts_from_its_prise_en_charge_and_an_own_due_date_wins(valmont):
    header = TITRES + ";date_echeance"
    report = load(
        valmont,
        "titres",
        CANTINE + ";15/12/2026",
        CANTINE.replace("T100", "T2").replace("05/09/2026", "") + ";",
        header=header,
    )
    due = dict(Entry.objects.filter(kind=EntryKind.TITRE).values_list("account__ref", "due_on"))
    assert due == {"BP-2026-T100": date(2026, 12, 15), "BP-2026-T2": date(2026, 10, 1)}
    assert "notification" in report.warnings[0]


def test_receipts_of_a_titre_come_by_the_movements_list(valmont):
    load(valmont, "titres", CANTINE, header=TITRES)
    load(valmont, "movements", "T100;20/09/2026;;;encaissement;;x;;40,50;E1")
    assert sum(Entry.objects.values_list("amount_cents", flat=True)) == 0


def test_a_list_of_the_other_kind_is_refused(office, valmont):
    with pytest.raises(DomainError, match="n'existe pas"):
        load(office, "titres", CANTINE, header=TITRES)
    with pytest.raises(DomainError, match="n'existe pas"):
        load(valmont, "accounts", SAMIRA)
