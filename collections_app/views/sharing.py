"""What visitors see of collections that their owners share: the list of public ones, and each at its link."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.pages import found
from catalog.forms import PageForm
from collections_app import overview, queries, valuation
from collections_app.models import Collection
from collections_app.overview import Worth
from collections_app.rows import Totals
from collections_app.set_forms import SharedForm
from collections_app.views.sets import status_of
from pricing import queries as prices

LISTED = 50
ANYONES = "USD"  # whoever is not signed in, in a list of many owners
# What a visitor learns only where the owner shows it.
COST_SORTS = {"-gain", "-acquired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A public collection: nothing of it says whose it is. `value` is None while no price is known."""

    token: str
    name: str
    kind: str
    lots: int
    quantity: int
    missing: int
    value: int | None


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    pages = Paginator(queries.public(), LISTED)
    form = PageForm(request.GET)
    number = (form.cleaned_data["page"] if form.is_valid() else 1) or 1
    if number > pages.num_pages:
        raise Http404("There is no such page of public collections.")
    page = pages.page(number)
    currency = request.user.currency if isinstance(request.user, User) else ANYONES
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": listed(page.object_list, currency=currency),
        "currency": currency,
    }
    context["is_demo"] = prices.freshness().is_demo
    return render(request, "collections/public.html", context, status=status_of(form.errors))


def listed(found: Iterable[Any], *, currency: str) -> list[Listed]:
    collections = list(found)
    worth = overview.worth([one.pk for one in collections], currency=currency)
    return [
        Listed(
            token=one.token,
            name=one.name,
            kind=one.get_kind_display(),
            lots=one.lot_count,
            quantity=worth[one.pk].quantity,
            missing=worth[one.pk].missing,
            value=known(worth[one.pk]),
        )
        for one in collections
    ]


def known(found: Worth | Totals) -> int | None:
    """The value, unless no copy has a price: that is unknown, not nothing."""
    return None if found.quantity and found.missing == found.quantity else found.value


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    seen = found(queries.shared, token)
    sorts = sorts_of(seen)
    form = SharedForm(request.GET, sorts=sorts)
    asked = form.cleaned_data if form.is_valid() else {}
    currency = currency_of(request, seen)
    sort = asked.get("sort") or "name"
    lots = valuation.lot_rows([seen.pk], currency=currency, sort=sort, page=asked.get("page") or 1)
    totals = valuation.totals([seen.pk], currency=currency)
    context: dict[str, Any] = {
        "form": form,
        "collection": seen,
        "totals": totals,
        "value": known(totals),
        "lots": lots,
        "sort": sort,
        "sorts": sorts,
        "is_unlisted": seen.visibility == Collection.Visibility.UNLISTED,
        "is_demo": any(row.is_demo for row in lots.rows),
    }
    response = render(request, "collections/shared.html", context, status=status_of(form.errors))
    response["Cache-Control"] = "private, no-store"  # it may be private again at any time
    if context["is_unlisted"]:
        response["X-Robots-Tag"] = "noindex"
    return response


def sorts_of(seen: Collection) -> dict[str, str]:
    """An order would tell what the columns keep to themselves."""
    hidden = set() if seen.shows_cost else COST_SORTS
    return {key: label for key, label in valuation.SORTS.items() if key not in hidden}


def currency_of(request: HttpRequest, seen: Collection) -> str:
    """The visitor's, or without one the owner's."""
    return request.user.currency if isinstance(request.user, User) else seen.owner.currency
