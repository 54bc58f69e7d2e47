"""Languages people may be spoken to and written in; French is the one that counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from amiable.domain.text.french import MONTHS

FRENCH = "fr"
#: Those the letters' own fonts draw whole (amiable/letters/fonts/coverage.txt).
WRITTEN_FR: Mapping[str, str] = MappingProxyType(
    {
        "en": "anglais",
        "es": "espagnol",
        "pt": "portugais",
        "it": "italien",
        "de": "allemand",
        "pl": "polonais",
        "ro": "roumain",
        "tr": "turc",
    }
)
#: Spoken only: an interpreter is needed, letters stay in French.
SPOKEN_FR: Mapping[str, str] = MappingProxyType(
    {
        "ar": "arabe",
        "zh": "chinois",
        "ru": "russe",
        "uk": "ukrainien",
        "ta": "tamoul",
        "lsf": "langue des signes",
    }
)
NAMES_FR: Mapping[str, str] = MappingProxyType({FRENCH: "français", **WRITTEN_FR, **SPOKEN_FR})
#: What stands above a translation, in its own language.
NOTICE: Mapping[str, str] = MappingProxyType(
    {
        "en": "Translation for your information. Only the French text has legal value.",
        "es": "Traducción para su información. Solo el texto en francés tiene valor legal.",
        "pt": "Tradução para sua informação. Só o texto em francês tem valor legal.",
        "it": "Traduzione a titolo informativo. Solo il testo francese ha valore legale.",
        "de": "Übersetzung zu Ihrer Information. Nur der französische Text ist rechtlich gültig.",
        "pl": "Tłumaczenie informacyjne. Moc prawną ma tylko tekst francuski.",
        "ro": "Traducere pentru informare. Numai textul în franceză are valoare legală.",
        "tr": "Bilgi amaçlı çeviri. Yalnızca Fransızca metin yasal değer taşır.",
    }
)
_DATE = re.compile(rf"(?:\b[a-z]+di\s+|dimanche\s+)?\b(\d{{1,2}}|1er)\s+({'|'.join(MONTHS)})\s+(\d{{4}})\b")


def plain_dates(text: str) -> str:
    """`1er décembre 2026` -> `01/12/2026`: figures are read in any language."""

    def figures(match: re.Match[str]) -> str:
        day, month, year = match.groups()
        return f"{int(day.removesuffix('er')):02d}/{MONTHS.index(month) + 1:02d}/{year}"

    return _DATE.sub(figures, text)
