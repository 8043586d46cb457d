"""What tests of the API of prices say and read."""

from typing import Any


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def errors(answer: Any) -> dict[str, str]:
    """The reason of each field of a refusal."""
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    return {error["field"]: error["detail"] for error in answer.json()["errors"]}
