"""Doubtful prices one at a time, with what a decision would bring. Thin: `pricing.doubts` reads."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts import audit
from accounts.models import User
from pricing import consequences, doubts, formats, review, staff
from pricing.admin import NO_QUEUE, accept_and_start
from pricing.consequences import Consequence
from pricing.models import PriceReview
from pricing.review import CannotAcceptError

VIEW, CHANGE = "pricing.view_pricereview", "pricing.change_pricereview"
Doubts = PriceReview.objects.select_related(*doubts.NAMED, "decided_by")
Done = tuple[int, str]


@staff.page(VIEW)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The newest that waits, or the next one behind `after`."""
    queue = doubts.queue(game=_game(request), after=staff.number(request.GET.get("after")))
    return _page(request, queue[0] if queue else None, queue=queue[1:])


@staff.page(VIEW)
@require_safe
def doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, whatever became of it."""
    found = get_object_or_404(Doubts, pk=pk)
    return _page(request, found, queue=doubts.queue(game=_game(request), after=pk))


def _page(request: HttpRequest, found: PriceReview | None, *, queue: list[PriceReview]) -> HttpResponse:
    typed = request.GET.get("price", "").strip()
    fixing, error = _fixing(found, typed=typed) if found and typed else ([], "")
    return staff.shown(
        request,
        "doubt.html",
        title="Doubtful prices",
        case=doubts.case(found) if found else None,
        queue=queue,
        count=doubts.count(game=_game(request)),
        most=doubts.COUNTED,
        game=_game(request),
        games=staff.games(),
        typed=typed,
        reason=request.GET.get("reason", "").strip(),
        fixing=fixing,
        fixing_error=error,
        may_decide=staff.person(request).has_perm(CHANGE),
    )


def _fixing(found: PriceReview, *, typed: str) -> tuple[list[Consequence], str]:
    """What the typed price would bring, or why it cannot be."""
    try:
        market = minor(typed, currency=found.series.currency if found.series else "USD")
        review.check_fixable(found, market=market)
    except CannotAcceptError as refusal:
        return [], str(refusal)
    move = doubts.supposed(found, market=market)
    return (consequences.of(move) if move else []), ""


def minor(typed: str, *, currency: str) -> int:
    """What staff typed, such as 12.50, in minor units. Raises CannotAcceptError for what is no price."""
    try:
        exact = Decimal(typed.replace(",", ".")).scaleb(formats.digits(currency))
        whole = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        raise CannotAcceptError("Type a price, such as 12.50.") from None
    if exact != whole:
        raise CannotAcceptError(f"{currency} has {formats.digits(currency)} digits behind the point.")
    return whole


@staff.page(CHANGE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, accept_and_start)


@staff.page(CHANGE)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    def rejected(found: PriceReview, by: User) -> Done:
        if not review.reject(found, by=by):
            raise review.DecidedError
        return messages.SUCCESS, "Rejected."

    return _decide(request, pk, rejected)


@staff.page(CHANGE)
@require_POST
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    def fixed(found: PriceReview, by: User) -> Done:
        currency = found.series.currency if found.series else "USD"
        market = minor(request.POST.get("price", ""), currency=currency)
        review.fix(found, market=market, by=by, reason=request.POST.get("reason", "").strip()[:200])
        return messages.SUCCESS, f"Fixed: {formats.money(market, currency)}."

    return _decide(request, pk, fixed)


def _decide(request: HttpRequest, pk: int, decide: Callable[[PriceReview, User], Done]) -> HttpResponse:
    """On to the next one; what cannot be decided like this is said, and shown again unless it is decided."""
    found, by = get_object_or_404(Doubts, pk=pk), staff.person(request)
    try:
        with transaction.atomic():
            level, said = decide(found, by)
            audit.note(by, found, said)
    except review.DecidedError:
        messages.warning(request, f"{_name(found)}: {_who(found)}")
        return staff.to("doubts", after=pk, game=_game(request))
    except (CannotAcceptError, OperationalError) as error:
        why = NO_QUEUE if isinstance(error, OperationalError) else str(error)
        messages.error(request, f"{_name(found)}: {why}")
        return staff.to("doubt", pk, game=_game(request))
    messages.add_message(request, level, f"{_name(found)}: {said}")
    return staff.to("doubts", after=pk, game=_game(request))


def _name(found: PriceReview) -> str:
    return str(found.series.printing) if found.series else f"The whole file of {found.run.game}"


def _who(found: PriceReview) -> str:
    """Read again: it was decided since it was shown."""
    now = PriceReview.objects.select_related("decided_by").get(pk=found.pk)
    return f"somebody was quicker. {now.get_status_display()}, by {now.decided_by}."


def _game(request: HttpRequest) -> str:
    said = request.POST if request.method == "POST" else request.GET
    return said.get("game", "")
