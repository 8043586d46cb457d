"""Offers and sales of single copies, as marketplaces of many sellers list them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One offer, or one sale when `sold_at` is set. It names no seller and no buyer.

    Amounts are minor units of `currency`; `shipping` is None when the listing does not say. `condition` is
    NM, LP, MP, HP, DMG or "" where the listing tells none of these; `grader` and `grade` ("PSA", "10") are
    "" for an ungraded copy, and for a graded one (`is_graded`) whose grade the source keeps to itself. Every
    text is plain.
    """

    source: str
    item_id: str
    title: str
    url: str
    image_url: str
    currency: str
    price: int
    shipping: int | None
    condition: str
    grader: str
    grade: str
    is_auction: bool
    bids: int | None
    country: str
    listed_at: datetime | None
    ends_at: datetime | None
    sold_at: datetime | None
    is_graded: bool = False
