"""What eBay's official OpenAPI documents say: they judge our requests, and answers are made in their shapes.

The documents lie beside the checkout on some machines and are not ours to ship.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import yaml
from django.conf import settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from integrations.tests.marketplace import Request

FOLDER: Final = Path(settings.BASE_DIR).parent / "shared" / "contracts" / "ebay"
BROWSE: Final = "buy_browse_v1.19.7_oas3.yaml"
INSIGHTS: Final = "buy_marketplace_insights_v1_beta.2.2_oas3.yaml"
METADATA: Final = "sell_metadata_v1_oas3.json"
ANALYTICS: Final = "developer_analytics_v1_beta_oas3.json"
NOTIFICATION: Final = "commerce_notification_v1.5.1_oas3.yaml"
_HOST = "https://api.ebay.com"
_BEARER = {"type": "http", "scheme": "bearer"}
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)
_AMOUNTS = ("389.00", "0.00", "12.5", "1500", "-1.00", "1,250.00")
_MOMENTS = ("2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.000+02:00", "2026-11-20", "yesterday")
_LINKS = ("https://www.ebay.com/itm/701", "javascript:alert(1)")
# The documents call a price just a string. Beside any string, values such as eBay sends are drawn.
_LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "value": (*_AMOUNTS, "Near Mint or Better", "10", "Professional Sports Authenticator (PSA)"),
    "currency": ("USD", "EUR", "JPY"),
    "itemId": ("v1|701|0", "v1|702|0"),
    "title": ("Mew ex 232/091", "<b>Mew</b> &amp; \u202eCo"),
    "itemWebUrl": _LINKS,
    "itemAffiliateWebUrl": _LINKS,
    "imageUrl": _LINKS,
    "conditionId": ("2750", "4000", "1000"),
    "name": ("Professional Grader", "Grade", "Card Condition", "buy.browse"),
    "content": ("Professional Sports Authenticator (PSA)", "10", "Near Mint or Better"),
    "shippingCostType": ("FIXED", "CALCULATED"),
    "buyingOptions": ("FIXED_PRICE", "AUCTION", "BEST_OFFER"),
    "country": ("US", "DE"),
    "itemCreationDate": _MOMENTS,
    "itemEndDate": _MOMENTS,
    "lastSoldDate": _MOMENTS,
    "reset": _MOMENTS,
    "conditionDescriptorId": ("27501", "27502", "40001"),
}
_NEEDED = frozenset(
    {"itemId", "title", "price", "value", "currency", "itemWebUrl", "lastSoldPrice", "lastSoldDate", "key"}
)


@cache
def document(name: str) -> dict[str, Any]:
    """With its address spelt out, and its OAuth 2 as what it is on the wire: a bearer token."""
    text = (FOLDER / name).read_text()
    found = cast("dict[str, Any]", yaml.safe_load(text) if name.endswith("yaml") else json.loads(text))
    for server in found["servers"]:
        server["url"] = _HOST + server.pop("variables")["basePath"]["default"]
    found["components"]["securitySchemes"] = {"api_auth": _BEARER}
    for operation in (operation for path in found["paths"].values() for operation in path.values()):
        operation["security"] = [{"api_auth": []}]
    return found


@cache
def judge(name: str) -> OpenAPI:
    return OpenAPI.from_dict(document(name))


def check_request(request: Request, *, name: str, path: str) -> None:
    """Raises for a request that the document does not allow, or that uses what it does not mention."""
    judge(name).validate_request(_mock(request))
    parameters = document(name)["paths"][path][request.method.lower()].get("parameters", [])
    documented = {(one["in"], one["name"].lower()) for one in parameters}
    used = {("query", key.lower()) for key in request.query}
    used |= {("header", key.lower()) for key in request.headers if key.lower().startswith("x-")}
    assert used <= documented, used - documented
    assert request.headers["Authorization"].startswith("Bearer ")


def check_answer(request: Request, body: object, *, name: str) -> None:
    """Raises for an answer that is not of the document's shape: then the test is wrong, not the client."""
    judge(name).validate_response(_mock(request), MockResponse(json.dumps(body).encode()))


def _mock(request: Request) -> MockRequest:
    return MockRequest(
        _HOST,
        request.method.lower(),
        request.path,
        args=dict(request.query),
        headers=dict(request.headers),
        content_type=request.headers.get("Content-Type", ""),
    )


@cache
def answers_to(name: str, path: str) -> st.SearchStrategy[dict[str, Any]]:
    """Every shape in which the document lets eBay answer with 200, lists of at most three."""
    content = document(name)["paths"][path]["get"]["responses"]["200"]["content"]
    return cast(
        "st.SearchStrategy[dict[str, Any]]", _shape(content["application/json"]["schema"], of=document(name))
    )


def _shape(schema: Mapping[str, Any], *, of: dict[str, Any], called: str = "") -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _component(schema["$ref"].rpartition("/")[2], of=of)
    kind = schema["type"]
    if kind == "object":
        return _object(schema, of=of)
    if kind == "array":
        return st.lists(_shape(schema["items"], of=of, called=called), max_size=3)
    if kind == "string":
        return (
            st.sampled_from(_LIKELY[called]) | st.text(max_size=12)
            if called in _LIKELY
            else st.text(max_size=12)
        )
    return {"integer": st.integers(-(2**31), 2**31 - 1), "boolean": st.booleans()}[kind]


def _object(schema: Mapping[str, Any], *, of: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any choice of the properties, often with all that a listing needs, now and then an unknown one."""
    assert not schema.get("required")
    assert schema.get("additionalProperties", True) is True
    properties = {key: _shape(value, of=of, called=key) for key, value in schema["properties"].items()}
    needed = {key: properties.pop(key) for key in _NEEDED & properties.keys()}
    unknown = st.dictionaries(
        st.text(max_size=6).filter(lambda key: key not in schema["properties"]), _ANYTHING, max_size=1
    )
    some = st.fixed_dictionaries({}, optional={**needed, **properties})
    most = st.fixed_dictionaries(needed, optional=properties)
    return st.builds(lambda known, more: {**more, **known}, most | some, unknown)


_components: dict[tuple[int, str], st.SearchStrategy[Any]] = {}


def _component(called: str, *, of: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Each part of a document once; deferred, since parts may hold themselves."""
    key = (id(of), called)
    if key not in _components:
        _components[key] = st.deferred(lambda: _shape(of["components"]["schemas"][called], of=of))
    return _components[key]
