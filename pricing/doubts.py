"""A doubtful price as staff see it: what the source said, what is known, and what a decision would bring."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from pricing import comparison, consequences, review, rewriting
from pricing.comparison import Comparison
from pricing.consequences import Consequence, Move
from pricing.formats import UNKNOWN, money, number
from pricing.ledger import AMOUNTS
from pricing.models import PriceReview, PriceSeries
from pricing.review import CannotAcceptError

SHOWN: Final = 12  # waiting ones beside the one that is decided
COUNTED: Final = 1_000
NAMED = ("series__printing__card__card_set", "series__printing__finish", "series__source", "run__game")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount: as the source said it, and as it was known before."""

    name: str
    quoted: str
    known: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`refusal` says why the price cannot be accepted; else `accepting` says what that would bring."""

    doubt: PriceReview
    lines: list[Line]
    comparison: Comparison | None
    refusal: str
    accepting: list[Consequence]

    @property
    def currency(self) -> str:
        return self.doubt.series.currency if self.doubt.series else ""


def waiting(*, game: str = "") -> QuerySet[PriceReview]:
    """Open ones, the newest first."""
    found = PriceReview.objects.filter(status=PriceReview.Status.OPEN).order_by("-pk")
    return found.filter(run__game__slug=game) if game else found


def queue(*, game: str = "", after: int | None = None) -> list[PriceReview]:
    """The next ones, behind one that was decided or skipped; with the cards they are of in one statement."""
    found = waiting(game=game).select_related(*NAMED)
    return list((found.filter(pk__lt=after) if after else found)[:SHOWN])


def count(*, game: str = "") -> int:
    """How many wait, no further than COUNTED."""
    return waiting(game=game)[:COUNTED].count()


def case(doubt: PriceReview) -> Case:
    """A fixed number of statements for one of a price; none of a whole file."""
    refusal = _refusal(doubt)
    move = supposed(doubt, market=doubt.quote.get("market")) if not refusal else None
    return Case(
        doubt=doubt,
        lines=_lines(doubt),
        comparison=_comparison(doubt),
        refusal=refusal,
        accepting=consequences.of(move) if move else [],
    )


def supposed(doubt: PriceReview, *, market: int | None) -> Move | None:
    """What it means to make this the price of the doubtful day, which is the newest. None of a whole file."""
    if doubt.series is None:
        return None
    return Move(series=doubt.series, day=doubt.day, was=_held(doubt.series, doubt), now=market)


def _held(series: PriceSeries, doubt: PriceReview) -> int | None:
    """The price that stands for the day until one is recorded."""
    known = rewriting.markets(series)
    return next((price for day, price in reversed(known.items()) if day <= doubt.day), None)


def _refusal(doubt: PriceReview) -> str:
    try:
        review.check_acceptable(doubt)
    except CannotAcceptError as error:
        return str(error)
    return ""


def _lines(doubt: PriceReview) -> list[Line]:
    known = doubt.known or {}
    if "rows" in doubt.quote:
        return [Line(name="rows", quoted=number(doubt.quote["rows"]), known=number(known.get("rows", 0)))]
    return [
        Line(name=name.replace("_", " "), quoted=_amount(doubt.quote, name), known=_amount(known, name))
        for name in AMOUNTS
        if doubt.quote.get(name) is not None or known.get(name) is not None
    ]


def _amount(said: dict[str, Any], name: str) -> str:
    amount = said.get(name)
    return UNKNOWN if amount is None else money(amount, said["currency"])


def _comparison(doubt: PriceReview) -> Comparison | None:
    if doubt.series is None:
        return None
    level = doubt.quote.get("market") if doubt.quote.get("currency") == doubt.series.currency else None
    return comparison.of(doubt.series.printing_id, series_id=doubt.series.pk, level=level)
