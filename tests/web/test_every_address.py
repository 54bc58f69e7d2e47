"""Every address, read and written, by every role, on what is theirs, another agency's, another office's.

What each role may reach is `docs/acces.md`, one line an address: a change of the table is a change of
somebody's rights, and is read as one. AMIABLE_WRITE_ACCESS=1 writes the table again.
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
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

import amiable
from amiable.core.models import Agency, Office, User
from amiable.procedures.services import install_defaults
from tests import factories
from tests.factories.rows import make
from tests.web.conftest import TODAY

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
    "transfer_waive": {"code": "contact"},
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
                make(apps.get_model("plans.PlanVersion"), plan=self.rows[label], state="draft")
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


@pytest.fixture
def worlds(house: Any) -> dict[str, dict[str, str]]:
    install_defaults(office=house.office, today=TODAY)
    away = factories.agency(house.other_office, "LOIN")
    return {
        "own": World(house.office, house.north, house["officer"], "NORTH").addresses(),
        "other_agency": World(house.office, house.south, house["officer_south"], "SOUTH").addresses(),
        "other_office": World(house.other_office, away, house["stranger"], "STRANGE").addresses(),
    }


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def reached(client: Client, world: dict[str, str]) -> dict[tuple[str, str], str]:
    return {
        (name, method): answer(client, method, address)
        for name, address in sorted(world.items())
        if name != "logout"
        for method in ("get", "post")
    }


#: Words, the office's own things, or the reader's own: not of one agency.
OF_NO_AGENCY = {
    "account_acknowledge", "instruction_acknowledge", "instruction_end", "law_override_end",
    "portfolio_forget", "settings_agency", "settings_confirm", "settings_user", "settings_user_access",
    "settings_user_hand_over",
    "settings_user_reset",
}  # fmt: skip


def things(name: str) -> bool:
    return bool({"pk", "ref"} & ADDRESSES[name]) and name not in PERSONAL


@pytest.mark.parametrize("role", BOUND)
def test_what_is_another_agency_s_does_not_exist(house, worlds, role):
    seen = reached(client_of(house[role]), worlds["other_agency"])
    assert not sorted(
        f"{method} {name}"
        for (name, method), said in seen.items()
        if said == "oui" and things(name) and name not in OF_NO_AGENCY
    )


@pytest.mark.parametrize("role", ["officer", "agency_head", "service_head", "admin", "social_worker"])
def test_what_is_another_office_s_does_not_exist(house, worlds, role):
    seen = reached(client_of(house[role]), worlds["other_office"])
    assert not sorted(
        f"{method} {name}" for (name, method), said in seen.items() if said == "oui" and things(name)
    )


def test_nobody_enters_without_a_log_in(worlds):
    seen = reached(Client(raise_request_exception=False), worlds["own"])
    assert {name for (name, _), said in seen.items() if said != "porte"} == OPEN


def test_each_role_reaches_what_the_table_says(house, worlds):
    by_role = {role: reached(client_of(house[role]), worlds["own"]) for role in ROLES}
    labels = {role: str(label) for role, label in User.Role.choices}
    lines = [
        "# Qui atteint quoi",
        "",
        "Une ligne par adresse et par geste, sur les comptes de sa propre agence : *oui*, *non*, *rien*",
        "(il n’y a rien à voir ainsi), *—* (ce geste n’existe pas). Ce qui est d’une autre agence ou d’un",
        "autre office n’existe pas.",
        "Tenu par un test : changer ce tableau, c’est changer un droit.",
        "",
        "| Adresse | " + " | ".join(labels[role] for role in ROLES) + " |",
        "|---" * (len(ROLES) + 1) + "|",
    ]
    for key in by_role["officer"]:
        said = [by_role[role][key] for role in ROLES]
        lines.append(f"| {'lire' if key[1] == 'get' else 'faire'} `{key[0]}` | " + " | ".join(said) + " |")
    text = "\n".join(lines) + "\n"
    if os.environ.get("AMIABLE_WRITE_ACCESS"):
        TABLE.write_text(text)
    assert text == TABLE.read_text()
