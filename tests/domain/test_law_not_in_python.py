"""No legal number is written in Python: a figure of the law lives in amiable/law, with its source and dates.

Scanning for every legal value would cry wolf (2, 15, 30 mean everything), so three nets of different mesh:
a number so particular that it can only be the law's; a smaller one when a name beside it speaks of the law;
and any number at all given to a name that says what only the law decides.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import amiable
from amiable.domain.law.pack import pack

ROOT = Path(amiable.__file__).parent
#: Demo data and migrations hold no rules: only invented people, and columns.
SKIPPED = {"migrations", "demo"}
#: Units whose figures are the law's amounts, and its rates.
AMOUNTS = {"EUR", "EUR_per_month", "EUR_per_hour"}
RATES = {"percent_per_year", "percent_per_month"}
#: A name that says « the law decides this ».
LEGAL_NAME = re.compile(
    r"caf_(threshold|multiple|limit_months|delay)|signalement_(months|days|delay)|prescription_(years|months)"
    r"|smic|pmss|rsa_|quotite|legal_rate|taux_legal|commandement_(weeks|months|days)|opposition_(days|months)"
    r"|recevabilite_days|cash_cap|plafond",
    re.IGNORECASE,
)


def legal_amounts() -> set[Decimal]:
    """Amounts (in euros and in cents) and rates of the pack that can only be the law's."""
    rates, amounts = set(), set()
    for rule in pack().rules.values():
        for parameter in rule.parameters.values():
            for value in parameter.values:
                if value.unit in RATES:
                    rates.add(Decimal(value.value))
                elif value.unit in AMOUNTS:
                    amounts.add(Decimal(value.value))
                elif value.unit == "scale":
                    amounts |= {Decimal(row["up_to"]) for row in value.value if "up_to" in row}
    amounts = {number for number in amounts if _particular(number)}
    return (
        {number for number in rates if _particular(number)} | amounts | {number * 100 for number in amounts}
    )


def _particular(number: Decimal) -> bool:
    """651.69, 450 and 15000 are; 15, 0.20 and 5000 could stand anywhere."""
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return len(digits) > 1 and (number % 1 != 0 or number > 300)


def python_files() -> Iterator[Path]:
    for path in ROOT.rglob("*.py"):
        if not SKIPPED & set(path.relative_to(ROOT).parts):
            yield path


def accusations(source: str, amounts: set[Decimal]) -> list[str]:
    """`line: what` for each legal number of a module; also read inside plain strings such as "651.69"."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant):
            number = _number(node.value)
            if number is not None and number in amounts:
                found.append(f"{node.lineno}: {node.value!r} is a figure of the law")
        for name, value in _named_values(node):
            if (
                isinstance(value, ast.Constant)
                and LEGAL_NAME.search(name)
                and _number(value.value) is not None
            ):
                found.append(f"{value.lineno}: {name} = {value.value!r} is decided by the law")
    return found


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).replace("_", "")
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Attribute):
                yield (target.id if isinstance(target, ast.Name) else target.attr), node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg:
                yield keyword.arg, keyword.value
    elif isinstance(node, ast.arguments):
        positional = [*node.posonlyargs, *node.args]
        defaults = [
            *zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True),
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
        ]
        for argument, default in defaults:
            if default is not None:
                yield argument.arg, default


def test_no_legal_number_is_written_in_python():
    amounts = legal_amounts()
    found = [
        f"{path.relative_to(ROOT.parent)}:{accusation}"
        for path in python_files()
        for accusation in accusations(path.read_text(encoding="utf-8"), amounts)
    ]
    assert not found, "\n".join(found)


def test_the_scan_knows_the_figures_that_matter():
    wanted = (
        "450",
        "45000",
        "15000",
        "16020",
        "4005",
        "651.69",
        "65169",
        "646.52",
        "1867.02",
        "2.75",
        "8.16",
        "1740",
        "4480",
        "535",
    )
    assert {Decimal(number) for number in wanted} <= legal_amounts()


def test_the_scan_accuses_and_does_not_cry_wolf():
    amounts = legal_amounts()
    guilty = (
        "limit = 450\n",
        "def f(threshold_cents=45_000): ...\n",
        "rate = Decimal('2.75')\n",
        "if claim_cents >= 1_500_000: pass\n",
        "caf_multiple = 2\n",
        "law(prescription_years=3)\n",
        "def f(*, signalement_months=2): ...\n",
    )
    for source in guilty:
        assert accusations(source, amounts), source
    innocent = (
        "for i in range(30): pass\n",
        "PAGE = 100\n",
        "days = 15\n",
        "x = y * 12 / 2\n",
        "timeout = 5000\n",
        "colour = '#450'\n",
        "CAF_LIMIT_LABEL = 'deux mois'\n",
    )
    for source in innocent:
        assert not accusations(source, amounts), source
