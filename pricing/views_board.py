"""The board of sources that disagree, and what is known of one printing. Thin: `pricing.disagreements`."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from catalog.models import ExternalId, Printing
from pricing import comparison, disagreements, staff
from pricing.disagreements import ON_A_PAGE
from pricing.models import Disagreement

VIEW, CHANGE = "pricing.view_disagreement", "pricing.change_disagreement"
MOST_PAGES = 200


@staff.page(VIEW)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Those that reach most people first; with `seen`, those that staff looked at."""
    games = staff.games()
    game = next((one for one in games if one.slug == request.GET.get("game")), None)
    seen, place = bool(request.GET.get("seen")), _place(request)
    rows = disagreements.worst(game=game, seen=seen, page=place)
    return staff.shown(
        request,
        "board.html",
        title="Sources that disagree",
        rows=rows[:ON_A_PAGE],
        games=games,
        game=game,
        seen=seen,
        page=place,
        next_page=place + 1 if len(rows) > ON_A_PAGE else None,
        least=disagreements.LEAST_RATIO,
        may_see=staff.person(request).has_perm(CHANGE),
        may_correct=staff.person(request).has_perm("pricing.add_pricecorrection"),
    )


@staff.page(VIEW)
@require_safe
def printing(request: HttpRequest, pk: int) -> HttpResponse:
    """What every source says of a printing, and by which id each of them means its card."""
    named = Printing.objects.select_related("card__card_set", "card__game", "finish")
    found = get_object_or_404(named, pk=pk)
    return staff.shown(
        request,
        "printing.html",
        title=str(found),
        printing=found,
        comparison=comparison.of(found.pk),
        ids=ExternalId.objects.filter(card=found.card).order_by("source", "external_id"),
        may_correct=staff.person(request).has_perm("pricing.add_pricecorrection"),
    )


@staff.page(CHANGE)
@require_POST
def see(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the board until it changes."""
    ratio, by = _ratio(request.POST.get("ratio", "")), staff.person(request)
    with transaction.atomic():
        if ratio and disagreements.see(pk, ratio=ratio, by=by):
            audit.note(by, get_object_or_404(Disagreement, pk=pk), f"Looked at, at {ratio} times.")
            messages.success(request, "Looked at: it comes back when it changes.")
        else:
            messages.warning(request, "It is another by now: look at it again.")
    return staff.to("board", game=request.POST.get("game"), page=_place(request))


@staff.page(CHANGE)
@require_POST
def show_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Back on the board."""
    with transaction.atomic():
        if disagreements.show_again(pk):
            audit.note(staff.person(request), get_object_or_404(Disagreement, pk=pk), "On the board again.")
            messages.success(request, "It is on the board again.")
    return staff.to("board", game=request.POST.get("game"), seen=1)


def _ratio(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _place(request: HttpRequest) -> int:
    said = request.POST if request.method == "POST" else request.GET
    return min(max(staff.number(said.get("page")) or 1, 1), MOST_PAGES)
