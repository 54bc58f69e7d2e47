"""Every screen: accessible to axe, readable on a telephone, free of script errors."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Site, assert_accessible, log_in

SCREENS = {
    "c.morel": [
        "/",
        "/portefeuille/",
        "/portefeuille/?q=durand",
        "/portefeuille/caf/",
        "/comptes/L000101/",
        "/comptes/L000112/",
        "/comptes/L000113/mouvements/",
        "/relances/",
        "/relances/spool/",
        "/rapprocher/",
        "/imports/",
        "/demandes/",
        "/procedure/",
        "/modeles/",
        "/droit/",
        "/droit/CAF-04/",
        "/reglages/",
        "/reglages/mot-de-passe/",
        "/visites/?liste=decider",
        "/visites/?liste=planifier",
        "/visites/?liste=tournees",
        "/visites/?liste=faites",
        "/visites/lieux/",
        "/visites/tournees/nouvelle/",
        "/visites/compte/L000104/decider/",
    ],
    "n.garnier": [
        "/",
        "/journal/",
        "/procedure/reglages/",
        "/procedure/consignes/",
        "/procedure/standard/versions/",
        "/modeles/relance_1/",
        "/droit/valeurs/",
        "/reglages/utilisateurs/",
        "/reglages/agences/",
        "/reglages/office/",
        "/reglages/reunir/",
    ],
    "h.roche": ["/", "/portefeuille/", "/relances/", "/rapprocher/", "/imports/"],
}
PAIRS = [(username, path) for username, paths in SCREENS.items() for path in paths]


@pytest.fixture(scope="module")
def sessions() -> dict[str, dict]:
    """user name -> cookies: one log-in each."""
    return {}


def open_screen(page: Page, demo: Site, sessions: dict[str, dict], username: str, path: str) -> None:
    if username in sessions:
        page.context.add_cookies(sessions[username]["cookies"])
    else:
        log_in(page, demo, username)
        sessions[username] = page.context.storage_state()  # type: ignore[assignment]
    answer = page.goto(demo.url + path)
    assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"


@pytest.mark.parametrize(("username", "path"), PAIRS)
def test_a_screen_is_accessible_and_fits_a_telephone(
    page: Page, demo: Site, sessions: dict[str, dict], username: str, path: str
):
    open_screen(page, demo, sessions, username, path)
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{path} is {width} px wide: it scrolls sideways"


def test_the_log_in_page_is_accessible(page: Page, demo: Site):
    page.goto(f"{demo.url}/connexion/")
    assert_accessible(page)
    page.fill("#id_username", "c.morel")
    page.fill("#id_password", "pas le bon mot de passe")
    page.click("button:has-text('Se connecter')")
    assert page.locator("[role=alert]").is_visible()
    assert_accessible(page)
