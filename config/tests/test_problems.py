from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.exceptions import NotAcceptable, ValidationError

from catalog import queries
from config import problems


@pytest.mark.parametrize("kind", sorted(problems.MEANINGS))
def test_the_type_of_a_problem_leads_to_its_meaning(kind: str, client: Client) -> None:
    answer = client.get(f"/api/problems/{kind}/")
    assert answer.json() == {"kind": kind, "meaning": problems.MEANINGS[kind]}


def test_an_unknown_kind_of_problem_is_one_itself(client: Client) -> None:
    answer = client.get("/api/problems/strange/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].startswith("There is no problem “strange”; there are invalid, ")


def test_a_failure_of_ours_is_a_problem_in_the_api(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise RuntimeError

    monkeypatch.setattr(queries, "games", fail)
    client.raise_request_exception = False
    answer = client.get("/api/v1/games/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json() == {
        "type": answer.json()["type"],
        "title": "Internal Server Error",
        "status": 500,
        "detail": "The site failed to answer.",
        "request_id": answer["X-Request-Id"],
    }
    assert answer.json()["type"].endswith("/api/problems/internal/")


def test_a_failure_of_ours_is_a_page_elsewhere() -> None:
    answer = problems.server_error(RequestFactory().get("/cards/1/x/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")


def test_what_is_no_answer_of_the_api_is_left_to_django() -> None:
    assert problems.problem(RuntimeError(), {}) is None


def test_a_complaint_about_no_field_is_a_problem_without_errors() -> None:
    answer = problems.problem(ValidationError(["no"]), {})
    assert answer
    assert "errors" not in answer.data


def test_another_refusal_is_told_by_its_title() -> None:
    answer = problems.problem(NotAcceptable(), {})
    assert answer
    assert (answer.data["title"], answer.data["status"]) == ("Not Acceptable", 406)
    assert answer.data["type"].endswith("/api/problems/other/")


def test_a_complaint_that_repeats_half_a_character_can_be_sent() -> None:
    answer = problems.problem(ValidationError({"\ud800": ["There is no \udfff."]}), {})
    assert answer
    assert answer.data["errors"] == [{"field": "?", "detail": "There is no ?."}]
