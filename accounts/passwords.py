"""What no password may consist of, besides what Django's own validators refuse."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError

# What this site is about: whoever guesses tries these first (OWASP ASVS 5.0, 6.1.2).
WORDS: Final = (
    *("tcg", "price", "tracker", "trading", "card", "cards", "collection", "collector", "password", "login"),
    *("pokemon", "pikachu", "charizard", "magic", "gathering", "mtg", "yugioh", "lorcana", "onepiece"),
    *("tcgplayer", "cardmarket", "scryfall", "ebay"),
)
NAMED: Final = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))
LEAST: Final = 6  # letters that have to be left once these words and everything but letters are taken away


class WordValidator:
    """Refuses what is hardly more than words of the site and digits."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 -- Django's signature
        said = password.lower()
        left = re.sub(r"[\W\d_]", "", NAMED.sub("", said))
        if NAMED.search(said) and len(left) < LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_the_site")

    def get_help_text(self) -> str:
        return "Your password may not consist of words of this site."
