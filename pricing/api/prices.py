"""Latest prices of many printings, what they were on a day, and the history of one."""

from collections.abc import Callable
from functools import wraps

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from catalog.api import reading
from catalog.asking import asked, checked
from pricing import intervals, latest, moments, payloads
from pricing.api import shapes
from pricing.api.asked import HistoryQuery, PricesBody, PricesQuery, body, plain_ids
from pricing.intervals import Interval

JSON = "application/json"
View = Callable[..., HttpResponseBase]


def ready(written: str | bytes) -> HttpResponse:
    """JSON that is written already."""
    return HttpResponse(written, content_type=JSON)


def of_ids(view: View) -> View:
    """Answers who asks for nothing but ids at once: the endpoint would cost as much as a hundred prices."""

    @wraps(view)
    def door(request: HttpRequest) -> HttpResponseBase:
        ids = plain_ids(request)
        return ready(latest.as_json(ids)) if ids else view(request)

    return door


@describe(
    "GET",
    "listPrices",
    "The latest prices of up to 500 printings, or what they were on a day.",
    query=PricesQuery,
    answer=shapes.Prices,
)
@describe(
    "POST",
    "askPrices",
    "The same for a list of printings that is too long for an address.",
    body=PricesBody,
    answer=shapes.Prices,
)
@of_ids
@reading("GET", "POST")
def prices(request: Request) -> HttpResponse:
    form = PricesQuery(body(request)) if request.method == "POST" else asked(PricesQuery, request)
    said = checked(form)
    ids, which, day, currency = said["ids"], form.which, said["as_of"], said["currency"]
    if not (day or currency):
        return ready(latest.as_json(ids, which=which))
    found = moments.prices(ids, day=day, which=which) if day else latest.prices(ids, which=which)
    if currency:
        found = latest.converted(found, to=currency, day=day)
    written = payloads.latest(found, asked=ids, currency=currency or None, on=day)
    return ready(orjson.dumps(written))


@describe(
    "GET",
    "getPriceHistory",
    "What a printing cost, at equal intervals or on the days of a change.",
    query=HistoryQuery,
    answer=shapes.PriceHistory,
)
@reading("GET")
def history(request: Request, pk: int) -> Response:
    form = asked(HistoryQuery, request)
    said = form.cleaned_data
    found = latest.prices([pk], which=form.which)
    if not found:
        raise NotFound("This printing is not in the catalogue.")
    (price,) = found
    interval = Interval(said["interval"] or Interval.DAY)
    points = intervals.history(price, interval=interval, since=said["from"], until=said["to"])
    own = price.currency or said["currency"]
    currency = said["currency"] or own
    if currency != own:
        points = intervals.converted(points, currency=own, to=currency)
    return Response(
        {
            "printing_id": pk,
            "condition": price.condition,
            "grade": price.grade,
            "language": price.language,
            "currency": currency or None,
            "interval": interval.value,
            **payloads.said_of_price(price),
            "results": payloads.points(points, currency=currency),
        }
    )
