"""Each role on each screen, and the walls between agencies and offices: by page, search, file and address."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from amiable.core.models import User
from tests import factories
from tests.web.conftest import TODAY

ALL = set(User.Role.values)
READERS = ALL - {"colleague"}
MANAGERS = {"admin", "service_head"}
IMPORTERS = {"officer", "agency_head", "service_head", "admin"}
WORKERS = {"officer", "agency_head", "service_head", "litigation"}
JOURNAL = {"agency_head", "service_head", "auditor", "admin"}
#: screen -> who is answered 200 (others: 403, or sent to what is theirs).
SCREENS = {
    "day": READERS,
    "portfolio": READERS,
    "portfolio_csv": READERS,
    "portfolio_xlsx": READERS,
    "portfolio_caf": READERS,
    "journal": JOURNAL,
    "journal_csv": JOURNAL,
    "settings": ALL,
    "settings_password": ALL,
    "settings_office": MANAGERS,
    "settings_agencies": MANAGERS,
    "settings_agency_add": MANAGERS,
    "settings_users": MANAGERS,
    "settings_user_add": MANAGERS,
    "settings_merges": IMPORTERS,
}


@pytest.fixture
def accounts(house):
    """One account with work per agency, one without agency, one of another office; each its own person."""
    made = {}
    for ref, office, agency, city in (
        ("NORTH", house.office, house.north, "Villenord"),
        ("SOUTH", house.office, house.south, "Villesud"),
        ("NONE", house.office, None, "Villecommune"),
        ("STRANGE", house.other_office, None, "Villelointaine"),
    ):
        person = factories.person(office, f"Personne{ref}", "Test")
        factories.contact(person, "phone", f"+3363998{len(made):04d}")
        account = factories.account(office, ref, person=person, agency=agency, city=city)
        factories.position(
            account,
            TODAY,
            overdue=50000,
            next_step="appel",
            next_step_on=TODAY,
            step_mode="manual",
            lane="call",
            priority=10,
            caf_constituted_on=TODAY,
        )
        made[ref] = account
    return made


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("screen", SCREENS)
def test_each_role_on_each_screen(house, accounts, log_in, role, screen):
    status = log_in(role).get(reverse(screen)).status_code
    assert (status == 200) is (role in SCREENS[screen]), status
    assert status in {200, 302, 403}


@pytest.mark.parametrize("screen", [*SCREENS, "day_pause", "day_entrust"])
def test_nobody_enters_without_log_in(house, accounts, screen):
    response = Client().get(reverse(screen))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


POSTS = {
    "day_pause": WORKERS,
    "day_entrust": WORKERS,
    "settings_office": MANAGERS,
    "settings_agency_add": MANAGERS,
    "settings_user_add": MANAGERS,
}


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("screen", POSTS)
def test_each_role_writes_only_what_is_theirs(house, accounts, log_in, role, screen):
    """An empty form: whoever may write is told what is missing, the others are refused before that."""
    response = log_in(role).post(reverse(screen), {"ids": accounts["NORTH"].pk})
    assert (response.status_code == 403) is (role not in POSTS[screen])


@pytest.mark.parametrize("action", ["settings_user", "settings_user_access", "settings_user_reset"])
def test_users_of_another_office_do_not_exist(house, log_in, action):
    url = reverse(action, args=[house["stranger"].pk])
    assert log_in("service_head").post(url, {"full_name": "X", "role": "admin"}).status_code == 404
    house["stranger"].refresh_from_db()
    assert house["stranger"].is_active
    assert house["stranger"].check_password(factories.PASSWORD)


SEEN = {
    "officer": {"NORTH", "NONE"},
    "agency_head": {"NORTH", "NONE"},
    "officer_south": {"SOUTH", "NONE"},
    "service_head": {"NORTH", "SOUTH", "NONE"},
    "litigation": {"NORTH", "SOUTH", "NONE"},
    "auditor": {"NORTH", "SOUTH", "NONE"},
    "admin": {"NORTH", "SOUTH", "NONE"},
    "stranger": {"STRANGE"},
}
WAYS = {
    "the day": ("day", {}),
    "the portfolio": ("portfolio", {}),
    "the CAF view": ("portfolio_caf", {}),
    "the CSV": ("portfolio_csv", {}),
    "a search by name": ("portfolio", {"q": "personne"}),
    "a search by phone": ("portfolio", {"q": "06 39 98 00"}),
    "a search by town": ("portfolio", {"q": "ville"}),
    "a filter by tile": ("day", {"lane": "call"}),
}


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("way", WAYS)
def test_everybody_sees_their_accounts_and_no_other(house, accounts, log_in, name, way):
    screen, filters = WAYS[way]
    response = log_in(name).get(reverse(screen), filters)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    page = content.decode()
    assert {ref for ref in accounts if f"PERSONNE{ref}" in page} == SEEN[name]


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("agency", ["north", "south"])
def test_asking_for_another_agency_gives_nothing_more(house, accounts, log_in, name, agency):
    filters = {"agency": getattr(house, agency).pk}
    for screen in ("day", "portfolio"):
        page = log_in(name).get(reverse(screen), filters).content.decode()
        assert {ref for ref in accounts if f"PERSONNE{ref}" in page} <= SEEN[name]


@pytest.mark.parametrize("name", SEEN)
def test_totals_count_only_what_is_seen(house, accounts, log_in, name):
    totals = log_in(name).get(reverse("portfolio")).context["totals"]
    assert totals.accounts == len(SEEN[name])
    assert totals.overdue_cents == 50000 * len(SEEN[name])


@pytest.mark.parametrize("name", SEEN)
def test_a_fiche_out_of_scope_does_not_exist(house, accounts, log_in, name):
    client = log_in(name)
    for ref in accounts:
        status = client.get(reverse("account", args=[ref])).status_code
        assert (status == 404) is (ref not in SEEN[name]), ref


def test_a_colleague_sees_no_debt_anywhere(house, accounts, log_in):
    client = log_in("colleague")
    for screen in ("day", "portfolio", "portfolio_csv", "portfolio_caf"):
        response = client.get(reverse(screen))
        assert response.status_code in {302, 403}
    page = client.get(reverse("settings")).content.decode()
    assert reverse("portfolio") not in page.split("<form", 1)[0]
