"""An empty installation leads to its first import, whatever the columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import TODAY, Site, assert_accessible, log_in, served
from tests.installation import Installation

PASSWORD = "un-premier-mot-de-passe"


@pytest.fixture
def empty(fresh_installation: Installation, tmp_path: Path) -> Iterator[Site]:
    installation = fresh_installation.copy(tmp_path / "first")
    installation.today = TODAY
    installation.extra = {"AMIABLE_PASSWORD": PASSWORD}
    installation.run("user", "add", "garnier", "--role", "service_head")
    with served(installation, tmp_path / "first.log") as site:
        yield site


def upload(page: Page, kind: str, path: Path) -> None:
    page.get_by_label(re.compile(kind)).first.check()
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Regarder ce fichier").click()


def commit(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Importer")).click()
    page.get_by_role("link", name="Voir le résultat").click(timeout=30_000)
    expect(page.locator(".tile", has_text=re.compile("lignes? prises?"))).to_be_visible()


def test_the_first_import_with_columns_of_its_own(page: Page, empty: Site, tmp_path: Path):
    log_in(page, empty, "garnier", PASSWORD)
    expect(page.locator("h1")).to_have_text("Bienvenue dans Amiable")
    assert_accessible(page)
    page.get_by_role("link", name="Importer un premier fichier").click()

    accounts = tmp_path / "occupants.csv"
    accounts.write_bytes(
        "Dossier;Nom;Prénom;Ville;Terme nu;Provision\n"
        "D0001;AUBERT;Alice;Deux-Rives;450,00;80,00\n"
        "D0002;DUMONT;Karim;Deux-Rives;510,00;90,00\n"
        ";SANS COMPTE;;Deux-Rives;1,00;1,00\n".encode("cp1252")
    )
    upload(page, "Comptes", accounts)
    # The account's column has a name of its own: the screen says so, and it is matched by hand.
    assert_accessible(page)
    page.select_option("#col-compte", "Dossier")
    page.select_option("#col-loyer", "Terme nu")
    page.select_option("#col-charges", "Provision")
    page.get_by_role("button", name="Enregistrer les colonnes et vérifier").click()
    expect(page.locator(".tile", has_text="à prendre")).to_contain_text("2")
    expect(page.locator(".tile", has_text="rejetée")).to_contain_text("1")
    commit(page)
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text("compte manquant")

    page.goto(f"{empty.url}/imports/")
    movements = tmp_path / "mouvements.csv"
    movements.write_text(
        "compte;date_piece;date_echeance;type;debit;credit;reference\n"
        "D0001;2026-10-01;2026-10-05;quittance;530,00;;Q10\n"
        "D0001;2026-11-01;2026-11-05;quittance;530,00;;Q11\n"
        "D0002;2026-11-01;2026-11-05;quittance;600,00;;Q11\n"
        "D0002;2026-11-06;;encaissement;;600,00;P11\n"
    )
    upload(page, "Mouvements", movements)
    commit(page)

    # The list of the day is there, with its one late tenant and the reason.
    page.goto(f"{empty.url}/?tile=batch")
    line = page.locator("[data-row]", has_text="AUBERT")
    for _ in range(40):
        if line.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(line).to_contain_text(re.compile(r"1\s060,00"))
    expect(line).to_contain_text("Envoyer la relance 1")
    assert page.locator("[data-row]", has_text="DUMONT").count() == 0

    # The same file again is refused, in words.
    page.goto(f"{empty.url}/imports/")
    upload(page, "Mouvements", movements)
    expect(page.locator("main")).to_contain_text("déjà été importé")
