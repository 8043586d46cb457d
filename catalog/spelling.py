"""What a person meant: from typed words to a query over the words of cards.

Typing errors are corrected in the vocabulary (tens of thousands of words), never in the names
(hundreds of thousands).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise, product

from rapidfuzz.distance import OSA

from catalog import reads, words

MOST_WORDS = 8
MOST_ALTERNATIVES = 24
MOST_SPLITS = 8
LONG_WORD = 8  # letters from which two errors are believed

# One look into the index for each short form: for `deletes && forms` the planner would read every word.
VOCABULARY = """
SELECT w.word, w.cards FROM unnest(%s::varchar[]) AS form
JOIN catalog_searchword w ON w.deletes @> ARRAY[form]
UNION
SELECT word, cards FROM catalog_searchword WHERE word = ANY(%s)"""
# Only for words that nothing is near to: three letters in a row are shared by chance too often.
SIMILAR = """
SELECT typed.word, w.word, w.cards FROM unnest(%s::varchar[]) AS typed(word)
JOIN catalog_searchword w ON w.word %% typed.word"""

# One way to read what was typed: for each place the alternatives, likeliest first. An alternative is
# a word or, where a space is missing, two.
Reading = list[list[str]]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed in the vocabulary's words, likeliest reading first."""

    readings: list[Reading]

    def tsquery(self) -> str:
        return " | ".join(_all(_any(place) for place in reading) for reading in self.readings)

    def names(self, most: int = 32) -> list[str]:
        """The likeliest spellings of the whole text."""
        likely = (product(*(place[:3] for place in reading)) for reading in self.readings)
        return list(dict.fromkeys(" ".join(chosen) for chosen in islice(chain(*likely), most)))

    def understood(self, found: Collection[str]) -> str:
        """The text as it must be read to find a card of these words."""
        for reading in self.readings:
            chosen = [next((a for a in place if set(a.split()) <= set(found)), "") for place in reading]
            if all(chosen):
                return " ".join(chosen)
        return " ".join(place[0] for place in self.readings[0])


def typed_words(text: str) -> list[str]:
    return words.tokens(text)[:MOST_WORDS]


def as_typed(typed: Sequence[str]) -> str:
    """The tsquery for cards with all these words. One of three letters may be the start of a longer one."""
    last = len(typed) - 1
    return _all(_any(_forms(word, is_last=place == last)) for place, word in enumerate(typed))


def exactly(typed: Sequence[str]) -> str:
    """The tsquery for cards with all these words, none of them the start of a longer one."""
    return _all(_any(_spellings(word)) for word in typed)


def correct(typed: Sequence[str]) -> Correction | None:
    """How the words may have been meant: one error a word, two in long ones, or a misplaced space."""
    joined = {pair: "".join(pair) for pair in pairwise(typed) if _is_text(pair)}
    targets = [word for word in (*typed, *joined.values()) if words.is_spelled(word)]
    vocabulary = _vocabulary(targets)
    near = {target: _near(target, vocabulary) + _splits(target, vocabulary) for target in targets}
    strange = [word for word in typed if words.is_spelled(word) and not near[word]]
    apart = [near.get(word) or [] if words.is_spelled(word) else _spellings(word) for word in typed]
    readings = [apart]
    for place, pair in enumerate(pairwise(typed)):
        if pair in joined:
            readings.append([*apart[:place], near[joined[pair]], *apart[place + 2 :]])
    readings = [reading for reading in readings if all(reading)]
    if not readings and strange:
        similar = _similar(strange)
        readings = [[place or similar.get(word, []) for word, place in zip(typed, apart, strict=True)]]
    return Correction(readings) if readings and all(readings[0]) else None


def near(typed: Collection[str]) -> dict[str, list[str]]:
    """What each word may have been meant as, likeliest first; one statement for all of them."""
    targets = sorted({word for word in typed if words.is_spelled(word)})
    vocabulary = _vocabulary(targets)
    return {word: _near(word, vocabulary) for word in targets}


def _is_text(pair: Iterable[str]) -> bool:
    return all(word.isalpha() for word in pair)


def _spellings(word: str) -> list[str]:
    return list(dict.fromkeys([word, words.bare(word)])) if words.has_digit(word) else [word]


def _forms(word: str, *, is_last: bool) -> list[str]:
    """The word, or a longer one that begins so. Not of a plain number: 4 would be 40 to 499, too."""
    can_start = len(word) >= (2 if is_last else 3) and not word.isdigit()
    return [word + ":*" for word in _spellings(word)] if can_start else _spellings(word)


def _vocabulary(targets: Sequence[str]) -> dict[str, int]:
    short = sorted({short for target in targets for short in words.deletes(target)})
    pieces = sorted({piece for target in targets for pair in _cuts(target) for piece in pair})
    with reads.cursor() as cursor:
        cursor.execute(VOCABULARY, [short, pieces])
        return dict(cursor.fetchall())


def _near(target: str, vocabulary: dict[str, int]) -> list[str]:
    most = 2 if len(target) >= LONG_WORD else 1
    found = [
        (errors, -cards, word)
        for word, cards in vocabulary.items()
        if (errors := OSA.distance(target, word, score_cutoff=most)) <= most
    ]
    return [word for _, _, word in sorted(found)[:MOST_ALTERNATIVES]]


def _splits(target: str, vocabulary: dict[str, int]) -> list[str]:
    known = {pair for pair in _cuts(target) if pair[0] in vocabulary and pair[1] in vocabulary}
    likely = sorted((-min(map(len, pair)), -min(vocabulary[word] for word in pair), pair) for pair in known)
    return [" ".join(pair) for _, _, pair in likely[:MOST_SPLITS]]


def _cuts(word: str) -> list[tuple[str, str]]:
    """The word cut in two at every place, with and without the letter there: it may stand for the space."""
    places = range(1, len(word))
    cuts = [(word[:place], word[place + gap :]) for place in places for gap in (0, 1)]
    return [pair for pair in cuts if pair[1]]


def _similar(strange: list[str]) -> dict[str, list[str]]:
    with reads.cursor() as cursor:
        cursor.execute(SIMILAR, [strange])
        found: dict[str, list[tuple[int, int, str]]] = {}
        for typed, word, cards in cursor.fetchall():
            found.setdefault(typed, []).append((OSA.distance(typed, word), -cards, word))
    return {typed: [word for _, _, word in sorted(rows)[:MOST_ALTERNATIVES]] for typed, rows in found.items()}


def _all(terms: Iterable[str]) -> str:
    return "(" + " & ".join(terms) + ")"


def _any(alternatives: Iterable[str]) -> str:
    return "(" + " | ".join(_all(map(_lexeme, one.split())) for one in alternatives) + ")"


def _lexeme(word: str) -> str:
    """The word quoted for tsquery. `words.tokens` lets no quote or backslash through."""
    start, star, _ = word.partition(":*")
    return f"'{start}'{star}"
