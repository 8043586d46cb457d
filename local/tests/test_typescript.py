from typing import Any

import pytest

from local import typescript


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": "string", "enum": ["up", "down"]}, '"up" | "down"'),
        ({"oneOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]}, "Money | null"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        ({"type": "object"}, "Record<string, unknown>"),
    ],
)
def test_each_schema_is_a_type(schema: dict[str, Any], written: str) -> None:
    assert typescript.of(schema) == written


def test_what_may_be_absent_has_a_question_mark() -> None:
    schema = {"properties": {"id": {"type": "integer"}, "from": {"type": "string"}}, "required": ["id"]}
    assert typescript.declared("Change", schema) == (
        'export interface Change {\n  "id": number;\n  "from"?: string;\n}\n'
    )


def test_an_operation_says_where_it_is_and_what_it_takes() -> None:
    operation = {
        "operationId": "getCard",
        "parameters": [
            {"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}},
            {"in": "query", "name": "currency", "schema": {"type": "string"}},
        ],
        "responses": {"404": {}, "200": {"content": {"application/json": {"schema": {"type": "object"}}}}},
    }
    assert typescript.operations({"/cards/{id}/": {"get": operation}}) == (
        "export interface Operations {\n"
        '  getCard: { path: "/cards/{id}/"; method: "GET"; at: { "id": number };'
        ' query: { "currency"?: string };'
        " body: undefined; answer: Record<string, unknown> };\n}\n"
    )
