"""How a test asks the API for what is somebody's, and reads its problems."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client

JSON = "application/json"
TOMORROW = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 -- two days ahead in any zone


@dataclass(frozen=True, slots=True)
class Api:
    client: Client

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1/{path}", json.dumps(body), content_type=JSON)

    def patch(self, path: str, **body: Any) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, content_type=JSON)

    def put(self, path: str, body: Any = None) -> Any:
        return self.client.put(f"/api/v1/{path}", json.dumps(body), content_type=JSON)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


def errors(answer: Any) -> dict[str, str]:
    """What a problem of a wrong value says of each field."""
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    return {error["field"]: error["detail"] for error in answer.json().get("errors", [])}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}
