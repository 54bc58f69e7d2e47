"""The few pages that belong to no area: log-in, refusal, progress of long work."""

from __future__ import annotations

from axes.decorators import axes_dispatch
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET

from amiable.core.access import agency_ids, fetch
from amiable.jobs import heartbeat
from amiable.jobs.models import Job
from amiable.web.kit.perform import reads


@method_decorator([login_not_required, axes_dispatch], name="dispatch")
class LogIn(LoginView):
    """Log-in, slowed down after repeated failures (django-axes)."""

    template_name = "web/login.html"
    redirect_authenticated_user = True


@login_not_required
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """For a supervisor: this process answers and reaches its database (else 503), and what the worker says.

    A worker that died is no reason to stop the screens: it is told, the status stays 200."""
    try:
        life = heartbeat.life()
    except DatabaseError:
        return JsonResponse({"ok": False}, status=503)
    at = life.at.isoformat(timespec="seconds") if life.at else None
    return JsonResponse({"ok": True, "worker": {"ok": life.ok, "state": life.state, "at": at}})


@reads("")
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of a background job, refreshed by htmx until it ends; can be left and found again."""
    job = fetch(Job, request.user, pk=pk)
    if agency_ids(request.user) is not None and job.created_by_id not in (None, request.user.pk):
        raise Http404
    template = "web/_job.html" if request.htmx else "web/job.html"
    # 286 tells htmx to stop polling.
    status = 286 if request.htmx and job.status in {"done", "failed"} else 200
    return render(request, template, {"job": job}, status=status)
