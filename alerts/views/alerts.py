"""The alerts of a person: the list, one of them with all it did, and what is done with it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.pages import found, members, person, way_back
from alerts import drawing, editing, phrases, queries, watching
from alerts.drawing import Drawn
from alerts.forms import AlertsForm
from alerts.models import Alert
from alerts.rows import AlertRow
from catalog.forms import PageForm
from catalog.views import chart_library, pages

STATES: Final = {"": "All", "active": "Watching", "paused": "Paused", "finished": "Done", "expired": "Over"}


@members
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    owner = person(request)
    form = AlertsForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    state = asked.get("state") or ""
    shown = queries.alerts_of(owner, page=asked.get("page") or 1, state=state)
    context = {
        "form": form,
        "found": shown,
        "state": state,
        "states": STATES,
        "broken": queries.channels_of(owner).exclude(off_reason=""),
        "is_demo": any(row.is_demo for row in shown.rows),
        **pages(request, page=shown.page, count=shown.pages),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "alerts/index.html", context, status=status)


@members
@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.alert, person(request), pk)
    form = PageForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    events = queries.events_of(shown, page=asked.get("page") or 1)
    row = queries.row(shown)
    context = {
        "form": form,
        "row": row,
        "alert": shown,
        "manner": phrases.manner(shown),
        "channels": shown.channels.order_by("pk"),
        "events": events,
        "log": queries.log_of(shown),
        "drawn": drawn(row),
        "chart_library": chart_library(),
        **pages(request, page=events.page, count=events.pages),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "alerts/alert.html", context, status=status)


def drawn(row: AlertRow) -> Drawn | None:
    """The series nearest to firing, with the price that it has to reach and the days on which it did."""
    alert, today = row.alert, editing.today()
    series_id = row.standing.series if row.standing else only_series(alert)
    if series_id is None:
        return None
    days = queries.fired_days(alert, series_id=series_id, since=today - drawing.YEAR)
    if row.standing is None:
        return drawing.of_series(
            series_id, until=today, level=alert.threshold, currency=alert.currency, days=days
        )
    mark, currency = row.standing.mark, row.standing.currency
    return drawing.of_series(series_id, until=today, level=mark, currency=currency, days=days)


def only_series(alert: Alert) -> int | None:
    """That of an alert about one printing; it watches none while it is paused or over."""
    watched = watching.series_of([alert]) if alert.printing_id else set()
    return next((series for _, series in watched), None)


@members
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return changed(request, pk, editing.pause, "The alert is paused. It sees nothing until you resume it.")


@members
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return changed(request, pk, editing.resume, "The alert is on, from the prices of now.")


def changed(request: HttpRequest, pk: int, verb: Callable[[Alert], None], said: str) -> HttpResponse:
    shown = found(queries.alert, person(request), pk)
    verb(shown)
    shown.refresh_from_db(fields=["trouble"])
    if shown.trouble:
        messages.warning(request, f"It stays paused. {shown.trouble}")
    else:
        messages.success(request, said)
    return redirect(way_back(request, otherwise=shown.get_absolute_url()))


@members
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.alert, person(request), pk)
    if request.method == "POST":
        editing.delete(shown)
        messages.success(request, "The alert is deleted.")
        return redirect("alerts:index")
    return render(request, "alerts/delete.html", {"row": queries.row(shown), "alert": shown})
