"""From what is printed on a card to the words it is found by, and those words into the search index.

A word is lower case, without accents and apostrophes. A collector number is one word ("4/102"), and
so are its other spellings ("004/102", "4").
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

LONGEST_TEXT = 400
LONGEST_WORD = 60
NO_NUMBER = "~"  # sorts behind every digit and letter

SPELLED_OUT = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "δ": " delta "}
    | {"&": " and ", "☆": " star ", "★": " star ", "◇": " prism star ", "♀": " f ", "♂": " m "}
    | dict.fromkeys("'’‘ʼ`´′")  # noqa: RUF001 -- every apostrophe that sources use
    | dict.fromkeys("‐‑‒–—−", "-")  # noqa: RUF001 -- and every hyphen
)
AROUND_SLASH = re.compile(r"(?<=\d) */ *(?=\w*\d)")
CHUNK = re.compile(r"[^\W_]+(?:[/-][^\W_]+)*")
# 4/102, TG01/TG30, OP01-001, LOB-EN001, X-23; not blue-eyes, not fire/ice, not 1st-edition.
NUMBER = re.compile(r"(?=.*\d)(?:\w{0,5}\d+\w{0,2}|\w{1,5})(?:[/-](?:\w{0,5}\d+\w{0,2}|\w{1,4}))+")
DIGIT = re.compile(r"\d")
SEPARATOR = re.compile("[/-]")
ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def fold(text: str) -> str:
    """The text in plain lower-case words: "Farfetch'd & Pokémon" becomes "farfetchd and pokemon"."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The words of a text in their order; a collector number stays in one piece."""
    return [word for chunk in _chunks(text) for word in _parts(chunk)]


def has_digit(word: str) -> bool:
    return DIGIT.search(word) is not None


def is_spelled(word: str) -> bool:
    """Whether it can be misspelled: mostly letters. A collector number is never corrected."""
    return word.isalpha() or sum(map(str.isalpha, word)) * 2 > len(word)


def bare(word: str) -> str:
    """A number without leading zeros: 004/102 becomes 4/102, op01-001 becomes op1-1."""
    return ZEROS.sub("", word)


@lru_cache(maxsize=50_000)
def number_tokens(number: str) -> frozenset[str]:
    """Every way to write a collector number: OP01-001 is also op01001, op1-1, 001 and 1."""
    found: set[str] = set()
    for chunk in _chunks(number):
        printed = chunk.split("/")[0]
        found |= {chunk, printed, printed.rsplit("-", 1)[-1], SEPARATOR.sub("", chunk)}
    return frozenset(word[:LONGEST_WORD] for word in found | {bare(word) for word in found})


def number_key(number: str) -> str:
    """The number with its digits padded, so that plain sorting puts 2 before 10 and no number last."""
    plain = " ".join(_chunks(number))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(6), plain)[:80] or NO_NUMBER


def card_words(  # noqa: PLR0913 -- what is printed on a card
    name: str, *, number: str, set_name: str, set_code: str, rarity: str, game: str
) -> list[str]:
    """The words a card is found by, in byte order."""
    words = _phrase_words(name) | number_tokens(number) | number_tokens(set_code)
    return sorted(words | _phrase_words(set_name) | _phrase_words(rarity) | _phrase_words(game))


def deletes(word: str) -> set[str]:
    """The word and its forms one letter short.

    Two words at most one typing error apart share one of these (SymSpell, W. Garbe 2012).
    """
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))} - {""}


def _chunks(text: str) -> list[str]:
    plain = text[:LONGEST_TEXT].casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(letter for letter in apart if unicodedata.category(letter) not in {"Mn", "Cs"})
    return CHUNK.findall(AROUND_SLASH.sub("/", plain.translate(SPELLED_OUT)))


def _parts(chunk: str) -> list[str]:
    if chunk.isalnum() or NUMBER.fullmatch(chunk):
        return [chunk[:LONGEST_WORD]]
    return [part[:LONGEST_WORD] for part in SEPARATOR.split(chunk)]


@lru_cache(maxsize=10_000)
def _phrase_words(text: str) -> frozenset[str]:
    """The words of a name, and its compounds both whole and in parts: Ho-Oh is also hooh."""
    found: set[str] = set()
    for chunk in _chunks(text):
        found.update(_parts(chunk))
        if has_digit(chunk):
            found |= number_tokens(chunk)
        if "-" in chunk:
            found |= {part[:LONGEST_WORD] for part in (*chunk.split("-"), chunk.replace("-", ""))}
    return frozenset(found)


# ---- into the index ----

BATCH = 20_000
LOCK = "SELECT pg_advisory_xact_lock(hashtext('catalog.words'))"
READ = """
SELECT c.id, c.name, c.number, s.name, s.code, coalesce(r.name, ''), g.name,
       c.folded, c.number_key, array_to_string(tsvector_to_array(c.words), ' ')
FROM catalog_card c
JOIN catalog_cardset s ON s.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
WHERE c.id = ANY(%s)"""
WRITE = """
UPDATE catalog_card c
SET folded = f.folded, number_key = f.number_key, words = array_to_tsvector(string_to_array(f.words, ' '))
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS f(id, folded, number_key, words)
WHERE c.id = f.id"""
COUNT = """
WITH delta AS (SELECT * FROM unnest(%s::text[], %s::int[]) AS d(word, cards))
UPDATE catalog_searchword w SET cards = greatest(w.cards + d.cards, 0) FROM delta d WHERE d.word = w.word"""
ADD = "COPY catalog_searchword (word, cards, deletes) FROM STDIN"


class Entry(NamedTuple):
    """A card as the index should hold it, and the words that it held before."""

    card: int
    folded: str
    number_key: str
    words: str
    before: str


@transaction.atomic
def index_cards(card_ids: Iterable[int]) -> int:
    """Brings the search fields of these cards, and the counts of their words, up to date.

    Returns how many cards changed. Waits for another indexing transaction, so that counts stay right.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        entries = _write(cursor, list(card_ids))
        _count(cursor, entries)
    return len(entries)


@transaction.atomic
def forget_cards(card_ids: Iterable[int]) -> None:
    """Takes the words of cards that are about to be deleted out of the counts."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(READ, [list(card_ids)])
        _count(cursor, [Entry(row[0], "", "", "", row[-1]) for row in cursor.fetchall()])


def index_all() -> int:
    """Indexes every card, then counts all words anew. Returns how many cards changed."""
    changed = 0
    with connection.cursor() as cursor:
        for card_ids in _batches(cursor):
            with transaction.atomic():
                changed += len(_write(cursor, card_ids))
        _recount(cursor)
        cursor.execute(
            "SELECT gin_clean_pending_list('card_words'), gin_clean_pending_list('searchword_deletes')"
        )
        cursor.execute("ANALYZE catalog_card, catalog_searchword")
    return changed


def _batches(cursor: CursorWrapper) -> Iterator[list[int]]:
    last = 0
    while True:
        cursor.execute("SELECT id FROM catalog_card WHERE id > %s ORDER BY id LIMIT %s", [last, BATCH])
        card_ids = [row[0] for row in cursor.fetchall()]
        if not card_ids:
            return
        yield card_ids
        last = card_ids[-1]


def _write(cursor: CursorWrapper, card_ids: list[int]) -> list[Entry]:
    cursor.execute(READ, [card_ids])
    entries = [entry for entry in map(_changed, cursor.fetchall()) if entry]
    if entries:
        cursor.execute(WRITE, [list(column) for column in zip(*entries, strict=True)][:4])
    return entries


def _changed(row: tuple[Any, ...]) -> Entry | None:
    card, name, number, set_name, set_code, rarity, game, *known = row
    words = card_words(name, number=number, set_name=set_name, set_code=set_code, rarity=rarity, game=game)
    entry = Entry(card, fold(name)[:300], number_key(number), " ".join(words), known[2])
    return entry if [entry.folded, entry.number_key, entry.words] != known else None


def _count(cursor: CursorWrapper, entries: list[Entry]) -> None:
    delta: Counter[str] = Counter()
    for entry in entries:
        delta.update(filter(is_spelled, entry.words.split()))
        delta.subtract(filter(is_spelled, entry.before.split()))
    delta = Counter({word: change for word, change in delta.items() if change})
    cursor.execute(COUNT + " RETURNING w.word", [list(delta), list(delta.values())])
    known = {row[0] for row in cursor.fetchall()}
    _add(cursor, {word: cards for word, cards in delta.items() if word not in known and cards > 0})
    # Only a word that lost a card can have lost its last one; a first load then has nothing to look for.
    if fewer := [word for word, change in delta.items() if change < 0]:
        cursor.execute("DELETE FROM catalog_searchword WHERE cards = 0 AND word = ANY(%s)", [fewer])


def _recount(cursor: CursorWrapper) -> None:
    with transaction.atomic():
        cursor.execute(LOCK)
        cursor.execute("SELECT word, ndoc FROM ts_stat('SELECT words FROM catalog_card')")
        counts = {word: cards for word, cards in cursor.fetchall() if is_spelled(word)}
        cursor.execute("DELETE FROM catalog_searchword")
        _add(cursor, counts)


def _add(cursor: CursorWrapper, counts: dict[str, int]) -> None:
    with cursor.copy(ADD) as copy:
        for word, cards in counts.items():
            copy.write_row((word, cards, sorted(deletes(word))))
