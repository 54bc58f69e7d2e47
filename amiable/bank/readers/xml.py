"""What every ISO 20022 reader needs: the document, its nodes by local name, its days and amounts in euros."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from amiable.bank.readers.statement import cents
from amiable.domain.errors import DomainError

Node = Any


class Unreadable(ValueError):
    """Something of a statement cannot be read: the whole statement is refused with this reason."""


def looks_like(data: bytes) -> bool:
    """True for anything that begins like XML."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def parse(data: bytes) -> Node:
    """The root element; entities and network are shut, a document type is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DomainError("intake.bank", "Fichier XML illisible ou coupé. Rien n'a été importé.") from error
    if root is None:
        raise DomainError("intake.bank", "Fichier XML vide. Rien n'a été importé.")
    if root.getroottree().docinfo.doctype:
        raise DomainError("intake.bank", "Fichier XML avec une déclaration DOCTYPE : refusé.")
    return root


def name_of(node: Node) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def children(node: Node, name: str) -> list[Node]:
    return [child for child in node if name_of(child) == name]


def find(node: Node, path: str) -> Iterator[Node]:
    """Descendants along a path of local names."""
    nodes = [node]
    for step in path.split("/"):
        nodes = [child for n in nodes for child in children(n, step)]
    return iter(nodes)


def text_of(node: Node, *paths: str) -> str:
    """Text of the first path that has one."""
    for path in paths:
        for found in find(node, path):
            text = " ".join((found.text or "").split())
            if text:
                return text
    return ""


def day_of(node: Node, *paths: str) -> date | None:
    text = text_of(node, *(f"{p}/{leaf}" for p in paths for leaf in ("Dt", "DtTm")))
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise Unreadable(f"date impossible « {text} »") from None


def amount_of(node: Node) -> int:
    """Cents of an Amt element, in euros only."""
    currency = node.get("Ccy") or ""
    if currency not in ("EUR", ""):
        raise Unreadable(f"devise {currency} (seul l'euro est tenu)")
    try:
        return cents(node.text or "")
    except ValueError:
        raise Unreadable(f"montant illisible « {(node.text or '').strip()} »") from None


def amount_or_none(node: Node) -> int | None:
    """Cents of an Amt element, None where they are not euros or cannot be read."""
    try:
        return amount_of(node)
    except Unreadable:
        return None
