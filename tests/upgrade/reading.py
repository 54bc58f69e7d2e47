"""What an installation holds, told in names that outlive its tables: the one place that knows the models.

Run as a script with Django's environment set, by the maker under the old code and by the test under this one;
prints one JSON object. A model is found by its name, whichever app it lives in; when a field is renamed or
moves, its path changes here and what is told does not.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

ACCOUNT = {"office": "account__office__code", "account": "account__ref"}
OF_CASE = {
    "office": "dossier__office__code", "account": "dossier__account__ref", "kind": "dossier__kind",
    "opened_on": "dossier__opened_on",
}  # fmt: skip
#: A posting's reference that names a row by its key: the two databases count differently.
OWN_KEY = re.compile(r"^(GARANT)-\d+$")


def same(*names: str) -> dict[str, str]:
    """Fields told under their own name."""
    return {name: name for name in names}


#: Section -> (model, what is told -> where it is read).
SECTIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "accounts": (
        "Account",
        {
            "office": "office__code", "account": "ref", "last_name": "person__last_name",
            "first_name": "person__first_name", "agency": "agency__code", "officer": "officer__username",
            **same(
                "nature", "status", "contract_ref", "address", "postcode", "city", "entered_on", "left_on",
                "payment_mode", "fiscal_year", "object_label", "taken_charge_on", "notified_on", "split_on",
                "split_ends_on",
            ),
        },
    ),
    "terms": (
        "AccountTerms",
        {**ACCOUNT, **same("effective_on", "rent_cents", "charges_cents", "aid_cents", "third_party")},
    ),
    "parties": (
        "AccountParty",
        {**ACCOUNT, "person": "person__last_name", **same("role", "from_on", "to_on", "basis")},
    ),
    "contacts": (
        "ContactPoint",
        {"office": "person__office__code", "last_name": "person__last_name",
         "first_name": "person__first_name",
         **same("kind", "value", "is_mobile", "problem", "problem_on", "is_current")},
    ),
    "entries": (
        "Entry",
        {**ACCOUNT, **same("kind", "document_on", "due_on", "period", "amount_cents", "is_net", "reference",
                           "reason_code"),
         "undoes_kind": "reverses__kind", "undoes_on": "reverses__document_on", "label": "wording__text"},
    ),
    "positions": (
        "AccountPosition",
        {**ACCOUNT, **same(
            "as_of", "balance_cents", "overdue_cents", "frozen_cents", "subrogated_cents", "due_0_30_cents",
            "due_31_60_cents", "due_61_90_cents", "due_over_90_cents", "oldest_unpaid_on", "age_days",
            "unallocated_cents", "unpaid_terms", "months_of_rent", "pending_aid_cents", "disputed_cents",
            "actionable_cents", "caf_debt_cents", "caf_constituted_on", "caf_rule", "caf_limit_on",
            "first_default_on", "usual_payment_day", "payment_regularity", "steady_payer", "last_payment_on",
            "last_payment_cents", "prescribes_on", "duties", "next_step", "next_step_on", "step_mode", "lane",
            "priority", "deadline_on", "held_by", "holds", "review_on", "why", "rules", "procedure_version",
        )},
    ),
    "diary": (
        "DiaryEntry",
        {**ACCOUNT, **same("kind", "step", "outcome", "on"), "actor": "actor__username",
         "note": "note__text", "document": "document__title", "corrects": "corrects__kind"},
    ),
    "holds": (
        "Hold",
        {**ACCOUNT, **same("kind", "reason", "starts_on", "ends_on", "disputed_cents", "lifted_on")},
    ),
    "disputes": (
        "Dispute",
        {**ACCOUNT, **same("motive", "received_on", "answer_by_on", "decision", "founded_cents",
                           "decided_on")},
    ),
    "promises": ("Promise", {**ACCOUNT, **same("made_on", "due_on", "amount_cents", "status", "settled_on")}),
    "callbacks": ("Callback", {**ACCOUNT, **same("due_on", "due_time", "status", "settled_on")}),
    "tasks": (
        "Task",
        {**ACCOUNT, **same("code", "text", "due_on", "status", "answer"), "assignee": "assignee__username"},
    ),
    "bank": (
        "BankTransaction",
        {"office": "office__code", "account": "entry__account__ref",
         **same("booked_on", "amount_cents", "is_return", "reason_code", "reference", "party_name", "label",
                "status", "matched_by")},
    ),
    "suggestions": (
        "MatchSuggestion",
        {**ACCOUNT, "amount_cents": "transaction__amount_cents", **same("score", "reason_fr")},
    ),
    "imports": (
        "Import",
        {"office": "office__code", **same("list_kind", "filename", "status", "accepted", "rejected",
                                          "duplicates", "debit_cents", "credit_cents")},
    ),
    "batches": (
        "BatchLine",
        {**ACCOUNT, "step": "batch__step", "on": "batch__on", "batch": "batch__status",
         **same("status", "reason_code", "channel", "template", "amount_cents"),
         "document": "document__title"},
    ),
    "messages": (
        "OutboxItem",
        {**ACCOUNT, **same("channel", "status", "subject", "step", "origin"), "document": "document__title"},
    ),
    "documents": (
        "Document",
        {**ACCOUNT, **same("code", "title", "media_type", "pages", "dated_on")},
    ),
    "appointments": (
        "Appointment",
        {**ACCOUNT, "officer": "officer__username", **same("starts_at", "minutes", "state", "origin")},
    ),
    "interviews": (
        "Assessment",
        {**ACCOUNT, **same("number", "assessed_on", "place", "cause", "debt_cents", "resources_cents",
                           "living_rest_cents", "capacity_cents", "orientation_decided", "commitment")},
    ),
    "plans": (
        "PlanVersion",
        {"office": "plan__office__code", "account": "plan__account__ref",
         **same("number", "state", "debt_cents", "awaited_cents", "first_due_on", "last_due_on",
                "approved_on", "signature", "signed_on", "ended_on", "status", "followed_on",
                "expected_cents", "paid_cents", "missing_cents", "days_late", "next_due_on", "next_cents")},
    ),
    "instalments": (
        "Instalment",
        {"account": "version__plan__account__ref", "version": "version__number",
         **same("number", "due_on", "amount_cents")},
    ),
    "visits": (
        "Visit",
        {**ACCOUNT, **same("state", "why", "minutes", "needs_two", "decided_on", "rank", "arrives_at",
                           "ended_on"), "round_on": "round__on", "agent": "round__agent__username"},
    ),
    "reports": (
        "Report",
        {"account": "visit__account__ref", **same("visited_at", "outcome", "occupancy", "dwelling",
                                                  "commitments", "notice_left"), "said": "said__text"},
    ),
    "cases": (
        "Dossier",
        {**ACCOUNT, **same("kind", "stage", "opened_on", "event_on", "regime", "reference",
                           "is_urgent", "sent_on", "acknowledged_on", "answer", "answered_on", "closed_on",
                           "limit_on", "fields"), "partner": "partner__code", "closing": "closing__text"},
    ),
    "case_pieces": ("DossierPiece", {**OF_CASE, **same("code", "state", "origin")}),
    "case_events": ("DossierEvent", {**OF_CASE, **same("event", "on"), "actor": "actor__username"}),
    "limits": (
        "Limit",
        {**ACCOUNT, "kind": "case__kind", "opened_on": "case__opened_on",
         **same("rule", "from_on", "limit_on", "met_on", "closed_on"), "reason": "reason__text"},
    ),
    "guarantees": (
        "Guarantee",
        {**ACCOUNT, **same("scheme", "starts_on", "ends_on", "instalments", "cap_cents", "is_student")},
    ),
    "transfers": (
        "Transfer",
        {**ACCOUNT, **same("state", "proposed_on", "decided_on", "received_on", "ended_on", "claimed_cents"),
         "reason": "reason__text"},
    ),
    "waivers": ("Waiver", {**ACCOUNT, **same("check_code", "reason", "on", "withdrawn_on")}),
    "procedures": (
        "ProcedureVersion",
        {"office": "office__code", **same("code", "version", "status", "source", "reason")},
    ),
    "policy": ("PolicyValue", {"office": "office__code", **same("key", "value", "reason", "from_on")}),
    "users": ("User", {"office": "office__code", **same("username", "role", "code", "is_active")}),
    "journal": ("AuditEvent", {"office": "office__code", "actor": "actor__username", **same("verb")}),
}  # fmt: skip


def told() -> dict[str, list[dict[str, Any]]]:
    """Every section's rows, in an order that owes nothing to the database."""
    from django.apps import apps

    models = {model.__name__: model for model in apps.get_models() if model.__module__.startswith("amiable.")}
    found = {}
    for section, (name, paths) in SECTIONS.items():
        rows = models[name]._default_manager.order_by().values_list(*paths.values())
        found[section] = sorted((dict(zip(paths, map(_plain, row), strict=True)) for row in rows), key=_order)
    return found


def _plain(value: Any) -> Any:
    """Days, hours and moments as text, moments in universal time; a key of the database is not told."""
    if isinstance(value, str):
        return OWN_KEY.sub(r"\1-…", value)
    if hasattr(value, "astimezone"):
        from datetime import UTC

        return value.astimezone(UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _order(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def main() -> None:
    import django

    django.setup()
    json.dump(told(), sys.stdout, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    main()
