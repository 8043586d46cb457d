"""TypeScript types of an OpenAPI document: an interface for each schema, and what each operation takes."""

import json
from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]
PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "object": "Record<string, unknown>",
}
HEAD = "// The types of the API, made of its OpenAPI document by `make client`.\n"


def types(document: Schema) -> str:
    schemas = document["components"]["schemas"]
    found = [declared(name, schema) for name, schema in schemas.items()]
    return "\n".join([HEAD, *found, operations(document["paths"])])


def declared(name: str, schema: Schema) -> str:
    about = comment(schema.get("description", ""))
    if "properties" in schema:
        return f"{about}export interface {name} {fields(schema)}\n"
    return f"{about}export type {name} = {of(schema)};\n"


def of(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for several, joint in (("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")):
        if several in schema:
            return joint.join(of(one) for one in schema[several])
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        return " | ".join(of({**schema, "type": one}) for one in kind)
    return of_kind(kind, schema)


def of_kind(kind: str, schema: Schema) -> str:
    if kind == "array":
        item = of(schema["items"])
        return f"({item})[]" if " " in item else f"{item}[]"
    if kind == "object" and "properties" in schema:
        return fields(schema)
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"Record<string, {of(schema['additionalProperties'])}>"
    return PLAIN[kind]


def fields(schema: Schema) -> str:
    required = schema.get("required", [])
    found = [field(name, one, required=name in required) for name, one in schema["properties"].items()]
    return "\n".join(["{", *(f"  {line};" for line in found), "}"])


def field(name: str, schema: Schema, *, required: bool) -> str:
    return f"{json.dumps(name)}{'' if required else '?'}: {of(schema)}"


def operations(paths: Schema) -> str:
    lines = [
        f"  {operation['operationId']}: {taken(path, method, operation)};"
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]
    return "\n".join(["export interface Operations {", *lines, "}", ""])


def taken(path: str, method: str, operation: Schema) -> str:
    """Where an operation is, what it takes and what it answers when all is well."""
    asked = operation.get("parameters", [])
    parts = {
        "path": json.dumps(path),
        "method": json.dumps(method.upper()),
        "at": parameters(one for one in asked if one["in"] == "path"),
        "query": parameters(one for one in asked if one["in"] == "query"),
        "body": content(operation.get("requestBody", {})),
        "answer": answered(operation["responses"]),
    }
    return "{ " + "; ".join(f"{name}: {kind}" for name, kind in parts.items()) + " }"


def parameters(asked: Iterable[Schema]) -> str:
    found = [
        f"{json.dumps(one['name'])}{'' if one.get('required') else '?'}: {of(one['schema'])}" for one in asked
    ]
    return "{ " + "; ".join(found) + " }" if found else "undefined"


def answered(responses: Schema) -> str:
    return next(content(said) for status, said in responses.items() if status.startswith("2"))


def content(said: Schema) -> str:
    """Of several media types any; nothing is sent where there is none."""
    kinds = dict.fromkeys(of(one["schema"]) for one in said.get("content", {}).values())
    return " | ".join(kinds) if kinds else "undefined"


def comment(text: str) -> str:
    return f"/** {text} */\n" if text and "*/" not in text else ""
