"""What a portfolio or a collection was and is worth, and why that changed."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.pages import found, members, person
from catalog import chart as charts
from catalog.views import chart_library, query_with
from collections_app import drawing, explanations, overview, queries, snapshots, valuation
from collections_app.forms import ExplainForm, RangeForm
from collections_app.lots import today
from collections_app.models import Collection

LISTED = 366  # days in the table; the chart and the API have all


@members
@require_safe
def value(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.collection, person(request), pk)
    return statement(request, [shown], collection=shown)


@members
@require_safe
def portfolio_value(request: HttpRequest) -> HttpResponse:
    owned = queries.collections_of(person(request), kind=Collection.Kind.OWNED)
    return statement(request, list(owned), collection=None)


def statement(request: HttpRequest, shown: Sequence[Collection], **context: Any) -> HttpResponse:
    ids = [one.pk for one in shown]
    currency = person(request).currency
    totals = valuation.totals(ids, currency=currency)
    best, worst = valuation.best_and_worst(ids, currency=currency)
    asked = ExplainForm(request.GET)
    context |= {
        "live_collections": ids,
        "totals": totals,
        "coverage": drawing.coverage(totals),
        "currency": currency,
        "is_demo": overview.shows_demo(ids),
        "allocation": valuation.allocation(ids, currency=currency),
        "best": best,
        "worst": worst,
        "restated_from": min((one.stale_from for one in shown if one.stale_from), default=None),
        **history(request, ids, currency=currency),
        **explained(asked, ids, currency=currency),
    }
    status = 200 if asked.is_valid() else 400
    return render(request, "collections/value.html", context, status=status)


def history(request: HttpRequest, ids: Sequence[int], *, currency: str) -> dict[str, Any]:
    """The days of the chosen range, ending with today as it stands now."""
    form = RangeForm(request.GET)
    key, until = form.chosen(), today()
    since = charts.start_of(key, until=until)
    past = snapshots.series(ids, since=since, until=until, currency=currency)
    is_open = past and past[-1].day < until  # today is in no snapshot until it ends
    days = [*past, snapshots.live(ids, currency=currency)] if is_open else past
    return {
        "range": key,
        "spoken": charts.SPOKEN[key].replace("its known history", "all that is known"),
        "ranges": [(one, label, query_with(request, range=one)) for one, (label, _) in charts.RANGES.items()],
        "chart": drawing.history(days, since=since, until=until),
        "chart_library": chart_library(),
        "days": days[: -LISTED - 1 : -1],
        "returns": snapshots.returns(days),
    }


def explained(asked: ExplainForm, ids: Sequence[int], *, currency: str) -> dict[str, Any]:
    if not asked.is_valid():
        return {"asked": asked, "told": None, "steps": []}
    told = explanations.explain(ids, currency=currency, **asked.cleaned_data)
    return {"asked": asked, "told": told, "steps": drawing.waterfall(told)}
