"""How complete sets are by API, and a wish list of what is missing."""

from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from accounts.endpoints import person
from accounts.models import User
from catalog.asking import asked
from catalog.models import CardSet
from collections_app import collecting, completion, payloads, queries, shapes
from collections_app.api import filters, inputs
from collections_app.api.doors import endpoint
from collections_app.models import Collection
from pricing import provenance

WISH = Collection.Kind.WISH


@describe(
    "GET",
    "listCompletion",
    "Every set of which you own a card.",
    query=filters.SetsQuery,
    answer=shapes.Completion,
)
@endpoint("GET")
def sets(request: Request) -> Response:
    form = asked(filters.SetsQuery, request)
    sort = form.cleaned_data["sort"] or "name"
    found = completion.sets(person(request), currency=filters.currency_of(form, request), sort=sort)
    return Response({"results": [payloads.set_progress(one) for one in found]})


@describe(
    "GET",
    "getCompletion",
    "How complete one set is, with its checklist.",
    query=filters.CurrencyQuery,
    answer=shapes.SetCompletion,
)
@endpoint("GET")
def of_set(request: Request, game_slug: str, set_slug: str) -> Response:
    owner, shown = person(request), published(game_slug, set_slug)
    currency = filters.currency_of(asked(filters.CurrencyQuery, request), request)
    rows = completion.checklist(owner, shown.pk)
    said_by = provenance.of_cards(row.card_id for row in rows)
    progress = payloads.set_progress(completion.of_set(owner, shown, currency=currency))
    return Response({**progress, "results": payloads.checklist(rows, said_by=said_by)})


@describe(
    "POST",
    "wishForMissing",
    "Puts what is neither owned nor wished for on a wish list.",
    body=inputs.WishInput,
    answer=shapes.Wished,
    status=201,
)
@endpoint("POST")
def wish(request: Request, game_slug: str, set_slug: str) -> Response:
    owner, shown = person(request), published(game_slug, set_slug)
    said = inputs.read(inputs.WishInput, request).validated_data
    goals = [completion.BASE, completion.MASTER, *completion.finishes(shown)]
    if said["goal"] not in goals:
        raise ValidationError(
            {"goal": [f"“{said['goal']}” is not accepted. Accepted are {', '.join(goals)}."]}
        )
    chosen = wish_list(owner, said.get("collection"))
    added = completion.wish_for_missing(chosen, shown, goal=said["goal"])
    return Response({"collection_id": chosen.pk, "count": added}, status=status.HTTP_201_CREATED)


def wish_list(owner: User, pk: int | None) -> Collection:
    if pk is None:
        return collecting.first(owner, kind=WISH)
    found = queries.collections_of(owner, kind=WISH).select_related("owner").filter(pk=pk).first()
    if found is None:
        raise ValidationError({"collection": ["You have no such wish list."]})
    return found


def published(game_slug: str, set_slug: str) -> CardSet:
    try:
        return completion.published(game_slug, set_slug)
    except CardSet.DoesNotExist:
        raise NotFound(f"There is no set “{set_slug}” of a game “{game_slug}” here.") from None
