"""What all operations of the OpenAPI document have from their addresses: tags, parameters, 404."""

from collections.abc import Iterable
from typing import Any

from accounts.describing import MEANINGS, PROBLEM_TYPE, Schema

PREFIX = "/api/v1/"
TAGS = {
    "Catalogue": "Games, sets and cards, and this document.",
    "Search": "Finding a card.",
    "Prices": "What stands behind prices, what moved, and whose prices they are.",
    "Bulk files": "The catalogue and all latest prices in daily files.",
    "Change feed": "Everything that changed, each change once.",
    "Collections": "What somebody owns or wishes for, and what visitors see of it.",
    "Lots": "Some copies of one printing, acquired together, and their sales.",
    "Value": "What is owned is worth, was worth, and why that changed.",
    "Completion of sets": "How much of a set is owned, and what is missing.",
    "Imports": "Files of other apps on their way into a collection.",
    "Exports and reports": "Files to take away, and statements of value that can be verified.",
    "Alerts": "Rules that tell when a price does something, and what they told.",
    "Channels": "How somebody is told, and when.",
}
# By the first part of the address.
TAG_OF = {
    "schema": "Catalogue",
    "games": "Catalogue",
    "sets": "Catalogue",
    "cards": "Catalogue",
    "printings": "Prices",
    "prices": "Prices",
    "rates": "Prices",
    "bulk": "Bulk files",
    "movers": "Prices",
    "sources": "Prices",
    "changes": "Change feed",
    "search": "Search",
    "searches": "Search",
    "collections": "Collections",
    "shared": "Collections",
    "portfolio": "Value",
    "lots": "Lots",
    "sales": "Lots",
    "completion": "Completion of sets",
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
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
Endpoint = tuple[str, str, str, Any]


def named(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """What the addresses call `pk` is an `id` to everyone else; only what is below /api/v1/ is described."""
    return [
        (path.replace("{pk}", "{id}"), regex.replace(":pk>", ":id>"), method, view)
        for path, regex, method, view in endpoints
        if path.startswith(PREFIX)
    ]


def finished(result: Schema, **_: Any) -> Schema:
    for path, operations in result["paths"].items():
        for operation in operations.values():
            complete(operation, path=path)
    strip(result["components"]["schemas"])
    result["tags"] = tags(result["paths"].values())
    return result


def complete(operation: Schema, *, path: str) -> None:
    operation["tags"] = [tag_of(path)]
    for parameter in operation.get("parameters", []):
        parameter.setdefault("description", MEANINGS.get(parameter["name"], ""))
        if parameter["in"] == "query" and not parameter.get("required"):
            parameter["allowEmptyValue"] = True  # as good as absent
    if "{" in path:
        operation["responses"] |= MISSING


def tag_of(path: str) -> str:
    first = path.removeprefix(PREFIX).partition("/")[0]
    return TAG_OF.get(first, first.capitalize())


def tags(paths: Iterable[Schema]) -> list[Schema]:
    used = {operation["tags"][0] for path in paths for operation in path.values()}
    return [{"name": tag, "description": TAGS.get(tag, tag)} for tag in [*TAGS, *sorted(used - TAGS.keys())]]


def strip(schema: Any) -> None:
    """Takes away what the generator notes for itself."""
    if isinstance(schema, dict):
        schema.pop("x-spec-enum-id", None)
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        strip(part)
