"""The public read API: the very reads and forms of the pages, as JSON. docs/api.md shows every answer.

Anyone may read, so nothing here but the search looks at who asks. A wrong value is a problem that names the
accepted ones.
"""
# ruff: noqa: ARG001, ARG002 -- the signatures are DRF's

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Never

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import KeyAuthentication, is_allowed
from accounts.describing import describe, parameters_of
from catalog import addresses, answers, chart, queries
from catalog import shapes as catalogued
from catalog.asking import MisreadError, asked, checked, given, turned
from catalog.forms import ChartForm, CurrencyForm, Flag, GamesForm, MoversForm, SearchForm
from catalog.models import Card, CardSet, Game, Printing
from catalog.revisions import Scope
from pricing import evidence, health, kept, payloads, provenance, search, shapes
from pricing import movers as ranking
from pricing import queries as prices

CURRENCY = "USD"  # without another one asked for
MOVERS = 50
ASKED = ("q", "game", "set", "rarity", "finish", "kind", "sort", "after")


def endpoint(view: Callable[..., Any]) -> Callable[..., Response]:
    """A view that answers GET to everyone, under old addresses with where to ask now."""
    return reading("GET")(addresses.led(view))


def reading(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """A view that answers these methods to everyone; a POST is a question too long for an address.

    A key is not needed; one that comes along has to be good, and its calls count for itself.
    """

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        open_to_all = permission_classes([AllowAny])(view)
        return api_view(list(methods))(authentication_classes([KeyAuthentication])(open_to_all))

    return wrap


class MoversQuery(MoversForm):
    direction = forms.ChoiceField(choices=[("up", "Gainers"), ("down", "Losers")], required=False)
    thin = Flag()


class SuggestQuery(GamesForm):
    q = forms.CharField(max_length=100)


@describe("GET", "listGames", "Every game.", answer=catalogued.Games)
@answers.data(kept.SETS)
@endpoint
def games(request: Request) -> Response:
    return Response({"results": [game_of(game) for game in queries.games()]})


@describe("GET", "listSets", "The sets of a game, the newest first.", answer=catalogued.Sets)
@answers.data(kept.SETS, of=Scope.GAME)
@endpoint
def sets(request: Request, game_slug: str) -> Response:
    found: Iterable[Any] = queries.sets_of(supported(game_slug))
    return Response({"results": [{**set_of(row), "cards": row.card_count} for row in found]})


@describe(
    "GET",
    "getSet",
    "A set: its value, and its checklist in the order of the numbers.",
    answer=shapes.Checklist,
    moves=True,
)
@answers.data(kept.SETS, of=Scope.GAME)
@endpoint
def checklist(request: Request, game_slug: str, set_slug: str) -> Response:
    game = supported(game_slug)
    found = CardSet.objects.filter(game=game, is_published=True, slug=set_slug).first()
    if not found:
        addresses.follow_set(game.slug, set_slug)
        listed = reverse("api:sets", args=[game.slug])
        raise NotFound(f"{game} has no set “{set_slug}”; {listed} lists its sets.")
    rows = prices.checklist(found.pk)
    said_by = provenance.of_cards(row.card_id for row in rows)
    return Response(
        {
            "game": game_of(game),
            "set": set_of(found),
            "value": payloads.set_value(prices.set_value(found.pk)),
            "results": payloads.checklist(rows, said_by=said_by),
        }
    )


@describe(
    "GET",
    "getCard",
    "A card: its printings with their prices, and prices of single conditions and grades.",
    query=CurrencyForm,
    answer=shapes.Card,
    moves=True,
)
@answers.data(kept.PROFILES, of=Scope.CARD)
@endpoint
def card(request: Request, pk: int) -> Response:
    found = published(pk)
    currency = asked(CurrencyForm, request).cleaned_data["currency"] or CURRENCY
    rows = prices.printings(pk)
    sheets = evidence.of_printings([row.printing_id for row in rows], currency=currency)
    return Response(
        {
            **card_of(found),
            "printings": payloads.printings(rows, sheets=sheets),
            "conditions": payloads.conditions(prices.condition_prices(pk)),
        }
    )


@describe(
    "GET",
    "getEvidence",
    "What stands behind the price of one printing.",
    query=CurrencyForm,
    answer=shapes.Evidence,
)
@answers.data(kept.PROFILES, of=Scope.PRINTING)
@endpoint
def printing(request: Request, pk: int) -> Response:
    """What stands behind the price of one printing."""
    currency = asked(CurrencyForm, request).cleaned_data["currency"] or CURRENCY
    try:
        found = queries.printing(pk)
    except Printing.DoesNotExist:
        raise NotFound("This printing is not in the catalogue.") from None
    sheet = evidence.of_printings([pk], currency=currency)[pk]
    doubts = evidence.doubts(word.said.series_id for word in sheet.words)
    return Response(
        {
            "card": card_of(found.card),
            "finish": found.finish.name,
            **payloads.evidence(sheet, doubts=doubts),
        }
    )


@describe(
    "GET",
    "getCardHistory",
    "The days on which the prices of a card changed.",
    more="A price holds until the next point; the first point of a range carries the price of its first day.",
    query=parameters_of(ChartForm, "range"),
    answer=shapes.History,
    moves=True,
)
@answers.data(kept.HISTORY, of=Scope.CARD)
@endpoint
def history(request: Request, pk: int) -> Response:
    found = published(pk)
    form = ChartForm(given(request, "range"), printings={})
    chosen = checked(form)["range"] or chart.DEFAULT_RANGE
    rows = prices.printings(pk)
    until = max((row.as_of for row in rows if row.as_of), default=datetime.now(UTC).date())
    since = chart.start_of(chosen, until=until)
    points = prices.history([row.series_id for row in rows if row.series_id], since=since)
    return Response(
        {
            "card_id": found.pk,
            "range": chosen,
            "since": payloads.day(since),
            "until": payloads.day(until),
            "results": payloads.history(rows, changes=points),
        }
    )


@describe(
    "GET",
    "searchCards",
    "Cards that match words and filters.",
    query=parameters_of(SearchForm, *ASKED, price_min="min", price_max="max"),
    answer=shapes.SearchResults,
)
@answers.data(kept.SEARCH)
@api_view(["GET"])
@authentication_classes([KeyAuthentication, SessionAuthentication])
@permission_classes([AllowAny])
def find(request: Request) -> Response:
    """For everyone; who is signed in may also ask for what they own."""
    form = SearchForm(given(request, *ASKED, "price_min", "price_max"), games=queries.games())
    checked(form)
    who = request.user.pk if is_allowed(request, "collections:read") else None
    try:
        found = search.find(search.Criteria(**form.criteria(), who=who))
    except search.BadCursor:
        lost = "This is no page of these results. Start again without it."
        raise ValidationError({"after": [lost]}) from None
    except search.ParseError as error:
        raise MisreadError(error, field="q") from None
    rows = prices.card_rows(found.card_ids)
    said_by = provenance.of_cards(found.card_ids)
    response = Response(
        {
            "corrected": found.corrected or None,
            "next": turned(request, after=found.after) if found.after else None,
            "results": payloads.cards(rows, said_by=said_by),
        }
    )
    if found.is_personal:
        patch_cache_control(response, private=True)
    return response


@describe(
    "GET",
    "suggestCards",
    "Up to eight cards for a search box.",
    query=parameters_of(SuggestQuery, "q", "game"),
    answer=catalogued.Suggestions,
)
@answers.data(kept.SUGGEST)
@endpoint
def suggest(request: Request) -> Response:
    wanted = checked(SuggestQuery(given(request, "q", "game"), games=queries.games()))
    found = search.suggest(wanted["q"], game=wanted["game"] or None)
    return Response({"results": [asdict(suggestion) for suggestion in found]})


@describe(
    "GET",
    "listMovers",
    "The largest changes of market prices.",
    query=MoversQuery({}, games=(), windows=ranking.WINDOWS, floors=ranking.FLOORS),
    answer=shapes.Movers,
)
@answers.data(kept.MOVERS_DATA)
@endpoint
def movers(request: Request) -> Response:
    form = MoversQuery(
        given(request, "game", "window", "direction", "floor", "thin"),
        games=queries.games(),
        windows=ranking.WINDOWS,
        floors=ranking.FLOORS,
    )
    wanted = checked(form)
    rows = prices.movers(
        game=wanted["game"] or None,
        window=wanted["window"],
        direction=wanted["direction"] or "up",
        floor=wanted["floor"],
        with_thin=wanted["thin"],
        limit=MOVERS,
    )
    said_by = provenance.of_cards(row.card_id for row in rows)
    return Response({"results": payloads.movers(rows, said_by=said_by)})


@describe("GET", "listSources", "Whose prices these are.", answer=shapes.Sources)
@answers.data(kept.SETS)
@endpoint
def sources(request: Request) -> Response:
    return Response({"results": payloads.sources(health.sources())})


@extend_schema(exclude=True)
class Unknown(APIView):
    """Any other address below the API, whatever the method."""

    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> Never:
        raise NotFound("There is no such endpoint; docs/api.md lists them all.")


def supported(slug: str) -> Game:
    games = {game.slug: game for game in queries.games()}
    if slug not in games:
        raise NotFound(f"There is no game “{slug}” here. Supported are {', '.join(games)}.")
    return games[slug]


def published(pk: int) -> Card:
    try:
        return queries.card(pk)
    except Card.DoesNotExist:
        addresses.follow_card(pk)
        raise NotFound("This card is not in the catalogue.") from None


def game_of(game: Game) -> dict[str, Any]:
    return {"slug": game.slug, "name": game.name, "language": game.language}


def set_of(card_set: CardSet) -> dict[str, Any]:
    return {
        "slug": card_set.slug,
        "name": card_set.name,
        "code": card_set.code,
        "released_on": payloads.day(card_set.released_on),
    }


def card_of(card: Card) -> dict[str, Any]:
    return {
        "id": card.pk,
        "name": card.name,
        "number": card.number,
        "kind": card.kind,
        "rarity": card.rarity.name if card.rarity else "",
        "image_url": card.image_url,
        "url": card.get_absolute_url(),
        "game": game_of(card.game),
        "set": set_of(card.card_set),
    }
