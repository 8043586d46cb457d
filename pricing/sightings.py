"""Looks at eBay for printings in turn, and keeps what was sold and offered: under its consent only.

The printing that was looked at longest ago comes next, so that each has its turn within the day's requests.
What cannot be tied to the printing for certain waits for staff or is passed over; what is kept but must not
count (a lot, a currency of another site) says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.grades import Grade
from catalog.listings import Listing as Titled
from catalog.listings import Verdict, match_titles
from catalog.models import Game, Printing, UnmatchedItem
from integrations import ebay
from integrations.ebay.client import Client
from integrations.errors import MarketError
from integrations.listings import Listing
from pricing import consent, ingest, offers
from pricing.estimates import Estimates
from pricing.models import IngestRun, Look, PriceSeries, Sample, Sighting, Source
from pricing.shelf import Shelf

LEAST: Final = 500  # minor units: cheaper printings are not worth a request
EACH: Final = 100  # listings of one search
NEARLY: Final = 60  # points from which a listing is worth a person's look
NEXT = """
SELECT p.id FROM catalog_printing p JOIN catalog_card c ON c.id = p.card_id
JOIN LATERAL (
    SELECT max(l.market) AS market FROM pricing_priceseries s JOIN pricing_latestprice l ON l.series_id = s.id
    WHERE s.printing_id = p.id AND s.condition = '' AND s.grade = ''
) known ON known.market >= %(least)s
LEFT JOIN pricing_look k ON k.printing_id = p.id AND k.source_id = %(source)s
WHERE c.game_id = %(game)s
ORDER BY k.looked_at NULLS FIRST, known.market DESC, p.id LIMIT %(most)s"""


@dataclass(kw_only=True)
class Looked:
    """What a round of looks brought."""

    printings: int = 0
    kept: int = 0
    waiting: int = 0
    problem: str = ""


class NoConsentError(Exception):
    """eBay's prices may not be kept."""


def look(game: Game, *, most: int) -> Looked:
    """Asks eBay about the `most` printings whose turn it is. What it brought until a failure is kept.

    Raises NoConsentError without the operator's statement, MarketError when eBay is off.
    """
    if not consent.settle():
        raise NoConsentError("EBAY_PRICE_CONSENT is empty: nothing of eBay's is kept")
    if not ebay.is_on():
        raise MarketError("eBay is off: set EBAY_CLIENT_ID and EBAY_CLIENT_SECRET", permanent=True)
    client, looked = Client(), Looked()
    turn = consent.SOLD if settings.EBAY_INSIGHTS else consent.OFFERED
    for printing in _next(game, source=Source.objects.get(slug=turn), most=most):
        try:
            _look_at(printing, client=client, looked=looked)
        except MarketError as error:
            looked.problem = str(error)
            break
        looked.printings += 1
    return looked


def estimate(game: Game, *, day: date | None = None) -> list[IngestRun]:
    """Records the day's estimates of what was sold and of what is offered. Raises as `look` does."""
    if not consent.settle():
        raise NoConsentError("EBAY_PRICE_CONSENT is empty: nothing of eBay's is used")
    today = day or timezone.now().date()
    return [_estimate(game, source=slug, day=today) for slug in consent.SOURCES]


def _next(game: Game, *, source: Source, most: int) -> list[Printing]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"least": LEAST, "source": source.pk, "game": game.pk, "most": most})
        keys = [key for (key,) in cursor.fetchall()]
    found = Printing.objects.select_related("card__game", "card__card_set", "finish").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _look_at(printing: Printing, *, client: Client, looked: Looked) -> None:
    words = offers.question(printing.card)
    _keep(
        client.search(words, filters=offers.BOTH_KINDS, most=EACH).listings,
        of=printing,
        source=consent.OFFERED,
        looked=looked,
    )
    if settings.EBAY_INSIGHTS:
        _keep(client.sales(words, most=EACH).listings, of=printing, source=consent.SOLD, looked=looked)


@transaction.atomic
def _keep(listings: Sequence[Listing], *, of: Printing, source: str, looked: Looked) -> None:
    market = Source.objects.get(slug=source)
    game, now = of.card.game, timezone.now()
    verdicts = match_titles([Titled(one.title, game.slug) for one in listings])
    pairs = _decided(listings, verdicts)
    seen = [_sighting(one, verdict, source=market, now=now) for one, verdict in pairs if verdict.is_accepted]
    Sighting.objects.bulk_create(
        seen, update_conflicts=True, unique_fields=["source", "item_id"],
        update_fields=["printing", "condition", "grade", "day", "price", "currency", "title", "left_out"],
    )  # fmt: skip
    waiting = [_item(one, verdict, game=game, now=now) for one, verdict in pairs if _waits(verdict)]
    UnmatchedItem.objects.bulk_create(waiting, ignore_conflicts=True)
    Look.objects.update_or_create(source=market, printing=of, defaults={"looked_at": now})
    looked.kept += len(seen)
    looked.waiting += len(waiting)


def _decided(listings: Sequence[Listing], verdicts: Sequence[Verdict]) -> list[tuple[Listing, Verdict]]:
    """With what staff said of single listings in place of ours, and without those that they ruled out."""
    known = UnmatchedItem.objects.filter(source="ebay", external_id__in=[one.item_id for one in listings])
    said = dict(known.exclude(status=UnmatchedItem.Status.OPEN).values_list("external_id", "printing_id"))
    return [
        (one, replace(verdict, printing_id=said[one.item_id]) if one.item_id in said else verdict)
        for one, verdict in zip(listings, verdicts, strict=True)
        if one.item_id not in said or said[one.item_id]
    ]


def _waits(verdict: Verdict) -> bool:
    """Near enough that staff can decide; what is no listing of one card needs nobody's look."""
    return not verdict.is_accepted and not verdict.is_refused and verdict.score >= NEARLY


def _sighting(one: Listing, verdict: Verdict, *, source: Source, now: datetime) -> Sighting:
    assert verdict.printing_id
    grade = _grade(one, said=verdict.title.grade)
    return Sighting(
        source=source,
        item_id=one.item_id[:80],
        printing_id=verdict.printing_id,
        condition="" if grade or one.is_graded else (one.condition or verdict.title.condition),
        grade=grade,
        day=(one.sold_at or now).date(),
        price=one.price + (one.shipping or 0),
        currency=one.currency,
        title=one.title[:250],
        url=one.url[:500],
        left_out=_left_out(one, grade=grade, said=verdict.title.grade),
    )


def _grade(one: Listing, *, said: Grade | None) -> str:
    """What the listing's own fields say; the title where they say nothing."""
    if one.grader and one.grade:
        return f"{one.grader} {one.grade}"[:20]
    return f"{said.grader} {said.value}"[:20] if said and said.value else ""


def _left_out(one: Listing, *, grade: str, said: Grade | None) -> str:
    if (one.is_graded or said) and not grade:
        return "graded, grade unknown"
    if one.is_auction and one.sold_at is None:
        return "auction still running"
    return ""


def _item(one: Listing, verdict: Verdict, *, game: Game, now: datetime) -> UnmatchedItem:
    return UnmatchedItem(
        source="ebay",
        external_id=one.item_id[:80],
        game=game,
        title=one.title[:250],
        url=one.url[:500],
        is_listing=True,
        said={"title": one.title},
        market=one.price,
        currency=one.currency,
        candidates=list(verdict.candidates),
        score=verdict.score,
        reasons=list(verdict.reasons),
        reason=verdict.reason[:300],
        first_seen=now.date(),
        last_seen=now.date(),
    )


def _estimate(game: Game, *, source: str, day: date) -> IngestRun:
    market = Source.objects.get(slug=source)
    made = Estimates(market, game=game, day=day, is_sold=source == consent.SOLD)
    shelf = Shelf.of_cards(market, game=game, cards=made.cards())
    run = ingest.sync(
        lambda: made, adapter="ebay", source=market, game=game, shelf=shelf, replay=True, accept_collapse=True
    )
    _remember(made, source=market, game=game, day=day)
    return run


def _remember(made: Estimates, *, source: Source, game: Game, day: date) -> None:
    series = PriceSeries.objects.filter(source=source, game=game).values_list(
        "printing__card_id", "printing__finish__name", "condition", "grade", "pk"
    )
    known = {(card, finish, condition, grade): key for card, finish, condition, grade, key in series}
    Sample.objects.bulk_create(
        [
            Sample(series_id=known[line], day=day, size=counted.size, left_out=counted.left_out)
            for line, counted in sorted(made.samples.items())
            if line in known
        ],
        update_conflicts=True,
        unique_fields=["series"],
        update_fields=["day", "size", "left_out"],
    )
