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
        "/agenda/",
        "/agenda/jour/",
        "/agenda/plages/",
        "/agenda/absences/",
        "/agenda/compte/L000104/",
        "/comptes/L000104/appeler/",
        "/comptes/L000104/ecrire/?canal=sms",
        "/comptes/L000104/preferences/",
        "/entretiens/compte/L000104/",
        "/plans/",
        "/plans/?liste=tenus",
        "/plans/simuler/L000101/",
        "/dossiers/",
        "/dossiers/limites/",
        "/dossiers/partenaires/",
        "/surendettement/L000107/",
        "/surendettement/L000107/recevabilite/",
        "/surendettement/L000107/effacement/",
        "/contentieux/",
        "/contentieux/L000113/",
    ],
    "s.lopez": ["/", "/dossiers/", "/dossiers/conseillere/"],
    "j.petit": ["/plans/?liste=approuver", "/contentieux/?liste=decider"],
    "n.garnier": [
        "/",
        "/journal/",
        "/livres/?controles=1",
        "/procedure/reglages/",
        "/procedure/consignes/",
        "/procedure/standard/versions/",
        "/modeles/relance_1/",
        "/droit/valeurs/",
        "/reglages/utilisateurs/",
        "/reglages/agences/",
        "/reglages/office/",
        "/reglages/reunir/",
        "/situations/personne/compte/L000111/",
        "/situations/caution/compte/L000111/",
        "/situations/garantie/compte/L000111/",
        "/situations/succession/compte/L000110/",
    ],
    "h.roche": ["/", "/portefeuille/", "/relances/", "/rapprocher/", "/imports/"],
}
#: Screens whose number is not known beforehand: a page, then what is followed from it.
FOLLOWED = {
    "a situation": ("n.garnier", "/comptes/L000102/", "#menage a[href^='/entretiens/']:not([data-key])"),
    "a plan that runs": ("c.morel", "/plans/?liste=cours", "a[data-open]"),
    "a plan that ended": ("c.morel", "/plans/?liste=termines", "a[data-open]"),
    "a plan to revise": ("c.morel", "/plans/?liste=cours", "a[data-open]", "a[href$='/reviser/']"),
    "a plan to warn about": ("c.morel", "/plans/", "a[data-open]", "a[href$='/avertir/']"),
    "a plan to sign": (
        "c.morel", "/plans/?liste=prepares", "tr:has-text('à signer') a[data-open]", "a[href$='/signer/']",
    ),
    "a plan to approve": ("j.petit", "/plans/?liste=approuver", "a[data-open]"),
    "a dossier": ("c.morel", "/dossiers/", "a[data-open]"),
    "a call to a guarantor": ("n.garnier", "/dossiers/?type=action_logement", "a[data-open]"),
    "what a caution paid": (
        "n.garnier",
        "/dossiers/?type=caution_appel&etape=sent",
        "a[data-open]",
        "a[href$='/reponse/partiel/']",
    ),
    "an appointment to move": ("c.morel", "/agenda/", "a[href*='/deplacer/']"),
    "an appointment to cancel": ("c.morel", "/agenda/", "a[href*='/annuler/']"),
    "a protection": ("c.morel", "/comptes/L000112/", "a[href^='/situations/protection/']"),
    "a death": ("c.morel", "/comptes/L000104/", "a[href^='/situations/deces/']"),
    "a transfer": ("j.petit", "/contentieux/", "a[data-open]"),
}  # fmt: skip
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
    assert_fits_a_telephone(page)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_screen_found_from_another_is_so_too(page: Page, demo: Site, sessions: dict[str, dict], name: str):
    username, path, *links = FOLLOWED[name]
    open_screen(page, demo, sessions, username, path)
    for link in links:
        page.goto(demo.url + str(page.locator(link).first.get_attribute("href", timeout=5000)))
    assert_accessible(page)
    assert_fits_a_telephone(page)


def assert_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{page.url} is {width} px wide: it scrolls sideways"


def test_the_log_in_page_is_accessible(page: Page, demo: Site):
    page.goto(f"{demo.url}/connexion/")
    assert_accessible(page)
    page.fill("#id_username", "c.morel")
    page.fill("#id_password", "pas le bon mot de passe")
    page.click("button:has-text('Se connecter')")
    assert page.locator("[role=alert]").is_visible()
    assert_accessible(page)
