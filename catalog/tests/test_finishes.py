"""From words for a finish to printings."""

import pytest

from catalog import finishes

MAGIC = ["Foil", "Normal"]
HOLO = ["Holofoil", "Reverse Holofoil"]
COMMON = ["Normal", "Reverse Holofoil"]
ALL_THREE = ["Holofoil", "Normal", "Reverse Holofoil"]
FOSSIL = ["1st Edition Holofoil", "Unlimited Holofoil"]
FOSSIL_COMMON = ["1st Edition", "Unlimited"]
YUGIOH = ["1st Edition", "Limited", "Unlimited"]
LORCANA = ["Cold Foil", "Normal"]


def fitting(said: str, printed: list[str]) -> list[str]:
    found = finishes.fitting(said, printings=list(enumerate(printed)))
    return [printed[key] for key in found]


@pytest.mark.parametrize(
    ("said", "printed", "meant"),
    [
        ("Foil", MAGIC, "Foil"),
        ("FOIL", MAGIC, "Foil"),
        ("traditional foil", MAGIC, "Foil"),
        ("true", MAGIC, "Foil"),
        ("etched", MAGIC, "Foil"),
        ("Normal", MAGIC, "Normal"),
        ("nonfoil", MAGIC, "Normal"),
        ("Non-Foil", MAGIC, "Normal"),
        ("regular", MAGIC, "Normal"),
        ("", MAGIC, "Normal"),
        ("foil", ["Holofoil"], "Holofoil"),
        ("foil", ["Holofoil", "Normal"], "Holofoil"),
        ("foil", COMMON, "Reverse Holofoil"),
        ("foil", LORCANA, "Cold Foil"),
        ("holofoil", LORCANA, "Cold Foil"),
        ("Holo", HOLO, "Holofoil"),
        ("Holographic", ALL_THREE, "Holofoil"),
        ("Reverse", ALL_THREE, "Reverse Holofoil"),
        ("Rev Holo", HOLO, "Reverse Holofoil"),
        ("Reverse Holo", COMMON, "Reverse Holofoil"),
        ("", ALL_THREE, "Normal"),
        ("", ["Holofoil"], "Holofoil"),
        ("1st Edition Holo", FOSSIL, "1st Edition Holofoil"),
        ("First Edition", FOSSIL, "1st Edition Holofoil"),
        ("Holo", FOSSIL, "Unlimited Holofoil"),
        ("Unlimited", FOSSIL, "Unlimited Holofoil"),
        ("", FOSSIL_COMMON, "Unlimited"),
        ("Normal", FOSSIL_COMMON, "Unlimited"),
        ("1st ed.", FOSSIL_COMMON, "1st Edition"),
        ("", YUGIOH, "Unlimited"),
        ("limited edition", YUGIOH, "Limited"),
        ("unlimited", ["Normal"], "Normal"),
        ("Master Ball Reverse Holo", ["Holofoil"], "Holofoil"),
        ("!!!", ["Holofoil"], "Holofoil"),
    ],
)
def test_a_word_means_one_printing(said: str, printed: list[str], meant: str) -> None:
    assert fitting(said, printed) == [meant]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("", HOLO),  # neither is the plain one
        ("", FOSSIL),
        ("foil", HOLO),  # both shine
        ("foil", ["1st Edition Holofoil", "Limited Holofoil"]),
    ],
)
def test_what_a_word_leaves_open_stays_open(said: str, printed: list[str]) -> None:
    assert fitting(said, printed) == printed


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("Normal", ["Foil"]),
        ("Normal", HOLO),
        ("Normal", ["1st Edition"]),
        ("Foil", ["Normal"]),
        ("Holofoil", COMMON),  # a reverse is another printing
        ("Reverse Holofoil", MAGIC),
        ("1st Edition", ["Unlimited"]),
        ("Unlimited", ["1st Edition"]),
        ("etched", ["Normal", "Unlimited"]),
        ("", []),
        ("Foil", []),
    ],
)
def test_a_word_may_fit_no_printing(said: str, printed: list[str]) -> None:
    assert fitting(said, printed) == []


def test_words_of_no_finish_are_strange() -> None:
    printings = list(enumerate([*MAGIC, "Cold Foil"]))

    assert finishes.strange("etched foil", printings=printings) == {"etched"}
    assert finishes.strange("Master Ball reverse holo", printings=printings) == {"master", "ball"}
    assert finishes.strange("cold foil 1st edition", printings=printings) == set()
