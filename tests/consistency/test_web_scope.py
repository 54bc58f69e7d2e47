"""No page reads rows its reader may not see: a walk over every queryset the web starts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "amiable" / "web"
#: What makes the wall: `amiable.core.access`.
WALLS = {"scope", "fetch"}
#: A lookup on something already fetched within the reader's scope, or on the reader themselves.
HELD = {
    "account", "office", "office_id", "officer__office_id", "user", "author", "officer", "person_id",
    "instance", "account__in",
}  # fmt: skip
#: (file, function, model): rows named by what was read within the scope just before, and what that was.
KNOWN = {
    ("kit/accounts.py", "read_account", "ContactPoint"): "narrowed to the person of a fetched account",
    ("account/page.py", "neighbours", "Account"): "ids the scoped day gave",
    ("kit/lines.py", "hold_reasons", "Hold"): "accounts of scoped positions",
    ("kit/steps.py", "steps_of_office", "ProcedureVersion"): "versions the scoped positions name",
    ("appointments/agenda.py", "choices", "User"): "officers of the reader's office, listed just before",
    ("letters/documents.py", "show", "Batch"): "of a fetched document; the batch is then fetched",
    ("plans/collective.py", "_visible", "PlanVersion"): "of a scoped subquery, to drop the doubles",
    ("plans/collective.py", "_filtered", "User"): "of the scoped versions",
    ("plans/views.py", "panel", "PlanVersion"): "of a fetched account",
    ("portfolio/caf.py", "_reported", "DiaryEntry"): "a subquery of scoped positions",
    ("portfolio/caf.py", "_reported_on", "AccountPosition"): "rows just read within the scope",
    ("procedures/instructing.py", "_lines", "Acknowledgement"): "a prefetch of scoped instructions",
    ("situations/forms.py", "prepare", "Person"): "tied to the fetched account",
    ("situations/actions.py", "_about", "AccountParty"): "then asked for with the fetched account",
    ("situations/actions.py", "_about", "Dispute"): "then asked for with the fetched account",
    ("situations/actions.py", "_about", "model"): "then checked to be somebody of the fetched account",
    ("situations/panel.py", "_known", "LegalProtection"): "people of the fetched account",
    ("situations/panel.py", "_known", "Death"): "people of the fetched account",
}


@dataclass(frozen=True)
class Start:
    """A place of the web where a queryset begins."""

    file: str
    function: str
    model: str
    line: int
    walled: bool

    @property
    def place(self) -> tuple[str, str, str]:
        return self.file, self.function, self.model


def starts(source: str, file: str) -> Iterator[Start]:
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
            model = node.value.attr if isinstance(node.value, ast.Attribute) else ast.unparse(node.value)
            above = list(_above(node, parents))
            function = next((one.name for one in above if isinstance(one, ast.FunctionDef)), "")
            yield Start(file, function, model, node.lineno, any(map(_is_wall, above)))


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """What the node stands in, up to its function; a call it is a named argument of says nothing of it."""
    while node in parents and not isinstance(node, ast.FunctionDef):
        named = isinstance(node, ast.keyword)
        node = parents[node]
        if not named:
            yield node


def _is_wall(node: ast.AST) -> bool:
    """A call that is the wall, or that narrows to something held: `filter(account=account)`, `pk=one.pk`."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id in WALLS:
        return True
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"create", "none"}:
        return True
    return any(one.arg in HELD or (one.arg == "pk" and _is_of_a_row(one.value)) for one in node.keywords)


def _is_of_a_row(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr in {"pk", "account_id", "job_id"}


def everywhere() -> list[Start]:
    files = sorted(WEB.rglob("*.py"))
    return [one for path in files for one in starts(path.read_text(), path.relative_to(WEB).as_posix())]


def test_every_queryset_of_the_web_is_walled():
    bare = [one for one in everywhere() if not one.walled and one.place not in KNOWN]
    assert bare == [], "use amiable.core.access.scope or fetch, or say in KNOWN why the rows are the reader's"


def test_nothing_is_excused_that_no_longer_is_there():
    assert set(KNOWN) - {one.place for one in everywhere() if not one.walled} == set()


def test_the_walk_accuses_and_does_not_cry_wolf():
    source = """
def page(request, pk, ids):
    a = Account.objects.filter(pk=pk)
    b = scope(Account.objects.filter(pk__in=ids), request.user)
    c = Hold.objects.filter(account=account)
    d = core.Account._default_manager.all()
    e = Account.objects.get(pk=dossier.account_id)
    f = get_object_or_404(Hold.objects.select_related("account"), pk=pk, account=account)
    g = act(account=Account.objects.get(pk=pk))
"""
    found = [(one.model, one.line, one.walled) for one in starts(source, "x.py")]
    assert sorted(found, key=lambda one: one[1]) == [
        ("Account", 3, False),
        ("Account", 4, True),
        ("Hold", 5, True),
        ("Account", 6, False),
        ("Account", 7, True),
        ("Hold", 8, True),
        ("Account", 9, False),
    ]
