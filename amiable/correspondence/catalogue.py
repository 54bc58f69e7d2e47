"""The documents shipped: default wordings, and what each must say (amiable/letters/wordings)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from amiable.correspondence.variables import VARIABLES
from amiable.correspondence.wording import Mention, check_variables, names_in
from amiable.domain.creditors import kind as creditor
from amiable.domain.creditors import traits_of
from amiable.domain.errors import DomainError
from amiable.domain.text.languages import FRENCH, WRITTEN_FR
from amiable.domain.text.loading import read_own_yaml

MEDIA = ("letter", "lrar", "email", "sms")
READERS = ("person", "partner")


@dataclass(frozen=True)
class Wording:
    """A document's default text. `media`: letter, lrar (a letter sent registered), email or sms.
    `room`: the room that makes it and gives its own variables; empty: anybody may send it from a fiche.
    `reader`: who reads it, a person or a « partner » of the office; its foot is written for them.
    The date limite is `deadline_days` away (the office's courtesy), or that of `deadline_rule` (the law)."""

    code: str
    label_fr: str
    media: str
    traits: frozenset[str]
    subject: str
    body: str
    deadline_days: int
    mentions: tuple[Mention, ...]
    help_fr: str = ""
    deadline_rule: str = ""
    room: str = ""
    reader: str = "person"
    #: A translation: its language, and the French document it goes with ("" for that one).
    language: str = FRENCH
    of: str = ""

    @property
    def is_letter(self) -> bool:
        return self.media in ("letter", "lrar")


#: No fee for a reminder: words that announce one (DUN-01, DUN-02), unless they say there is none.
FEE = re.compile(
    r"(?<!aucun )(?<!sans )(?<!ni )frais de "
    r"(relance|rappel|dossier|recouvrement|gestion|mise en demeure|rejet)",
    re.IGNORECASE,
)
DEBT_WORDS = re.compile(r"\b(dettes?|impay\w+|loyers?|arriérés?|euros?)\b|€", re.IGNORECASE)


@cache
def catalogue() -> dict[str, Wording]:
    """Every shipped wording by code, in the order of the file names: `CODE.yaml`."""
    found = [_load(data) for data in _files() if "of" not in data]
    return {wording.code: wording for wording in found}


@cache
def translations() -> dict[str, Wording]:
    """The shipped translations by `CODE.LANGUAGE`, as their files are named."""
    found = [
        _variant(catalogue()[data["of"]], data["language"], data.get("subject", ""), data["body"])
        for data in _files()
        if "of" in data
    ]
    return {wording.code: wording for wording in found}


def _files() -> list[dict]:
    folder = files("amiable").joinpath("letters", "wordings")
    paths = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [read_own_yaml(path.read_text(encoding="utf-8")) for path in paths if path.name.endswith(".yaml")]


def _variant(base: Wording, language: str, subject: str, body: str) -> Wording:
    """A document in another language. What the law asks for stands in the French text it goes with; what a
    variable says (an amount, a telephone) must be in both, a table in the French one only."""
    said = tuple(m for m in base.mentions if m.variable and not VARIABLES[m.variable].is_block)
    return replace(
        base,
        code=f"{base.code}.{language}",
        label_fr=f"{base.label_fr}, en {WRITTEN_FR[language]}",
        subject=subject,
        body=body,
        mentions=() if base.media == "sms" else said,
        language=language,
        of=base.code,
    )


def _load(data: dict) -> Wording:
    if data["media"] not in MEDIA:
        raise ValueError(f"{data['code']}: unknown media {data['media']}")
    if data.get("reader", "person") not in READERS:
        raise ValueError(f"{data['code']}: unknown reader {data['reader']}")
    return Wording(
        code=data["code"],
        label_fr=data["label_fr"],
        media=data["media"],
        traits=traits_of(data["code"], data["traits"]),
        subject=data.get("subject", ""),
        body=data["body"],
        deadline_days=int(data.get("deadline_days", 0)),
        mentions=tuple(Mention(**mention) for mention in data.get("mentions", [])),
        help_fr=data.get("help_fr", ""),
        deadline_rule=data.get("deadline_rule", ""),
        room=data.get("room", ""),
        reader=data.get("reader", "person"),
    )


def get(code: str) -> Wording:
    """The document of that code, `CODE.LANGUAGE` for a translation. Raises DomainError("unknown_document")
    for a code the product does not ship."""
    base, _, language = code.partition(".")
    if base in catalogue() and not language:
        return catalogue()[base]
    if base in catalogue() and language in WRITTEN_FR:
        # A language nothing is shipped for starts from the French text.
        french = catalogue()[base]
        return translations().get(code) or _variant(french, language, french.subject, french.body)
    raise DomainError("unknown_document", f"Le document « {code} » n’existe pas.")


def for_channel(template: str, channel: str, kind: str) -> Wording:
    """The wording a step's template becomes on a channel: `sms_X` or `email_X` when shipped, else the
    neutral reminder; a letter is the template itself.

    Raises DomainError when the document does not belong to this kind of creditor."""
    code = template
    if channel in ("sms", "email") and not template.startswith(f"{channel}_"):
        code = f"{channel}_{template}"
        if code not in catalogue():
            code = f"{channel}_rappel"
    wording = get(code)
    if not creditor(kind).fits(wording.traits):
        raise DomainError(
            "foreign_document",
            f"Le document « {wording.label_fr} » n’est pas prévu pour ce type de créancier.",
        )
    return wording


def missing_mentions(wording: Wording, subject: str, body: str) -> list[Mention]:
    """The mentions the law or the rulebook asks for and this text lacks."""
    text = f"{subject}\n{body}"
    names = set(names_in(text))
    return [mention for mention in wording.mentions if not mention.is_in(text, names)]


def check(wording: Wording, subject: str, body: str, kind: str | None = None) -> None:
    """Raises DomainError for the first thing that forbids this text: a variable, a fee, the debt told where
    others can read it, a missing mention."""
    check_variables(subject, kind, wording.room)
    check_variables(body, kind, wording.room)
    if not body.strip():
        raise DomainError("empty_wording", "Le texte est vide.")
    if wording.media != "sms" and not subject.strip():
        raise DomainError("empty_subject", "L’objet est vide.")
    fee = FEE.search(f"{subject}\n{body}")
    if fee:
        raise DomainError(
            "fee_forbidden",
            f"« {fee.group(0)} » : aucun frais ne peut être réclamé pour un rappel "
            "(loi 89-462, art. 4 ; DUN-01).",
        )
    if wording.media in ("sms", "email"):
        check_discreet(wording, subject, body)
    missing = missing_mentions(wording, subject, body)
    if missing:
        first = missing[0]
        source = f" ({first.source})" if first.source else ""
        raise DomainError("missing_mention", f"Mention obligatoire absente : {first.label_fr}{source}.")


def check_discreet(wording: Wording, subject: str, body: str) -> None:
    """A phone or a mailbox list is read over shoulders: never the debt in an SMS or in a subject (DUN-10)."""
    exposed = f"{subject}\n{body}" if wording.media == "sms" else subject
    told = [name for name in names_in(exposed) if VARIABLES[name].is_debt]
    word = DEBT_WORDS.search(exposed)
    if told or word:
        what = f"{{{{ {told[0]} }}}}" if told else word.group(0) if word else ""
        where = "un SMS" if wording.media == "sms" else "l’objet d’un e-mail"
        raise DomainError(
            "debt_told",
            f"« {what} » : {where} ne parle jamais de la dette, d’autres peuvent le lire (DUN-10).",
        )
    if any(VARIABLES[name].is_block for name in names_in(body)):
        raise DomainError("block_inside_text", "Un SMS ou un e-mail ne contient pas de tableau.")
