"""What the OpenAPI document says of the API as a whole; its operations are described beside their views."""

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]

DESCRIPTION = """\
Catalogue, market prices and their history, collections and price alerts.

Money is `{"amount": "12.34", "currency": "USD"}`, a decimal string and never a float; `null` is unknown,
never 0. Days are ISO 8601 in UTC. Problems are `application/problem+json` (RFC 9457). The catalogue and its
prices are public; what is somebody's needs a key or a session.
"""
KEY = """\
A key of the account page, sent as `Authorization: Bearer tcg_…`. Its scopes say what it may do: \
`collections:read`, `collections:write`, `alerts:read`, `alerts:write`, `account:read`.\
"""
SESSION = """\
The session of the site. A change needs the cookie `csrftoken` repeated in the header `X-CSRFToken`.\
"""
ID = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def settings(*, site_name: str, site_url: str, version: str) -> dict[str, Any]:
    """drf-spectacular's settings."""
    return {
        "TITLE": site_name,
        "DESCRIPTION": DESCRIPTION,
        "VERSION": version,
        "OAS_VERSION": "3.1.1",
        "SERVERS": [{"url": site_url}],
        "CONTACT": {"name": site_name, "url": site_url},
        "LICENSE": {"name": "MIT", "identifier": "MIT"},
        "SCHEMA_PATH_PREFIX": "/api/v1",
        "PREPROCESSING_HOOKS": ["config.document.named"],
        "POSTPROCESSING_HOOKS": ["config.document.finished"],
        "PATH_CONVERTER_OVERRIDES": {"int": ID},
        "SORT_OPERATION_PARAMETERS": False,
        "APPEND_COMPONENTS": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": KEY},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": SESSION},
            }
        },
    }


TAGS = {
    "schema": "Catalogue",
    "games": "Catalogue",
    "sets": "Catalogue",
    "cards": "Catalogue",
    "printings": "Prices",
    "search": "Search",
    "movers": "Prices",
    "sources": "Prices",
    "collections": "Collections",
    "portfolio": "Value",
    "lots": "Lots",
    "sales": "Lots",
    "completion": "Completion of sets",
    "shared": "Collections",
    "imports": "Imports",
    "import-rows": "Imports",
    "restore": "Exports and reports",
    "reports": "Exports and reports",
    "alerts": "Alerts",
    "inbox": "Alerts",
    "channels": "Channels",
    "hours": "Channels",
}
MISSING = {
    "404": {
        "description": "Not Found",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def named(endpoints: Iterable[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """What the addresses call `pk` is an `id` to everyone else."""
    return [
        (path.replace("{pk}", "{id}"), regex.replace(":pk>", ":id>"), method, view)
        for path, regex, method, view in endpoints
    ]


def finished(result: Schema, **_: Any) -> Schema:
    """Tags by address, and 404 where an address names something that may not be there."""
    for path, operations in result["paths"].items():
        tag = tag_of(path)
        for operation in operations.values():
            operation["tags"] = [tag]
            if "{" in path:
                operation["responses"] |= MISSING
    strip(result["components"]["schemas"])
    used = {operation["tags"][0] for path in result["paths"].values() for operation in path.values()}
    result["tags"] = [{"name": tag} for tag in dict.fromkeys([*TAGS.values(), *sorted(used)]) if tag in used]
    return result


def tag_of(path: str) -> str:
    first = path.removeprefix("/api/v1/").partition("/")[0]
    return TAGS.get(first, first.capitalize())


def strip(schema: Any) -> None:
    """Takes away what the generator notes for itself."""
    if isinstance(schema, dict):
        schema.pop("x-spec-enum-id", None)
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        strip(part)
