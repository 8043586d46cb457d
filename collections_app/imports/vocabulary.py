"""The words other apps use for conditions, grades, languages, finishes and games, and what we call the same.

Where their word is coarser or finer than ours it is read with a warning and kept; a condition or a grade that
nobody knows is refused, because a guess would be a price.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.text import slugify

from catalog.words import fold
from collections_app.imports.entries import RowError
from collections_app.models import GRADERS, LANGUAGES
from pricing.models import CONDITIONS

LONGEST_WORD = 60  # characters; what is longer is text, not a word

# Our five steps in their own words, by key().
EXACT = {
    "nearmint": "NM",
    "nm": "NM",
    "lightlyplayed": "LP",
    "lp": "LP",
    "goodlightlyplayed": "LP",  # Moxfield, Deckbox
    "slightlyplayed": "LP",  # TopDecked
    "sp": "LP",
    "moderatelyplayed": "MP",
    "mp": "MP",
    "heavilyplayed": "HP",
    "hp": "HP",
    "damaged": "DMG",
    "dmg": "DMG",
    "d": "DMG",  # Archidekt
}
# Scales of six steps, as in Moxfield and Deckbox, and words of hand-made lists.
FIVE_STEPS = EXACT | {
    "mint": "NM",
    "m": "NM",
    "mt": "NM",
    "nmmt": "NM",
    "nmm": "NM",
    "mnm": "NM",
    "gemmint": "NM",
    "excellent": "LP",
    "ex": "LP",
    "exc": "LP",
    "good": "LP",
    "gd": "LP",
    "lightplayed": "LP",
    "played": "MP",
    "pl": "MP",
    "poor": "DMG",
    "po": "DMG",
}
# Cardmarket's seven steps, also in ManaBox and Dragon Shield: Mint, Near Mint, Excellent, Good, Light Played,
# Played, Poor. Excellent and Good share one of ours; the rest keeps its order.
SEVEN_STEPS = FIVE_STEPS | {"lightplayed": "MP", "lp": "MP", "played": "HP", "pl": "HP"}
CONDITION_NAMES = dict(CONDITIONS)
KNOWN_CONDITIONS = (
    "Mint, Near Mint, Excellent, Good, Lightly Played, Played, Moderately Played, Heavily Played"
)
KNOWN_CONDITIONS += ", Poor and Damaged"
SEALED = {"unopened", "sealed", "factorysealed"}

UNGRADED = {"", "ungraded", "raw", "none", "no", "na"}
NO_GRADER = {"", "graded", "grade"}
GRADE = re.compile(r"(?P<grader>[^\d]*?)\s*(?P<grade>\d{1,2}(?:[.,]\d{1,2})?)(?P<label>\D.*)?", re.DOTALL)
# What a label says beside its number, and the number says already. Others, such as Black Label, are kept.
PLAIN_LABELS = {
    "",
    "gemmt",
    "gemmint",
    "mint",
    "nmmt",
    "nearmintmint",
    "nm",
    "nearmint",
    "exmt",
    "ex",
    "excellent",
}
PLAIN_LABELS |= {"excellentmint", "vgex", "vg", "verygood", "good", "fair", "fr", "pr", "poor"}

LANGUAGE_WORDS = {
    "en": "eng us uk",
    "ja": "jp jpn japan jap 日本語",
    "de": "ger deu deutsch",
    "fr": "fra fre français",
    "it": "ita italiano",
    "es": "spa sp español",
    "pt": "por pt-br português",
    "ko": "kr kor korea 한국어",
    "zh-CN": "zh zhs zh-hans chinese simplified-chinese chinese-simplified chinese-(s) s-chinese cn 简体中文",
    "zh-TW": "zht zh-hant traditional-chinese chinese-traditional chinese-(t) t-chinese tw 繁體中文",
    "ru": "rus русский",
    "grc": "greek",
    "qya": "ph quenya",
}
# The names of finishes that we have words for; any other is left as it is said.
FINISHES = {
    "Normal": "normal non-foil nonfoil regular no false 0",
    "Foil": "foil yes true 1 y x",
    "Etched": "etched foil-etched etched-foil",
    "Holofoil": "holo holofoil holographic normal-holo",
    "Reverse Holofoil": "reverse reverse-holo reverse-holofoil reverse-foil",
    "1st Edition": "1st-edition first-edition 1st",
    "1st Edition Holofoil": "1st-edition-holofoil 1st-edition-holo",
    "Unlimited": "unlimited",
    "Unlimited Holofoil": "unlimited-holofoil",
    "Limited": "limited limited-edition",
}
GAMES = {
    "pokemon": "pokemon pokemon-tcg pokemon-trading-card-game ptcg",
    "magic": "magic magic-the-gathering mtg",
    "yugioh": "yugioh yu-gi-oh-tcg yugioh-tcg ygo",
    "one-piece": "one-piece one-piece-card-game one-piece-tcg optcg",
    "lorcana": "lorcana disney-lorcana lorcana-tcg disney-lorcana-tcg",
}
# Releases of their own in these languages: another game in the catalogue, as at TCGplayer (“Pokemon Japan”).
REGIONS = {
    "ja": "japan",
    "ko": "korea",
    "zh-CN": "china",
    "zh-TW": "taiwan",
    "th": "thailand",
    "id": "indonesia",
}
ONE_RELEASE = {"magic"}  # its sets are the same in every language
NO = {"", "no", "false", "f", "n", "0", "none"}


def key(word: str) -> str:
    """A word without accents, case, spaces and signs: “Near-Mint”, `near_mint` and `NearMint` are one."""
    return _key(word[:LONGEST_WORD])


@lru_cache(maxsize=4000)
def _key(word: str) -> str:
    return fold(word).replace(" ", "")


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {key(word): meaning for meaning, words in table.items() for word in words.split()}


LANGUAGE_OF = (
    {key(code): code for code, _ in LANGUAGES}
    | {key(name): code for code, name in LANGUAGES}
    | _by_word(LANGUAGE_WORDS)
)
FINISH_OF = _by_word(FINISHES)
GAME_OF = _by_word(GAMES)
GRADER_OF = {key(grader): grader for grader in GRADERS} | {"beckett": "BGS"}


def is_yes(word: str) -> bool:
    """A flag that is set: true, yes, 1, or its own name as in Deckbox (`signed`)."""
    return key(word) not in NO


def is_sealed(word: str) -> bool:
    return key(word) in SEALED


def condition(word: str, *, is_seven_steps: bool = False) -> tuple[str, str]:
    """Our condition, and a warning where the word says something finer or else. Raises RowError."""
    if not key(word):
        return "NM", ""
    known = (SEVEN_STEPS if is_seven_steps else FIVE_STEPS).get(key(word))
    if not known:
        raise RowError(f"Condition “{word[:LONGEST_WORD]}” is not known. Known are {KNOWN_CONDITIONS}.")
    is_exact = EXACT.get(key(word)) == known
    return known, "" if is_exact else f"“{word[:LONGEST_WORD]}” read as {CONDITION_NAMES[known]}."


@dataclass(frozen=True, slots=True)
class Grade:
    """A grader's verdict; `label` is what it says beyond the number."""

    grader: str
    grade: str
    label: str = ""


def grade(text: str, *, grader: str = "") -> Grade | None:
    """
    The grade in “PSA 10”, “PSA 10.0 GEM - MT” or “Graded 8” (with its grader beside it); None if ungraded.

    Raises RowError if the grader or the grade is not known: a slab is never taken for a raw card.
    """
    if key(text) in UNGRADED:
        if key(grader) in UNGRADED:
            return None
        raise RowError(f"Graded by {grader[:LONGEST_WORD]}, but there is no grade.")
    found = GRADE.fullmatch(text) if len(text) <= LONGEST_WORD else None
    if not found:
        raise RowError(
            f"Grade “{text[:LONGEST_WORD]}” is not known. Write grader and number, such as PSA 10."
        )
    label = (found["label"] or "").strip()
    return Grade(
        _grader(found["grader"], other=grader),
        _number(found["grade"]),
        "" if key(label) in PLAIN_LABELS else label,
    )


def _grader(word: str, *, other: str) -> str:
    said = other if key(word) in NO_GRADER else word
    if not said:
        raise RowError("There is a grade, but no grader.")
    if key(said) not in GRADER_OF:
        raise RowError(f"Grader “{said[:LONGEST_WORD]}” is not known. Known are {', '.join(GRADERS)}.")
    return GRADER_OF[key(said)]


def _number(text: str) -> str:
    number = Decimal(text.replace(",", "."))
    if not 1 <= number <= 10 or number * 2 % 1:
        raise RowError(f"{text} is no grade: grades go from 1 to 10 in halves.")
    return f"{number.normalize():f}"


def language(word: str) -> str:
    """Our code of a language, “” if nobody knows the word."""
    return LANGUAGE_OF.get(key(word), "")


def finish(word: str) -> str:
    return FINISH_OF.get(key(word), word)


def is_finish(word: str) -> bool:
    return key(word) in FINISH_OF


def game(word: str) -> str:
    """Our slug of a game. One we do not know gets the slug it would have, so that it matches no other."""
    return GAME_OF.get(key(word)) or slugify(word)[:LONGEST_WORD]


def regional(slug: str, *, language: str) -> str:
    """The game that a release for one language belongs to: Japanese Pokémon sets are no English ones."""
    region = REGIONS.get(language)
    return f"{slug}-{region}" if slug and region and slug not in ONE_RELEASE else slug
