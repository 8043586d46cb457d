"""Collections by API, and what visitors see of those that are shared."""

from typing import Any

from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import found, person
from accounts.models import User
from catalog.asking import asked, next_page, page_of
from collections_app import collecting, overview, payloads, queries, shapes, valuation
from collections_app.api import filters, inputs
from collections_app.api.doors import endpoint
from collections_app.models import Collection


@describe(
    "GET",
    "listCollections",
    "Your collections, owned ones before wish lists.",
    query=filters.CurrencyQuery,
    answer=shapes.Collections,
)
@describe(
    "POST",
    "createCollection",
    "Makes a collection.",
    body=inputs.CollectionInput,
    answer=shapes.Collection,
    status=201,
)
@endpoint("GET", "POST")
def collections(request: Request) -> Response:
    if request.method == "POST":
        return create(request)
    currency = filters.currency_of(asked(filters.CurrencyQuery, request), request)
    mine = list(queries.collections_of(person(request)))
    worth = overview.worth([one.pk for one in mine], currency=currency)
    rows = [payloads.collection(one, worth=worth[one.pk], currency=currency) for one in mine]
    return Response({"results": rows})


def create(request: Request) -> Response:
    owner = person(request)
    said = inputs.read(inputs.CollectionInput, request)
    try:
        made = collecting.create(owner, said.facts())
    except collecting.NameTakenError as error:
        raise ValidationError({"name": [str(error)]}) from None
    return Response(described(owner, made.pk, currency=owner.currency), status=status.HTTP_201_CREATED)


@describe("GET", "getCollection", "One collection.", query=filters.CurrencyQuery, answer=shapes.Collection)
@describe(
    "PATCH",
    "changeCollection",
    "Changes what is sent.",
    query=filters.CurrencyQuery,
    body=inputs.CollectionInput,
    answer=shapes.Collection,
)
@describe("DELETE", "deleteCollection", "Deletes a collection with all it holds.", status=204)
@endpoint("GET", "PATCH", "DELETE")
def collection(request: Request, pk: int) -> Response:
    owner = person(request)
    known = found(queries.collection, owner, pk)
    if request.method == "DELETE":
        collecting.delete(known)
        return Response(status=status.HTTP_204_NO_CONTENT)
    currency = filters.currency_of(asked(filters.CurrencyQuery, request), request)
    if request.method == "PATCH":
        said = inputs.read(inputs.CollectionInput, request, is_partial=True)
        try:
            collecting.edit(known, said.facts(known))
        except collecting.NameTakenError as error:
            raise ValidationError({"name": [str(error)]}) from None
    return Response(described(owner, pk, currency=currency))


def described(owner: User, pk: int, *, currency: str) -> dict[str, Any]:
    known = queries.collections_of(owner).get(pk=pk)
    return payloads.collection(known, worth=overview.worth([pk], currency=currency)[pk], currency=currency)


@describe(
    "GET",
    "getShared",
    "A shared collection, for whoever has the link.",
    query=filters.SharedQuery,
    answer=shapes.Shared,
)
@api_view(["GET"])
@authentication_classes([SessionAuthentication])
@permission_classes([AllowAny])
def shared(request: Request, token: str) -> Response:
    """For whoever has the link, in their own currency or without one the owner's."""
    seen = found(queries.shared, token)
    query = asked(filters.SharedQuery, request).cleaned_data
    viewer = request.user if isinstance(request.user, User) else seen.owner
    currency = query["currency"] or viewer.currency
    number = query["page"] or 1
    lots = page_of(valuation.lot_rows([seen.pk], currency=currency, page=number), asked=number)
    totals = valuation.totals([seen.pk], currency=currency)
    response = Response(
        {
            "collection": payloads.shared_collection(seen),
            "totals": payloads.shared_totals(totals, shows_cost=seen.shows_cost),
            "count": lots.count,
            "pages": lots.pages,
            "next": next_page(request, lots),
            "results": [payloads.shared_lot(row, shows_cost=seen.shows_cost) for row in lots.rows],
        }
    )
    if seen.visibility == Collection.Visibility.UNLISTED:
        response["X-Robots-Tag"] = "noindex"
    return response
