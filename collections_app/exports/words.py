"""Our conditions, languages and finishes in the words of other apps."""

import re

from collections_app.models import LANGUAGES
from pricing.models import CONDITIONS

# TCGplayer and Collectr have our five steps.
FIVE_STEPS = dict(CONDITIONS)
# Moxfield's six steps without its Mint. docs/import-formats.md reads them the same way.
SIX_STEPS = {"NM": "Near Mint", "LP": "Good (Lightly Played)", "MP": "Played"}
SIX_STEPS |= {"HP": "Heavily Played", "DMG": "Damaged"}
# ManaBox's seven without its Mint and Excellent.
SEVEN_STEPS = {"NM": "near_mint", "LP": "good", "MP": "light_played", "HP": "played", "DMG": "poor"}
LANGUAGE_NAMES = dict(LANGUAGES) | {"zh-CN": "Simplified Chinese", "zh-TW": "Traditional Chinese"}
# Scryfall's codes, which ManaBox writes with an underscore for Chinese.
LANGUAGE_CODES = {code: code.replace("-", "_") for code, _ in LANGUAGES} | {"qya": "ph"}
VARIANT = re.compile(r" \([^()]*\)$| - [\w/-]*\d[\w/-]*$")


def simple(name: str) -> str:
    """A card's name without a market's additions: “Abuelo's Awakening (Borderless)”, “Umbreon ex - 176”."""
    shorter = VARIANT.sub("", name)
    return shorter if shorter == name else simple(shorter)


def foil(finish: str, *, name: str) -> str:
    """Magic's finishes: “etched” stands in the card's name at TCGplayer; "" is no foil."""
    if "etched" in f"{finish} {name}".lower():
        return "etched"
    return "foil" if "foil" in finish.lower() else ""
