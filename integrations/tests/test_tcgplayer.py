import json
import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, Quote
from integrations.registry import ADAPTERS
from integrations.tcgplayer.capture import LivePrices
from integrations.tcgplayer.client import Client
from integrations.tests.marketplace import Marketplace, Request, Response

GROUP = GroupEntry(external_id="604", name="Base Set", code="BS", released_on=date(1999, 1, 9))
API = "/v1.39.0"


def _json(status: int = 200, **envelope: Any) -> Response:
    body = {"success": True, "errors": [], "results": [], **envelope}
    return Response(status=status, body=json.dumps(body).encode())


def _missing(message: str) -> Response:
    return _json(404, success=False, errors=[message])


@pytest.fixture(autouse=True)
def api(marketplaces: Marketplace) -> Marketplace:
    token = {"access_token": "token-1", "token_type": "bearer", "expires_in": 1_209_599}
    marketplaces.routes["/token"] = lambda _: Response(body=json.dumps(token).encode())
    return marketplaces


def _paged(rows: list[dict[str, Any]], request: Request) -> Response:
    """As the service pages: ten unless told, a hundred at most; some lists are whole."""
    if "offset" not in request.query:
        return _json(results=rows)
    offset, limit = int(request.query["offset"]), min(int(request.query.get("limit", 10)), 100)
    return _json(totalItems=len(rows), results=rows[offset : offset + limit])


def _offer(api: Marketplace, path: str, rows: Iterable[dict[str, Any]]) -> None:
    kept = list(rows)
    api.routes[API + path] = lambda request: _paged(kept, request)


def test_every_call_carries_the_token_and_the_version(api: Marketplace) -> None:
    _offer(api, "/catalog/categories", [{"categoryId": 3, "name": "Pokemon"}])
    assert Client().categories() == [{"categoryId": 3, "name": "Pokemon"}]
    assert api.requests[1].headers["Authorization"] == "bearer token-1"
    assert api.hits[f"{API}/catalog/categories"] == 1


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3)])
def test_a_list_is_read_page_by_page_to_its_end(api: Marketplace, count: int, requests: int) -> None:
    _offer(api, "/catalog/categories/3/groups", ({"groupId": number} for number in range(1, count + 1)))
    assert [row["groupId"] for row in Client().groups("3")] == list(range(1, count + 1))
    asked = [request.query for request in api.requests[1:]]
    assert asked == [{"offset": str(page * 100), "limit": "100"} for page in range(requests)]


@pytest.mark.parametrize(("count", "requests"), [(99, 1), (100, 2), (150, 2)])
def test_a_list_that_does_not_say_its_length_ends_at_a_short_page(
    api: Marketplace, count: int, requests: int
) -> None:
    rows = [{"groupId": number} for number in range(count)]

    def page(request: Request) -> Response:
        offset = int(request.query["offset"])
        return _json(results=rows[offset : offset + 100])

    api.routes[f"{API}/catalog/categories/3/groups"] = page
    assert Client().groups("3") == rows
    assert api.hits[f"{API}/catalog/categories/3/groups"] == requests


def test_a_list_that_ends_before_its_own_count_is_a_temporary_error(api: Marketplace) -> None:
    rows = [{"groupId": number} for number in range(100)]
    api.routes[f"{API}/catalog/categories/3/groups"] = lambda request: _json(
        totalItems=150, results=rows if request.query["offset"] == "0" else []
    )
    with pytest.raises(MarketError, match="ended after 100 of 150 records") as caught:
        Client().groups("3")
    assert caught.value.permanent is False


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (250, [250]), (251, [250, 1]), (600, [250, 250, 100])]
)
def test_ids_go_out_in_batches_of_250(api: Marketplace, count: int, sizes: list[int]) -> None:
    ids = [str(number) for number in range(1, count + 1)]
    batches = [ids[start : start + 250] for start in range(0, count, 250)]
    for kind in ("product", "sku"):
        for batch in batches:
            _offer(api, f"/pricing/{kind}/{','.join(batch)}", [{"id": one} for one in batch])
    assert [row["id"] for row in Client().product_prices(ids)] == ids
    assert [row["id"] for row in Client().sku_prices(iter(ids))] == ids
    assert [len(batch) for batch in batches] == sizes
    assert api.hits.total() == 2 * len(sizes) + bool(sizes)


@pytest.mark.parametrize(
    "message", ["No products were found.", "No categories found.", "No product prices were found."]
)
def test_not_found_means_empty_when_it_says_so(api: Marketplace, message: str) -> None:
    api.routes[f"{API}/catalog/products"] = lambda _: _missing(message)
    assert Client().products("604") == []


@pytest.mark.parametrize(
    "answer",
    [_missing("URL not found."), _missing(""), Response(status=404, body=b"<html>Not found</html>")],
    ids=["wrong path", "no reason", "no json"],
)
def test_not_found_is_an_error_otherwise(api: Marketplace, answer: Response) -> None:
    api.routes[f"{API}/catalog/products"] = lambda _: answer
    with pytest.raises(MarketError) as caught:
        Client().products("604")
    assert caught.value.permanent is True


def test_products_are_asked_for_with_their_data_and_skus(api: Marketplace) -> None:
    _offer(api, "/catalog/products", [{"productId": 1}])
    Client().products("604")
    assert api.requests[1].query == {
        "groupId": "604",
        "getExtendedFields": "true",
        "includeSkus": "true",
        "offset": "0",
        "limit": "100",
    }


def test_a_partial_answer_gives_what_there_is_and_logs_the_rest(
    api: Marketplace, caplog: pytest.LogCaptureFixture
) -> None:
    api.routes[f"{API}/pricing/product/1,2"] = lambda _: _json(
        207, success=False, errors=["Product 2 was not found."], results=[{"productId": 1}]
    )
    with caplog.at_level(logging.WARNING):
        assert Client().product_prices(["1", "2"]) == [{"productId": 1}]
    assert caplog.messages == ["tcgplayer: pricing/product/1,2 is partial: Product 2 was not found."]


def test_a_failure_in_a_200_is_a_permanent_error(api: Marketplace) -> None:
    api.routes[f"{API}/catalog/products/7/skus"] = lambda _: _json(success=False, errors=["Bad id."])
    with pytest.raises(MarketError, match=r"The source reports: Bad id\."):
        Client().skus("7")


def test_an_expired_token_is_renewed_and_the_call_repeated_once(api: Marketplace) -> None:
    numbers = iter(range(1, 9))
    api.routes["/token"] = lambda _: Response(
        body=json.dumps({"access_token": f"token-{next(numbers)}", "expires_in": 1000}).encode()
    )
    api.routes[f"{API}/pricing/group/604"] = lambda request: (
        Response(status=401) if request.headers["Authorization"] == "bearer token-1" else _json()
    )
    assert Client().group_prices("604") == []
    assert (api.hits["/token"], api.hits[f"{API}/pricing/group/604"]) == (2, 2)


SKUS = [
    {"skuId": 11, "productId": 1, "languageId": 1, "printingId": 10, "conditionId": 1},
    {"skuId": 12, "productId": 1, "languageId": 7, "printingId": 77, "conditionId": 5},
    {"skuId": 13, "productId": 1, "languageId": 1, "printingId": 10, "conditionId": 99},
]
BOX_SKUS = [{"skuId": 21, "productId": 2, "languageId": 1, "printingId": 10, "conditionId": 6}]


@pytest.fixture
def group(api: Marketplace) -> None:
    """A card and a box with their SKUs, and all the names they need."""
    card = {"productId": 1, "name": "Mew", "extendedData": [{"name": "Number", "value": "8"}], "skus": SKUS}
    box = {"productId": 2, "name": "Booster Box", "extendedData": None, "skus": BOX_SKUS}
    _offer(api, "/catalog/categories/3/groups", [{"groupId": 604, "name": "Base Set", "abbreviation": "BS"}])
    _offer(api, "/catalog/products", [card, box])
    _offer(
        api,
        "/catalog/categories/3/printings",
        [{"printingId": 10, "name": "Normal"}, {"printingId": 77, "name": "Reverse Holofoil"}],
    )
    _offer(
        api,
        "/catalog/categories/3/conditions",
        [
            {"conditionId": 1, "name": "Near Mint"},
            {"conditionId": 5, "name": "Damaged"},
            {"conditionId": 6, "name": "Unopened"},
            {"conditionId": 99, "name": "Chewed"},
        ],
    )
    _offer(
        api,
        "/catalog/categories/3/languages",
        [{"languageId": 1, "name": "English"}, {"languageId": 7, "name": "Japanese"}],
    )
    _offer(
        api,
        "/pricing/group/604",
        [{"productId": 1, "subTypeName": "Normal", "marketPrice": 2.5, "lowPrice": 1.99, "midPrice": 3}],
    )
    _offer(
        api,
        "/pricing/sku/11,12,21",
        [
            {"skuId": 11, "lowPrice": 1.99, "lowestListingPrice": 3.2, "marketPrice": 2.51},
            {"skuId": 12, "lowPrice": None, "marketPrice": 0, "directLowPrice": 0.4},
            {"skuId": 21, "lowPrice": 99.5, "marketPrice": 100},
        ],
    )


def _quote(product_id: str, finish: str, **values: Any) -> Quote:
    unknown = dict.fromkeys(("market", "low", "mid", "high", "direct_low"))
    return Quote(product_id=product_id, finish=finish, currency="USD", **{**unknown, **values})


@pytest.mark.usefixtures("group")
def test_a_capture_without_skus_quotes_products(api: Marketplace) -> None:
    capture = LivePrices(Client(), category_id="3", with_skus=False)
    assert capture.day == datetime.now(UTC).date()
    assert [group.code for group in capture.groups()] == ["BS"]
    assert [(product.name, product.kind) for product in capture.products(GROUP)] == [
        ("Mew", "single"),
        ("Booster Box", "sealed"),
    ]
    assert capture.quotes(GROUP) == [_quote("1", "Normal", market=250, low=199, mid=300)]
    assert api.hits[f"{API}/catalog/products"] == 1


@pytest.mark.usefixtures("group")
def test_a_capture_with_skus_adds_quotes_by_condition_and_language(
    api: Marketplace, caplog: pytest.LogCaptureFixture
) -> None:
    capture = LivePrices(Client(), category_id="3", with_skus=True)
    capture.products(GROUP)
    assert capture.quotes(GROUP) == [
        _quote("1", "Normal", market=250, low=199, mid=300),
        _quote("1", "Normal", market=251, low=199, condition="NM", language="en"),
        _quote("1", "Reverse Holofoil", direct_low=40, condition="DMG", language="ja"),
        _quote("2", "Normal", market=10000, low=9950, language="en"),
    ]
    assert caplog.messages == [
        "tcgplayer: 1 SKUs of group 604 have an unknown printing, condition or language"
    ]
    assert api.hits[f"{API}/catalog/products"] == 1


@pytest.mark.usefixtures("group")
def test_a_price_of_a_sku_that_was_not_asked_for_is_refused(api: Marketplace) -> None:
    _offer(api, "/pricing/sku/11,12,21", [{"skuId": 4711, "marketPrice": 1}])
    with pytest.raises(MarketError, match="SKU 4711, which was not asked for"):
        LivePrices(Client(), category_id="3", with_skus=True).quotes(GROUP)


def test_only_numbers_are_categories() -> None:
    with pytest.raises(MarketError, match="is not the id of a category"):
        LivePrices(Client(), category_id="../3", with_skus=False)


@pytest.mark.usefixtures("group")
def test_the_registry_opens_it_when_the_keys_are_set(settings: Settings) -> None:
    settings.TCGPLAYER_WITH_SKUS = True
    adapter = ADAPTERS["tcgplayer"]
    assert adapter.is_configured() is True
    assert len(adapter.open("3").quotes(GROUP)) == 4
