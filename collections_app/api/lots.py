"""Lots by API: listed, added, changed, moved, split, sold, deleted."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import Count, describe
from accounts.endpoints import endpoint, found, person
from catalog import queries as catalogue
from catalog.asking import asked, next_page, page_of
from catalog.models import Printing
from collections_app import lots as writing
from collections_app import payloads, queries, sales, shapes, valuation
from collections_app.api import filters, inputs
from collections_app.models import Lot

ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="LotsInput",
    serializers=[inputs.LotInput, inputs.LotInput(many=True)],
    resource_type_field_name=None,
    many=False,
)
LOT_OR_IDS = PolymorphicProxySerializer(
    component_name="AddedLots", serializers=[shapes.Lot, shapes.Ids], resource_type_field_name=None
)


@describe("GET", "listLots", "The lots of a collection.", query=filters.LotsQuery, answer=shapes.Lots)
@describe(
    "POST",
    "addLots",
    "Adds one lot, or up to 500, all or none.",
    more="One lot is answered with the lot, a list with the ids.",
    query=filters.CurrencyQuery,
    body=ONE_OR_MANY,
    answer=LOT_OR_IDS,
    status=201,
)
@endpoint("GET", "POST")
def lots(request: Request, pk: int) -> Response:
    into = found(queries.collection, person(request), pk)
    if request.method == "POST":
        facts = inputs.new_lots(request, owner=into.owner)
        added = writing.add_many(into, facts)
        if isinstance(request.data, list):
            return Response({"ids": [lot.pk for lot in added]}, status=status.HTTP_201_CREATED)
        return described(request, added[0].pk, made=True)
    form = filters.lots_asked(request, [pk])
    criteria = form.criteria()
    currency = filters.currency_of(form, request)
    page = page_of(valuation.lot_rows([pk], currency=currency, **criteria), asked=criteria["page"])
    rows = [payloads.lot(row) for row in page.rows]
    next_one = next_page(request, page)
    return Response({"count": page.count, "pages": page.pages, "next": next_one, "results": rows})


@describe("GET", "getLot", "One lot.", query=filters.CurrencyQuery, answer=shapes.Lot)
@describe(
    "PATCH",
    "changeLot",
    "Changes what is sent.",
    query=filters.CurrencyQuery,
    body=inputs.LotInput,
    answer=shapes.Lot,
)
@describe("DELETE", "deleteLot", "Deletes a lot as if it had never been.", status=204)
@endpoint("GET", "PATCH", "DELETE")
def lot(request: Request, pk: int) -> Response:
    known = found(queries.lot, person(request), pk)
    if request.method == "DELETE":
        writing.remove(Lot.objects.filter(pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method == "PATCH":
        edit(request, known)
    return described(request, pk)


def edit(request: Request, known: Lot) -> None:
    facts = inputs.read(inputs.LotInput, request, is_partial=True).changed(known)
    if not inputs.languages_of([facts.printing_id]) and facts.printing_id != known.printing_id:
        raise ValidationError({"printing_id": ["There is no such printing."]})
    try:
        writing.edit(known, facts)
    except writing.LotError as error:
        field = "acquired_on" if facts.quantity or known.disposed else "quantity"
        raise ValidationError({field: [str(error)]}) from None


def described(request: Request, pk: int, *, made: bool = False) -> Response:
    currency = filters.currency_of(asked(filters.CurrencyQuery, request), request)
    row = valuation.lot_row(pk, currency=currency)
    return Response(payloads.lot(row), status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


@describe(
    "POST",
    "changeLots",
    "Edits, moves or deletes up to 500 lots, all or none.",
    body=inputs.BulkInput,
    answer=Count,
)
@endpoint("POST")
def bulk(request: Request) -> Response:
    """All the lots or none: one that is not there, or cannot be changed, leaves the others as they are."""
    said = inputs.read(inputs.BulkInput, request)
    ids = said.validated_data["ids"]
    chosen = queries.lots(person(request)).filter(pk__in=ids)
    missing = sorted(set(ids) - set(chosen.values_list("pk", flat=True)))
    if missing:
        raise ValidationError({"ids": [f"You have no lot {', '.join(map(str, missing))}."]})
    return Response({"count": do(request, said, Lot.objects.filter(pk__in=ids))})


def do(request: Request, said: Any, chosen: QuerySet[Lot]) -> int:
    action = said.validated_data["action"]
    if action == "delete":
        return writing.remove(chosen)
    if action == "move":
        to = queries.collections_of(person(request)).filter(pk=said.validated_data["to"]).first()
        if to is None:
            raise ValidationError({"to": ["You have no such collection."]})
        return writing.move(chosen, to=to)
    try:
        return writing.edit_many(chosen, said.changes())
    except writing.LotError as error:
        raise ValidationError({"acquired_on": [str(error)]}) from None


@describe(
    "POST",
    "splitLot",
    "Makes that many copies a lot of their own.",
    query=filters.CurrencyQuery,
    body=inputs.SplitInput,
    answer=shapes.Lot,
    status=201,
)
@endpoint("POST")
def split(request: Request, pk: int) -> Response:
    known = found(queries.lot, person(request), pk)
    said = inputs.read(inputs.SplitInput, request)
    try:
        new = writing.split(known, quantity=said.validated_data["quantity"])
    except writing.LotError as error:
        raise ValidationError({"quantity": [str(error)]}) from None
    return described(request, new.pk, made=True)


@describe("POST", "sellLot", "Sells copies.", body=inputs.SaleInput, answer=shapes.MadeSale, status=201)
@endpoint("POST")
def sell(request: Request, pk: int) -> Response:
    owner = person(request)
    known = found(queries.lot, owner, pk)
    said = inputs.read(inputs.SaleInput, request)
    terms = said.terms(currency=owner.currency)
    try:
        made = sales.sell(known, terms, method=said.validated_data["method"])
    except writing.LotError as error:
        raise ValidationError({"quantity": [str(error)]}) from None
    return Response(payloads.sold(made, quantity=terms.quantity), status=status.HTTP_201_CREATED)


@describe(
    "POST",
    "quickAdd",
    "Adds Near Mint copies to today's lot of a printing.",
    query=filters.CurrencyQuery,
    body=inputs.QuickAddInput,
    answer=shapes.Lot,
    status=201,
)
@endpoint("POST")
def quick_add(request: Request, pk: int) -> Response:
    into = found(queries.collection, person(request), pk)
    said = inputs.read(inputs.QuickAddInput, request).validated_data
    try:
        printing = catalogue.printing(said["printing_id"])
    except Printing.DoesNotExist:
        raise ValidationError({"printing_id": ["There is no such printing."]}) from None
    try:
        added = writing.quick_add(into, printing, quantity=said["quantity"])
    except writing.LotError as error:
        raise ValidationError({"quantity": [str(error)]}) from None
    return described(request, added.pk, made=True)
