"""The public pages: each reads its address with a form, asks the queries, and hands rows to a template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from accounts.models import User
from catalog import addresses, answers, keeping, queries, reads, revisions
from catalog import chart as charts
from catalog.forms import CHECKLIST_SORTS, LAYOUTS, ChartForm, ChecklistForm, MoversForm, SearchForm, named
from catalog.grammar import MOST_CONDITIONS
from catalog.models import Card, CardSet, Game, Printing
from catalog.revisions import Scope
from pricing import evidence, health, kept, offers, provenance, saving
from pricing import movers as ranking
from pricing import queries as prices
from pricing import search as finder
from pricing.observations import WINDOW
from pricing.rows import PrintingPrice, PrintingRow

CHART_LIBRARY = "lightweight-charts.js"
ANYONES = "USD"  # whoever is not signed in
FEW = 5
MANY = 50
NEWEST = 6
# Below five dollars one sale makes a headline.
USUAL_MOVE = {"window": 7, "floor": 500}

Reads = Callable[[], dict[str, Any]]


def status_of(form: Form) -> int:
    return HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST


def part(template: str, *key: object, subject: keeping.Subject, of: str, read: Reads) -> SafeString:
    """A list of prices as rendered when what it shows last changed; `of` is its generation."""
    html = keeping.keep(
        subject,
        key=":".join(map(str, (settings.VERSION, *key))),
        made_from=f"{of}@{subject.clock()}",
        make=lambda: render_to_string(template, read()).encode(),
    )
    return mark_safe((html or b"").decode())  # noqa: S308 -- Jinja2 escaped it


def both_directions(*, game: str | None, limit: int, **filters: Any) -> dict[str, Any]:
    return {
        "gainers": prices.movers(game=game, direction="up", limit=limit, **filters),
        "losers": prices.movers(game=game, direction="down", limit=limit, **filters),
    }


@require_safe
@answers.page(kept.MOVERS)
def home(request: HttpRequest) -> HttpResponse:
    context = {
        **both_directions(game=None, limit=FEW, **USUAL_MOVE),
        "newest_sets": queries.newest_sets(NEWEST),
        "freshness": prices.freshness(),
    }
    return render(request, "home.html", context)


@require_safe
@answers.page(kept.SETS)
def methodology(request: HttpRequest) -> HttpResponse:
    context = {"freshness": prices.freshness(), "policies": health.policies()}
    return render(request, "methodology.html", context)


@require_safe
@answers.page(kept.SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET, games=queries.games())
    found, misread = finder.Found(card_ids=[], after="", corrected=""), None
    if form.is_valid():
        try:
            found = finder.find(finder.Criteria(**form.criteria(), who=request.user.pk))
        except finder.BadCursor:
            form.add_error("after", "This page of results is gone. Start again from the first.")
        except finder.ParseError as error:
            misread = marked(request, error, text=form.cleaned_data["q"])
            form.add_error("q", error.message)
    fields = {name: form.data[name] for name in ("q", *saving.FILTERS) if form.data.get(name)}
    context = {
        "form": form,
        "found": found,
        "misread": misread,
        "saved": saving.same(request.user, fields) if fields else None,
        "saved_fields": fields,
        "cards": prices.card_rows(found.card_ids),
        "layout": form.cleaned_data.get("layout") or "grid",
        "next_page": address(request, after=found.after),
        "layouts": [(name, key, address(request, layout=key)) for key, name in LAYOUTS],
    }
    return render(request, "search.html", context, status=status_of(form))


def marked(request: HttpRequest, error: finder.ParseError, *, text: str) -> dict[str, Any]:
    """A search around the place where it went wrong, and the address of each way it may have been meant."""
    end = error.position + error.length
    return {
        "message": error.message,
        "before": text[: error.position],
        "wrong": text[error.position : end],
        "after": text[end:],
        "meant": [(meant, address(request, q=meant, after=None)) for meant in error.corrected(text)],
    }


@require_safe
@answers.page(kept.SETS)
def syntax(request: HttpRequest) -> HttpResponse:
    return render(request, "syntax.html", {"conditions": MOST_CONDITIONS})


def address(request: HttpRequest, **changes: str | None) -> str:
    """The page asked for, with some of its filters changed."""
    return f"{request.path}?{query_with(request, **changes)}"


def query_with(request: HttpRequest, **changes: object) -> str:
    """The query of the address asked for, with some values changed; None takes one away."""
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return query.urlencode()


def pages(request: HttpRequest, *, page: int, count: int) -> dict[str, str]:
    """The addresses of the pages before and after; "" where there is none."""
    return {
        "page_before": f"?{query_with(request, page=page - 1)}" if page > 1 else "",
        "page_after": f"?{query_with(request, page=page + 1)}" if page < count else "",
    }


def chart_library() -> str:
    """The static path of the script that charts are better with, "" where it was not fetched."""
    return f"vendor/{CHART_LIBRARY}" if (settings.VENDOR_DIR / CHART_LIBRARY).is_file() else ""


@require_safe
@answers.data(kept.SUGGEST)
def suggest(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    found = finder.suggest(text, game=request.GET.get("game") or None) if text.strip() else []
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]})


def supported(slug: str) -> Game:
    games = queries.games()
    for game in games:
        if game.slug == slug:
            return game
    raise Http404(f"There is no game “{slug}” here. Supported are {named(games)}.")


@require_safe
@answers.page(kept.SETS, of=Scope.GAME)
def game(request: HttpRequest, game_slug: str) -> HttpResponse:
    game = supported(game_slug)
    context = {
        "game": game,
        "sets": queries.sets_of(game),
        **both_directions(game=game.slug, limit=FEW, **USUAL_MOVE),
    }
    return render(request, "game.html", context)


# Written out because Django would spend a sixth of the page's CPU on composing it.
PUBLISHED_SET = """
SELECT s.id, s.name, s.slug, s.code, s.released_on, s.image_url, g.id, g.name, g.slug
FROM catalog_cardset s JOIN catalog_game g ON g.id = s.game_id
WHERE g.slug = %s AND s.slug = %s AND s.is_published"""


def published_set(game_slug: str, slug: str) -> CardSet:
    """A set with its game. Raises Http404, or MovedError if it moved."""
    with reads.cursor() as cursor:
        cursor.execute(PUBLISHED_SET, [game_slug, slug])
        row = cursor.fetchone()
    if row is None:
        addresses.follow_set(game_slug, slug)
        raise Http404(f"{supported(game_slug)} has no set “{slug}” here.")
    game = Game(**dict(zip(("id", "name", "slug"), row[6:], strict=True)))
    facts = dict(zip(("id", "name", "slug", "code", "released_on", "image_url"), row[:6], strict=True))
    return CardSet(game=game, **facts)


@require_safe
@answers.page(kept.SETS, of=Scope.GAME)
@addresses.led
def card_set(request: HttpRequest, game_slug: str, set_slug: str) -> HttpResponse:
    generation = revisions.generation_of(Scope.GAME, game_slug)
    shown = published_set(game_slug, set_slug)
    form = ChecklistForm(request.GET)
    sort = (form.cleaned_data["sort"] if form.is_valid() else "") or "number"
    read = partial(checklist_context, shown, sort=sort)
    found = part("_set.html", shown.pk, sort, subject=kept.CHECKLISTS, of=generation, read=read)
    context = {"game": shown.game, "card_set": shown, "form": form, "prices": found}
    return render(request, "set.html", context, status=status_of(form))


def checklist_context(shown: CardSet, *, sort: str) -> dict[str, Any]:
    rows = ordered(prices.checklist(shown.pk), sort=sort)
    said_by = provenance.of_cards(row.card_id for row in rows)
    return {
        "game": shown.game,
        "card_set": shown,
        "sort": sort,
        "sorts": CHECKLIST_SORTS,
        "singles": [row for row in rows if row.kind == Card.Kind.SINGLE],
        "sealed": [row for row in rows if row.kind == Card.Kind.SEALED],
        "value": prices.set_value(shown.pk),
        "is_demo": any(said.is_demo for said in said_by.values()),
    }


def ordered(rows: list[PrintingRow], *, sort: str) -> list[PrintingRow]:
    """By a column, "-" for the highest first; unknown values come last, ties keep their number's order."""
    if sort == "number":
        return rows
    value = attrgetter(sort.lstrip("-"))
    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return sorted(known, key=value, reverse=sort.startswith("-")) + unknown


@require_safe
@answers.page(kept.MOVERS)
def movers(request: HttpRequest) -> HttpResponse:
    form = MoversForm(request.GET, games=queries.games(), windows=ranking.WINDOWS, floors=ranking.FLOORS)
    found = SafeString()
    if form.is_valid():
        chosen = {**form.cleaned_data, "game": form.cleaned_data["game"] or None}
        chosen["with_thin"] = chosen.pop("thin")
        read = partial(both_directions, limit=MANY, **chosen)
        generation = revisions.generation(form.game.pk if form.game else None)
        found = part("_movers.html", *chosen.values(), subject=kept.MOVER_LISTS, of=generation, read=read)
    return render(request, "movers.html", {"form": form, "prices": found}, status=status_of(form))


def published_card(pk: int) -> Card:
    try:
        return queries.card(pk)
    except Card.DoesNotExist:
        addresses.follow_card(pk)
        raise Http404("This card is not in the catalogue.") from None


@require_safe
@answers.page(kept.PROFILES, of=Scope.CARD)
@addresses.led
def card(request: HttpRequest, pk: int, slug: str) -> HttpResponse | HttpResponsePermanentRedirect:
    shown = published_card(pk)
    if slug != shown.slug:
        return redirect(shown, permanent=True)
    printings = prices.printings(pk)
    form = chart_form(request, printings)
    context = {
        **chart_context(request, shown, printings, form),
        "printings": printings,
        "has_offers": offers.are_on(),
        "sheets": sheets(request, printings),
        "conditions": prices.condition_prices(pk),
        "others": prices.other_printings(shown),
        "external_ids": shown.external_ids.order_by("source", "external_id"),
    }
    return render(request, "card.html", context, status=status_of(form))


def currency_of(request: HttpRequest) -> str:
    """The reader's own; what is not signed in reads dollars."""
    return request.user.currency if isinstance(request.user, User) else ANYONES


def sheets(
    request: HttpRequest, printings: Sequence[PrintingPrice]
) -> list[tuple[PrintingPrice, evidence.Evidence]]:
    """What every source says of each printing that one prices."""
    priced = [row for row in printings if row.series_id]
    found = evidence.of_printings([row.printing_id for row in priced], currency=currency_of(request))
    return [(row, found[row.printing_id]) for row in priced]


@require_safe
@answers.page(kept.PROFILES, of=Scope.PRINTING)
def printing_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything behind the price of one printing."""
    try:
        shown = queries.printing(pk)
    except Printing.DoesNotExist:
        raise Http404("This printing is not in the catalogue.") from None
    sheet = evidence.of_printings([pk], currency=currency_of(request))[pk]
    series = [word.said.series_id for word in sheet.words]
    context = {
        "printing": shown,
        "sheet": sheet,
        "doubts": evidence.doubts(series),
        "put_aside": evidence.put_aside(series),
        "corrected": evidence.corrected(series),
        "chart": draw_sources(sheet),
        "is_demo": any(word.said.is_demo for word in sheet.words),
        "chart_library": chart_library(),
    }
    return render(request, "evidence.html", context)


def draw_sources(sheet: evidence.Evidence) -> charts.Chart | None:
    """The month of every source in one currency."""
    known = {word.said.series_id: word for word in sheet.words if word.value is not None}
    until = max((word.said.day for word in known.values()), default=today())
    return charts.draw(
        {key: word.points for key, word in known.items()},
        names={key: word.said.name for key, word in known.items()},
        since=until - timedelta(days=WINDOW),
        until=until,
    )


@require_safe
@answers.page(kept.HISTORY, of=Scope.CARD)
@addresses.led
def chart(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the card page that a choice of range or printings changes."""
    shown = published_card(pk)
    printings = prices.printings(pk)
    form = chart_form(request, printings)
    context = chart_context(request, shown, printings, form)
    return render(request, "_chart.html", context, status=status_of(form))


def chart_form(request: HttpRequest, printings: Sequence[PrintingPrice]) -> ChartForm:
    return ChartForm(
        request.GET, printings={row.printing_id: row.finish for row in printings if row.series_id}
    )


def chart_context(
    request: HttpRequest, shown: Card, printings: Sequence[PrintingPrice], form: ChartForm
) -> dict[str, Any]:
    """The chart of the chosen printings and the links to its other ranges."""
    range_key, chosen = form.chosen()
    drawn = {row.series_id: row for row in printings if row.series_id and row.printing_id in chosen}
    return {
        "card": shown,
        "form": form,
        "range": range_key,
        "spoken": charts.SPOKEN[range_key],
        "chosen": chosen,
        "chart": draw(drawn, range_key=range_key),
        "currency": next((row.currency for row in drawn.values()), "USD"),
        "is_demo": any(row.source and row.source.is_demo for row in printings),
        "ranges": [(key, label, query_with(request, range=key)) for key, (label, _) in charts.RANGES.items()],
        "chart_library": chart_library(),
    }


def draw(drawn: Mapping[int, PrintingPrice], *, range_key: str) -> charts.Chart | None:
    until = max((row.as_of for row in drawn.values() if row.as_of), default=today())
    since = charts.start_of(range_key, until=until)
    histories = prices.history(list(drawn), since=since)
    names = {series_id: row.finish for series_id, row in drawn.items()}
    return charts.draw(histories, names=names, since=since, until=until)


def today() -> date:
    return datetime.now(UTC).date()
