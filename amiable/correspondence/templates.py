"""An office's own wordings, version by version, over the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.correspondence import catalogue
from amiable.correspondence.catalogue import Wording
from amiable.correspondence.models import TemplateVersion
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.text.languages import WRITTEN_FR


@dataclass(frozen=True)
class Current:
    """What an office sends today: version 0 is the shipped wording."""

    wording: Wording
    subject: str
    body: str
    version: int


def current(office: Office, code: str) -> Current:
    """The newest version of the office, else the shipped wording."""
    wording = catalogue.get(code)
    newest = TemplateVersion.objects.filter(office=office, code=code).order_by("-version").first()
    if newest is None:
        return Current(wording, wording.subject, wording.body, 0)
    return Current(wording, newest.subject, newest.body, newest.version)


def translated(office: Office, code: str, language: str) -> Current | None:
    """The translation that goes with a document: the office's, else the shipped one, else None. One query."""
    if language not in WRITTEN_FR or "." in code:
        return None
    found = current(office, f"{code}.{language}")
    return found if found.version or found.wording.code in catalogue.translations() else None


def translations_of(office: Office, code: str) -> list[tuple[str, str, bool]]:
    """(language, its French name, whether a text exists) of every language a letter can be written in."""
    saved = TemplateVersion.objects.filter(office=office, code__startswith=f"{code}.")
    codes = {*saved.values_list("code", flat=True), *catalogue.translations()}
    return [(language, name, f"{code}.{language}" in codes) for language, name in WRITTEN_FR.items()]


def of_office(office: Office) -> list[Current]:
    """Every document of the office's kind of creditor, in the catalogue's order."""
    newest: dict[str, TemplateVersion] = {}
    for version in TemplateVersion.objects.filter(office=office).order_by("version"):
        newest[version.code] = version
    return [
        Current(w, newest[w.code].subject, newest[w.code].body, newest[w.code].version)
        if w.code in newest
        else Current(w, w.subject, w.body, 0)
        for w in catalogue.catalogue().values()
        if kind(office.kind).fits(w.traits)
    ]


@transaction.atomic
def save_version(
    *, office: Office, code: str, subject: str, body: str, actor: User, base_version: int
) -> TemplateVersion:
    """A new version, checked. Raises DomainError when the text lacks a mention, or when somebody saved
    another version meanwhile: nothing is overwritten."""
    require(actor, "edit_templates")
    present = current(office, code)
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip() + "\n"
    catalogue.check(present.wording, subject, body, office.kind)
    if present.version != base_version:
        raise DomainError(
            "stale",
            "Quelqu’un a enregistré une autre version de ce texte entre-temps. Rien n’a été écrasé : "
            "rouvrez le modèle, puis reportez vos changements.",
        )
    try:
        with transaction.atomic():
            version = TemplateVersion.objects.create(
                office=office,
                code=code,
                version=base_version + 1,
                subject=subject[:200],
                body=body,
                author=actor,
            )
    except IntegrityError:
        raise DomainError("stale", "Quelqu’un vient d’enregistrer ce texte : rouvrez le modèle.") from None
    record("template.saved", office=office, actor=actor, target=version, data={"code": code})
    return version
