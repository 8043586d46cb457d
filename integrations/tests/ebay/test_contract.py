"""What we ask eBay and what we make of its answers, held against eBay's own documents."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django import Settings

from integrations.ebay.client import Client
from integrations.ebay.parse import Found
from integrations.errors import MarketError
from integrations.listings import Listing
from integrations.tests.ebay import answers, contract
from integrations.tests.marketplace import Marketplace, Request, Response

pytestmark = pytest.mark.skipif(
    not contract.FOLDER.is_dir(), reason="no ../shared with eBay's OpenAPI documents here"
)
SITES = ("EBAY_US", "EBAY_GB", "EBAY_DE", "EBAY_AU")
FILTERS = {
    "buyingOptions": "{FIXED_PRICE|AUCTION}",
    "conditionIds": "{2750|4000}",
    "price": "[10..50]",
    "priceCurrency": "USD",
}


@pytest.fixture
def clients(ebay: Marketplace) -> dict[str, Client]:
    return {site: Client(site) for site in SITES}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR")


def _filters(dice: random.Random) -> dict[str, str]:
    return {name: value for name, value in FILTERS.items() if dice.random() < 0.5}


def _aspects(dice: random.Random) -> dict[str, list[str]]:
    return {name: [contract.text(dice), "|"] for name in ("Card Condition", "Set") if dice.random() < 0.3}


@dataclass
class Counterpart:
    """Serves one operation from the document's shapes and judges every request for it."""

    market: Marketplace
    name: str
    path: str
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[BaseException] = field(default_factory=list)
    seed: int = 0

    def cases(self, count: int) -> Iterator[tuple[random.Random, dict[str, Any]]]:
        """Generated answers, each with dice for the question; a failure names its seed by `seed`."""
        for seed in range(count):
            self.seed = seed
            yield random.Random(f"question {seed}"), contract.shapes(self.name, self.path).answer(seed)

    def offer(self, body: dict[str, Any], *, at: str) -> None:
        self.market.requests.clear()

        def answer(request: Request) -> Response:
            try:
                contract.check_request(request, name=self.name, path=self.path)
                contract.check_answer(request, body, name=self.name)
            except BaseException as fault:  # noqa: BLE001 - the test raises it, in its own thread
                self.faults.append(fault)
            self.seen["requests"] += 1
            return answers.reply(body)

        self.market.routes[at] = answer

    def ask(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What the client makes of it: a result, or the MarketError."""
        self.seen["cases"] += 1
        try:
            found = call(*args, **options)
        except MarketError as error:
            found = error
        if self.faults:
            raise self.faults[0]
        self.seen["errors" if isinstance(found, MarketError) else "results"] += 1
        return found


def _are_counted(rows: list[Any], found: Found, *, most: int) -> bool:
    """Every record is a listing or skipped, unless it names an item again."""
    distinct = len({row.get("itemId") for row in rows})
    least, greatest = (min(most, count - found.skipped) for count in (distinct, len(rows)))
    named = {listing.item_id for listing in found.listings}
    return least <= len(found.listings) <= greatest and len(named) == len(found.listings)


def _are_sound(listings: list[Listing]) -> bool:
    return all(
        listing.item_id and listing.title and listing.price > 0 and len(listing.currency) == 3
        for listing in listings
    )


def test_every_search_is_valid_and_every_page_is_read_or_counted(
    ebay: Marketplace, clients: dict[str, Client]
) -> None:
    browse = Counterpart(market=ebay, name=contract.BROWSE, path="/item_summary/search")
    for dice, body in browse.cases(250):
        browse.offer(body, at=answers.SEARCH)
        client, words, most = clients[dice.choice(SITES)], contract.text(dice), dice.randint(1, 200)
        found = browse.ask(client.search, words, filters=_filters(dice), aspects=_aspects(dice), most=most)
        assert isinstance(found, MarketError) is bool(body.get("warnings")), browse.seed
        if not isinstance(found, MarketError):
            assert _are_counted(body.get("itemSummaries", []), found, most=most), browse.seed
            assert _are_sound(found.listings), browse.seed
            browse.seen["listings"] += len(found.listings)
            browse.seen["skipped"] += found.skipped
    assert (browse.seen["cases"], browse.seen["requests"]) == (250, 250)
    assert min(browse.seen[kind] for kind in ("listings", "skipped", "errors")) > 10


def test_every_item_is_valid_and_read_or_refused(ebay: Marketplace, clients: dict[str, Client]) -> None:
    browse = Counterpart(market=ebay, name=contract.BROWSE, path="/item/{item_id}")
    for dice, body in browse.cases(250):
        number = dice.randrange(10**15)
        browse.offer(body, at=f"/buy/browse/v1/item/v1%7C{number}%7C0")
        client = clients[dice.choice(SITES)]
        found = browse.ask(client.item, f"v1|{number}|0")
        assert not body.get("warnings") or "warnings" in str(found), browse.seed
        if not isinstance(found, MarketError):
            assert _are_sound([found]), browse.seed
            assert found.is_graded or not found.grader, browse.seed
    assert (browse.seen["cases"], browse.seen["requests"]) == (250, 250)
    assert min(browse.seen[kind] for kind in ("results", "errors")) > 10


def test_every_question_for_sales_is_valid_and_every_page_is_read_or_counted(
    ebay: Marketplace, clients: dict[str, Client], settings: Settings
) -> None:
    settings.EBAY_INSIGHTS = True
    insights = Counterpart(market=ebay, name=contract.INSIGHTS, path="/item_sales/search")
    for dice, body in insights.cases(250):
        insights.offer(body, at=answers.SALES)
        client, words, most = clients[dice.choice(SITES)], contract.text(dice), dice.randint(1, 200)
        found = insights.ask(client.sales, words, filters=_filters(dice), most=most)
        assert _are_counted(body.get("itemSales", []), found, most=most), insights.seed
        assert _are_sound(found.listings), insights.seed
        assert all(sale.sold_at for sale in found.listings), insights.seed
        insights.seen["listings"] += len(found.listings)
        insights.seen["skipped"] += found.skipped
    assert (insights.seen["cases"], insights.seen["requests"]) == (250, 250)
    assert min(insights.seen[kind] for kind in ("listings", "skipped")) > 10


def test_every_answer_of_metadata_is_read(ebay: Marketplace, clients: dict[str, Client]) -> None:
    path = "/marketplace/{marketplace_id}/get_item_condition_policies"
    metadata = Counterpart(market=ebay, name=contract.METADATA, path=path)
    for dice, body in metadata.cases(100):
        site = dice.choice(SITES)
        metadata.offer(body, at=answers.POLICIES.replace("EBAY_US", site))
        found = metadata.ask(clients[site].descriptors_of)
        assert isinstance(found, MarketError) is bool(body.get("warnings")), metadata.seed
    assert (metadata.seen["cases"], metadata.seen["requests"]) == (100, 100)


def test_every_answer_of_analytics_is_read(ebay: Marketplace, clients: dict[str, Client]) -> None:
    analytics = Counterpart(market=ebay, name=contract.ANALYTICS, path="/rate_limit/")
    for _, body in analytics.cases(100):
        analytics.offer(body, at=answers.RATES)
        analytics.seen["rates"] += len(analytics.ask(clients["EBAY_US"].rate_limits))
    assert (analytics.seen["cases"], analytics.seen["requests"]) == (100, 100)
    assert analytics.seen["rates"] > 10


def test_every_public_key_is_read_or_refused(ebay: Marketplace, clients: dict[str, Client]) -> None:
    notification = Counterpart(market=ebay, name=contract.NOTIFICATION, path="/public_key/{public_key_id}")
    for dice, body in notification.cases(50):
        key_id = f"{dice.randrange(16**12):x}-1"
        notification.offer(body, at=f"{answers.KEY}{key_id}")
        found = notification.ask(clients["EBAY_US"].public_key, key_id)
        assert isinstance(found, MarketError) or found.key, notification.seed
    assert (notification.seen["cases"], notification.seen["requests"]) == (50, 50)


def _built(name: str) -> Any:
    return json.loads((contract.FOLDER / f"schema_built_{name}.json").read_bytes())


def test_the_built_search_is_two_listings(ebay: Marketplace) -> None:
    ebay.routes[answers.TOKEN] = lambda _: answers.reply(_built("token_response"))
    ebay.routes[answers.SEARCH] = lambda _: answers.reply(_built("item_summary_search_200"))
    found = Client().search("charizard 199/165", most=2)
    assert (found.total, found.skipped, found.has_more) == (137, 0, True)
    fixed, auction = found.listings
    assert (fixed.price, fixed.shipping, fixed.is_auction, fixed.is_graded) == (38_900, 499, False, False)
    assert (auction.price, auction.bids, auction.is_auction, auction.is_graded) == (125_000, 7, True, True)
    assert "example_seller" not in repr(found)
    assert ebay.requests[1].headers["Authorization"] == "Bearer v^1.1#EXAMPLE_NOT_A_REAL_TOKEN"


def test_the_built_empty_search_is_empty(ebay: Marketplace) -> None:
    ebay.routes[answers.SEARCH] = lambda _: answers.reply(_built("item_summary_search_empty_200"))
    found = Client().search("zzzz")
    assert (found.listings, found.total, found.skipped) == ([], 0, 0)


def test_the_built_graded_item_has_its_grade(ebay: Marketplace) -> None:
    body = {**_built("getitem_graded_fragment"), "itemWebUrl": "https://www.ebay.com/itm/110000000002"}
    ebay.routes["/buy/browse/v1/item/v1%7C110000000002%7C0"] = lambda _: answers.reply(body)
    found = Client().item("v1|110000000002|0")
    assert found is not None
    assert (found.grader, found.grade, found.price, found.condition) == ("PSA", "10", 125_000, "")


def test_the_built_rate_limits_are_read(ebay: Marketplace) -> None:
    ebay.routes[answers.RATES] = lambda _: answers.reply(_built("rate_limit_200"))
    assert [(rate.resource, rate.limit, rate.remaining) for rate in Client().rate_limits()] == [
        ("buy.browse", 5_000, 4_873),
        ("buy.browse.item.bulk", 5_000, 5_000),
    ]


@pytest.mark.parametrize(
    ("place", "permanent"), list(enumerate([True, True, True, True, False, False, True, True]))
)
def test_the_built_errors_mean_what_we_think(
    ebay: Marketplace, monkeypatch: pytest.MonkeyPatch, place: int, *, permanent: bool
) -> None:
    monkeypatch.setattr("integrations.http.Door._back_off", lambda *_: 0.0)
    error = _built("errors")[place]
    ebay.routes[error.get("at", answers.SEARCH)] = lambda _: answers.reply(error["body"], error["status"])
    with pytest.raises(MarketError) as caught:
        Client().search("mew")
    assert caught.value.permanent is permanent


def test_all_of_the_built_errors_are_tried() -> None:
    assert len(_built("errors")) == 8
