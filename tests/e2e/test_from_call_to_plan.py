"""From the first call to a plan that holds: one tenant's winter, each step done by hand in the browser."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import Site, a_page, assert_accessible, log_in, served
from tests.installation import ROOT, Installation

PASSWORD = "un-premier-mot-de-passe"
PICTURES = ROOT / "test-results" / "from_call_to_plan"
CALLED, ABSENT, MET, WARNED, CURED = "2026-11-23", "2026-11-25", "2026-11-27", "2027-02-15", "2027-02-22"
ACCOUNTS = (
    "compte;nom;prenom;adresse;code_postal;ville;loyer;charges;statut;date_entree;telephone;email;agence\n"
    "L000042;Aubert;Alice;4 rue du Bac;45990;Deux-Rives;520,00;80,00;present;01/03/2024;"
    "0639981102;alice.aubert@exemple.fr;NORD\n"
)
HEADER = "compte;date_piece;date_echeance;periode;type;debit;credit;reference\n"
#: Four months without a payment: more than an officer may spread alone.
DEBT = "".join(
    f"L000042;2026-{month:02}-01;2026-{month:02}-05;2026-{month:02};quittance;600,00;;Q{month:02}\n"
    for month in (8, 9, 10, 11)
)


def month_of(month: str, paid: str) -> str:
    """A month's rent, and what was paid on the 5th."""
    rent = f"L000042;{month}-01;{month}-05;{month};quittance;600,00;;Q{month}\n"
    return rent + f"L000042;{month}-05;;;encaissement;;{paid};P{month}\n"


@dataclass
class Story:
    """The office through the winter: one server at a time, an officer and a head in their own browsers."""

    installation: Installation
    officer: Page
    head: Page
    folder: Path
    site: Site | None = None
    shots: int = 0
    logged_in: set[str] = field(default_factory=set)

    @contextmanager
    def day(self, today: str) -> Iterator[None]:
        """The office's screens on a day, after its night."""
        self.installation.today = today
        self.installation.run("nightly")
        with served(self.installation, self.folder / f"{today}.log") as self.site:
            for name, page in (("garnier", self.head), ("morel", self.officer)):
                if name not in self.logged_in:
                    log_in(page, self.site, name, PASSWORD)
                    self.logged_in.add(name)
            yield

    def take(self, kind: str, text: str) -> None:
        """A list given on the command line."""
        path = self.folder / f"{kind}-{len(list(self.folder.iterdir()))}.csv"
        path.write_text(text)
        self.installation.run("import", kind, str(path))

    def go(self, path: str, page: Page | None = None) -> None:
        assert self.site is not None
        (page or self.officer).goto(self.site.url + path)

    def seen(self, name: str, page: Page | None = None) -> None:
        """A screen of the story: accessible, and kept as a picture to look at."""
        shown = page or self.officer
        assert_accessible(shown)
        self.shots += 1
        shown.screenshot(path=PICTURES / f"{self.shots:02}-{name}.png", full_page=True)

    def document(self, link: Locator) -> str:
        """What a link leads to, kept beside the pictures and read back as text."""
        assert self.site is not None
        answer = self.officer.request.get(self.site.url + str(link.get_attribute("href")))
        assert answer.ok, answer.status
        name = re.findall(r'filename="([^"]+)"', answer.headers["content-disposition"])[0]
        (PICTURES / name).write_bytes(answer.body())
        return text_of(answer.body(), answer.headers["content-type"])


def text_of(content: bytes, media_type: str) -> str:
    if media_type.startswith("application/pdf"):
        pages = PdfReader(io.BytesIO(content)).pages
        content = "\n".join(page.extract_text() for page in pages).encode()
    return re.sub(r"\s+", " ", content.decode())


def has(page: Page, *words: str) -> None:
    """The words, whatever the kind of their spaces."""
    for word in words:
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(word).replace(r"\ ", r"\s")))


@pytest.fixture
def story(fresh_installation: Installation, browser: Browser, tmp_path: Path) -> Iterator[Story]:
    installation = fresh_installation.copy(tmp_path / "home")
    installation.today, installation.extra = CALLED, {"AMIABLE_PASSWORD": PASSWORD}
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    folder = tmp_path / "files"
    folder.mkdir()
    with ExitStack() as pages:
        officer, head = (pages.enter_context(a_page(browser)) for _ in range(2))
        officer.set_default_timeout(8000)
        told = Story(installation, officer, head, folder)
        told.take("accounts", ACCOUNTS)
        told.take("movements", HEADER + DEBT)
        installation.run("user", "add", "garnier", "--role", "service_head")
        installation.run("user", "add", "morel", "--role", "officer", "--agency", "NORD")
        yield told


def test_from_the_first_call_to_a_plan_that_holds(story: Story):
    with story.day(CALLED):
        the_office_introduces_itself(story)
        a_call_without_answer_then_a_message(story)
        a_convocation(story)
    with story.day(ABSENT):
        nobody_came(story)
    with story.day(MET):
        the_interview(story)
        the_simulation(story)
        the_approval(story)
        the_signature(story)
    # Two instalments kept; of the third, only the rent came.
    story.take("movements", HEADER + month_of("2026-12", "800,00") + month_of("2027-01", "800,00"))
    story.take("movements", HEADER + month_of("2027-02", "600,00"))
    with story.day(WARNED):
        the_warning(story)
    story.take("movements", HEADER + "L000042;2027-02-20;;;encaissement;;200,00;P-retard\n")
    with story.day(CURED):
        cured(story)
        completed(story)
        every_document_reads_well(story)


def the_office_introduces_itself(story: Story) -> None:
    """A letterhead, and hours of reception: without them no letter and no appointment."""
    story.go("/reglages/office/", story.head)
    values = {
        "name": "Habitat des Deux Rives",
        "address": "1 quai des Mariniers\n45990 Deux-Rives",
        "phone": "02 61 91 00 00",
        "email": "office@exemple.fr",
        "signatory": "N. Garnier, responsable de service",
        "payment_means": "carte à l’agence",
    }
    for name, value in values.items():
        story.head.fill(f"#id_{name}", value)
    story.head.get_by_role("button", name="Enregistrer").click()
    story.seen("office", story.head)

    story.go("/agenda/")
    has(story.officer, "Personne ne reçoit encore")
    story.seen("agenda-vide")
    story.officer.get_by_role("link", name="Indiquer mes plages").click()
    for day in (2, 4):
        story.officer.fill(f"#id_d{day}-morning_starts", "09:00")
        story.officer.fill(f"#id_d{day}-morning_ends", "11:00")
    story.seen("plages")
    story.officer.get_by_role("button", name="Enregistrer").click()
    has(story.officer, "libre")
    story.seen("agenda-semaine")


def a_call_without_answer_then_a_message(story: Story) -> None:
    page = story.officer
    # Nothing was ever sent: the line waits in the letters of the day, and is called all the same.
    story.go("/?tile=batch")
    page.locator("[data-row] a[data-open]").first.click()
    has(page, "2 400,00 €")
    story.seen("fiche")
    page.keyboard.press("a")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Ce qui est dû")
    assert dialog.locator("a[href='tel:+33639981102']").count() == 1
    story.seen("appel")
    dialog.get_by_label("Sans réponse").check()
    dialog.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.locator("#messages")).to_contain_text("appel noté")

    page.keyboard.press("e")
    page.select_option("#canal", "sms")
    page.wait_for_url("**canal=sms**")
    page.select_option("#texte", "sms_joindre")
    page.wait_for_url("**texte=sms_joindre**")
    assert "2 400" not in page.input_value("#id_body"), "no sum in an SMS"
    story.seen("sms")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#messages")).to_contain_text("SMS")
    story.go("/relances/spool/")
    page.locator("a[data-open]").first.click()
    has(page, "nous avons essayé de vous joindre")
    story.seen("sms-preuve")


def a_convocation(story: Story) -> None:
    page = story.officer
    story.go("/comptes/L000042/")
    page.keyboard.press("v")
    choose(page, "2026-11-25T09:00")
    page.get_by_label("Par lettre").check()
    story.seen("convocation")
    page.get_by_role("button", name="Prendre ce rendez-vous").click()
    expect(page.locator("#messages")).to_contain_text("25/11/2026 à 9")
    has(page, "mercredi 25 novembre", "Rendez-vous pris")
    story.seen("fiche-convoquee")


def choose(page: Page, moment: str) -> None:
    """A free time, among the first three or in the whole list: that depends on the hour of the test."""
    page.locator("summary", has_text="Tous les créneaux").click()
    page.locator(f"input[name=slot][value*='{moment}']").check()


def nobody_came(story: Story) -> None:
    page = story.officer
    story.go("/")
    box = page.locator("section", has=page.get_by_role("heading", name="Rendez-vous du jour"))
    expect(box).to_contain_text("AUBERT Alice")
    story.seen("journee-rendez-vous")
    box.get_by_role("button", name="absent").click()
    expect(page.locator("#messages")).to_contain_text("absence notée, la procédure reprend")
    story.seen("journee-absence")
    story.go("/comptes/L000042/")
    # The procedure speaks again as soon as the appointment is over.
    expect(page.locator(".step")).to_contain_text("Prochaine étape")
    story.seen("fiche-absente")
    page.keyboard.press("v")
    choose(page, "2026-11-27T09:00")
    page.get_by_label(re.compile("Par courriel")).check()
    page.get_by_role("button", name="Prendre ce rendez-vous").click()
    has(page, "vendredi 27 novembre")
    story.seen("second-rendez-vous")
    story.go("/relances/spool/?channel=email")
    page.locator("a[data-open]").first.click()
    has(page, "vous recevra le vendredi 27 novembre 2026 à 9 h", "Le fichier joint l’ajoute à votre agenda")
    story.seen("courriel-preuve")


def the_interview(story: Story) -> None:
    page = story.officer
    story.go("/comptes/L000042/")
    page.get_by_role("button", name="Venu : entretien").click()
    expect(page.locator("h1")).to_have_text("Entretien")
    page.get_by_label("Perte d’emploi").check()
    page.fill("#id_holder_age", "41")
    page.select_option("#id_member_1_role", "child")
    page.fill("#id_member_1_age", "9")
    page.fill("#id_resource_salary", "1 750")
    page.check("#id_resource_salary_seen")
    page.fill("#id_charge_energy", "90")
    page.check("#id_charge_energy_seen")
    page.get_by_label("Un plan d’apurement").check()
    page.get_by_label("Difficulté passagère").check()
    page.fill("#id_summary", "Contrat repris en octobre, loyer payable de nouveau")
    # The figures follow what is typed, the charge of the last keystroke too.
    expect(page.locator("#results")).to_contain_text(re.compile(r"Charges, hors loyer\s*90,00\s€"))
    expect(page.locator("#results")).to_contain_text(re.compile(r"\d,\d\d\s€ par mois"))
    story.seen("entretien")
    page.get_by_role("button", name="Enregistrer l’entretien").click()
    expect(page.locator("#messages")).to_contain_text("Entretien enregistré")


def the_simulation(story: Story) -> None:
    """The interview leads here, with the capacity it found."""
    page = story.officer
    expect(page.locator("h1")).to_contain_text("Simuler un plan")
    assert page.input_value("#id_capacity_cents") != ""
    outcome = page.locator("#simulation")
    page.fill("#id_months", "10")
    expect(outcome).to_contain_text(re.compile(r"2\s400,00\s€ en 10 échéances"))
    page.fill("#id_months", "12")
    expect(outcome).to_contain_text(re.compile(r"2\s400,00\s€ en 12 échéances"))
    expect(outcome).to_contain_text("05/12/2026")
    story.seen("simulation")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator("#messages")).to_contain_text("Brouillon enregistré")
    story.seen("brouillon")


def the_approval(story: Story) -> None:
    page, head = story.officer, story.head
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("#messages")).to_contain_text("dépasse votre délégation")
    assert page.get_by_role("button", name="Approuver").count() == 0
    story.seen("plan-soumis")
    story.go("/plans/?liste=approuver", head)
    story.seen("plans-a-approuver", head)
    head.get_by_role("link", name="AUBERT Alice").click()
    story.seen("plan-a-approuver", head)
    head.get_by_role("button", name="Approuver").click()
    expect(head.locator("#messages")).to_contain_text("Plan approuvé")


def the_signature(story: Story) -> None:
    page = story.officer
    page.reload()
    page.get_by_role("button", name="Éditer le plan à signer").click()
    expect(page.locator("#messages")).to_contain_text("Le plan est édité")
    story.seen("plan-edite")
    page.get_by_role("link", name="Faire signer à l’écran").click()
    page.get_by_label(re.compile("Je reconnais la dette")).check()
    page.get_by_label("Votre prénom et votre nom").fill("Alice Aubert")
    story.seen("signature")
    page.get_by_role("button", name="Je signe").click()
    expect(page.locator("#messages")).to_contain_text("Plan signé")
    has(page, "en cours", "Preuve de signature")
    story.seen("plan-signe")
    story.go("/comptes/L000042/")
    has(page, "Ne pas relancer", "Plan signé")
    story.seen("fiche-plan")


def the_warning(story: Story) -> None:
    page = story.officer
    story.go("/")
    expect(page.get_by_role("link", name="Voir la relance à approuver")).to_be_visible()
    story.seen("journee-echeance-manquee")
    # No bank statement came in: the batch shows the letter and keeps it back, the officer sends it herself.
    page.get_by_role("link", name="Voir la relance à approuver").click()
    expect(page.locator("main")).to_contain_text("Avertir d’une échéance manquée")
    story.seen("lot-echeance-manquee")
    story.go("/plans/")
    story.seen("plans-a-risque")
    page.get_by_role("link", name="AUBERT Alice").click()
    expect(page.locator("h1")).to_contain_text("en retard")
    rows = page.locator("table.schedule tbody tr")
    for number in (0, 1):
        expect(rows.nth(number)).to_contain_text("payée")
    expect(rows.nth(2)).to_contain_text("10 jours de retard")
    story.seen("plan-en-retard")
    page.get_by_role("link", name="Avertir", exact=True).click()
    page.get_by_label("courrier", exact=True).check()
    story.seen("avertir")
    page.get_by_role("button", name="Préparer l’envoi").click()
    expect(page.locator("#messages")).to_contain_text("Avertissement préparé")
    story.seen("plan-averti")


def cured(story: Story) -> None:
    page = story.officer
    story.go("/plans/?liste=cours")
    page.get_by_role("link", name="AUBERT Alice").click()
    expect(page.locator("h1")).to_contain_text("tenu")
    expect(page.locator("table.schedule tbody tr").nth(2)).to_contain_text("payée")
    story.seen("plan-repris")


def completed(story: Story) -> None:
    """Everything left is paid at once: the last list comes in by the browser, the night ends the plan."""
    page = story.officer
    last = story.folder / "solde.csv"
    last.write_text(HEADER + "L000042;2027-02-22;;;encaissement;;1800,00;P-solde\n")
    story.go("/imports/", story.head)
    story.head.get_by_label(re.compile("Mouvements")).first.check()
    story.head.set_input_files("input[type=file]", str(last))
    story.head.get_by_role("button", name="Regarder ce fichier").click()
    story.seen("import", story.head)
    story.head.get_by_role("button", name=re.compile("^Importer")).click()
    story.head.get_by_role("link", name="Voir le résultat").click(timeout=30_000)
    story.installation.run("nightly")

    story.go("/plans/?liste=tenus")
    story.seen("plans-tenus")
    page.get_by_role("link", name="AUBERT Alice").click()
    expect(page.locator("h1")).to_contain_text("soldé")
    # What paid each instalment stays readable once the plan is over.
    expect(page.locator("table.schedule tbody tr", has_text="payée")).to_have_count(12)
    story.seen("plan-tenu")
    page.get_by_role("button", name="Féliciter par courrier").click()
    expect(page.locator("#messages")).to_contain_text("Lettre de félicitations préparée")
    story.go("/comptes/L000042/?fil=tout")
    has(page, "le compte est à jour")
    story.seen("fiche-a-jour")


#: Title of a document -> what it must say.
DOCUMENTS = {
    "Votre rendez-vous du mercredi 25 novembre 2026": (
        "mercredi 25 novembre 2026 à 9 h", "agence NORD", "Merci d’apporter", "Alice AUBERT",
    ),
    "Rendez-vous du 27/11/2026": ("BEGIN:VTIMEZONE", "BEGIN:VEVENT", "20261127T090000"),
    "Suite à notre entretien du 27 novembre 2026, compte L000042": (
        "27 novembre 2026", "2 400,00 €", "1 750,00", "plan d’apurement",
    ),
    "Plan d’apurement PA-1, compte locataire L000042": (
        "2 400,00 €", "12 échéances", "200,00 €", "5 décembre 2026", "interrompt la prescription",
        "Habitat des Deux Rives",
    ),
    "Preuve de signature électronique": ("Alice Aubert", "sha256", "PLAN-02"),
    "Votre accord PA-1 : une échéance n’est pas arrivée": (
        "27 novembre 2026", "200,00 €", "5 février 2027", "12 mars 2027", "entre-temps",
    ),
    "Votre accord PA-1 est terminé": ("2 400,00 €", "Aucune autre somme"),
}  # fmt: skip


def every_document_reads_well(story: Story) -> None:
    links = story.officer.locator("section", has=story.officer.locator("#documents-title")).locator("li a")
    found = {links.nth(n).inner_text(): story.document(links.nth(n)) for n in range(links.count())}
    assert sorted(found) == sorted(DOCUMENTS)
    for title, words in DOCUMENTS.items():
        for word in words:
            assert word in found[title], f"{title}: {word!r} not in {found[title]}"
    # Each opens in its own program.
    kinds = sorted(path.suffix for path in PICTURES.iterdir() if path.suffix != ".png")
    assert kinds == [".ics", ".json", *[".pdf"] * 5]
