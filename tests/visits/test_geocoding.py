"""Where addresses are: the office's list, and an address service that answers well, badly or late."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from amiable.domain.errors import DomainError
from amiable.visits import geocoding
from amiable.visits.geocoding import Address, ServiceUnavailable
from amiable.visits.geocoding.ban import BanGeocoder
from amiable.visits.models import Place
from tests.visits.conftest import PLACES, TODAY, Desk

BAC = Address("1 rue du Bac", "45990", "Deux-Rives")
NEW = Address("9 rue Neuve", "45990", "Deux-Rives")


@dataclass
class Service:
    """A small server that says what the test wants, and remembers what it was asked."""

    url: str = ""
    body: bytes = b"{}"
    status: int = 200
    delay: float = 0
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def says(self, kind: str = "housenumber", score: Any = 0.95, at: Any = (1.91, 47.9)) -> None:
        self.body = feature(at, kind, score)


@pytest.fixture
def ban() -> Iterator[Service]:
    service = Service()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(parse_qs(urlparse(self.path).query))
            time.sleep(service.delay)
            self.send_response(service.status)
            self.end_headers()
            self.wfile.write(service.body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/search/"
    yield service
    server.shutdown()
    server.server_close()


def test_a_list_gives_coordinates_however_the_address_is_written(desk: Desk) -> None:
    asked = Address("1, RUE du bac", "45990", "DEUX RIVES")
    (place,) = geocoding.places_of(desk.office, [asked]).values()
    assert (place.lat, place.lon, place.precision) == (47.905, 1.91, "house")


def test_an_unknown_street_is_placed_at_its_town_only_when_the_town_is_known(desk: Desk) -> None:
    known = Address("8 rue Inconnue", "45991", "Saint-Aubin")
    found = geocoding.places_of(desk.office, [known, NEW])
    assert found[known.key].precision == "town"
    assert NEW.key not in found


def test_the_same_list_twice_changes_nothing(desk: Desk) -> None:
    again = geocoding.import_places(office=desk.office, data=PLACES.encode(), actor=desk.head, today=TODAY)
    assert (again.new, again.changed, again.same) == (0, 0, 5)
    assert Place.objects.count() == 5


def test_bad_rows_are_told_by_line_and_the_others_kept(desk: Desk) -> None:
    data = "\n".join(
        (
            "adresse;code_postal;ville;latitude;longitude",
            "5 rue A;45990;Deux-Rives;47.9;1.9",
            "6 rue A;45990;Deux-Rives;cent;1.9",
            "7 rue A;45990;;47.9;1.9",
            "8 rue A;45990;Deux-Rives;97.9;1.9",
            "9 rue A;45990;Deux-Rives",
        )
    )
    found = geocoding.import_places(office=desk.office, data=data.encode(), actor=desk.head, today=TODAY)
    assert found.new == 1
    assert [line for line, _ in found.errors] == [3, 4, 5, 6]


def test_another_file_is_refused(desk: Desk) -> None:
    with pytest.raises(DomainError, match="première ligne"):
        geocoding.import_places(office=desk.office, data=b"compte;nom\n1;A", actor=desk.head, today=TODAY)


def test_no_service_is_asked_unless_one_is_set(desk: Desk, ban: Service) -> None:
    assert NEW.key not in geocoding.find(desk.office, [NEW], TODAY)
    assert ban.asked == []


def test_what_the_service_says_is_kept_and_asked_once(desk: Desk, ban: Service, settings: Any) -> None:
    settings.AMIABLE_GEOCODER_URL = ban.url
    ban.says()
    for _ in range(2):
        place = geocoding.find(desk.office, [NEW, BAC], TODAY)[NEW.key]
    assert (place.lat, place.lon, place.source) == (47.9, 1.91, "service")
    assert ban.asked == [{"q": ["9 rue Neuve Deux-Rives"], "postcode": ["45990"], "limit": ["1"]}]


@pytest.mark.parametrize(("kind", "score"), [("housenumber", 0.3), ("country", 0.99)])
def test_a_guess_is_no_answer(ban: Service, kind: str, score: float) -> None:
    ban.says(kind, score)
    assert BanGeocoder(ban.url).locate([NEW]) == {}


def test_a_street_and_a_town_are_told_apart(ban: Service) -> None:
    for kind, precision in (("street", "street"), ("municipality", "town")):
        ban.says(kind)
        assert BanGeocoder(ban.url).locate([NEW])[NEW.key].precision == precision


def feature(coordinates: object, kind: object = "street", score: object = 1) -> bytes:
    geometry, properties = {"coordinates": coordinates}, {"type": kind, "score": score}
    return json.dumps({"features": [{"geometry": geometry, "properties": properties}]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>", b"[]", b"{}", b'{"features": 3}', b'{"features": [{}]}', b"\xff\xfe", b"x" * 300_000),
        *(feature([1]), feature([1, 970]), feature([1, 47], []), feature([1, 47], score="a"), feature(None)),
    ],
)
def test_a_bad_answer_is_a_service_out_of_order(ban: Service, body: bytes) -> None:
    ban.body = body
    with pytest.raises(ServiceUnavailable):
        BanGeocoder(ban.url).locate([NEW])


def test_no_answer_in_time_is_a_service_out_of_order(ban: Service) -> None:
    ban.delay = 0.5
    with pytest.raises(ServiceUnavailable):
        BanGeocoder(ban.url, timeout=0.1).locate([NEW])


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_refusal_leaves_the_addresses_as_they_were(
    desk: Desk, ban: Service, settings: Any, status: int
) -> None:
    settings.AMIABLE_GEOCODER_URL, ban.status = ban.url, status
    assert set(geocoding.find(desk.office, [NEW, BAC], TODAY)) == {BAC.key}
