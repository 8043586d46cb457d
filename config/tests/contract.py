"""Holds what the API answers against its document: status, media type and shape, no field more or less.

The document promises that known fields stay, not that none comes; here nothing unknown is let through.
"""

import gzip
import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs

from accounts.describing import PROBLEM_TYPE
from config.openapi import document

API = "/api/v1/"
UNSAID = frozenset({301, 500})  # of an address without its slash, of a bug
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def hold(response: Any) -> None:
    """Raises AssertionError where the answer is none that the document knows."""
    method, path = response.request["REQUEST_METHOD"], response.request["PATH_INFO"]
    if not path.startswith(API) or method == "OPTIONS":
        return
    status, kind = response.status_code, response.get("Content-Type", "").partition(";")[0]
    operation = operation_of(response, method="get" if method == "HEAD" else method.lower())
    told = f"{method} {path} {status} {kind}"
    if operation is None or (status in UNSAID and str(status) not in operation["responses"]):
        assert status >= 300, f"{told}: no such operation"
        schema = problem() if kind == PROBLEM_TYPE else None
    else:
        schema = schema_of(operation, status=status, kind=kind, told=told)
    is_sparse = status == 200 and "fields=" in response.request.get("QUERY_STRING", "")
    if schema and not is_sparse and method != "HEAD" and not response.streaming:
        fits(json.loads(body_of(response)), schema=json.dumps(schema), told=told)


def body_of(response: Any) -> bytes:
    is_packed = response.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if is_packed else response.content


def operation_of(response: Any, *, method: str) -> Any:
    try:
        route = response.resolver_match.route
    except Exception:  # noqa: BLE001 -- of no address at all
        return None
    return document()["paths"].get(address_of(route), {}).get(method)


def address_of(route: str) -> str:
    """As the document writes it: `/api/v1/cards/{id}/`."""
    return "/" + CONVERTER.sub(r"{\1}", route).replace("{pk}", "{id}")


def schema_of(operation: Any, *, status: int, kind: str, told: str) -> Any:
    """What the body has to be; None where it is empty, or no JSON."""
    said = operation["responses"].get(str(status))
    if status == 304:
        return None
    assert said is not None, f"{told}: the document knows {', '.join(operation['responses'])}"
    contents = said.get("content", {})
    if not contents:
        return None
    assert kind in contents, f"{told}: the document knows {', '.join(contents)}"
    return contents[kind]["schema"] if kind.endswith("json") else None


def problem() -> Any:
    return {"$ref": "#/components/schemas/Problem"}


@cache
def validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": strict()}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def strict() -> Any:
    """The components, their objects closed."""
    closed = deepcopy(document()["components"])
    for schema in closed["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return closed


def fits(body: Any, *, schema: str, told: str) -> None:
    wrong = [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator(schema).iter_errors(body)
    ]
    assert not wrong, f"{told}: {'; '.join(wrong[:5])}"
