"""Asks eBay: what is on offer (Browse), what was sold (Marketplace Insights), and what its answers mean."""

import logging
import re
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Final
from urllib.parse import quote

from django.conf import settings

from integrations import budgets
from integrations.ebay import api, conditions, is_on, parse, policies
from integrations.ebay.api import Api
from integrations.ebay.conditions import ENGLISH, Descriptors
from integrations.ebay.parse import Found, PublicKey, Rate
from integrations.errors import MarketError
from integrations.http import Door
from integrations.limiter import LONGEST_PUSH_BACK
from integrations.listings import Listing

CARDS: Final = "183454"  # the category "CCG Individual Cards" of every site
PAGE: Final = 200
FURTHEST: Final = 10_000  # listings of one search that can be reached
_LONGEST_QUESTION = 100
_BROWSE, _INSIGHTS = "buy/browse/v1", "buy/marketplace_insights/v1_beta"
_DAY = 86_400
_BREATH = 60.0
_MARKETPLACE = re.compile(r"EBAY_[A-Z_]{2,20}")
_ITEM = re.compile(r"v1\|\d{1,20}\|\d{1,20}", re.ASCII)
_NO_WORD = re.compile(r"[^\w'&/.#:+-]+")  # eBay reads * ( ) , and " as operators

logger = logging.getLogger(__name__)


class Client:
    """One site of eBay, the first of EBAY_MARKETPLACES unless named. Raises MarketError and nothing else.

    `descriptors` are the names by which offers tell condition and grade; sites in other languages than
    English need their own (`descriptors_of`).
    """

    def __init__(self, marketplace: str = "", *, descriptors: Descriptors = ENGLISH) -> None:
        self.marketplace = marketplace or next(iter(settings.EBAY_MARKETPLACES), "EBAY_US")
        self._descriptors = descriptors
        if not _MARKETPLACE.fullmatch(self.marketplace):
            raise _wrong(f"{self.marketplace!r:.40} is not a site of eBay")
        if not is_on():
            raise _wrong("set EBAY_CLIENT_ID and EBAY_CLIENT_SECRET")

    def search(  # noqa: PLR0913 - each is a plain option of one search
        self,
        words: str = "",
        *,
        category_id: str = CARDS,
        filters: Mapping[str, str] | None = None,
        aspects: Mapping[str, Collection[str]] | None = None,
        sort: str = "",
        most: int = 50,
    ) -> Found:
        """Up to `most` offers that have every word, page by page, best match first unless sorted.

        `filters` are those of Browse: {"buyingOptions": "{FIXED_PRICE|AUCTION}", "conditionIds": "{4000}"};
        without buyingOptions eBay leaves auctions out. `aspects` name allowed values: {"Card Condition":
        ["Near Mint or Better"]}. `sort`: price, -price, newlyListed, endingSoonest.
        """
        question = _question(" ".join(keywords(words)), category_id, filters, aspects, sort)
        return self._pages(
            lambda params: parse.search(
                self._browse.get(f"{_BROWSE}/item_summary/search", params=params, headers=self._headers),
                descriptors=self._descriptors,
            ),
            question,
            most=most,
        )

    def item(self, item_id: str) -> Listing | None:
        """One offer with its condition or grade; None when eBay no longer has it."""
        if not _ITEM.fullmatch(item_id):
            raise _wrong(f"{item_id!r:.40} is not the id of an item")
        path = f"{_BROWSE}/item/{quote(item_id, safe='')}"
        found = self._browse.find(path, headers=self._headers)
        return None if found is None else parse.listing(found, descriptors=self._descriptors)

    def sales(  # noqa: PLR0913 - each is a plain option of one search
        self,
        words: str = "",
        *,
        category_id: str = CARDS,
        filters: Mapping[str, str] | None = None,
        aspects: Mapping[str, Collection[str]] | None = None,
        sort: str = "",
        most: int = 50,
    ) -> Found:
        """Up to `most` items with every word that were sold in the last 90 days; only with EBAY_INSIGHTS.

        Options as in `search`. Here a comma means that both words must occur, and a blank that either may.
        """
        if not settings.EBAY_INSIGHTS:
            raise _wrong("EBAY_INSIGHTS is not set: eBay grants sold items to few keys")
        question = _question(",".join(keywords(words)), category_id, filters, aspects, sort)
        return self._pages(
            lambda params: parse.sales(
                self._insights.get(f"{_INSIGHTS}/item_sales/search", params=params, headers=self._headers)
            ),
            question,
            most=most,
        )

    def descriptors_of(self, category_id: str = CARDS) -> Descriptors:
        """What this site calls graders, grades and conditions, with their ids."""
        path = f"sell/metadata/v1/marketplace/{self.marketplace}/get_item_condition_policies"
        params = {"filter": f"categoryIds:{{{category_id}}}"}
        return conditions.descriptors(self._desk.get(path, params=params, may_be_empty=True))

    def rate_limits(self, context: str = "buy", *, name: str = "browse") -> list[Rate]:
        """What eBay says is left of the requests to one of its APIs."""
        params = {"api_context": context, "api_name": name}
        path = "developer/analytics/v1_beta/rate_limit/"
        return parse.rates(self._desk.get(path, params=params, may_be_empty=True))

    def update_budget(self) -> Rate | None:
        """Sets the day of Browse to what eBay says of it, for all processes; None when it says nothing."""
        rate = next((rate for rate in self.rate_limits() if _is_day_of_browse(rate)), None)
        if rate:
            budgets.tell(
                self._browse.door.policy.slug,
                limit=rate.limit,
                remaining=rate.remaining,
                resets_at=rate.resets_at,
            )
        return rate

    def public_key(self, key_id: str) -> PublicKey | None:
        """The key that eBay signs notices with; None when eBay does not know the id."""
        path = f"commerce/notification/v1/public_key/{quote(key_id, safe='')}"
        found = self._keys.find(path)
        return None if found is None else parse.public_key(found)

    def _pages(
        self, ask: Callable[[dict[str, str | int]], Found], question: dict[str, str], *, most: int
    ) -> Found:
        if not 1 <= most <= FURTHEST:
            raise _wrong(f"{most} listings cannot be asked for; 1 to {FURTHEST} can")
        limit = min(most, PAGE)
        found: dict[str, Listing] = {}  # while we turn pages, an item may move on to the next
        skipped = 0
        for offset in range(0, most, limit):
            page = ask({**question, "limit": limit, "offset": offset})
            found |= {listing.item_id: listing for listing in page.listings}
            skipped += page.skipped
            if not page.has_more:
                break
        if skipped:
            logger.warning("ebay: %d of %d records could not be read", skipped, skipped + len(found))
        listings = list(found.values())[:most]
        has_more = page.has_more or len(found) > most
        return Found(listings=listings, total=page.total, skipped=skipped, has_more=has_more)

    def _rest(self, door: Door) -> None:
        """After a 429 of Browse, eBay says whether the day is spent; nobody asks again before it ends."""
        try:
            rate = self.update_budget()
        except MarketError:
            door.push_back(LONGEST_PUSH_BACK)
        else:
            door.push_back(_BREATH if rate and rate.remaining else LONGEST_PUSH_BACK)

    @property
    def _headers(self) -> dict[str, str]:
        found = {"X-EBAY-C-MARKETPLACE-ID": self.marketplace}
        if campaign := settings.EBAY_AFFILIATE_CAMPAIGN:
            found["X-EBAY-C-ENDUSERCTX"] = f"affiliateCampaignId={quote(campaign, safe='')}"
        return found

    @cached_property
    def _browse(self) -> Api:
        return Api(policies.BROWSE, token=policies.TOKEN, on_spent=self._rest)

    @cached_property
    def _insights(self) -> Api:
        return Api(policies.INSIGHTS, token=policies.INSIGHTS_TOKEN, scope=api.INSIGHTS)

    @cached_property
    def _desk(self) -> Api:
        return Api(policies.DESK, token=policies.TOKEN)

    @cached_property
    def _keys(self) -> Api:
        return Api(policies.KEYS, token=policies.TOKEN)


def keywords(words: str) -> list[str]:
    """The words of a question without eBay's operators, as many as fit into a hundred characters.

    A minus before a word would exclude it.
    """
    found = [word.lstrip("-+") for word in _NO_WORD.sub(" ", words).split()]
    kept = [word for word in found if any(character.isalnum() for character in word)]
    while len(" ".join(kept)) > _LONGEST_QUESTION:
        kept.pop()
    return kept


def _question(
    q: str,
    category_id: str,
    filters: Mapping[str, str] | None,
    aspects: Mapping[str, Collection[str]] | None,
    sort: str,
) -> dict[str, str]:
    if not (q or category_id):
        raise _wrong("a search needs a word or a category")
    if aspects and not category_id:
        raise _wrong("aspects are those of a category")
    asked = {
        "q": q,
        "category_ids": category_id,
        "filter": ",".join(f"{name}:{value}" for name, value in (filters or {}).items()),
        "aspect_filter": ",".join([f"categoryId:{category_id}", *map(_aspect, aspects.items())])
        if aspects
        else "",
        "sort": sort,
    }
    return {name: value for name, value in asked.items() if value}


def _aspect(aspect: tuple[str, Collection[str]]) -> str:
    """A bar parts values, so one within a value is escaped."""
    name, values = aspect
    joined = "|".join(value.replace("|", r"\|") for value in values)
    return f"{name}:{{{joined}}}"


def _is_day_of_browse(rate: Rate) -> bool:
    return rate.resource.casefold() == "buy.browse" and rate.window == _DAY


def _wrong(message: str) -> MarketError:
    return MarketError(f"ebay: {message}", permanent=True, source=parse.SOURCE)
