"""Exports, restored files and reports by API."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import endpoint, found, person
from catalog.asking import asked
from catalog.forms import Flag
from collections_app import queries, reports, shapes
from collections_app.exports import FORMATS
from collections_app.exports.restore import MOST_BYTES, RestoreError
from collections_app.exports.restore import restore as restored
from collections_app.models import Report
from collections_app.views.papers import download
from pricing import bodies
from pricing.bodies import Body
from pricing.payloads import Json, money


class ReportInput(Body):
    currency = serializers.ChoiceField(choices=list(settings.DISPLAY_CURRENCIES), required=False)
    with_cost = serializers.BooleanField(default=False)


class RestoreQuery(forms.Form):
    partial = Flag()


@describe(
    "GET",
    "exportCollection",
    "The whole collection in one of the formats of docs/export-formats.md.",
    query=[OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(FORMATS))],
    answer={"text/csv": {"type": "string"}, "application/json": {"type": "object"}},
)
@endpoint("GET")
def export(request: Request, pk: int, format: str) -> Any:  # noqa: A002 -- as in the address
    collection = found(queries.collection, person(request), pk)
    if format not in FORMATS:
        raise NotFound(f"There is no format “{format}”; there are {', '.join(FORMATS)}.")
    return download(collection, FORMATS[format])


@describe(
    "POST",
    "restoreCollection",
    "A new collection of what the export `json` wrote.",
    query=RestoreQuery,
    body={"application/json": {"type": "object"}},
    answer=shapes.Restored,
    status=201,
)
@endpoint("POST")
def restore(request: Request) -> Response:
    """The body is the document itself."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise ValidationError({"document": [f"It is larger than {MOST_BYTES >> 20} MB."]})
    query = asked(RestoreQuery, request)
    try:
        collection = restored(person(request), request.data, partial=query.cleaned_data["partial"])
    except RestoreError as error:
        raise ValidationError({"document": [str(error)]}) from None
    address = reverse("collections_api:collection", args=[collection.pk])
    said = {"id": collection.pk, "name": collection.name, "url": address}
    return Response(said, status=status.HTTP_201_CREATED)


@describe("GET", "listReports", "The statements of value of a collection.", answer=shapes.Reports)
@describe(
    "POST",
    "makeReport",
    "Makes a statement of value.",
    body=ReportInput,
    answer=shapes.Report,
    status=201,
)
@endpoint("GET", "POST")
def report_list(request: Request, pk: int) -> Response:
    owner = person(request)
    collection = found(queries.collection, owner, pk)
    if request.method == "POST":
        said = bodies.read(ReportInput, request.data).validated_data
        made = reports.make(collection, **{"currency": owner.currency} | said)
        return Response(_whole(made), status=status.HTTP_201_CREATED)
    listed = queries.reports(owner).filter(collection=collection).defer("content")
    return Response({"results": [_summary(one) for one in listed]})


@describe("GET", "getReport", "A statement of value with its lines.", answer=shapes.Report)
@describe("DELETE", "removeReport", "Takes a statement back: it can no longer be verified.", status=204)
@endpoint("GET", "DELETE")
def report(request: Request, code: str) -> Response:
    shown = found(queries.reports(person(request)).get, code=code)
    if request.method == "DELETE":
        reports.remove(shown)
        return Response(status=status.HTTP_204_NO_CONTENT)
    return Response(_whole(shown))


def _summary(report: Report) -> Json:
    verify = reverse("collections:verify", args=[report.code])
    return {
        "code": report.code,
        "collection": {"id": report.collection_id, "name": report.collection.name},
        "made_at": report.made_at.isoformat(),
        "quantity": report.quantity,
        "missing": report.missing,
        "value": money(report.value, report.currency),
        "digest": report.digest,
        "verify_url": f"{settings.SITE_URL}{verify}",
    }


def _whole(report: Report) -> Json:
    """`holds` says whether the stored content is still what was certified; without it there are no lines."""
    holds = reports.holds(report)
    lines = [_line(line, currency=report.currency) for line in report.content["lines"]] if holds else []
    return {
        **_summary(report),
        "holds": holds,
        "is_demo": bool(report.content.get("is_demo")),
        "rates": report.content.get("rates", []),
        "lines": lines,
    }


def _line(line: Json, *, currency: str) -> Json:
    written = {key: value for key, value in line.items() if key != "price_currency"}
    for name in ("value", "cost"):
        if name in line:
            written[name] = money(line[name], currency)
    written["price"] = money(line["price"], line["price_currency"])
    return written
