"""Sales by API: listed, and undone."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import found, person
from catalog.asking import asked, next_page, page_of
from collections_app import gains, payloads, queries, shapes
from collections_app import sales as writing
from collections_app.api import filters
from collections_app.api.doors import endpoint


@describe(
    "GET",
    "listSales",
    "The sales of a collection, the newest first.",
    query=filters.SharedQuery,
    answer=shapes.Sales,
)
@endpoint("GET")
def sales(request: Request, pk: int) -> Response:
    found(queries.collection, person(request), pk)
    form = asked(filters.SharedQuery, request)
    number = form.cleaned_data["page"] or 1
    page = page_of(gains.sales([pk], currency=filters.currency_of(form, request), page=number), asked=number)
    rows = [payloads.sale(row) for row in page.rows]
    next_one = next_page(request, page)
    return Response({"count": page.count, "pages": page.pages, "next": next_one, "results": rows})


@describe("DELETE", "undoSale", "Puts the copies back as if they had never been sold.", status=204)
@endpoint("DELETE")
def sale(request: Request, pk: int) -> Response:
    writing.undo(found(queries.sale, person(request), pk))
    return Response(status=status.HTTP_204_NO_CONTENT)
