"""What the OpenAPI document says of the API as a whole; its operations are described beside their views."""

from typing import Any

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


def settings(*, site_name: str, site_url: str, version: str, session_cookie: str) -> dict[str, Any]:
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
        "PREPROCESSING_HOOKS": ["config.operations.named"],
        "POSTPROCESSING_HOOKS": ["config.operations.finished"],
        "PATH_CONVERTER_OVERRIDES": {"int": ID},
        "SORT_OPERATION_PARAMETERS": False,
        "APPEND_COMPONENTS": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": KEY},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": session_cookie,
                    "description": SESSION,
                },
            }
        },
    }
