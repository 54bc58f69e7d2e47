"""Every template compiles, every address it or the code names exists, and every named address is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import Template
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import get_resolver

import amiable

AMIABLE = Path(__file__).resolve().parents[2] / "amiable"
#: Calls whose first text is the name of an address.
REVERSING = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
#: What others call: the supervision of the machine, the providers of messages.
FROM_OUTSIDE = {"health", "outreach_news_sms"}


def names() -> list[str]:
    """Every template of the product, as `get_template` knows it."""
    folders = [path for path in AMIABLE.rglob("templates") if path.is_dir()]
    return sorted(
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".html", ".txt", ".js", ".json", ".ics"}
    )


@cache
def compiled(name: str) -> Template:
    return get_template(name).template  # type: ignore[attr-defined,no-any-return]


def addresses() -> dict[str, list[list[str]]]:
    """Name -> the arguments of each of its addresses."""
    known = get_resolver().reverse_dict
    return {
        name: [list(params) for possibilities, *_ in known.getlist(name) for _, params in possibilities]
        for name in known
        if isinstance(name, str)
    }


def asked_by(template: Template) -> Iterator[tuple[str, int, set[str]]]:
    """The addresses a template names: (name, count of unnamed arguments, named arguments)."""
    for node in template.nodelist.get_nodes_by_type(URLNode):
        if isinstance(node.view_name.var, str):
            yield node.view_name.var, len(node.args), set(node.kwargs)


def test_there_are_templates_to_walk():
    assert len(names()) > 100


@pytest.mark.parametrize("name", names())
def test_a_template_compiles_with_what_it_includes(name: str):
    for node in compiled(name).nodelist.get_nodes_by_type(IncludeNode):
        if isinstance(node.template.var, str):
            get_template(node.template.var)
    for node in compiled(name).nodelist.get_nodes_by_type(ExtendsNode):
        if isinstance(node.parent_name.var, str):
            get_template(node.parent_name.var)


@pytest.mark.parametrize("name", names())
def test_a_template_names_addresses_that_exist(name: str):
    known = addresses()
    for address, count, named in asked_by(compiled(name)):
        fits = [
            params
            for params in known.get(address, [])
            if len(params) == count + len(named) and named <= {*params}
        ]
        assert fits, f"{name}: {address} with {count} arguments and {sorted(named)}"


def texts() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(AMIABLE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def named_in_code() -> Iterator[tuple[str, str, int]]:
    """(file, name, line) of every address the code asks for by a text."""
    for path, tree in texts():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in REVERSING and isinstance(first, ast.Constant) and "/" not in str(first.value):
                yield path.relative_to(AMIABLE).as_posix(), str(first.value), node.lineno


def test_the_code_names_addresses_that_exist():
    known = addresses()
    asked = list(named_in_code())
    assert len(asked) > 30
    assert [one for one in asked if one[1] not in known] == []


def test_every_named_address_is_used():
    """By a template, by a text of the code other than the line that names it, or from outside."""
    used = {address for name in names() for address, _, _ in asked_by(compiled(name))}
    for path, tree in texts():
        if path.name == "urls.py":
            continue
        used |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(addresses()) - used == FROM_OUTSIDE


def test_an_unknown_address_and_an_unknown_tag_are_seen():
    django = engines["django"]
    template = django.from_string("{% url 'no_such_page' 1 a=2 %}{% url name %}").template  # type: ignore[attr-defined]
    assert list(asked_by(template)) == [("no_such_page", 1, {"a"})]
    with pytest.raises(Exception, match="no_such_tag"):
        django.from_string("{% no_such_tag %}")


def test_a_page_whose_tables_stack_brings_the_sheet_that_stacks_them():
    """Without it the table keeps its columns on a telephone, and the page scrolls sideways."""
    bare = []
    for path in sorted((Path(amiable.__file__).parent / "web" / "templates").rglob("*.html")):
        text = path.read_text()
        if "{% extends" in text and re.search(r'class="[^"]*\bstack\b', text) and "lists.css" not in text:
            bare.append(path.name)
    assert not bare
