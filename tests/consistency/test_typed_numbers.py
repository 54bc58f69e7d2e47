"""Nobody but the reader of typed numbers makes a number of what was sent: `int("²")` fails where
`"²".isdigit()` said yes, and `json.loads` of a deep text fails as no caller expects."""

from __future__ import annotations

import ast
from pathlib import Path

import amiable

ROOT = Path(amiable.__file__).parent
#: Where people and programs send text; the readers of files (`intake`, `bank`) have their own grammar.
DOORS = ("web", "cli", "visits", "channels", "procedures", "core", "outreach", "appointments", "household")
METHODS = {"isdigit", "isdecimal", "isnumeric"}
LOADERS = {"json.loads", "json.load", "yaml.load", "yaml.safe_load"}
#: What holds no text from outside: the office's policy and the law (numbers already), and results of sums.
OWN = ("int(policy", "int(law.get(", "int(book.policy", "int(kind(")
#: (file, call): why the value is no text somebody sent.
KNOWN = {
    ("web/dossiers/words.py", "int(value)"): "a field of a dossier, checked when written",
    ("web/dossiers/forms.py", "int(value)"): "a field of a dossier, checked when written",
    ("web/procedures/forms.py", "int(value)"): "a number of a procedure that was read",
    ("web/intake/words.py", "int(value)"): "a figure of an import's own report",
    ("web/templatetags/amiable.py", "int((timezone.now() - at).total_seconds() // 60)"): "a duration",
    ("web/visits/drawing.py", "int(math.log10(metres))"): "a distance",
    ("cli/household.py", "float(number)"): "a figure found",
    ("cli/household.py", "int(number)"): "a figure found",
    ("cli/interest.py", "float(period.rate.number)"): "a value of the law",
    ("cli/interest.py", "float(period.surcharge)"): "a value of the law",
    ("cli/law.py", "int(value)"): "a value of the law",
    ("cli/law.py", "float(value)"): "a value of the law",
    ("cli/main.py", "int(arguments.run(arguments) or 0)"): "an exit code",
    (
        "visits/geocoding/known.py",
        "float(number.replace(',', '.'))",
    ): "a file's own grammar: bounded by Point",
    ("visits/geocoding/ban.py", "float(best['properties']['score'])"): "an answer read by the one loader",
    ("visits/geocoding/ban.py", "float(lat)"): "an answer read by the one loader",
    ("visits/geocoding/ban.py", "float(lon)"): "an answer read by the one loader",
    ("channels/sms/http.py", "float(rate)"): "a setting of the environment",
    ("channels/email/mail.py", "float(rate)"): "a setting of the environment",
    ("procedures/drafts.py", "float(exact(text))"): "read by the one reader",
    ("procedures/drafts.py", "tail.isdigit()"): "a condition of a procedure that was read",
    ("procedures/drafts.py", "int(tail)"): "a condition of a procedure that was read",
    ("core/law_overrides.py", "int(number)"): "read by the one reader",
    ("household/rights_runner.py", "json.load(sys.stdin)"): "a program of its own, asked by us",
    ("household/rights_runner.py", "int(asked['month'][:4])"): "a program of its own, asked by us",
    ("household/rights_runner.py", "float(values[families.index(str(one['id']))])"): "a result",
    ("household/rights.py", "int(row[name])"): "the answer of our own program",
    ("household/rights.py", "json.loads(done.stdout)"): "the answer of our own program",
    ("household/scales.py", "int(longest)"): "a value of the law",
}


def calls(source: str, file: str) -> set[tuple[str, str]]:
    """(file, call) of each that makes a number or data of a text."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            found.add((file, ast.unparse(node)))
        is_number = name in {"int", "float"} and not isinstance(node.args[0], ast.Constant)
        if (is_number or name in LOADERS) and not ast.unparse(node).startswith(OWN):
            found.add((file, ast.unparse(node)))
    return found


def everywhere() -> set[tuple[str, str]]:
    found = set()
    for door in DOORS:
        for path in (ROOT / door).rglob("*.py"):
            found |= calls(path.read_text(), path.relative_to(ROOT).as_posix())
    return found


def test_what_is_sent_is_read_by_one_reader():
    assert everywhere() - set(KNOWN) == set(), "use amiable.domain.text.typed or .loading"


def test_nothing_is_excused_that_no_longer_is_there():
    assert set(KNOWN) - everywhere() == set()


def test_a_day_of_the_web_is_of_a_calendar_one_may_count_in():
    """`DayField` and `typed.day`: `0001-01-01` less a delay, or `9999-12-31` and one more, broke the page."""
    bare = [
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path in (ROOT / "web").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (
            (ast.unparse(node.func) == "forms.DateField")
            or (ast.unparse(node.func) == "date.fromisoformat" and "request" in ast.unparse(node))
        )
    ]
    assert bare == []


def test_nobody_goes_where_a_posted_word_says():
    """`within_site`: `redirect("²")` looks for a page of that name, `redirect("//ailleurs")` leaves."""
    judges = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "web").rglob("*.py")
        if "url_has_allowed_host_and_scheme(" in path.read_text()
    ]
    assert judges == ["web/kit/request.py"]


def test_the_walk_accuses():
    source = """
pk = int(request.GET["pk"]) if request.GET["pk"].isdigit() else int("8")
data = json.loads(body)
days = int(policy["plan_away_days"])
"""
    assert {call for _, call in calls(source, "x.py")} == {
        "int(request.GET['pk'])", "request.GET['pk'].isdigit()", "json.loads(body)",
    }  # fmt: skip
