"""The ends of the calendar, and a word where an address is expected: a sentence or the usual page."""

from __future__ import annotations

import pytest
from django.urls import reverse

ENDS = ("0001-01-01", "9999-12-31", "²")


@pytest.mark.parametrize("day", ENDS)
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("journal", "since"),
        ("journal", "until"),
        ("agenda", "jour"),
        ("agenda_day", "jour"),
        ("portfolio_caf", "on"),
    ],
)
def test_a_day_without_neighbours_breaks_no_page(house, log_in, page, name, day):
    assert log_in("service_head").get(reverse(page), {name: day}).status_code in (200, 422)


@pytest.mark.parametrize(
    "back", ["²", "day", "//ailleurs.exemple.fr", "https://ailleurs.exemple.fr/", "javascript:x"]
)
def test_a_refusal_goes_back_to_a_page_of_ours_only(house, log_in, back):
    answer = log_in("service_head").post(
        reverse("settings_user_hand_over", args=[house["officer"].pk]), {"to": "1\0"}, HTTP_REFERER=back
    )
    assert answer.status_code == 422
    assert "caractère nul" in answer.content.decode()


@pytest.mark.parametrize("agency", ["1" + "0" * 23, "²", "-1", "999999"])
def test_a_row_that_cannot_be_is_no_choice(house, log_in, agency):
    given = {"name": "neuve", "full_name": "Anne Neuve", "role": "officer", "agencies": agency}
    assert log_in("service_head").post(reverse("settings_user_add"), given).status_code == 422
