"""Why a row has no exact match, in the words of a collector."""

from collections.abc import Callable, Sequence

from catalog import finishes, names
from catalog.editions import Certainty
from catalog.likeness import Against, Card, Likeness, Said

COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]
MOST_NAMED = 3


def no_card(said: Said) -> str:
    """When nothing of the catalogue is near enough to be meant."""
    if said.certainty is Certainty.NO_GAME:
        return f"No game “{said.game_text}” in the catalogue."
    of_game = f" of {said.game_text}" if said.game_text else ""
    if said.certainty is Certainty.UNKNOWN:
        return f"No set “{said.set_text}”{of_game} in the catalogue."
    if not said.name_text and not said.number_text:
        return "The row names no card."
    called = f"card “{said.name_text}”" if said.name_text else f"card with number {said.number_text}"
    if said.set_text:
        return f"No {called} in the set “{said.set_text}”."
    return f"No {called}{of_game} in the catalogue." if said.name_text else "A number alone names no card."


def contradiction(said: Said, likely: Sequence[Likeness]) -> str:
    """When every card near enough contradicts something the row says. `likely` is not empty, best first.

    The best may contradict nothing itself, but the row's number is that of another card.
    """
    best = likely[0]
    if not best.against or {Against.NAME, Against.NUMBER} & best.against:
        return _name_or_number(said, likely)
    first = next(reason for reason in Against if reason in best.against)
    return CONTRADICTIONS[first](said, best.card)


def several(cards: Sequence[Card]) -> str:
    with_set = len({card.card_set for card in cards}) > 1
    return _fit("card", [f"{card} ({card.set_name})" if with_set else str(card) for card in cards])


def several_printings(card: Card, keys: Sequence[int]) -> str:
    return _fit("printing", [finish for key, finish in card.printings if key in keys])


def no_printing(said: Said, card: Card) -> str:
    known = _listed([finish for _, finish in card.printings])
    if not card.printings:
        return f"{card} has no printing in the catalogue yet."
    return f"{card} has no printing “{said.finish}”; it has {known}."


def wrong_product(said: Said, card: Card) -> str:
    return f"The product of that id is {card}, not “{said.name_text}”."


def _name_or_number(said: Said, likely: Sequence[Likeness]) -> str:
    named = next((one.card for one in likely if one.name is names.Alike.SAME), None)
    numbered = next((one.card for one in likely if one.is_numbered and one.card is not named), None)
    where = "The set" if said.set_text else "The catalogue"
    if named and numbered:
        wanted, other = _placed(said, named), _placed(said, numbered)
        return f"Number {said.number_text} is {other}; “{said.name_text}” is {wanted}."
    if numbered and said.name_text:
        return f"Number {said.number_text} is {_placed(said, numbered)}, not “{said.name_text}”."
    if numbered:
        return f"Number {said.number_text} may be {_placed(said, numbered)}."
    if named:
        place = "there" if said.set_text else f"in {named.set_name}"
        return f"{where} has no number {said.number_text}; {named.name} is {named.number} {place}."
    return f"{where} has no “{said.name_text}”; {_placed(said, likely[0].card)} is near."


def _placed(said: Said, card: Card) -> str:
    return str(card) if said.set_text else f"{card} ({card.set_name})"


def _wrong_set(said: Said, card: Card) -> str:
    if said.certainty is Certainty.TORN:
        return f"The set's code and its name mean different sets; {card} is in {card.set_name}."
    if said.certainty is Certainty.LIKELY:
        return f"“{said.set_text}” may be {card.set_name}: {card} is there."
    return f"Too many cards are called “{said.name_text}” to tell without a set."


def _wrong_version(said: Said, card: Card) -> str:
    if version := _version(said):
        return f"No version “{version}” of {card} in the catalogue."
    return f"The row tells no version, and the only card so numbered is {card}."


def _version(said: Said) -> str:
    arts = [one.art for one in said.number if one.art]
    unsaid = finishes.read(said.finish).words - finishes.KNOWN
    return " ".join(dict.fromkeys([*sorted(said.name.variants), *sorted(unsaid), *arts]))


CONTRADICTIONS: dict[Against, Callable[[Said, Card], str]] = {
    Against.KIND: lambda _, card: (
        f"{card} is a sealed product." if card.kind == "sealed" else f"{card} is no sealed product."
    ),
    Against.SET: _wrong_set,
    Against.PRODUCT: lambda _, card: (
        f"The row's product id is not in the catalogue; {card} is another product."
    ),
    Against.RARITY: lambda _, card: f"{card} is {card.rarity} there.",
    Against.VERSION: _wrong_version,
}


def _fit(what: str, listed: Sequence[str]) -> str:
    count = COUNTS[len(listed)] if len(listed) < len(COUNTS) else str(len(listed))
    return f"{count} {what}s fit: {_listed(listed)}."


def _listed(texts: Sequence[str]) -> str:
    shown = list(texts[:MOST_NAMED])
    if len(texts) > MOST_NAMED:
        shown.append(f"{len(texts) - MOST_NAMED} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
