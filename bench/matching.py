"""Titles of listings matched to printings: how much of what is accepted is right, and how much is accepted.

The real titles lie in the captures beside the project; each row of them is a labelled listing, a sold one or
a storefront's wording. Its answer, the set, the number and the finish of a product, was read by hand from
the title (`catalog.tests.listing_cases`). A row without an answer means a card that no catalogue here has,
or none at all: accepting it counts against precision. Open rows, which nobody can judge here, count nothing;
how many of them were accepted is printed. No row was kept apart while the words of `catalog.wordings` were
gathered: titles made of the catalogues' cards, with seeds that were not looked at, check what was tuned.
Everything is rolled back.
"""

from collections.abc import Iterator, Sequence
from time import perf_counter

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from bench import market
from bench.measure import Measure, at_least
from catalog import titles, words
from catalog.listings import is_of, match_titles
from catalog.models import Card, Game, Printing, SearchWord
from catalog.tests import listing_cases, listing_files, made_titles
from catalog.tests.listing_cases import Answer, Case
from catalog.tests.listing_tally import GLORY, Tally, is_glory, is_same_number, tally
from catalog.tests.market_catalogue import Product

PRECISION, RECALL = 0.99, 0.85
MADE, SEED = 500, 20_261_127
TITLES = 2_000  # of the whole market, for speed


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    if not listing_files.DATA.is_dir():
        print("the captures beside the project are absent")
        return
    market.load()
    if not SearchWord.objects.exists():
        words.index_all()
        cursor.execute("VACUUM ANALYZE")
    yield _speed()
    yield from _reading()
    with transaction.atomic():
        yield from _matching()
        transaction.set_rollback(True)


def _speed() -> Measure:
    """Titles of cards drawn from the whole market, the game untold."""
    drawn = Card.objects.order_by("slug").select_related("card_set", "game")[
        :: Card.objects.count() // TITLES
    ]
    listed = [f"{card.game.name} {card.name} {card.number} {card.card_set.name} NM" for card in drawn]
    start = perf_counter()
    match_titles(listed)
    speed = len(listed) / (perf_counter() - start)
    return Measure(name=f"{len(listed)} titles against {market.CARDS} cards", value=speed, unit="titles/s")


def _reading() -> Iterator[Measure]:
    """The numbers that the labelled titles have in them, as far as a person reads one."""
    read = [(label, titles.read(title).number) for title, label, _ in listing_cases.labels()]
    right = sum(is_same_number(label, said) for label, said in read if label)
    yield at_least(
        "labelled titles: numbers read right, of those read", right / _many(read, 1), "", PRECISION
    )
    yield at_least("labelled titles: numbers read, of those there", right / _many(read, 0), "", RECALL)


def _many(read: Sequence[tuple[str, str]], side: int) -> int:
    return sum(bool(one[side]) for one in read) or 1


def _matching() -> Iterator[Measure]:
    """The real catalogues take the places of the made ones, which stay beneath as ballast."""
    for known in Game.objects.all():
        Game.objects.filter(pk=known.pk).update(slug=f"made-{known.slug}", name=f"Made {known.name}")
    for slug, name in NAMES.items():
        Game.objects.create(slug=slug, name=name)
    listing_files.load()
    groups, excluded = listing_cases.measured()
    for name, cases in groups.items():
        yield from _measures(name, tally(cases))
    for name, why in excluded.items():
        print(f"not measured: {name}: {why}")
    yield from _one_card()
    for game in listing_files.CATALOGUES:
        yield from _made(game)


NAMES = {
    "pokemon": "Pokémon", "magic": "Magic: The Gathering", "yugioh": "Yu-Gi-Oh!",
    "one-piece": "One Piece Card Game", "lorcana": "Disney Lorcana",
}  # fmt: skip


def _measures(name: str, answered: Tally) -> Iterator[Measure]:
    told = f"{answered.rows} rows, {answered.answerable} answers, {answered.accepted} accepted"
    if answered.unjudged:
        told += f", {answered.unjudged} unjudged"
    for case, verdict in answered.wrong:
        print(f"  wrong: {case.source} row {case.row}: printing {verdict.printing_id}")
    for case, verdict in answered.missed:
        print(f"  missed: {case.source} row {case.row}: {verdict.reason}")
    yield at_least(f"{name} ({told}): precision", answered.precision, "", PRECISION)
    if answered.answerable:
        yield at_least(f"{name}: recall", answered.recall, "", RECALL)


def _one_card() -> Iterator[Measure]:
    """The sold listings that a search for one card brought: which are of it, asked of each alone."""
    told = [
        (case.title, is_of(case.title, GLORY, printing=1, language="ja")) for case in listing_cases.mewtwo()
    ]
    accepted = [title for title, verdict in told if verdict.is_accepted]
    right = sum(map(is_glory, accepted))
    meant = sum(is_glory(title) for title, _ in told)
    yield at_least(
        f"is it this card? ({len(told)} sold): precision", right / max(len(accepted), 1), "", PRECISION
    )
    yield at_least("is it this card?: recall", right / meant, "", RECALL)


def _made(game: str) -> Iterator[Measure]:
    """Titles made of a catalogue's cards, every third card of them taken away first."""
    made = list(
        made_titles.made(
            game, listing_files.distinct(listing_files.CATALOGUES[game]()), count=MADE, seed=SEED
        )
    )
    cases = [_case(row, *one) for row, one in enumerate(made)]
    with transaction.atomic():
        _take_away([case.answer for case in cases[::3] if case.answer])
        gone = [case._replace(answer=None) for case in cases[::3]]
        yield from _measures(
            f"made titles, {game}", tally([*gone, *(c for n, c in enumerate(cases) if n % 3)])
        )
        transaction.set_rollback(True)


def _case(row: int, title: str, product: Product, finish: str) -> Case:
    return Case("made", row, title, "", Answer(product.set_name, product.name, product.number, finish))


def _take_away(answers: Sequence[Answer]) -> None:
    for one in set(answers):
        found = Card.objects.filter(card_set__name=one.set_name, name=one.name, number=one.number)
        Printing.objects.filter(card__in=found).delete()
        found.delete()
