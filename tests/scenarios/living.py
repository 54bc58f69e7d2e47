"""An office lived with day by day: the commands of a morning, in order, as its people would type them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from amiable.cli.main import main
from amiable.core.clock import PARIS
from amiable.core.models import Office
from amiable.demo.bank import Credit, cfonb120
from amiable.diary.models import DiaryEntry

DAY = timedelta(days=1)
SATURDAY = 5
SENT_KINDS = ("email", "sms", "letter", "lrar")
#: What an office fills in on its own card before its first letter.
CARD = {
    "name": "Habitat des Deux Rives",
    "address": "1 quai des Mariniers\n45990 Deux-Rives",
    "phone": "02 61 91 00 00",
    "email": "office@exemple.fr",
    "signatory": "Le chef de service",
    "payment_means": "Virement",
    "website": "www.exemple.fr",
    "payment_iban": "FR0000000000000000000000000",
}
Answer = Callable[[Office, date], object]
#: What left, by account: « 13/10 relance_1 email ».
Story = dict[str, list[str]]


@dataclass(frozen=True)
class Lived:
    """What happens to an office from outside: the lists it types, what its bank sends, what people answer."""

    lists: Mapping[date, Mapping[str, str]]
    credits: Mapping[date, Sequence[Credit]]
    answers: Mapping[date, Sequence[Answer]]


@dataclass
class Town:
    """A fresh office and what stayed behind at its departures."""

    kind: str
    folder: Path
    capsys: pytest.CaptureFixture[str]
    held: list[tuple[str, str, str]] = field(default_factory=list)

    def run(self, *arguments: str) -> list[dict[str, Any]]:
        self.capsys.readouterr()
        code = main([*arguments, "--json"])
        out, err = self.capsys.readouterr()
        assert (code, err) == (0, ""), f"{arguments}: {out}\n{err}"
        return [json.loads(line) for line in out.splitlines()]

    def begin(self, on: date, lists: Mapping[str, str]) -> None:
        with at(on):
            assert main(["init", "--kind", self.kind]) == 0
            Office.objects.update(**CARD)
            for name, text in lists.items():
                self.take(name, text.encode(), on)

    def take(self, name: str, data: bytes, on: date) -> None:
        path = self.folder / f"{name}-{on}.csv"
        path.write_bytes(data)
        (report,) = self.run("import", name, str(path))
        assert report["rejected"] == 0, report

    def live(self, begins: date, ends: date, lived: Lived) -> Story:
        """Each working day: what came in, the night, the approval, the dispatch, the answers, the check."""
        on = begins
        while on <= ends:
            if on.weekday() < SATURDAY:
                with at(on):
                    self._morning(on, lived)
            on += DAY
        return departures()

    def _morning(self, on: date, lived: Lived) -> None:
        for name, text in lived.lists.get(on, {}).items():
            self.take(name, text.encode(), on)
        self.take("bank", cfonb120(lived.credits.get(on, ()), 0, on - DAY, on - DAY), on)
        self.run("nightly", "--as-of", on.isoformat())
        self.run("batch", "approve", "--all")
        gone = self.run("dispatch", "--as-of", on.isoformat())
        for batch in gone:
            for line in batch["lines"]:
                if line["message"] is None:
                    self.held.append((line["account"], f"{on:%d/%m} {batch['step']}", line["reason_code"]))
        answers = lived.answers.get(on, ())
        for answer in answers:
            answer(Office.objects.get(), on)
        if gone or answers or on in lived.lists or on in lived.credits:
            self.run("positions", "check", "--as-of", on.isoformat())


def at(on: date) -> time_machine.travel:
    """Nine o'clock in Paris, that day."""
    return time_machine.travel(datetime(on.year, on.month, on.day, 9, tzinfo=PARIS), tick=False)


def departures() -> Story:
    """By account, what the diary says has left, in order."""
    found: Story = {}
    left = DiaryEntry.objects.filter(kind__in=SENT_KINDS, outcome="sent").order_by("on", "pk")
    for ref, on, step, kind in left.values_list("account__ref", "on", "step", "kind"):
        found.setdefault(ref, []).append(f"{on:%d/%m} {step} {kind}")
    return found
