"""A visit reported without network, in a browser that is then closed: it arrives once, with its photo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import chromium
from tests.e2e.conftest import CHROMIUM_OPTIONS, Site, assert_accessible, log_in

#: A picture drawn by the browser itself, with its place written in it as a telephone does.
DRAW = """async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 2400; canvas.height = 1200;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#0b5c55"; pen.fillRect(0, 0, 1200, 1200);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
  return [...new Uint8Array(await blob.arrayBuffer())];
}"""
GPS = b"GPSLatitude 47.9022"


@contextmanager
def telephone(browser: Browser, profile: Path) -> Iterator[tuple[BrowserContext, Page]]:
    """A telephone's browser: what it keeps is in `profile`, closed or not."""
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        args=CHROMIUM_OPTIONS,
        locale="fr-FR",
        viewport={"width": 390, "height": 844},
    )
    try:
        yield context, context.pages[0] if context.pages else context.new_page()
    finally:
        context.close()


def ready(page: Page) -> None:
    page.wait_for_selector("[data-field][data-ready=yes]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def stored(page: Page, name: str) -> int:
    return page.evaluate(
        """(name) => new Promise((done) => {
          const asked = indexedDB.open("amiable-visites");
          asked.onsuccess = () => {
            const count = asked.result.transaction(name).objectStore(name).count();
            count.onsuccess = () => { asked.result.close(); done(count.result); };
          };
        })""",
        name,
    )


def test_a_report_survives_a_lost_network_and_a_closed_browser(browser: Browser, demo: Site, tmp_path: Path):
    profile = tmp_path / "telephone"
    with telephone(browser, profile) as (context, page):
        log_in(page, demo, "c.morel")
        page.goto(f"{demo.url}/visites/terrain/")
        ready(page)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        stops = page.locator(".stop").count()
        assert stops >= 3
        picture = tmp_path / "photo.jpg"
        drawn = bytes(page.evaluate(DRAW))
        comment = b"\xff\xfe" + (len(GPS) + 2).to_bytes(2, "big") + GPS
        picture.write_bytes(drawn[:2] + comment + drawn[2:])
        name = page.locator(".stop [data-stop=name]").first.inner_text()

        context.set_offline(True)
        page.reload()
        ready(page)
        assert page.locator(".stop").count() == stops, "the day is read without network"
        page.locator(".stop button").first.click()
        assert_accessible(page)
        page.check("input[name=outcome][value=absent]")
        page.check("input[name=notice_left]")
        page.check("input[value=mail_piled]")
        page.fill("#said", "Volets fermés côté rue")
        page.set_input_files("#camera", str(picture))
        page.wait_for_selector(".field-photos img")
        # Closed before anything is saved by hand: the draft is already in the telephone.

    with telephone(browser, profile) as (context, page):
        context.set_offline(True)
        page.goto(f"{demo.url}/visites/terrain/")
        ready(page)
        assert "brouillon" in page.locator(".stop").first.inner_text()
        page.locator(".stop button").first.click()
        expect(page.locator("#said")).to_have_value("Volets fermés côté rue")
        expect(page.locator(".field-photos img")).to_have_count(1)
        page.click("button:has-text('Enregistrer le rapport')")
        page.wait_for_selector("text=attend le réseau")

    with telephone(browser, profile) as (context, page):
        context.set_offline(True)
        page.goto(f"{demo.url}/visites/terrain/")
        ready(page)
        assert stored(page, "reports") == stored(page, "photos") == 1
        # The office takes the report, but its answer is lost: the telephone sends again.
        lost: list[str] = []

        def lose(route: object) -> None:
            route.fetch()  # type: ignore[attr-defined]
            lost.append("answer")
            route.abort()  # type: ignore[attr-defined]

        context.route("**/visites/terrain/rapport/", lose, times=1)
        with page.expect_event("requestfailed", lambda asked: "rapport" in asked.url):
            context.set_offline(False)
            page.evaluate("window.dispatchEvent(new Event('online'))")
        assert lost == ["answer"]
        assert stored(page, "reports") == 1
        page.click("button:has-text('Envoyer maintenant')")
        page.wait_for_selector("text=Rapport envoyé.")
        assert stored(page, "reports") == stored(page, "photos") == 0
        # What is sent leaves the telephone.
        page.wait_for_selector(f"main >> text={name}", state="detached")

        page.goto(f"{demo.url}/visites/?liste=tournees")
        page.locator("a:has-text('Ouvrir')").first.click()
        page.locator("a:has-text('faite')").first.click()
        assert page.locator("h2:has-text('Rapport de')").count() == 1
        assert "Volets fermés côté rue" in page.locator("main").inner_text()
        photos = page.locator(".visit-photos img")
        assert photos.count() == 1
        kept = page.request.get(demo.url + str(photos.first.get_attribute("src"))).body()
        assert kept[:2] == b"\xff\xd8" and GPS not in kept
        assert page.evaluate("document.querySelector('.visit-photos img').naturalWidth") == 1600
        assert_accessible(page)

        page.click(".who button.more")
        page.click("button:has-text('Se déconnecter')")
        page.wait_for_url("**/connexion/**")
        assert stored(page, "stops") == 0, "the day's stops leave with their user"
