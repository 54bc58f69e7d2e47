"""The officer's hands stay on the keyboard."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, assert_accessible, log_in


def test_the_day_is_walked_and_opened_from_the_keyboard(page: Page, demo: Site):
    log_in(page, demo, "c.morel")
    names = page.locator("[data-row] a[data-open]")
    page.keyboard.press("j")
    expect(page.locator("[data-row].current")).to_have_count(1)
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("k")
    wanted = names.nth(0).inner_text()
    page.keyboard.press("Enter")
    # A limit that has passed opens its dossier, a line of work its fiche: both name the person.
    expect(page.locator("main")).to_contain_text(wanted.split()[0])


def test_a_call_is_noted_from_the_keyboard(page: Page, demo: Site):
    log_in(page, demo, "c.morel")
    page.goto(f"{demo.url}/comptes/L000104/")
    page.keyboard.press("a")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_call_from_the_day_leads_to_the_next_line(page: Page, demo: Site):
    log_in(page, demo, "c.morel")
    # Limits that have passed and promised calls come first; the lines of the day follow them.
    lines = page.locator("tr[data-row]:has(.reason)")
    second = lines.nth(1).locator("a[data-open]").inner_text()
    for _ in range(page.locator("[data-row]").count() - lines.count() + 1):
        page.keyboard.press("j")
    page.keyboard.press("a")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Si un tiers répond")
    assert_accessible(page)
    dialog.get_by_label("Sans réponse").check()
    dialog.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.locator("#messages")).to_contain_text("appel noté")
    expect(page.locator("tr.current a[data-open]")).to_have_text(second)


def test_the_shortcuts_are_listed(page: Page, demo: Site):
    log_in(page, demo, "c.morel")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("appeler")
    assert_accessible(page)


def test_the_log_in_works_without_a_mouse(page: Page, demo: Site):
    page.goto(f"{demo.url}/connexion/")
    page.keyboard.type("n.garnier")
    page.keyboard.press("Tab")
    page.keyboard.type("deux-rives-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/")
    # The first stop of the Tab key leads past the menu.
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
