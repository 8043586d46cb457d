"""eBay's consent: what the operator states of it (EBAY_PRICE_CONSENT) decides what is kept of eBay's prices.

eBay's API License Agreement (3 September 2025, 9.5) forbids using its content "to suggest or model prices"
without its prior written consent. Without the statement nothing of eBay's reaches the database.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pricing import telling
from pricing.models import Consent, Look, PriceChange, PriceDay, PriceHistory, PriceSeries, Sighting, Source

SOLD, OFFERED = "ebay-sold", "ebay-offers"
SOURCES = (SOLD, OFFERED)
EMPTY = """
UPDATE pricing_latestprice SET market = NULL, low = NULL, mid = NULL, high = NULL, direct_low = NULL,
       previous_market = NULL
WHERE source_id = ANY(%s)"""


def stands() -> bool:
    return bool(settings.EBAY_PRICE_CONSENT.strip())


@transaction.atomic
def settle(now: datetime | None = None) -> bool:
    """Brings the record, and what the sources may be used for, into line with the setting; whether it stands.

    Another statement is recorded beside the former. One that was taken away is withdrawn, and with it goes
    all that was kept of eBay's prices.
    """
    now = now or timezone.now()
    statement = settings.EBAY_PRICE_CONSENT.strip()
    sources = list(Source.objects.select_for_update().filter(slug__in=SOURCES).order_by("slug"))
    for source in sources:
        standing = Consent.objects.filter(source=source, withdrawn_at=None)
        if standing.exclude(statement=statement).update(withdrawn_at=now) and not statement:
            _forget(source)
        if statement and not standing.exists():
            Consent.objects.create(source=source, statement=statement, recorded_at=now)
    allowed = bool(statement)
    Source.objects.filter(slug__in=SOURCES).exclude(is_blended=allowed, keeps_history=allowed).update(
        is_blended=allowed, keeps_history=allowed
    )
    return allowed


def _forget(source: Source) -> None:
    series = PriceSeries.objects.filter(source=source).values("pk")
    Sighting.objects.filter(source=source).delete()
    Look.objects.filter(source=source).delete()
    for kept in (PriceChange, PriceHistory):
        kept.objects.filter(series_id__in=series).delete()
    PriceDay.objects.filter(source=source).delete()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [[source.pk]])
    telling.forget(source)
