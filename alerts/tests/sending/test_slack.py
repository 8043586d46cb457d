import html
import json
from typing import Any

import pytest

from accounts.models import User
from alerts.sending import slack
from alerts.tests import hostile, letters
from alerts.tests.letters import send
from alerts.tests.receiver import Receiver


def elements(payload: dict[str, Any]) -> list[Any]:
    (block,) = payload["blocks"]
    assert block["type"] == "rich_text"
    return [element for section in block["elements"] for element in section["elements"]]


@pytest.mark.django_db
def test_the_room_gets_the_message(receiver: Receiver, alice: User) -> None:
    send(receiver.channel(alice, "slack"))
    (body,) = receiver.bodies()
    assert body["text"] == "Charizard 4/102 (Holofoil): $95.00"
    assert elements(body) == [
        {
            "type": "link",
            "url": "https://cards.example/cards/7/charizard/",
            "text": "Charizard 4/102 (Holofoil): $95.00",
            "style": {"bold": True},
        },
        {"type": "text", "text": "\nBefore: $120.00\n2 Mar 2026, TCGplayer\n\n"},
        {"type": "link", "url": "https://cards.example/alerts/3/", "text": "The alert"},
    ]


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_it_is_shown_as_it_stands(name: str) -> None:
    about = letters.named(name)
    payload = json.loads(json.dumps(slack.payload(about)))
    assert set(payload["text"]).isdisjoint("<>")
    assert html.unescape(payload["text"]) == about.title
    assert elements(payload)[0]["text"] == about.title


def test_what_has_no_page_has_no_link() -> None:
    payload = slack.payload(letters.message(letters.item("This is a test", url="")))
    assert elements(payload)[0] == {"type": "text", "text": "This is a test", "style": {"bold": True}}


def test_a_long_digest_says_what_it_does_not_list() -> None:
    about = letters.message(*(letters.item(f"Card {n}") for n in range(50)), more=1200)
    found = elements(slack.payload(about))
    assert found[-2:] == [
        {"type": "text", "text": "And 1,230 more: "},
        {"type": "link", "url": "https://cards.example/alerts/3/", "text": "The alert"},
    ]
    assert sum(element.get("text", "").startswith("Card ") for element in found) == 20
