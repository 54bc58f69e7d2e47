"""« À rapprocher », what may be known already: both answers on screen, within the reader's own accounts."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from amiable.bank.models import BankTransaction
from amiable.intake.models import ToldRow
from amiable.intake.services import import_list
from tests import factories
from tests.bank import bank_files as files

#: The day the files are brought, after all they tell.
BROUGHT = date(2026, 11, 29)
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference\n"
LISTED = "K0042;12/11/2026;;;encaissement;VIR;Virement;;280,00;N1\n"


def doubtful(house) -> BankTransaction:
    """A transfer of the bank that may be the payment a list brought; the account is of the north."""
    person = factories.person(house.office, last_name="VALLIN", first_name="Odette")
    factories.account(house.office, "K0042", person=person, agency=house.north)
    bring = {"office": house.office, "filename": "f", "actor": None, "today": BROUGHT}
    import_list(list_kind="movements", data=(HEADER + LISTED).encode(), **bring)
    credit = files.credit("280.00", "K0042", name="VALLIN")
    import_list(list_kind="bank", data=files.camt053(credit, closing="1280.00"), **bring)
    return BankTransaction.objects.get()


def test_the_screen_offers_both_answers_and_undoes_without_saying_more_than_it_did(house, log_in):
    row = doubtful(house)
    client = log_in("officer")
    page = client.get(reverse("matching")).content.decode()
    assert reverse("match_same", args=[row.pk]) in page and reverse("match_another", args=[row.pk]) in page
    client.post(reverse("match_same", args=[row.pk]))
    row.refresh_from_db()
    assert row.status == "same"
    back = client.post(reverse("match_back", args=[row.pk]), follow=True).content.decode()
    assert "la ligne attend de nouveau" in back and "contre-passée" not in back


def test_nobody_posts_to_an_account_outside_their_agency(house, log_in):
    row = doubtful(house)
    assert log_in("officer_south").post(reverse("match_another", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert (row.status, row.entry) == ("to_match", None)


def test_a_row_of_a_list_that_waits_is_shown_and_answered(house, log_in):
    row, client = doubtful(house), log_in("officer")
    client.post(reverse("match_another", args=[row.pk]))
    again = HEADER + LISTED.replace("12/11", "28/11").replace("N1", "N2")
    import_list(
        office=house.office,
        list_kind="movements",
        data=again.encode(),
        filename="g",
        actor=None,
        today=BROUGHT,
    )
    told = ToldRow.objects.get(status="waits")
    page = client.get(reverse("matching")).content.decode()
    assert reverse("row_same", args=[told.pk]) in page and "Tout est rapproché" not in page
    assert log_in("officer_south").post(reverse("row_another", args=[told.pk])).status_code == 404
    client.post(reverse("row_same", args=[told.pk]))
    told.refresh_from_db()
    assert told.status == "same"


def test_a_transfer_for_two_accounts_is_offered_split_and_undone(house, log_in):
    for ref, last, cents in (("K0001", "VALLIN", 56_000), ("K0002", "MORET", 45_000)):
        person = factories.person(house.office, last_name=last, first_name="Odette")
        account = factories.account(house.office, ref, person=person, agency=house.north)
        factories.debit(account, date(2026, 11, 1), cents)
    data = files.camt053(files.credit("1010.00", "K0001 K0002", name="UDAF"), closing="2010.00")
    import_list(office=house.office, list_kind="bank", data=data, filename="f", actor=None, today=BROUGHT)
    row, client = BankTransaction.objects.get(), log_in("officer")
    page = client.get(reverse("match", args=[row.pk])).content.decode()
    assert all(f'value="{text}"' in page for text in ("K0001", "560,00", "K0002", "450,00"))
    sent = {"compte_1": "K0001", "somme_1": "560,00", "compte_2": "K0002", "somme_2": "450", "reste": ""}
    log_in("officer_south").post(reverse("match_split", args=[row.pk]), sent)
    assert not row.parts.exists()
    client.post(reverse("match_split", args=[row.pk]), sent)
    assert {part.entry.account.ref for part in row.parts.all()} == {"K0001", "K0002"}
    page = client.get(reverse("matching") + "?etat=split").content.decode()
    assert "K0001" in page and "K0002" in page
    assert "K0001" not in client.get(reverse("matching") + "?etat=matched").content.decode()
    client.post(reverse("match_back", args=[row.pk]))
    row.refresh_from_db()
    assert (row.status, row.parts.count()) == ("to_match", 0)


def test_an_answer_about_a_row_of_a_list_is_undone_on_screen(house, log_in):
    row, client = doubtful(house), log_in("officer")
    client.post(reverse("match_another", args=[row.pk]))
    again = HEADER + LISTED.replace("12/11", "28/11").replace("N1", "N2")
    bring = {"office": house.office, "filename": "g", "actor": None, "today": BROUGHT}
    import_list(list_kind="movements", data=again.encode(), **bring)
    told = ToldRow.objects.get(status="waits")
    client.post(reverse("row_another", args=[told.pk]))
    page = client.get(reverse("matching") + "?etat=same").content.decode()
    assert reverse("row_back", args=[told.pk]) in page
    assert log_in("officer_south").post(reverse("row_back", args=[told.pk])).status_code == 404
    client.post(reverse("row_back", args=[told.pk]))
    told.refresh_from_db()
    assert (told.status, told.posted) == ("waits", None)
