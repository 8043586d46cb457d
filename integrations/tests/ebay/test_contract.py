"""What we ask eBay and what we make of its answers, held against eBay's own documents."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.ebay.client import Client
from integrations.errors import MarketError
from integrations.listings import Listing
from integrations.tests.ebay import answers, contract
from integrations.tests.marketplace import Marketplace, Request, Response

pytestmark = pytest.mark.skipif(
    not contract.FOLDER.is_dir(), reason="no ../shared with eBay's OpenAPI documents here"
)
WORDS = st.text(max_size=30)
SITES = st.sampled_from(["EBAY_US", "EBAY_GB", "EBAY_DE", "EBAY_AU"])
FILTERS = st.dictionaries(
    st.sampled_from(["buyingOptions", "conditionIds", "price", "priceCurrency"]),
    st.sampled_from(["{FIXED_PRICE|AUCTION}", "{2750|4000}", "[10..50]", "USD"]),
    max_size=3,
)
ASPECTS = st.dictionaries(
    st.sampled_from(["Card Condition", "Set"]), st.lists(st.text(max_size=9), max_size=2), max_size=2
)


def cases(count: int) -> Callable[[Any], Any]:
    """So many generated cases; the marketplace lives through all of them."""
    return examples(
        max_examples=count,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
        database=None,
        deadline=None,
    )


@dataclass
class Counterpart:
    """Serves one operation from the document's shapes and judges every request for it."""

    market: Marketplace
    name: str
    path: str
    seen: Counter[str]
    faults: list[BaseException]

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

    def ask(self, call: Callable[[], Any]) -> Any:
        """What the client makes of it: a result, or the MarketError."""
        self.seen["cases"] += 1
        try:
            found = call()
        except MarketError as error:
            found = error
        if self.faults:
            raise self.faults[0]
        self.seen["errors" if isinstance(found, MarketError) else "results"] += 1
        return found


def _counterpart(market: Marketplace, name: str, path: str) -> Counterpart:
    return Counterpart(market=market, name=name, path=path, seen=Counter(), faults=[])


def _are_sound(listings: list[Listing]) -> bool:
    return all(
        listing.item_id and listing.title and listing.price > 0 and len(listing.currency) == 3
        for listing in listings
    )


def test_every_search_is_valid_and_every_page_is_read_or_counted(ebay: Marketplace) -> None:
    path = "/item_summary/search"
    browse = _counterpart(ebay, contract.BROWSE, path)

    @cases(300)
    @given(contract.answers_to(contract.BROWSE, path), SITES, WORDS, FILTERS, ASPECTS, st.integers(1, 200))
    def check(  # noqa: PLR0917 - what one case consists of
        body: dict[str, Any],
        site: str,
        words: str,
        filters: dict[str, str],
        aspects: dict[str, list[str]],
        most: int,
    ) -> None:
        browse.offer(body, at=answers.SEARCH)
        found = browse.ask(
            lambda: Client(site).search(words, filters=filters, aspects=aspects, sort="price", most=most)
        )
        assert isinstance(found, MarketError) is bool(body.get("warnings"))
        if not isinstance(found, MarketError):
            assert len(found.listings) == min(most, len(body.get("itemSummaries", [])) - found.skipped)
            assert _are_sound(found.listings)
            browse.seen["listings"] += len(found.listings)
            browse.seen["skipped"] += found.skipped

    check()
    assert browse.seen["cases"] >= 300
    assert browse.seen["requests"] == browse.seen["cases"]
    assert min(browse.seen[kind] for kind in ("listings", "skipped", "errors")) > 20


def test_every_item_is_valid_and_read_or_refused(ebay: Marketplace) -> None:
    path = "/item/{item_id}"
    browse = _counterpart(ebay, contract.BROWSE, path)

    @cases(300)
    @given(contract.answers_to(contract.BROWSE, path), SITES, st.integers(0, 10**15))
    def check(body: dict[str, Any], site: str, number: int) -> None:
        browse.offer(body, at=f"/buy/browse/v1/item/v1%7C{number}%7C0")
        found = browse.ask(lambda: Client(site).item(f"v1|{number}|0"))
        if body.get("warnings"):
            assert "warnings" in str(found)
        if not isinstance(found, MarketError):
            assert _are_sound([found])
            assert found.grader == "" or found.is_graded

    check()
    assert browse.seen["cases"] >= 300
    assert browse.seen["requests"] == browse.seen["cases"]
    assert min(browse.seen[kind] for kind in ("results", "errors")) > 20


def test_every_question_for_sales_is_valid_and_every_page_is_read_or_counted(
    ebay: Marketplace, settings: Settings
) -> None:
    settings.EBAY_INSIGHTS = True
    path = "/item_sales/search"
    insights = _counterpart(ebay, contract.INSIGHTS, path)

    @cases(250)
    @given(contract.answers_to(contract.INSIGHTS, path), SITES, WORDS, FILTERS, st.integers(1, 200))
    def check(body: dict[str, Any], site: str, words: str, filters: dict[str, str], most: int) -> None:
        insights.offer(body, at=answers.SALES)
        found = insights.ask(lambda: Client(site).sales(words, filters=filters, most=most))
        assert not isinstance(found, MarketError)
        assert len(found.listings) == min(most, len(body.get("itemSales", [])) - found.skipped)
        assert _are_sound(found.listings)
        assert all(sale.sold_at for sale in found.listings)
        insights.seen["listings"] += len(found.listings)
        insights.seen["skipped"] += found.skipped

    check()
    assert insights.seen["cases"] >= 250
    assert insights.seen["requests"] == insights.seen["cases"]
    assert min(insights.seen[kind] for kind in ("listings", "skipped")) > 20


def test_every_answer_of_metadata_is_read(ebay: Marketplace) -> None:
    path = "/marketplace/{marketplace_id}/get_item_condition_policies"
    metadata = _counterpart(ebay, contract.METADATA, path)

    @cases(75)
    @given(contract.answers_to(contract.METADATA, path), SITES)
    def check(body: dict[str, Any], site: str) -> None:
        metadata.offer(body, at=answers.POLICIES.replace("EBAY_US", site))
        found = metadata.ask(lambda: Client(site).descriptors_of())
        assert isinstance(found, MarketError) is bool(body.get("warnings"))

    check()
    assert metadata.seen["requests"] == metadata.seen["cases"] >= 75


def test_every_answer_of_analytics_is_read(ebay: Marketplace) -> None:
    analytics = _counterpart(ebay, contract.ANALYTICS, "/rate_limit/")

    @cases(75)
    @given(contract.answers_to(contract.ANALYTICS, "/rate_limit/"))
    def check(body: dict[str, Any]) -> None:
        analytics.offer(body, at=answers.RATES)
        assert not isinstance(analytics.ask(lambda: Client().rate_limits()), MarketError)

    check()
    assert analytics.seen["requests"] == analytics.seen["cases"] >= 75


def test_every_public_key_is_read_or_refused(ebay: Marketplace) -> None:
    path = "/public_key/{public_key_id}"
    notification = _counterpart(ebay, contract.NOTIFICATION, path)

    @cases(50)
    @given(
        contract.answers_to(contract.NOTIFICATION, path), st.from_regex(r"[0-9a-z-]{1,36}", fullmatch=True)
    )
    def check(body: dict[str, Any], key_id: str) -> None:
        notification.offer(body, at=f"{answers.KEY}{key_id}")
        found = notification.ask(lambda: Client().public_key(key_id))
        if not isinstance(found, MarketError):
            assert found.key

    check()
    assert notification.seen["requests"] == notification.seen["cases"] >= 50


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
