"""Entries of the change feed as the API and sockets write them."""

from collections.abc import Iterable, Mapping

from catalog.models import CardSet, Game
from pricing.feed import Entry
from pricing.payloads import Json, day, money


def written(entries: Iterable[Entry]) -> list[Json]:
    """Each with its id, from which the feed can be gone on; two statements."""
    listed = list(entries)
    games = dict(Game.objects.values_list("id", "slug"))
    keys = [entry.key for entry in listed if entry.kind == "set"]
    sets = dict(CardSet.objects.filter(pk__in=keys).values_list("id", "slug")) if keys else {}
    return [_entry(entry, games=games) | _subject(entry, sets=sets, games=games) for entry in listed]


def _entry(entry: Entry, *, games: Mapping[int, str]) -> Json:
    return {
        "id": str(entry.cursor),
        "type": entry.kind,
        "at": entry.at.isoformat(),
        "game": games.get(entry.game_id or 0),
    }


def _subject(entry: Entry, *, sets: Mapping[int, str], games: Mapping[int, str]) -> Json:
    if entry.series:
        return _price(entry)
    if entry.kind == "set":  # one that is gone has no address any more
        return {"action": entry.action, "set_id": entry.key, "set": sets.get(entry.key)}
    if entry.kind == "game":
        return {"action": entry.action, "game_id": entry.key, "game": games.get(entry.key)}
    return {"action": entry.action, f"{entry.kind}_id": entry.key}


def _price(entry: Entry) -> Json:
    """A correction says from which day on prices were others; a price entry beside it, what is shown now."""
    series = entry.series
    assert series
    said = {
        "printing_id": series.printing_id,
        "card_id": series.card_id,
        "source": entry.source,
        "condition": series.condition,
        "grade": series.grade,
        "language": series.language,
        "day": day(entry.day),
    }
    if entry.kind == "correction":
        return said
    return said | {name: money(getattr(entry, name), series.currency) for name in ("market", "low", "mid")}
