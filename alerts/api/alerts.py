"""Alerts by API: made, changed, paused, tried on the last year, deleted, and what they did."""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import found, person
from accounts.models import User
from alerts import backtest, editing, payloads, queries, shapes
from alerts.api import inputs
from alerts.api.doors import endpoint
from alerts.editing import AlertError
from alerts.models import Alert
from alerts.rows import AlertRow
from catalog.asking import asked, next_page, page_of
from catalog.forms import PageForm
from pricing import bodies
from pricing.payloads import Json

# The API calls some facts otherwise than the columns are called.
API_NAMES = {
    "printing": "printing_id",
    "card_set": "set",
    "collection": "collection_id",
    "search": "search_id",
    "channels": "channel_ids",
}


@describe(
    "GET", "listAlerts", "Your alerts, the newest first.", query=inputs.AlertsQuery, answer=shapes.Alerts
)
@describe("POST", "createAlert", "Makes an alert.", body=inputs.AlertInput, answer=shapes.Alert, status=201)
@endpoint("GET", "POST")
def alerts(request: Request) -> Response:
    if request.method == "POST":
        return create(request)
    query = asked(inputs.AlertsQuery, request).cleaned_data
    number = query["page"] or 1
    page = page_of(queries.alerts_of(person(request), page=number, state=query["state"]), asked=number)
    return Response(
        {
            "count": page.count,
            "pages": page.pages,
            "next": next_page(request, page),
            "results": written(page.rows),
        }
    )


def create(request: Request) -> Response:
    owner = person(request)
    facts = new_facts(request, owner=owner)
    try:
        made = editing.create(owner, facts)
    except AlertError as error:
        raise refusal(error) from None
    return Response(described(owner, made.pk), status=status.HTTP_201_CREATED)


@describe("GET", "getAlert", "One alert.", answer=shapes.Alert)
@describe(
    "PATCH",
    "changeAlert",
    "Changes what is sent.",
    more="A changed rule starts anew with the prices of now.",
    body=inputs.AlertInput,
    answer=shapes.Alert,
)
@describe("DELETE", "deleteAlert", "Deletes an alert with all that happened.", status=204)
@endpoint("GET", "PATCH", "DELETE")
def alert(request: Request, pk: int) -> Response:
    owner = person(request)
    known = found(queries.alert, owner, pk)
    if request.method == "DELETE":
        editing.delete(known)
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method == "PATCH":
        edit(request, known)
    return Response(described(owner, pk))


def edit(request: Request, known: Alert) -> None:
    said = bodies.read(inputs.AlertInput, request.data, is_partial=True)
    try:
        editing.edit(known, said.changed(editing.facts_of(known)))
    except AlertError as error:
        raise refusal(error) from None


@describe("POST", "pauseAlert", "Pauses an alert: it sees nothing.", answer=shapes.Alert)
@endpoint("POST")
def pause(request: Request, pk: int) -> Response:
    owner = person(request)
    editing.pause(found(queries.alert, owner, pk))
    return Response(described(owner, pk))


@describe("POST", "resumeAlert", "Resumes an alert, with the prices of now.", answer=shapes.Alert)
@endpoint("POST")
def resume(request: Request, pk: int) -> Response:
    owner = person(request)
    editing.resume(found(queries.alert, owner, pk))
    return Response(described(owner, pk))


@describe(
    "POST",
    "tryAlert",
    "On which days of the last year a rule would have fired; nothing is saved.",
    body=inputs.AlertInput,
    answer=shapes.Trial,
)
@endpoint("POST")
def try_out(request: Request) -> Response:
    """Takes what makes an alert; nothing is saved."""
    owner = person(request)
    facts = new_facts(request, owner=owner)
    try:
        trial = backtest.try_out(owner, facts, today=editing.today())
    except AlertError as error:
        raise refusal(error) from None
    return Response(payloads.trial(trial))


@describe(
    "GET",
    "listAlertEvents",
    "What one alert told, the latest day first.",
    query=PageForm,
    answer=shapes.Inbox,
)
@endpoint("GET")
def events(request: Request, pk: int) -> Response:
    known = found(queries.alert, person(request), pk)
    number = asked(PageForm, request).cleaned_data["page"] or 1
    page = page_of(queries.events_of(known, page=number), asked=number)
    return Response(payloads.inbox(page, next_one=next_page(request, page)))


@describe(
    "GET", "getAlertLog", "The last 50 attempts to tell of an alert, the newest first.", answer=shapes.Log
)
@endpoint("GET")
def log(request: Request, pk: int) -> Response:
    known = found(queries.alert, person(request), pk)
    return Response({"results": [payloads.logged(one) for one in queries.log_of(known)]})


def new_facts(request: Request, *, owner: User) -> editing.Facts:
    facts: editing.Facts = bodies.read(inputs.AlertInput, request.data).new(currency=owner.currency)
    return facts


def refusal(error: AlertError) -> ValidationError:
    return ValidationError({API_NAMES.get(error.field, error.field): [str(error)]})


def described(owner: User, pk: int) -> Json:
    return written([queries.row(queries.alert(owner, pk))])[0]


def written(rows: Iterable[AlertRow]) -> list[Json]:
    shown = list(rows)
    of_them: Any = [row.alert for row in shown]
    prefetch_related_objects(of_them, "channels")
    return [payloads.alert(row) for row in shown]
