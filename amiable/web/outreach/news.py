"""What providers tell us: delivery reports of SMS, and bounced e-mails through anymail's own webhooks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from amiable.channels.base import ChannelFailure, Delivery
from amiable.core import clock
from amiable.correspondence import ways_out
from amiable.domain.text.typed import whole_or_none
from amiable.outreach import services

#: Larger than any honest delivery report.
MAX_BODY = 1_000_000
STATES = {"bounced": "bounced", "rejected": "rejected", "delivered": "delivered", "complained": "opted_out"}


@csrf_exempt
@login_not_required
@require_POST
def sms(request: HttpRequest) -> HttpResponse:
    """Delivery reports of the SMS provider, vouched for by a shared token."""
    if (whole_or_none(request.headers.get("Content-Length", "")) or 0) > MAX_BODY:
        return HttpResponse(status=413)
    now = clock.now()
    try:
        deliveries = ways_out.provider("sms", now).webhook(request.body, request.headers)
    except ChannelFailure as failure:
        return JsonResponse({"error": failure.code}, status=403 if failure.code == "bad_token" else 400)
    known = sum(services.record_news(delivery, now) for delivery in deliveries)
    return JsonResponse({"received": len(deliveries), "known": known})


def email_urls() -> list[URLPattern]:
    """anymail's webhooks of delivery news, one per provider. None without a shared secret: nothing else
    vouches for them."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return []
    from anymail.signals import tracking
    from anymail.urls import urlpatterns

    tracking.connect(on_tracking, dispatch_uid="amiable.outreach.news")
    return [
        re_path(found.pattern.regex.pattern, login_not_required(found.callback), name=f"news_{found.name}")
        for found in urlpatterns
        if isinstance(found, URLPattern) and "tracking" in str(found.pattern)
    ]


def on_tracking(sender: Any, event: Any, **kwargs: Any) -> None:
    """anymail's tracking event: the one signal this product listens to, because a provider's webhook ends
    there. It only hands the news over."""
    state = STATES.get(event.event_type)
    if state is None:
        return
    news = Delivery(
        reference=str(event.message_id or ""),
        state=state,
        at=event.timestamp,
        reason=str(event.reject_reason or event.description or event.event_type)[:100],
        address=str(event.recipient or ""),
    )
    services.record_news(news, clock.now())
