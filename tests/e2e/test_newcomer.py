"""A new user without documentation: the list of the day, why its first line, a batch approved, the proofs."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, assert_accessible, log_in


def test_a_newcomer_does_a_morning_s_work(page: Page, demo: Site):
    log_in(page, demo, "c.morel")
    # Today's list, legal limits first.
    expect(page.locator("h1")).to_have_text(re.compile("lundi 23 novembre", re.IGNORECASE))
    expect(page.locator("tr[data-row]").first).to_contain_text("dépassé")
    expect(page.locator("tr[data-row]", has_text="Limite légale").first).to_be_visible()
    durand = page.locator("tr[data-row]", has_text="DURAND Samira")
    assert durand.first.evaluate("row => [...row.parentNode.children].indexOf(row)") == 0
    first = durand.first
    expect(first.locator(".reason").first).to_contain_text("700,00")
    expect(first.locator(".limit-cell")).to_contain_text("25")
    # Its fiche says why.
    first.locator("a[data-open]").click()
    expect(page.locator("h1")).to_contain_text("DURAND")
    why = page.locator("section, article, div").filter(has=page.get_by_role("heading", name="Pourquoi")).last
    expect(why).to_contain_text("CAF")
    # A batch of letters, looked at, approved, sent.
    page.get_by_role("link", name="Relances").first.click()
    batch = page.locator(".batch-line", has_text="Envoyer la relance 2").first
    batch.get_by_role("link", name=re.compile("Voir et approuver")).click()
    expect(page.locator("[data-row]").first).to_be_visible()
    lines = page.locator("[data-row]").count()
    assert_accessible(page)
    page.get_by_role("button", name=re.compile("^Approuver")).click()
    expect(page.get_by_text("Approuvé.")).to_be_visible()
    page.get_by_role("button", name="Tout envoyer maintenant").click()
    # The worker sends; the proofs are one click away.
    sent = page.locator(".tile", has_text="Envoyés")
    for _ in range(60):
        if sent.count():
            break
        page.wait_for_timeout(500)
        page.goto(page.url.split("?")[0])
    expect(sent).to_contain_text(str(lines))
    page.get_by_role("link", name="preuve").first.click()
    expect(page.locator("main")).to_contain_text("envoyé")
    expect(page.get_by_role("heading", name="Preuve")).to_be_visible()
    assert_accessible(page)
    printed = list((demo.installation.home / "spool").rglob("*.pdf"))
    assert printed, "the merged letters are in the office's spool"


def test_what_would_have_left_can_be_opened(page: Page, demo: Site):
    log_in(page, demo, "a.benali")
    page.goto(f"{demo.url}/relances/")
    page.get_by_role("link", name=re.compile("Voir et approuver")).first.click()
    preview = page.get_by_role("link", name=re.compile("^Aperçu")).first.get_attribute("href")
    answer = page.request.get(demo.url + str(preview))
    assert answer.ok
    assert answer.headers["content-type"].split(";")[0] in ("application/pdf", "text/html")
    if "pdf" in answer.headers["content-type"]:
        assert answer.body().startswith(b"%PDF")
