"""What happened, and what of it was read. Looking changes nothing: only asking for it marks as read."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.pages import found, members, person, way_back
from alerts import queries, reading
from alerts.forms import InboxForm, ReadForm
from catalog.views import pages


@members
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    form = InboxForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    only_unread = bool(asked.get("unread"))
    shown = queries.inbox(person(request), page=asked.get("page") or 1, only_unread=only_unread)
    context = {
        "form": form,
        "found": shown,
        "only_unread": only_unread,
        "is_demo": any(row.is_demo for row in shown.rows),
        **pages(request, page=shown.page, count=shown.pages),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "alerts/inbox.html", context, status=status)


@members
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """One event, all of an alert, or all there are. Somebody else's are not there."""
    owner, form = person(request), ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Say which event or alert by its number.")
    if form.cleaned_data["event"]:
        count = reading.mark_read(owner, [found(queries.event, owner, form.cleaned_data["event"]).pk])
    elif form.cleaned_data["alert"]:
        count = reading.mark_alert_read(found(queries.alert, owner, form.cleaned_data["alert"]))
    else:
        count = reading.mark_read(owner)
    messages.success(request, f"{count:,} {'event is' if count == 1 else 'events are'} marked as read.")
    return redirect(way_back(request, otherwise="/inbox/"))
