"""The desk of unmatched items: one at a time, decided by keyboard. Thin: `pricing.desk` reads."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from catalog import deciding
from catalog.deciding import CannotDecideError
from catalog.models import Printing, UnmatchedItem
from pricing import desk, staff
from pricing.desk import Filters
from pricing.models import Source

VIEW, CHANGE = "catalog.view_unmatcheditem", "catalog.change_unmatcheditem"
Items = UnmatchedItem.objects.select_related("game", "printing__card", "printing__finish", "decided_by")


@staff.page(VIEW)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The best guess that waits, or the next one behind `after`."""
    filters = _filters(request)
    after = _item(request.GET.get("after"))
    queue = desk.queue(filters, after=after)
    return _page(request, queue[0] if queue else None, queue=queue[1:], filters=filters)


@staff.page(VIEW)
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, whatever became of it."""
    filters, found = _filters(request), get_object_or_404(Items, pk=pk)
    return _page(request, found, queue=desk.queue(filters, after=found)[: desk.BESIDE], filters=filters)


def _page(
    request: HttpRequest, found: UnmatchedItem | None, *, queue: list[UnmatchedItem], filters: Filters
) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    guesses = [] if found is None else desk.searched(found, text) if text else desk.candidates(found)
    return staff.shown(
        request,
        "desk.html",
        title="Unmatched items",
        item=found,
        candidates=guesses,
        decision=deciding.decision(found) if found and found.status != deciding.Status.OPEN else "",
        queue=queue,
        count=desk.count(filters),
        most=desk.COUNTED,
        filters=filters,
        games=staff.games(),
        sources=Source.objects.all(),
        q=text,
        last=_item(request.GET.get("undo")),
        may_decide=staff.person(request).has_perm(CHANGE),
    )


@staff.page(CHANGE)
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Ties the item to the printing that was chosen."""
    printings = Printing.objects.select_related("card__game", "finish")
    chosen = get_object_or_404(printings, pk=staff.number(request.POST.get("printing")) or 0)
    found = get_object_or_404(Items, pk=pk)
    return _decided(request, found, partial(deciding.link, printing=chosen))


@staff.page(CHANGE)
@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, get_object_or_404(Items, pk=pk), deciding.ignore)


def _decided(
    request: HttpRequest, found: UnmatchedItem, decide: Callable[..., UnmatchedItem]
) -> HttpResponse:
    """On to the next item, whether this was decided here or, meanwhile, by somebody else: that is said."""
    by, filters = staff.person(request), asdict(_filters(request))
    try:
        with transaction.atomic():
            decided = decide(found, by=by)
            audit.note(by, decided, f"{deciding.decision(decided)}.".capitalize())
    except CannotDecideError as error:
        messages.warning(request, str(error))
        return staff.to("desk", after=found.pk, **filters)
    return staff.to("desk", after=found.pk, undo=found.pk, **filters)


@staff.page(CHANGE)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a decision back and shows the item again."""
    found, by = get_object_or_404(Items, pk=pk), staff.person(request)
    try:
        with transaction.atomic():
            deciding.reopen(found, by=by)
            audit.note(by, found, f"Waits again; was {deciding.decision(found)}.")
    except CannotDecideError as error:
        messages.error(request, str(error))
    return staff.to("item", pk, **asdict(_filters(request)))


def _filters(request: HttpRequest) -> Filters:
    said = request.POST if request.method == "POST" else request.GET
    return Filters(game=said.get("game", ""), source=said.get("source", ""))


def _item(text: str | None) -> UnmatchedItem | None:
    key = staff.number(text)
    return Items.filter(pk=key).first() if key else None
