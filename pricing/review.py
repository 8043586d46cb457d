"""Doubtful prices: what counts as doubtful, putting them aside, and what staff decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.quotes import Quote
from pricing import packing, rewriting, telling
from pricing.ledger import AMOUNTS, CHARTED, LARGEST, Jump
from pricing.models import (
    IngestRun,
    LatestPrice,
    PriceChange,
    PriceDay,
    PriceReview,
    PriceSeries,
    Source,
)
from pricing.rewriting import Markets
from pricing.signals import announce

Reason = PriceReview.Reason
ACCEPTED, FIXED = "Doubtful price accepted", "Doubtful price fixed"
ABSURD = 100_000_000  # one million in minor units: no card on these markets was ever worth more


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    series: int
    reason: Reason
    quote: dict[str, Any]
    known: dict[str, Any] | None = None


class CannotAcceptError(Exception):
    """The price cannot be accepted, or fixed, as it stands; the message says why."""


class DecidedError(CannotAcceptError):
    """Somebody was quicker."""


def reason(quote: Quote, *, source: Source) -> Reason | None:
    """Why a quote is doubtful by itself; a jump shows only against the price before (ledger.record)."""
    amounts = [getattr(quote, name) or 0 for name in AMOUNTS]
    if quote.currency != source.currency:
        return Reason.CURRENCY
    if min(amounts) < 0:
        return Reason.NEGATIVE
    # The highest listing is often parked at a fantasy price: it only has to fit.
    if max(amounts[:CHARTED]) > ABSURD or max(amounts) > LARGEST:
        return Reason.ABSURD
    return None


def in_currency(quote: Quote, *, source: Source) -> Quote:
    """The quote as it would be in the source's currency: names the series it was meant for."""
    return quote if quote.currency == source.currency else replace(quote, currency=source.currency)


def said(quote: Quote) -> dict[str, Any]:
    return {name: getattr(quote, name) for name in AMOUNTS} | {"currency": quote.currency}


def jump(found: Jump, *, currency: str) -> Doubt:
    quoted, known = (
        {name: amount or None for name, amount in zip(AMOUNTS, amounts, strict=True)} | {"currency": currency}
        for amounts in (found.quoted, found.known)
    )
    return Doubt(series=found.series, reason=Reason.JUMP, quote=quoted, known=known)


def put_aside(run: IngestRun, *, doubts: Sequence[Doubt]) -> int:
    """One open review for a series and reason: a doubt that persists renews it, never adds another."""
    assert run.day
    wanted = {(doubt.series, doubt.reason.value): doubt for doubt in doubts}
    count = len(wanted)
    still_open = PriceReview.objects.filter(
        status=PriceReview.Status.OPEN, series_id__in={series for series, _ in wanted}
    )
    for review in still_open.select_for_update():
        if doubt := wanted.pop((review.series_id or 0, review.reason), None):
            review.run, review.day, review.quote, review.known = run, run.day, doubt.quote, doubt.known
            review.save(update_fields=["run", "day", "quote", "known"])
    PriceReview.objects.bulk_create(
        PriceReview(
            run=run,
            series_id=doubt.series,
            day=run.day,
            reason=doubt.reason,
            quote=doubt.quote,
            known=doubt.known,
        )
        for doubt in wanted.values()
    )
    return count


def hold(run: IngestRun, *, usual: int) -> None:
    """The whole file looks cut off: one open review stands for it, however often it comes."""
    assert run.day
    said = {"run": run, "day": run.day, "quote": {"rows": run.rows}, "known": {"rows": usual}}
    still_open = PriceReview.objects.filter(
        status=PriceReview.Status.OPEN, reason=Reason.COLLAPSE, run__source=run.source, run__game=run.game
    )
    if not still_open.update(**said):
        PriceReview.objects.create(reason=Reason.COLLAPSE, **said)


@transaction.atomic
def accept(review: PriceReview, *, by: User) -> None:
    """Makes the price that was put aside the series' price of its day.

    Raises CannotAcceptError for what can never be a price, and when a newer one is known already.
    """
    review = _held(review)
    check_acceptable(review)
    if review.series:
        amounts = {name: review.quote[name] for name in AMOUNTS}
        _correct(review.series, day=review.day, amounts=amounts, by=by, reason=ACCEPTED)
        announce(review.series.game, day=review.day)
    _decide(review, status=PriceReview.Status.ACCEPTED, by=by)


@transaction.atomic
def fix(review: PriceReview, *, market: int, by: User, reason: str = "") -> None:
    """Makes another market price, in minor units of the series' currency, the series' price of the day.

    What else the source said then is not believed either: low, mid and high are unknown. Raises
    CannotAcceptError for an amount that no price can be, and when a newer price is known already.
    """
    review = _held(review)
    check_fixable(review, market=market)
    assert review.series
    amounts = dict.fromkeys(AMOUNTS) | {"market": market}
    _correct(review.series, day=review.day, amounts=amounts, by=by, reason=reason or FIXED)
    announce(review.series.game, day=review.day)
    _decide(review, status=PriceReview.Status.FIXED, by=by)


@transaction.atomic
def reject(review: PriceReview, *, by: User) -> bool:
    """The price we knew before stays. False of one that is decided already: that stays as it is."""
    held = PriceReview.objects.select_for_update().get(pk=review.pk)
    return _decide(held, status=PriceReview.Status.REJECTED, by=by)


def _held(review: PriceReview) -> PriceReview:
    """Until the transaction ends, neither a sync nor anybody else decides about it."""
    if review.series:
        rewriting.wait_for_sync(review.series)
    rows = PriceReview.objects.select_for_update(of=("self",)).select_related(
        "series__game", "series__source"
    )
    return rows.get(pk=review.pk)


def check_acceptable(review: PriceReview) -> None:
    """Raises CannotAcceptError, or DecidedError, for what `accept` would refuse."""
    _check_open(review)
    if review.reason in {Reason.NEGATIVE, Reason.CURRENCY}:
        raise CannotAcceptError("A negative price, or one in another currency, can only be rejected.")
    if review.series_id and max(review.quote[name] or 0 for name in AMOUNTS) > LARGEST:
        raise CannotAcceptError("The amount is larger than any price can be.")
    _check_newest(review)


def check_fixable(review: PriceReview, *, market: int) -> None:
    """Raises CannotAcceptError, or DecidedError, for what `fix` would refuse."""
    _check_open(review)
    if not review.series:
        raise CannotAcceptError("A whole file has no price that could be fixed.")
    if not 0 < market <= ABSURD:
        raise CannotAcceptError("No price can be that.")
    _check_newest(review)


def _check_open(review: PriceReview) -> None:
    if review.status != PriceReview.Status.OPEN:
        raise DecidedError("It is decided already.")


def _check_newest(review: PriceReview) -> None:
    # A series whose price is in doubt counts as not listed that day; listed again, it has a newer price.
    latest = LatestPrice.objects.filter(series_id=review.series_id)
    if latest.exclude(missing_since__lte=review.day).exists():
        raise CannotAcceptError("A newer price is known already.")


def _decide(review: PriceReview, *, status: str, by: User) -> bool:
    if review.status != PriceReview.Status.OPEN:
        return False
    review.status, review.decided_by, review.decided_at = status, by, timezone.now()
    review.save(update_fields=["status", "decided_by", "decided_at"])
    return True


def _correct(
    series: PriceSeries, *, day: date, amounts: dict[str, int | None], by: User, reason: str
) -> None:
    """Writes one price of one day everywhere a price stands: latest, change and day vector."""
    known, market = rewriting.markets(series), amounts["market"]
    _chart(series, day=day, known=known, amounts={name: amounts[name] for name in AMOUNTS[:CHARTED]})
    held = next((price for changed, price in reversed(known.items()) if changed <= day), None)
    if held != market:  # until now the day had the price that held, and whoever asks what changed is told
        rewriting.note(series, day=day, was=held, now=market, by=by, reason=reason)
    LatestPrice.objects.update_or_create(
        series=series,
        defaults={
            **amounts,
            "source_id": series.source_id,
            "game_id": series.game_id,
            "previous_market": rewriting.before_last_move({**known, day: market}),
            "changed_on": day,
            "missing_since": _unlisted_since(series, day=day),
        },
    )
    _correct_day(series, day=day, market=market or 0)
    telling.latest(series, day=day)


def _chart(series: PriceSeries, *, day: date, known: Markets, amounts: dict[str, int | None]) -> None:
    """The newest change of the series: nothing was listed since."""
    if day in known:
        rewriting.in_changes(series, day=day, amounts=amounts)
    else:
        before = next(reversed(known.values()), None)
        PriceChange.objects.create(series_id=series.pk, day=day, previous_market=before, **amounts)


def _unlisted_since(series: PriceSeries, *, day: date) -> date | None:
    """The first recorded day after `day`: had the source listed it then, there would be a newer price."""
    later = PriceDay.objects.filter(source_id=series.source_id, game_id=series.game_id, day__gt=day)
    return later.order_by("day").values_list("day", flat=True).first()


def _correct_day(series: PriceSeries, *, day: date, market: int) -> None:
    for row in PriceDay.objects.filter(source_id=series.source_id, game_id=series.game_id, day=day):
        keys, prices = packing.unpack_day(bytes(row.data))
        kept = keys != series.pk
        merged = np.append(keys[kept], np.int32(series.pk))
        values = np.append(prices[kept], np.int32(market))
        order = np.argsort(merged)
        row.data, row.size = packing.pack_day(merged[order], values[order]), len(merged)
        row.save(update_fields=["data", "size"])
