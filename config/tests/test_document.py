"""The OpenAPI document: whole, valid, and hard to fall behind the API. `contract` holds the answers to it."""

import json
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.openapi import document
from config.tests import contract
from pricing import movers

OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for path in document()["paths"].values()
    for operation in path.values()
]
HEAD = {"HEAD", "OPTIONS"}


def addresses(resolver: Any = None, before: str = "") -> list[tuple[str, str]]:
    """Every address below /api/v1/ that has a name, with each of its methods."""
    found: list[tuple[str, str]] = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, route)
        elif isinstance(pattern, URLPattern) and pattern.name and route.startswith("api/v1/"):
            view: Any = pattern.callback
            address = contract.address_of(route)
            found += [(address, method) for method in methods_of(view)]
    return found


def methods_of(view: Any) -> set[str]:
    return {method.upper() for method in view.cls.http_method_names} - HEAD


def test_every_address_and_method_is_an_operation_and_the_other_way_round() -> None:
    described = {(path, method.upper()) for path, found in document()["paths"].items() for method in found}
    assert described == set(addresses())


def test_no_operation_goes_by_the_name_of_another() -> None:
    names = [cast("Any", operation.values[0])["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_what_it_is(operation: Any) -> None:
    assert re.fullmatch(r"[a-z]+[A-Za-z]*", operation["operationId"])
    assert operation["summary"].endswith(".")
    assert operation["tags"]
    assert operation["security"]
    assert [one["name"] for one in operation.get("parameters", []) if not one.get("description")] == []


def test_the_document_is_valid_openapi() -> None:
    assert document()["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_parameters_are_those_of_the_form_that_reads_them() -> None:
    asked = {
        one["name"]: one["schema"] for one in document()["paths"]["/api/v1/movers/"]["get"]["parameters"]
    }
    assert asked["window"] == {
        "type": "string",
        "enum": [str(days) for days in movers.WINDOWS],
        "default": "7",
    }
    assert asked.keys() == {"game", "window", "direction", "floor", "thin", "fields"}


def test_a_body_refuses_names_it_does_not_know() -> None:
    assert document()["components"]["schemas"]["CollectionInput"]["additionalProperties"] is False


def test_it_is_served_as_json_and_as_yaml() -> None:
    as_json, as_yaml = Client().get("/api/v1/schema/"), Client().get("/api/v1/schema/?format=yaml")
    assert (as_json["Content-Type"], as_yaml["Content-Type"]) == ("application/json", "application/yaml")
    assert as_json.json() == yaml.safe_load(as_yaml.content) == json.loads(json.dumps(document()))
    assert Client().get("/api/v1/schema/", headers={"Accept": "application/yaml"}).content == as_yaml.content


def test_it_is_not_sent_again_to_who_has_it() -> None:
    known = Client().get("/api/v1/schema/")["ETag"]
    again = Client().get("/api/v1/schema/", headers={"If-None-Match": known})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_the_explorer_is_linked_from_every_page_and_has_nothing_inline() -> None:
    assert 'href="/api/"' in Client().get("/methodology/").content.decode()
    page = Client().get("/api/").content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style| style=| on\w+=", page) == []


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "application/json", {"results": [{"slug": "pokemon", "name": "Pokémon"}]}),
        (200, "application/json", {"results": [], "more": 1}),
        (200, "text/html", {"results": []}),
        (202, "application/json", {"results": []}),
    ],
    ids=["a field less", "a field more", "another media type", "another status"],
)
def test_an_answer_that_is_not_as_described_is_noticed(status: int, kind: str, body: Any) -> None:
    with pytest.raises(AssertionError, match="GET /api/v1/games/"):
        contract.hold(answered(status=status, kind=kind, body=body))


def test_an_answer_as_described_is_let_through() -> None:
    contract.hold(answered(status=200, kind="application/json", body={"results": []}))


class Answer(dict[str, str]):
    """As Django's test client gives it, as far as it is looked at."""

    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/games/"}
    resolver_match = SimpleNamespace(route="api/v1/games/")
    streaming = False
    status_code: int
    content: bytes


def answered(*, status: int, kind: str, body: Any) -> Answer:
    answer = Answer({"Content-Type": kind})
    answer.status_code, answer.content = status, json.dumps(body).encode()
    return answer
