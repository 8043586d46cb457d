"""Real titles of listings against catalogues as the marketplace lists them, by the targets of `make bench`.

The titles and the catalogues of other projects are no part of this one. Of the catalogues only the cards are
loaded whose names stand in a title, and each fiftieth other.
"""

import pytest

from catalog import grades, titles
from catalog.listings import is_of
from catalog.tests import listing_cases, listing_files, made_titles
from catalog.tests.listing_cases import Answer, Case
from catalog.tests.listing_files import DATA
from catalog.tests.listing_tally import GLORY, is_glory, is_same_number, tally
from catalog.tests.market_catalogue import Product

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the files of ../shared/data are absent"),
    pytest.mark.django_db,
]
PRECISION, RECALL = 0.99, 0.85
MADE = 60  # titles made of each catalogue; a third of their cards is missing from it


def test_labelled_titles_are_read_as_a_person_reads_them() -> None:
    """The label is the number as printed; its total counts where the label has one."""
    read = [(label, titles.read(title)) for title, label, _ in listing_cases.labels()]

    wrong = [(label, one.number) for label, one in read if not is_same_number(label, one.number)]
    graded = [(label, one.grade) for label, one in zip(_grades(), (one for _, one in read), strict=True)]

    assert wrong == []
    assert [(label, grade) for label, grade in graded if label and str(grade) != label] == []


def _grades() -> list[str]:
    return [str(grades.Grade(*grade, "")) if all(grade) else "" for _, _, grade in listing_cases.labels()]


def test_real_listings_are_matched_and_none_to_another_printing() -> None:
    groups, _ = listing_cases.measured()
    cases = [case for listed in groups.values() for case in listed]
    answered = {(case.answer.set_name, case.answer.number) for case in cases if case.answer}
    listing_files.load(titles=[case.title for case in cases], keeping=answered, every=400)

    tallies = {name: tally(listed) for name, listed in groups.items()}

    assert {name: one.wrong for name, one in tallies.items() if one.precision < PRECISION} == {}
    assert {name: one.missed for name, one in tallies.items() if one.recall < RECALL} == {}
    assert sum(one.answerable for one in tallies.values()) > 70


@pytest.mark.parametrize("game", ["pokemon", "one-piece", "yugioh", "magic", "riftbound"])
def test_made_titles_are_matched_and_those_of_missing_cards_are_not(game: str) -> None:
    listed = listing_files.distinct(listing_files.CATALOGUES[game]())
    made = list(made_titles.made(game, listed, count=MADE, seed=11))
    gone = {product for _, product, _ in made[::3]}
    listing_files.load(titles=[title for title, _, _ in made], games=[game], without=gone, every=200)

    answered = tally([_case(title, product, finish, gone=gone) for title, product, finish in made])

    assert answered.precision >= PRECISION, answered.wrong
    assert answered.recall >= RECALL, answered.missed


def _case(title: str, product: Product, finish: str, *, gone: set[Product]) -> Case:
    answer = Answer(product.set_name, product.name, product.number, finish)
    return Case("made", 0, title, "", None if product in gone else answer)


def test_sold_listings_of_one_card_are_told_from_others_of_its_name() -> None:
    told = [
        (case.title, is_of(case.title, GLORY, printing=1, language="ja")) for case in listing_cases.mewtwo()
    ]

    accepted = [title for title, verdict in told if verdict.is_accepted]
    of_it = [title for title, _ in told if is_glory(title)]
    assert [title for title in accepted if not is_glory(title)] == []
    assert len(accepted) >= RECALL * len(of_it)
