"""Every address, read and written, by every role, on what is theirs, another agency's, another office's.

What each role may reach is `docs/acces.md`, one line an address: a change of the table is a change of
somebody's rights, and is read as one. AMIABLE_WRITE_ACCESS=1 writes the table again (with `-n 0`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.safestring import mark_safe

import amiable
from amiable.core.models import Agency, Office, User
from amiable.procedures.services import install_defaults
from tests import factories
from tests.factories.rows import make
from tests.web.conftest import TODAY, House

TABLE = Path(amiable.__file__).parent.parent / "docs" / "acces.md"
ROLES = tuple(User.Role.values)
BOUND = ("officer", "agency_head", "colleague")
#: The model behind the `pk` of an address; the same row serves all that name it.
ROWS = {
    "account_acknowledge": "procedures.Instruction",
    "account_cancel_promise": "diary.Promise",
    "account_contact_works": "parties.ContactPoint",
    "account_correct": "diary.DiaryEntry",
    "account_lift": "diary.Hold",
    "account_replace_contact": "parties.ContactPoint",
    "account_report_contact": "parties.ContactPoint",
    "agenda_absence": "appointments.Absence",
    "agenda_absence_withdraw": "appointments.Absence",
    "appointment_": "appointments.Appointment",
    "assessment": "household.Assessment",
    "callback_cancel": "diary.Callback",
    "document": "correspondence.Document",
    "dossier": "dossiers.Dossier",
    "import": "intake.Import",
    "instruction_": "procedures.Instruction",
    "job": "jobs.Job",
    "law_override_end": "core.LawOverride",
    "match": "bank.BankTransaction",
    "outreach_doubt": "correspondence.OutboxItem",
    "outreach_item": "correspondence.OutboxItem",
    "outreach_preview": "outreach.BatchLine",
    "outreach_restore": "outreach.BatchLine",
    "outreach_received": "correspondence.OutboxItem",
    "outreach_returned": "correspondence.OutboxItem",
    "outreach_tracking": "correspondence.OutboxItem",
    "outreach_": "outreach.Batch",
    "plan": "plans.Plan",
    "portfolio_forget": "core.SavedFilter",
    "round": "visits.Round",
    "row_": "intake.ToldRow",
    "settings_agency": "core.Agency",
    "settings_confirm": "core.SensitiveChange",
    "settings_merge": "parties.MergeProposal",
    "settings_user": "core.User",
    "situation_of": "parties.Person",
    "task_": "diary.Task",
    "visit": "visits.Visit",
}
WORDS = {
    "account_act": {"code": "note"},
    "account_letter": {"code": "relance_1"},
    "situation": {"code": "deces"},
    "situation_of": {"code": "deces"},
    "limits_link": {"purpose": "mes-limites"},
    "plan_act": {"code": "soumettre"},
    "dossier_start": {"kind": "caf"},
    "dossier_piece": {"code": "decompte"},
    "dossier_waive": {"code": "decompte"},
    "dossier_preview": {"code": "caf_signalement"},
    "dossier_export": {"name": "dossier.csv"},
    "dossier_answer": {"code": "plan_accepted"},
    "law": {"rule_id": "CAF-02"},
    "letters_edit": {"code": "relance_1"},
    "letters_preview": {"code": "relance_1"},
    "transfer_waive": {"code": "talk"},
    "transfer_move": {"move": "propose"},
    "procedure": {"code": "standard", "number": 1},
}
#: Open without log-in: a token or a shared secret stands for one, or nothing personal is shown.
OPEN = {
    "login", "health", "agenda_feed", "limits_feed", "outreach_news_sms", "field_manifest", "field_worker",
}  # fmt: skip
#: Not a thing of an office: the log-in itself, and addresses made of nothing but words.
PERSONAL = {"portfolio_forget", "logout"}


def addresses(patterns: Any = None) -> Iterator[tuple[str, set[str]]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and not pattern.name.startswith("news_"):
                yield pattern.name, set(pattern.pattern.converters)
        else:
            yield from addresses(pattern.url_patterns)


ADDRESSES = dict(addresses())


def longest(table: dict[str, Any], name: str) -> Any:
    found = [key for key in table if name.startswith(key)]
    return table[max(found, key=len)] if found else None


#: What was typed in the simulator of a plan.
ASKED = {
    "steps": [], "months": 12, "amount_cents": None, "starts_on": "2026-12-05", "lump_cents": 0,
    "last_cents": None, "months_off": [],
}  # fmt: skip


@dataclass
class World:
    """An office and agency, a user of theirs, and a row of each model an address may ask for."""

    office: Office
    agency: Agency
    user: User
    tag: str
    rows: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.person = factories.person(self.office, f"Personne{self.tag}", "Test")
        self.account = self.another(self.person, self.tag)
        factories.position(self.account, TODAY, overdue=50000)
        self.rows |= {"core.User": self.user, "core.Agency": self.agency, "parties.Person": self.person}

    def another(self, person: Any, ref: str) -> Any:
        return factories.account(self.office, ref, person=person, agency=self.agency, officer=self.user)

    def row(self, label: str) -> Any:
        """The row of this model, made when first asked for: its own columns, and ours wherever one fits."""
        if label not in self.rows:
            model = apps.get_model(label)
            ours = {"Office": self.office, "Agency": self.agency, "User": self.user,
                    "Person": self.person, "Account": self.account}  # fmt: skip
            given = {
                column.name: ours[column.related_model.__name__]
                for column in model._meta.concrete_fields
                if column.is_relation and column.related_model.__name__ in ours and not column.unique
            }
            self.rows[label] = make(model, **given | self.particular(label))
            if label == "plans.Plan":
                self.rows[label].accounts.add(self.account)
                version = make(
                    apps.get_model("plans.PlanVersion"), plan=self.rows[label], state="draft", asked=ASKED
                )
                make(apps.get_model("plans.Instalment"), version=version)
        return self.rows[label]

    def particular(self, label: str) -> dict[str, Any]:
        """What a row of this model needs to be one of this world."""
        if label == "bank.BankTransaction":
            return {"entry": factories.payment(self.account, TODAY, 100)}
        if label == "outreach.BatchLine":
            return {"batch": self.row("outreach.Batch")}
        if label == "parties.MergeProposal":
            other = factories.person(self.office, f"Autre{self.tag}", "Test")
            self.another(other, f"{self.tag}2")
            return {"first": self.person, "second": other}
        return {
            "outreach.Batch": {"agency_id": self.agency.pk},
            "dossiers.Dossier": {"kind": "caf"},
            "core.SensitiveChange": {"what": "role", "value": "officer", "former": "officer"},
            "correspondence.OutboxItem": {"status": "sent"},
            "intake.Import": {"list_kind": "movements"},
            "core.LawOverride": {"value": 1},
            "jobs.Job": {"office_id": self.office.pk, "created_by_id": self.user.pk},
        }.get(label, {})

    def addresses(self) -> dict[str, str]:
        """name of an address -> the address of a row of this world."""
        found = {}
        for name, parts in ADDRESSES.items():
            given: dict[str, Any] = {"token": "x" * 20, "purpose": "mes-limites", "ref": self.account.ref}
            given |= longest(WORDS, name) or {}
            if "pk" in parts:
                given["pk"] = self.row(longest(ROWS, name)).pk
            found[name] = reverse(name, kwargs={key: given[key] for key in parts})
        return found


def answer(client: Client, method: str, address: str) -> str:
    """`oui`, `non` (403), `rien` (404), `—` (405: not offered), `porte` (sent to log in)."""
    with transaction.atomic():
        response = getattr(client, method)(address)
        transaction.set_rollback(True)
    if response.status_code == 302 and response.url.startswith(reverse("login")):
        return "porte"
    return {403: "non", 404: "rien", 405: "—"}.get(response.status_code, "oui")


@pytest.fixture(autouse=True)
def _pages_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk looks at who is let in: what a page says has its own tests, and takes half the time."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: mark_safe(""))


def own(house: House) -> dict[str, str]:
    install_defaults(office=house.office, today=TODAY)
    return World(house.office, house.north, house["officer"], "NORTH").addresses()


def other_agency(house: House) -> dict[str, str]:
    install_defaults(office=house.office, today=TODAY)
    return World(house.office, house.south, house["officer_south"], "SOUTH").addresses()


def other_office(house: House) -> dict[str, str]:
    away = factories.agency(house.other_office, "LOIN")
    install_defaults(office=house.office, today=TODAY)
    return World(house.other_office, away, house["stranger"], "STRANGE").addresses()


def reached(
    house: House, role: str | None, world: dict[str, str], methods: tuple[str, ...] = ("get", "post")
) -> dict[tuple[str, str], str]:
    """(method, address) -> what the role is answered; role None: nobody logged in."""
    client = Client()
    if role is not None:
        client.force_login(house[role], backend="django.contrib.auth.backends.ModelBackend")
    return {
        (method, name): answer(client, method, address)
        for name, address in sorted(world.items())
        if name != "logout"
        for method in methods
    }


#: Words, the office's own things, or the reader's own: not of one agency.
OF_NO_AGENCY = {
    "account_acknowledge", "instruction_acknowledge", "instruction_end", "law_override_end",
    "settings_agency", "settings_confirm", "settings_user", "settings_user_access",
    "settings_user_hand_over", "settings_user_reset",
}  # fmt: skip


def things(world: dict[str, str]) -> dict[str, str]:
    """The addresses that name a row."""
    named = {name for name, parts in ADDRESSES.items() if {"pk", "ref"} & parts} - PERSONAL
    return {name: address for name, address in world.items() if name in named}


def entered(seen: dict[tuple[str, str], str], but: set[str]) -> list[str]:
    return sorted(
        f"{method} {name}" for (method, name), said in seen.items() if said == "oui" and name not in but
    )


@pytest.mark.parametrize("role", BOUND)
def test_what_is_another_agency_s_does_not_exist(house, role):
    assert not entered(reached(house, role, things(other_agency(house))), OF_NO_AGENCY)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_another_office_s_does_not_exist(house, role):
    assert not entered(reached(house, role, things(other_office(house))), set())


def test_nobody_enters_without_a_log_in(house):
    seen = reached(house, None, own(house))
    assert {name for (_, name), said in seen.items() if said != "porte"} == OPEN


LABELS = {role: str(label) for role, label in User.Role.choices}
WORDS_FR = {"get": "lire", "post": "faire"}
HEAD = """# Qui atteint quoi

Une ligne par adresse et par geste, sur les comptes de sa propre agence : *oui*, *non*, *rien*
(il n’y a rien à voir ainsi), *—* (ce geste n’existe pas). Ce qui est d’une autre agence ou d’un
autre office n’existe pas.
Tenu par un test : changer ce tableau, c’est changer un droit.

"""


def kept_table() -> dict[tuple[str, str], dict[str, str]]:
    """(method, address) -> role -> what the table says."""
    rows = [line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines() if line.startswith("|")]
    methods = {word: method for method, word in WORDS_FR.items()}
    found = {}
    for first, *said in rows[2:]:
        word, name = first.split(" ")
        found[methods[word], name.strip("`")] = dict(zip(ROLES, said, strict=True))
    return found


def write(table: dict[tuple[str, str], dict[str, str]]) -> None:
    lines = [
        "| Adresse | " + " | ".join(LABELS[role] for role in ROLES) + " |",
        "|---" * (len(ROLES) + 1) + "|",
    ]
    for method, name in sorted(table, key=lambda key: key[::-1]):
        said = " | ".join(table[method, name].get(role, "") for role in ROLES)
        lines.append(f"| {WORDS_FR[method]} `{name}` | {said} |")
    TABLE.write_text(HEAD + "\n".join(lines) + "\n")


@pytest.mark.parametrize("method", WORDS_FR)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_the_table_says(house, role, method):
    seen = reached(house, role, own(house), (method,))
    table = kept_table()
    if os.environ.get("AMIABLE_WRITE_ACCESS"):
        table = {key: said for key, said in table.items() if key[0] != method or key in seen}
        for key, said in seen.items():
            table.setdefault(key, {})[role] = said
        write(table)
    assert {key: said[role] for key, said in table.items() if key[0] == method} == seen
