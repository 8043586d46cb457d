"""What one collection, or all that is owned, is worth, was worth, and why that changed."""

from collections.abc import Sequence

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe, parameters_of
from accounts.endpoints import found, person
from catalog.asking import asked
from collections_app import explanations, payloads, queries, shapes, snapshots, valuation
from collections_app.api import filters
from collections_app.api.doors import endpoint
from collections_app.models import Collection


def one(request: Request, pk: int) -> list[int]:
    return [found(queries.collection, person(request), pk).pk]


def owned(request: Request) -> list[int]:
    mine = queries.collections_of(person(request), kind=Collection.Kind.OWNED)
    return list(mine.values_list("pk", flat=True))


@describe("GET", "getValue", "What a collection is worth.", query=filters.CurrencyQuery, answer=shapes.Value)
@endpoint("GET")
def value(request: Request, pk: int) -> Response:
    return value_of(request, one(request, pk))


@describe(
    "GET", "getPortfolioValue", "What all you own is worth.", query=filters.CurrencyQuery, answer=shapes.Value
)
@endpoint("GET")
def portfolio_value(request: Request) -> Response:
    return value_of(request, owned(request))


@describe(
    "GET",
    "getValueHistory",
    "The value of a collection at the end of each day.",
    query=filters.HistoryQuery,
    answer=shapes.ValueHistory,
)
@endpoint("GET")
def history(request: Request, pk: int) -> Response:
    return history_of(request, one(request, pk))


@describe(
    "GET",
    "getPortfolioValueHistory",
    "The value of all you own at the end of each day.",
    query=filters.HistoryQuery,
    answer=shapes.ValueHistory,
)
@endpoint("GET")
def portfolio_history(request: Request) -> Response:
    return history_of(request, owned(request))


@describe(
    "GET",
    "explainValue",
    "Why the value of a collection changed.",
    query=parameters_of(filters.ExplainQuery, "since", "until", "currency"),
    answer=shapes.Explanation,
)
@endpoint("GET")
def explanation(request: Request, pk: int) -> Response:
    return explanation_of(request, one(request, pk))


@describe(
    "GET",
    "explainPortfolioValue",
    "Why the value of all you own changed.",
    query=parameters_of(filters.ExplainQuery, "since", "until", "currency"),
    answer=shapes.Explanation,
)
@endpoint("GET")
def portfolio_explanation(request: Request) -> Response:
    return explanation_of(request, owned(request))


def value_of(request: Request, ids: Sequence[int]) -> Response:
    currency = filters.currency_of(asked(filters.CurrencyQuery, request), request)
    best, worst = valuation.best_and_worst(ids, currency=currency)
    return Response(
        {
            "totals": payloads.totals(valuation.totals(ids, currency=currency)),
            "allocation": payloads.allocation(
                valuation.allocation(ids, currency=currency), currency=currency
            ),
            "best": [payloads.mover(row, currency=currency) for row in best],
            "worst": [payloads.mover(row, currency=currency) for row in worst],
        }
    )


def history_of(request: Request, ids: Sequence[int]) -> Response:
    form = asked(filters.HistoryQuery, request)
    currency = filters.currency_of(form, request)
    days = snapshots.series(ids, **form.days(), currency=currency)
    returns = payloads.returns(snapshots.returns(days), currency=currency)
    return Response(
        {"returns": returns, "results": [payloads.snapshot(day, currency=currency) for day in days]}
    )


def explanation_of(request: Request, ids: Sequence[int]) -> Response:
    form = asked(filters.ExplainQuery, request)
    days = {name: form.cleaned_data[name] for name in ("since", "until")}
    found = explanations.explain(ids, **days, currency=filters.currency_of(form, request))
    return Response(payloads.explanation(found))
