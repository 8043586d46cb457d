"""The pages of sets: how complete they are, and what is missing."""

from collections.abc import Collection as Complaints
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.pages import members, person
from catalog.models import Card, CardSet
from collections_app import collecting, completion, queries
from collections_app.models import Collection
from collections_app.rows import SetProgress
from collections_app.set_forms import SHOWN, SetsForm, ShownForm, WishForm
from pricing import provenance
from pricing import queries as prices

WISH = Collection.Kind.WISH


@members
@require_safe
def sets(request: HttpRequest) -> HttpResponse:
    owner = person(request)
    form = SetsForm(request.GET)
    sort = (form.cleaned_data["sort"] if form.is_valid() else "") or "name"
    context = {
        "form": form,
        "sort": sort,
        "sorts": completion.SORTS,
        "sets": completion.sets(owner, currency=owner.currency, sort=sort),
        "is_demo": prices.freshness().is_demo,
    }
    return render(request, "collections/sets.html", context, status=status_of(form.errors))


@members
@require_http_methods(["GET", "HEAD", "POST"])
def card_set(request: HttpRequest, game_slug: str, set_slug: str) -> HttpResponse:
    owner, shown = person(request), published(game_slug, set_slug)
    progress = completion.of_set(owner, shown, currency=owner.currency)
    form = WishForm(
        request.POST if request.method == "POST" else None,
        lists=queries.collections_of(owner, kind=WISH),
        finishes=[finish.finish for finish in progress.finishes],
    )
    if form.is_bound and form.is_valid():
        return wish(request, form, shown=shown)
    filters = ShownForm(request.GET)
    context = checklist(owner, shown, show=filters.cleaned_data["show"] if filters.is_valid() else "")
    context |= {"progress": progress, "parts": parts(progress), "form": form, "filters": filters}
    return render(request, "collections/set.html", context, status=status_of(form.errors or filters.errors))


def wish(request: HttpRequest, form: WishForm, *, shown: CardSet) -> HttpResponse:
    chosen = form.chosen or collecting.first(person(request), kind=WISH)
    added = completion.wish_for_missing(chosen, shown, goal=form.cleaned_data["goal"])
    said = f"{added} missing printing{'' if added == 1 else 's'} put on “{chosen.name}”."
    messages.success(request, said if added else "All of that is owned or wished for already.")
    return redirect("collections:set", shown.game.slug, shown.slug)


def checklist(owner: User, shown: CardSet, *, show: str) -> dict[str, Any]:
    rows = completion.checklist(owner, shown.pk)
    left = [row for row in rows if not show or bool(row.owned) == (show == "owned")]
    return {
        "card_set": shown,
        "game": shown.game,
        "show": show,
        "shows": SHOWN,
        "count": len(rows),
        "singles": [row for row in left if row.kind == Card.Kind.SINGLE],
        "sealed": [row for row in left if row.kind == Card.Kind.SEALED],
        "is_demo": any(said.is_demo for said in provenance.of_cards(row.card_id for row in rows).values()),
    }


def parts(progress: SetProgress) -> list[tuple[str, Any]]:
    """The bars of a set: each goal with its name. A set of one finish has no finishes to tell apart."""
    finishes = progress.finishes if len(progress.finishes) > 1 else ()
    named = [(finish.finish, finish) for finish in finishes]
    return [("Cards, any finish", progress.base), *named, ("Master set, every printing", progress.master)]


def published(game_slug: str, set_slug: str) -> CardSet:
    try:
        return completion.published(game_slug, set_slug)
    except ObjectDoesNotExist:
        raise Http404("There is no such set here.") from None


def status_of(errors: Complaints[str]) -> int:
    return HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
