"""Who comes: collectors with a session, programs with a key, and the addresses that all of them ask for."""

import json
import random
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts import keys
from accounts.models import User
from accounts.scopes import SCOPES
from bench import market, prices
from bench.caching import ingest
from bench.layout import write_day
from bench.load import locusts
from bench.load.stage import LOGS
from catalog import words
from catalog.models import Card, CardSet, Game, Printing
from collections_app import lots
from collections_app.tests import factories as collecting
from integrations.tcgcsv.capture import LAST_UPDATED

PEOPLE, LOTS = 40, 200  # of each
CARDS, SETS, NAMES, PRINTINGS = 5_000, 500, 2_000, 5_000
BEGINNING = 200  # days before the last there is; those that follow are brought while people look
BOUGHT = date(2026, 3, 2)


def prepare(cards: int) -> dict[int, prices.Walk]:
    """The market, and who comes to look at it."""
    print(f"Making a market of {cards:,} cards; logs are in {LOGS}", flush=True)
    walks = market_of(cards)
    gather(locusts.PLAN)
    return walks


def market_of(cards: int) -> dict[int, prices.Walk]:
    """Two days of a market with so many cards; its prices' way on, by game."""
    market.load(cards)
    prices.load(cards * 11 // 9)
    words.index_all()
    walks = {game: prices.Walk(series, seed=game) for game, series in prices.series_by_game().items()}
    for back in (BEGINNING + 1, BEGINNING):
        for game in walks:
            ingest(walks, game=game, back=back)
    return walks


def days(walks: dict[int, prices.Walk], *, into: Path) -> list[tuple[Path, str]]:
    """Two days of the whole market as files, which are brought in turn under the days that follow."""
    folders = [into / "odd", into / "even"]
    for folder in folders:
        for walk in walks.values():
            walk.step()
        folder.mkdir()
        write_day(folder, walks=walks, day=prices.TODAY)
        (folder / LAST_UPDATED).unlink()  # the day is said with each
    return [(folders[back % 2], prices.day_before(back).isoformat()) for back in range(BEGINNING - 1, 0, -1)]


def gather(plan: Path) -> None:
    """Writes down who comes and what there is to ask for."""
    drawn = random.Random(7)
    people = [person(number, drawn=drawn) for number in range(PEOPLE)]
    cards = Card.objects.order_by("?").values_list("pk", "slug", "folded")[:CARDS]
    sets = CardSet.objects.order_by("?").values_list("game__slug", "slug")[:SETS]
    listed = list(cards)
    said = {
        "people": people,
        "cards": [[key, slug] for key, slug, _ in listed],
        "names": list(dict.fromkeys(name for *_, name in listed))[:NAMES],
        "sets": [list(one) for one in sets],
        "games": list(Game.objects.filter(sets__isnull=False).distinct().values_list("slug", flat=True)),
        "printings": some_printings(PRINTINGS),
    }
    plan.write_text(json.dumps(said))


def some_printings(count: int) -> list[int]:
    return list(Printing.objects.order_by("?").values_list("pk", flat=True)[:count])


def person(number: int, *, drawn: random.Random) -> dict[str, Any]:
    user = User.objects.create_user(f"visitor-{number}@example.org")
    into = collecting.collection(user)
    printings = list(Printing.objects.order_by("?")[:LOTS])
    held = lots.add_many(into, (collecting.facts(one, unit_cost=drawn.randint(1, 9999)) for one in printings))
    _, secret = keys.make(user, name="Load", scopes=SCOPES)
    return {
        "session": signed_in(user),
        "key": secret,
        "collection": into.pk,
        "lots": [lot.pk for lot in islice(held, 50)],
    }


def signed_in(user: User) -> str:
    """The key of a session, as a login makes it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
