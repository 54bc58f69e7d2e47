"""Everything other rooms may ask of outreach."""

from __future__ import annotations

from amiable.outreach.approval import approve, remove_line, restore_line, send_now, undo, withdraw
from amiable.outreach.dispatch import prepare_day, send_due, start_due
from amiable.outreach.prepare import prepare
from amiable.outreach.returns import record_news, record_received, record_returned_letter, set_tracking_number
from amiable.outreach.single import Issued, draft_text, issue, preview, preview_pdf, read_before, send_one

__all__ = [
    "Issued",
    "approve",
    "draft_text",
    "issue",
    "prepare",
    "prepare_day",
    "preview",
    "preview_pdf",
    "read_before",
    "record_news",
    "record_received",
    "record_returned_letter",
    "remove_line",
    "restore_line",
    "send_due",
    "send_now",
    "send_one",
    "set_tracking_number",
    "start_due",
    "undo",
    "withdraw",
]
