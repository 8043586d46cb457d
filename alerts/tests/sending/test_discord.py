import re
from typing import Any

import pytest

from accounts.models import User
from alerts.sending import discord
from alerts.tests import hostile, letters
from alerts.tests.letters import send
from alerts.tests.receiver import Receiver

# What Discord limits (its developer documentation, "Embed limits"), in UTF-16 code units to be sure.
LIMITS = {"title": 256, "description": 4096}


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def shown(markdown: str) -> str:
    """What is left of escaped text: a backslash hides before punctuation."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown)


def embed(payload: dict[str, Any]) -> dict[str, Any]:
    (found,) = payload["embeds"]
    assert isinstance(found, dict)
    return found


@pytest.mark.django_db
def test_the_room_gets_the_message_and_nobody_is_pinged(receiver: Receiver, alice: User) -> None:
    receiver.says(204)
    send(receiver.channel(alice, "discord"))
    (body,) = receiver.bodies()
    assert shown(body["content"]) == "Charizard 4/102 (Holofoil): $95.00"
    assert body["allowed_mentions"] == {"parse": []}
    assert embed(body)["url"] == "https://cards.example/alerts/3/"
    assert shown(embed(body)["description"]).splitlines() == [
        "Before: $120.00",
        "2 Mar 2026, TCGplayer",
        "[The card](https://cards.example/cards/7/charizard/)",
    ]


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_it_is_shown_as_it_stands(name: str) -> None:
    about = letters.named(name)
    payload = discord.payload(about)
    assert size(payload["content"]) <= 2000
    assert all(size(embed(payload)[field]) <= limit for field, limit in LIMITS.items())
    # No character that Discord reads as markup is left without its backslash.
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|>#<\[\]()@:-]", payload["content"])
    assert shown(payload["content"]) == about.title


def test_a_long_digest_breaks_off_between_two_items_and_says_so() -> None:
    about = letters.message(*(letters.item(f"Card {n}: " + "🔥" * 200) for n in range(50)), more=7)
    description = embed(discord.payload(about))["description"]
    listed = description.count("[The card](https://cards.example/cards/7/charizard/)")
    assert 5 < listed < 50
    assert description.endswith(f"[And {57 - listed} more](https://cards.example/alerts/3/)")
    assert size(description) <= LIMITS["description"]


def test_a_digest_names_each_card() -> None:
    payload = discord.payload(letters.message(letters.item("Pikachu: $1.00"), letters.item("Mew: $2.00")))
    text = shown(embed(payload)["description"])
    assert [line for line in text.splitlines() if "$1.00" in line or "$2.00" in line] == [
        "Pikachu: $1.00",
        "Mew: $2.00",
    ]
