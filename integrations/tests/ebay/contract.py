"""What eBay's official OpenAPI documents say: they judge our requests, and answers are made in their shapes.

The documents lie beside the checkout on some machines and are not ours to ship.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import yaml
from django.conf import settings
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
_LETTERS = "aZ09 -_/.,:;'\"<>&{}|*()[]%+\\\u00e9\u0130\u30df\u0661\u202e\u0000\n\U0001f0cf"
_STATES = ("Professional Sports Authenticator (PSA)", "10", "Near Mint or Better")
_MOMENTS = ("2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.000+02:00", "2026-11-20")
_LINKS = ("https://www.ebay.com/itm/701", "https://www.ebay.com/itm/702?x=1")
# The documents call a price just a string. Beside any string, values such as eBay sends are drawn.
_LIKELY: Final[Mapping[str, Sequence[str]]] = {
    "value": ("389.00", "12.5", "1500"),
    "TypedNameValue.value": _STATES,
    "content": _STATES,
    "currency": ("USD", "EUR", "JPY"),
    "itemId": ("v1|701|0", "v1|702|0"),
    "title": ("Mew ex 232/091", "<b>Mew</b> &amp; \u202eCo"),
    "itemWebUrl": _LINKS,
    "itemAffiliateWebUrl": _LINKS,
    "imageUrl": _LINKS,
    "conditionId": ("2750", "4000", "1000"),
    "name": ("Professional Grader", "Grade", "Card Condition", "buy.browse"),
    "shippingCostType": ("FIXED", "CALCULATED"),
    "buyingOptions": ("FIXED_PRICE", "AUCTION", "BEST_OFFER"),
    "country": ("US", "DE"),
    "itemCreationDate": _MOMENTS,
    "itemEndDate": _MOMENTS,
    "lastSoldDate": _MOMENTS,
    "reset": _MOMENTS,
    "conditionDescriptorId": ("27501", "27502", "40001"),
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Answers of every shape that one document allows for one operation, the same for the same seed.

    Nothing in a document is required, so a field is there with a chance that differs from case to case,
    between hardly any and all. So does the chance that a string is such as eBay sends rather than anything.
    """

    document: Mapping[str, Any]
    schema: Mapping[str, Any]

    def answer(self, seed: int) -> dict[str, Any]:
        dice = random.Random(seed)
        chances = dice.choice((0.05, 0.3, 0.6, 0.9, 1.0)), dice.choice((0.0, 0.5, 0.9, 1.0, 1.0))
        found = self._value(self.schema, dice, chances)
        assert isinstance(found, dict)
        return found

    def _value(
        self, schema: Mapping[str, Any], dice: random.Random, chances: tuple[float, float], called: str = ""
    ) -> Any:
        if "$ref" in schema:
            called = schema["$ref"].rpartition("/")[2]
            schema = self.document["components"]["schemas"][called]
        kind = schema["type"]
        if kind == "object":
            return self._object(schema, dice, chances, called)
        if kind == "array":
            return [self._value(schema["items"], dice, chances, called) for _ in range(dice.randrange(4))]
        if kind == "string":
            return _string(called, dice, likely=chances[1])
        return {
            "integer": dice.choice((0, 1, 86_400, -1, 2**31 - 1, -(2**31))),
            "boolean": dice.random() < 0.5,
        }[kind]

    def _object(
        self, schema: Mapping[str, Any], dice: random.Random, chances: tuple[float, float], called: str
    ) -> dict[str, Any]:
        """With a field that no document mentions, now and then, as they all allow."""
        assert not schema.get("required")
        assert schema.get("additionalProperties", True) is True
        found: dict[str, Any] = {"aFieldOfTomorrow": [None, {}, 1.5]} if dice.random() < 0.1 else {}
        for name, field in schema["properties"].items():
            rare = name == "warnings" and dice.random() < 0.8  # else hardly an answer would be read
            if not rare and dice.random() < chances[0]:
                found[name] = self._value(field, dice, chances, f"{called}.{name}")
        return found


@cache
def shapes(name: str, path: str) -> Shapes:
    content = document(name)["paths"][path]["get"]["responses"]["200"]["content"]
    return Shapes(document=document(name), schema=content["application/json"]["schema"])


def text(dice: random.Random, *, most: int = 12) -> str:
    return "".join(dice.choices(_LETTERS, k=dice.randrange(most + 1)))


def _string(called: str, dice: random.Random, *, likely: float) -> str:
    known = _LIKELY.get(called) or _LIKELY.get(called.rpartition(".")[2])
    return dice.choice(known) if known and dice.random() < likely else text(dice)
