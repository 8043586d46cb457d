"""Cards and printings page after page, and one printing with all that is said of it."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe, parameters_of
from catalog import lists, queries
from catalog.api import card_of, reading
from catalog.asking import checked, given, turned
from catalog.forms import SearchForm
from catalog.links import add_link
from catalog.models import ExternalId, Printing
from pricing import cursors, latest, payloads
from pricing.api import shapes
from pricing.api.prices import ready
from pricing.bodies import LARGEST_ID, MOST_AT_ONCE

ROWS = 100  # on a page, without another number asked for


class ListQuery(SearchForm):
    """The filters of a search that need no ranking."""

    card = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    limit = forms.IntegerField(min_value=1, max_value=MOST_AT_ONCE, required=False)


FILTERS = ("game", "set", "rarity", "kind")


@describe(
    "GET",
    "listCards",
    "The cards of the catalogue, page after page.",
    query=parameters_of(ListQuery, *FILTERS, "limit", "after"),
    answer=shapes.Cards,
)
@reading("GET")
def cards(request: Request) -> HttpResponse:
    return _listed(request, lists.cards, *FILTERS)


@describe(
    "GET",
    "listPrintings",
    "The printings of the catalogue, page after page.",
    query=parameters_of(ListQuery, *FILTERS, "finish", "card", "limit", "after"),
    answer=shapes.Printings,
)
@reading("GET")
def printings(request: Request) -> HttpResponse:
    return _listed(request, lists.printings, *FILTERS, "finish", "card")


def _listed(request: Request, read: Callable[..., lists.Page], *filters: str) -> HttpResponse:
    said = checked(ListQuery(given(request, *filters, "limit", "after"), games=queries.games()))
    only = {name: said[name] for name in filters}
    name = f"{read.__name__} {only}"
    page = read(after=_after(said["after"], of=name), limit=said["limit"] or ROWS, **only)
    following = turned(request, after=cursors.make(page.last, of=name)) if page.last else None
    answer = ready(f'{{"next":{json.dumps(following)},"results":{page.results}}}')
    if following:
        add_link(answer, following, rel="next")
    return answer


def _after(cursor: str, *, of: str) -> lists.Key:
    try:
        card, printing = cursors.read(cursor, of=of) or (0, 0)
    except cursors.BadCursor:
        lost = "This is no page of these results. Start again without it."
        raise ValidationError({"after": [lost]}) from None
    return card, printing


@describe(
    "GET",
    "getPrinting",
    "A printing, what sources call it, and what each of them says it costs.",
    answer=shapes.Printing,
)
@reading("GET")
def printing(request: Request, pk: int) -> Response:  # noqa: ARG001 -- the signature is DRF's
    try:
        found = queries.printing(pk)
    except Printing.DoesNotExist:
        raise NotFound("This printing is not in the catalogue.") from None
    return Response(
        {
            "printing_id": found.pk,
            "finish": found.finish.name,
            "card": card_of(found.card),
            "external_ids": _external_ids(found),
            "prices": [payloads.price(price) for price in latest.of_printing(found.pk)],
        }
    )


def _external_ids(found: Printing) -> dict[str, list[Any]]:
    """What sources call its card and its set."""
    known = ExternalId.objects.filter(card=found.card_id) | ExternalId.objects.filter(
        card_set=found.card.card_set_id
    )
    rows = list(known.order_by("source", "external_id").values_list("kind", "source", "external_id"))
    return {
        kind: [{"source": source, "id": key} for one, source, key in rows if one == kind]
        for kind in ("card", "set")
    }
