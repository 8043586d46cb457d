"""Answers in eBay's shapes, with values of our own."""

import json
from collections.abc import Mapping
from typing import Any

from integrations.tests.marketplace import Marketplace, Request, Response

SEARCH = "/buy/browse/v1/item_summary/search"
SALES = "/buy/marketplace_insights/v1_beta/item_sales/search"
ITEM = "/buy/browse/v1/item/v1%7C701%7C0"
POLICIES = "/sell/metadata/v1/marketplace/EBAY_US/get_item_condition_policies"
RATES = "/developer/analytics/v1_beta/rate_limit/"
KEY = "/commerce/notification/v1/public_key/"
TOKEN = "/identity/v1/oauth2/token"


def reply(body: object, status: int = 200) -> Response:
    return Response(status=status, body=json.dumps(body).encode())


def offer(number: int = 701, **changes: Any) -> dict[str, Any]:
    """One summary as Browse gives it; a change to None leaves a field out."""
    found = {
        "itemId": f"v1|{number}|0",
        "title": "Mew ex 232/091 Paldean Fates",
        "price": {"value": "389.00", "currency": "USD"},
        "itemWebUrl": f"https://www.ebay.com/itm/{number}",
        "image": {"imageUrl": "https://i.ebayimg.com/images/g/invented/s-l225.jpg"},
        "condition": "Ungraded",
        "conditionId": "4000",
        "seller": {"username": "a-seller-nobody-may-store", "feedbackScore": 7},
        "shippingOptions": [
            {"shippingCostType": "FIXED", "shippingCost": {"value": "4.99", "currency": "USD"}}
        ],
        "buyingOptions": ["FIXED_PRICE", "BEST_OFFER"],
        "itemLocation": {"postalCode": "100**", "country": "US"},
        "itemCreationDate": "2026-11-20T12:00:00.000Z",
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def sold(number: int = 801, **changes: Any) -> dict[str, Any]:
    found = {
        "itemId": f"v1|{number}|0",
        "title": "Mew ex 232/091 Paldean Fates",
        "lastSoldDate": "2026-11-19T18:30:00.000Z",
        "lastSoldPrice": {"value": "371.50", "currency": "USD"},
        "totalSoldQuantity": 1,
        "conditionId": "4000",
        "buyingOptions": ["AUCTION"],
        "bidCount": 12,
        "itemWebUrl": f"https://www.ebay.com/itm/{number}",
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def descriptor(name: str, *contents: str) -> dict[str, Any]:
    return {"name": name, "values": [{"content": content} for content in contents]}


def policies(**changes: Any) -> dict[str, Any]:
    """What Metadata says of two conditions, some values of each."""

    def described(identity: str, name: str, values: Mapping[str, str]) -> dict[str, Any]:
        named = [
            {"conditionDescriptorValueId": key, "conditionDescriptorValueName": value}
            for key, value in values.items()
        ]
        return {
            "conditionDescriptorId": identity,
            "conditionDescriptorName": name,
            "conditionDescriptorValues": named,
        }

    graders = {"275010": "Professional Sports Authenticator (PSA)", "2750123": "Other"}
    conditions = {"400010": "Near Mint or Better", "400017": "Heavily Played (Poor)"}
    graded = [
        described("27501", "Professional Grader", graders),
        described("27502", "Grade", {"275020": "10", "275021": "9.5"}),
        described("27503", "Certification Number", {}),
    ]
    states = [
        {"conditionId": "2750", "conditionDescriptors": graded},
        {"conditionId": "4000", "conditionDescriptors": [described("40001", "Card Condition", conditions)]},
    ]
    return {"itemConditionPolicies": [{"categoryId": "183454", "itemConditions": states}], **changes}


def rate_limits(*, remaining: int, reset: str, limit: int = 5_000, window: int = 86_400) -> dict[str, Any]:
    rate = {"limit": limit, "remaining": remaining, "reset": reset, "timeWindow": window}
    bulk = {"name": "buy.browse.item.bulk", "rates": [{**rate, "remaining": limit}]}
    browse = {"name": "buy.browse", "rates": [{**rate, "timeWindow": 300, "remaining": 1}, rate]}
    return {"rateLimits": [{"apiContext": "buy", "apiName": "browse", "resources": [bulk, browse]}]}


def error(number: int, message: str) -> dict[str, Any]:
    return {
        "errors": [{"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": message}]
    }


def shelf(ebay: Marketplace, rows: list[dict[str, Any]], *, path: str = SEARCH, name: str = "") -> None:
    """Serves rows page by page, as eBay does: no list when there is none, `next` until the last page."""

    def page(request: Request) -> Response:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        body: dict[str, Any] = {"href": path, "total": len(rows), "limit": limit, "offset": offset}
        if found := rows[offset : offset + limit]:
            body[name or "itemSummaries"] = found
        if offset + limit < len(rows):
            body["next"] = f"https://api.ebay.com{path}?offset={offset + limit}"
        return reply(body)

    ebay.routes[path] = page
