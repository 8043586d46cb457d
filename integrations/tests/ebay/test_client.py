from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from integrations import breaker, budgets
from integrations.ebay import is_on, policies
from integrations.ebay.client import Client, keywords
from integrations.ebay.parse import PublicKey
from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.tests.ebay import answers
from integrations.tests.ebay.answers import ITEM, KEY, POLICIES, RATES, SALES, SEARCH, TOKEN, reply
from integrations.tests.marketplace import Marketplace, Request, Response

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


def _asked(ebay: Marketplace, path: str) -> list[Request]:
    return [request for request in ebay.requests if request.path == path]


def _used(policy: DoorPolicy) -> dict[str, int]:
    return {budget.period: budget.used for budget in budgets.of(policy)}


@pytest.mark.parametrize(("identity", "secret", "on"), [("", "", False), ("a", "", False), ("a", "b", True)])
def test_ebay_is_on_with_both_keys(settings: Settings, identity: str, secret: str, *, on: bool) -> None:
    settings.EBAY_CLIENT_ID, settings.EBAY_CLIENT_SECRET = identity, secret
    assert is_on() is on


def test_without_keys_nothing_is_asked(ebay: Marketplace, settings: Settings) -> None:
    settings.EBAY_CLIENT_ID = ""
    with pytest.raises(MarketError, match="set EBAY_CLIENT_ID and EBAY_CLIENT_SECRET") as caught:
        Client()
    assert (caught.value.permanent, caught.value.source, ebay.requests) == (True, "ebay", [])


def test_the_token_comes_from_the_keys_in_the_header(ebay: Marketplace) -> None:
    answers.shelf(ebay, [])
    Client().search("mew")
    [asked] = _asked(ebay, TOKEN)
    assert asked.headers["Authorization"] == "Basic aWQtb2YtYS10ZXN0OnNlY3JldC1vZi1hLXRlc3Q="
    assert asked.body == (
        b"grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope"
    )
    assert _used(policies.TOKEN) == {"hour": 1, "day": 1}


def test_a_search_asks_for_every_word_in_the_category_on_the_site(ebay: Marketplace) -> None:
    answers.shelf(ebay, [answers.offer()])
    found = Client().search(
        "Mew ex 232/091",
        filters={"buyingOptions": "{FIXED_PRICE|AUCTION}", "conditionIds": "{4000}"},
        aspects={"Card Condition": ["Near Mint or Better"], "Set": ["A|B", "C"]},
        sort="price",
        most=10,
    )
    assert [listing.item_id for listing in found.listings] == ["v1|701|0"]
    [asked] = _asked(ebay, SEARCH)
    assert asked.query == {
        "q": "Mew ex 232/091",
        "category_ids": "183454",
        "filter": "buyingOptions:{FIXED_PRICE|AUCTION},conditionIds:{4000}",
        "aspect_filter": "categoryId:183454,Card Condition:{Near Mint or Better},Set:{A\\|B|C}",
        "sort": "price",
        "limit": "10",
        "offset": "0",
    }
    assert asked.headers["Authorization"] == "Bearer token-1"
    assert asked.headers["X-EBAY-C-MARKETPLACE-ID"] == "EBAY_US"
    assert "X-EBAY-C-ENDUSERCTX" not in asked.headers


def test_the_partner_networks_campaign_goes_along(ebay: Marketplace, settings: Settings) -> None:
    settings.EBAY_AFFILIATE_CAMPAIGN = "5338,x=1"
    answers.shelf(ebay, [])
    Client("EBAY_DE").search("mew")
    [asked] = _asked(ebay, SEARCH)
    assert asked.headers["X-EBAY-C-ENDUSERCTX"] == "affiliateCampaignId=5338%2Cx%3D1"
    assert asked.headers["X-EBAY-C-MARKETPLACE-ID"] == "EBAY_DE"


@pytest.mark.parametrize(
    ("most", "rows", "pages", "limit"),
    [(50, 0, 1, 50), (50, 700, 1, 50), (200, 700, 1, 200), (201, 700, 2, 200), (1000, 450, 3, 200)],
)
def test_pages_are_followed_to_the_number_asked_for(
    ebay: Marketplace, most: int, rows: int, pages: int, limit: int
) -> None:
    answers.shelf(ebay, [answers.offer(number) for number in range(1, rows + 1)])
    found = Client().search("mew", most=most)
    wanted = min(most, rows)
    assert [listing.item_id for listing in found.listings] == [f"v1|{n}|0" for n in range(1, wanted + 1)]
    assert (found.total, found.skipped, found.has_more) == (rows, 0, rows > most)
    asked = [request.query for request in _asked(ebay, SEARCH)]
    assert [(int(query["offset"]), int(query["limit"])) for query in asked] == [
        (page * limit, limit) for page in range(pages)
    ]


def test_an_item_that_moves_to_the_next_page_meanwhile_is_listed_once(ebay: Marketplace) -> None:
    answers.shelf(ebay, [answers.offer(min(number, 200)) for number in range(1, 251)])
    found = Client().search("mew", most=400)
    assert [listing.item_id for listing in found.listings] == [f"v1|{n}|0" for n in range(1, 201)]


@pytest.mark.parametrize("most", [0, -1, 10_001])
def test_no_more_can_be_asked_for_than_ebay_gives(ebay: Marketplace, most: int) -> None:
    with pytest.raises(MarketError, match="listings cannot be asked for"):
        Client().search("mew", most=most)
    assert ebay.requests == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Mew ex 232/091", ["Mew", "ex", "232/091"]),
        ("Urza, Lord High Artificer", ["Urza", "Lord", "High", "Artificer"]),
        ("(Mew, Mewtwo) M*", ["Mew", "Mewtwo", "M"]),
        ("Ho-Oh -sealed + - #4", ["Ho-Oh", "sealed", "#4"]),
        ('Farfetch\'d "Pokémon" ピカチュウ', ["Farfetch'd", "Pokémon", "ピカチュウ"]),
        ("  ", []),
        ("a" * 101, []),
        (f"{'a' * 60} {'b' * 60}", ["a" * 60]),
    ],
)
def test_words_are_freed_of_operators(words: str, kept: list[str]) -> None:
    assert keywords(words) == kept


def test_a_question_without_word_and_category_is_not_asked(ebay: Marketplace) -> None:
    with pytest.raises(MarketError, match="needs a word or a category"):
        Client().search("***", category_id="")
    with pytest.raises(MarketError, match="aspects are those of a category"):
        Client().search("mew", category_id="", aspects={"Set": ["151"]})
    assert ebay.requests == []


@pytest.mark.parametrize("marketplace", ["US", "EBAY_us", "EBAY_US/../x", "EBAY_"])
def test_only_sites_of_ebay_are_asked(ebay: Marketplace, marketplace: str) -> None:
    with pytest.raises(MarketError, match="is not a site of eBay"):
        Client(marketplace)


def test_warnings_fail_the_question_but_not_ebay(ebay: Marketplace) -> None:
    warning = {"errorId": 12008, "message": "The 'price' filter is <b>invalid</b>."}
    ebay.routes[SEARCH] = lambda _: reply(
        {"total": 1, "itemSummaries": [answers.offer()], "warnings": [warning, {"errorId": 12012}]}
    )
    for _ in range(6):
        with pytest.raises(MarketError, match=r"12008 The 'price' filter is invalid\.; 12012") as caught:
            Client().search("mew", filters={"price": "[10"})
        assert caught.value.permanent is True
    assert breaker.state(policies.BROWSE.slug).failures == 0
    assert ebay.hits[SEARCH] == 6


@pytest.mark.parametrize(("status", "number"), [(400, 12001), (400, 12515), (409, 12013)])
def test_a_refused_question_is_not_repeated(ebay: Marketplace, status: int, number: int) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(number, "No."), status)
    with pytest.raises(MarketError, match=rf"refused with status {status}: {number} No\.") as caught:
        Client().search("mew")
    assert (caught.value.permanent, ebay.hits[SEARCH]) == (True, 1)
    assert breaker.state(policies.BROWSE.slug).failures == 0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": 7}', b'{"errors": [7, {}]}'])
def test_a_refusal_may_have_any_body(ebay: Marketplace, body: bytes) -> None:
    ebay.routes[SEARCH] = lambda _: Response(status=400, body=body)
    with pytest.raises(MarketError, match="refused with status 400"):
        Client().search("mew")


def test_an_expired_token_is_renewed_once(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda request: (
        reply(answers.error(1001, "Invalid access token"), 401)
        if request.headers["Authorization"] == "Bearer token-1"
        else reply({"total": 0})
    )
    assert Client().search("mew").listings == []
    assert (ebay.hits[TOKEN], ebay.hits[SEARCH]) == (2, 2)


def test_a_fresh_token_that_is_refused_is_not_tried_for_ever(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(1001, "Invalid access token"), 401)
    with pytest.raises(MarketError, match="a fresh token is refused"):
        Client().search("mew")
    assert (ebay.hits[TOKEN], ebay.hits[SEARCH]) == (2, 2)


def test_being_shut_out_stops_everyone_at_once(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(1100, "Access denied"), 403)
    with pytest.raises(MarketError, match="status 403") as caught:
        Client().search("mew")
    assert caught.value.permanent is True
    with pytest.raises(MarketError, match="paused after failures") as caught:
        Client().search("mew")
    assert (caught.value.permanent, ebay.hits[SEARCH]) == (False, 1)


def test_wrong_keys_are_not_tried_again_and_again(ebay: Marketplace) -> None:
    ebay.routes[TOKEN] = lambda _: reply({"error": "invalid_client"}, 401)
    for _ in range(3):
        with pytest.raises(MarketError):
            Client().search("mew")
    assert (ebay.hits[TOKEN], ebay.hits[SEARCH]) == (1, 0)


def test_a_failure_of_ebays_own_is_tried_three_times(
    ebay: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.http.Door._back_off", lambda *_: 0.0)
    ebay.routes[SEARCH] = lambda _: reply(answers.error(12000, "Oops"), 500)
    with pytest.raises(MarketError, match="status 500") as caught:
        Client().search("mew")
    assert (caught.value.permanent, ebay.hits[SEARCH]) == (False, 3)
    assert breaker.state(policies.BROWSE.slug).failures == 3


def test_garbage_counts_against_ebay(ebay: Marketplace) -> None:
    ebay.misbehave(SEARCH, "html")
    with pytest.raises(MarketError, match="not JSON"):
        Client().search("mew")
    assert breaker.state(policies.BROWSE.slug).failures == 1


def test_when_the_day_is_spent_nobody_asks_before_it_ends(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(2001, "Too many requests."), 429)
    ebay.routes[RATES] = lambda _: reply(answers.rate_limits(remaining=0, reset=TOMORROW.isoformat()))
    with pytest.raises(MarketError, match="too many requests") as caught:
        Client().search("mew")
    assert caught.value.permanent is False
    with pytest.raises(MarketError, match=r"next request in \d+ s") as caught:
        Client().search("mew")
    assert (caught.value.permanent, ebay.hits[SEARCH]) == (False, 1)
    day = next(budget for budget in budgets.of(policies.BROWSE) if budget.period == "day")
    assert (day.remaining, day.resets_at) == (0, TOMORROW)


def test_asked_to_slow_down_with_requests_left_we_rest_a_minute(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(2001, "Too many requests."), 429)
    ebay.routes[RATES] = lambda _: reply(answers.rate_limits(remaining=900, reset=TOMORROW.isoformat()))
    for _ in range(2):
        with pytest.raises(MarketError):
            Client().search("mew")
    with pytest.raises(MarketError, match=r"it asked us to stay away; next request in [56]"):
        Client().search("mew")
    assert ebay.hits[SEARCH] == 1


def test_when_ebay_does_not_say_how_long_we_rest_an_hour(ebay: Marketplace) -> None:
    ebay.routes[SEARCH] = lambda _: reply(answers.error(2001, "Too many requests."), 429)
    for _ in range(2):
        with pytest.raises(MarketError):
            Client().search("mew")
    with pytest.raises(MarketError, match=r"it asked us to stay away; next request in 3[56]"):
        Client().search("mew")
    assert ebay.hits[SEARCH] == 1


def test_an_item_is_asked_for_by_its_id(ebay: Marketplace) -> None:
    graded = [
        answers.descriptor("Professional Grader", "Professional Sports Authenticator (PSA)"),
        answers.descriptor("Grade", "10"),
    ]
    ebay.routes[ITEM] = lambda _: reply(answers.offer(conditionId="2750", conditionDescriptors=graded))
    found = Client().item("v1|701|0")
    assert found is not None
    assert (found.item_id, found.grader, found.grade, found.condition) == ("v1|701|0", "PSA", "10", "")


def test_an_item_that_is_gone_is_none(ebay: Marketplace) -> None:
    ebay.routes[ITEM] = lambda _: reply(answers.error(11001, "not found"), 404)
    assert Client().item("v1|701|0") is None
    assert breaker.state(policies.BROWSE.slug).failures == 0


@pytest.mark.parametrize("item_id", ["", "701", "v1|701", "v1|7/../1|0", "v1|701|0\n"])
def test_only_ids_of_items_are_asked_for(ebay: Marketplace, item_id: str) -> None:
    with pytest.raises(MarketError, match="is not the id of an item"):
        Client().item(item_id)
    assert ebay.requests == []


def test_sales_need_the_grant(ebay: Marketplace) -> None:
    with pytest.raises(MarketError, match="EBAY_INSIGHTS is not set") as caught:
        Client().sales("mew")
    assert (caught.value.permanent, ebay.requests) == (True, [])


def test_sales_are_asked_for_with_commas_and_a_scope_of_their_own(
    ebay: Marketplace, settings: Settings
) -> None:
    settings.EBAY_INSIGHTS = True
    answers.shelf(ebay, [answers.sold(1), answers.sold(2, lastSoldPrice=None)], path=SALES, name="itemSales")
    found = Client().sales("Mew ex 232/091", filters={"conditionIds": "{4000}"}, most=200)
    assert [(sale.item_id, sale.price, sale.sold_at) for sale in found.listings] == [
        ("v1|1|0", 37_150, datetime(2026, 11, 19, 18, 30, tzinfo=UTC))
    ]
    assert found.skipped == 1
    [asked] = _asked(ebay, SALES)
    assert (asked.query["q"], asked.query["limit"]) == ("Mew,ex,232/091", "200")
    assert asked.headers["X-EBAY-C-MARKETPLACE-ID"] == "EBAY_US"
    assert b"buy.marketplace.insights" in _asked(ebay, TOKEN)[0].body
    assert _used(policies.BROWSE)["day"] == 0


def test_a_scope_that_is_not_granted_leaves_browse_alone(ebay: Marketplace, settings: Settings) -> None:
    settings.EBAY_INSIGHTS = True
    issue = ebay.routes[TOKEN]
    ebay.routes[TOKEN] = lambda request: (
        reply({"error": "invalid_scope"}, 400) if b"insights" in request.body else issue(request)
    )
    with pytest.raises(MarketError, match="status 400"):
        Client().sales("mew")
    answers.shelf(ebay, [answers.offer()])
    assert len(Client().search("mew").listings) == 1


def test_metadata_names_graders_grades_and_conditions(ebay: Marketplace) -> None:
    ebay.routes[POLICIES] = lambda _: reply(answers.policies())
    found = Client().descriptors_of()
    assert found.graders == {"275010": "Professional Sports Authenticator (PSA)", "2750123": "Other"}
    assert found.grades == {"275020": "10", "275021": "9.5"}
    assert found.conditions == {"400010": "Near Mint or Better", "400017": "Heavily Played (Poor)"}
    [asked] = _asked(ebay, POLICIES)
    assert asked.query == {"filter": "categoryIds:{183454}"}


@pytest.mark.parametrize("path", [POLICIES, RATES])
def test_no_content_is_an_empty_answer(ebay: Marketplace, path: str) -> None:
    ebay.routes[path] = lambda _: Response(status=204)
    if path == POLICIES:
        assert Client().descriptors_of().names == {}
    else:
        assert Client().rate_limits() == []
    assert breaker.state(policies.DESK.slug).failures == 0


def test_a_category_that_metadata_does_not_know_is_an_error(ebay: Marketplace) -> None:
    ebay.routes[POLICIES] = lambda _: reply(answers.error(46001, "Unknown."), 404)
    with pytest.raises(MarketError, match="not found") as caught:
        Client().descriptors_of()
    assert caught.value.permanent is True


def test_the_day_of_browse_is_set_to_what_ebay_says(ebay: Marketplace) -> None:
    ebay.routes[RATES] = lambda _: reply(answers.rate_limits(remaining=4_000, reset=TOMORROW.isoformat()))
    rate = Client().update_budget()
    assert rate is not None
    assert (rate.resource, rate.remaining, rate.resets_at) == ("buy.browse", 4_000, TOMORROW)
    [asked] = _asked(ebay, RATES)
    assert asked.query == {"api_context": "buy", "api_name": "browse"}
    assert _used(policies.BROWSE) == {"hour": 0, "day": 1_000}
    assert _used(policies.DESK) == {"hour": 1, "day": 1}


def test_a_key_is_asked_for_by_its_id(ebay: Marketplace) -> None:
    ebay.routes[f"{KEY}a%2Fb"] = lambda _: reply({"key": "PEM", "algorithm": "ECDSA", "digest": "SHA1"})
    assert Client().public_key("a/b") == PublicKey(key="PEM", algorithm="ECDSA", digest="SHA1")
    ebay.routes[f"{KEY}unknown"] = lambda _: reply(answers.error(195001, "Invalid key id."), 404)
    assert Client().public_key("unknown") is None


def test_staff_see_the_budget_of_every_door() -> None:
    assert [policy.slug for policy in policies.all_of_them()] == [
        "ebay",
        "ebay-insights",
        "ebay-desk",
        "ebay-keys",
        "ebay-token",
        "ebay-insights-token",
    ]
    assert policies.TOKEN.daily_quota + policies.INSIGHTS_TOKEN.daily_quota < 1_000
    assert (policies.BROWSE.hourly_quota, policies.BROWSE.daily_quota) == (1_000, 4_500)
