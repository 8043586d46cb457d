"""What a search says: words, phrases, conditions and how they are joined."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog import grammar
from catalog.grammar import All, Compared, Either, Named, Node, Not, ParseError, Phrase, Words, parse


def said(node: Node) -> str:
    """The tree in one line; a condition without its place."""
    match node:
        case Words(text) | Phrase(text):
            return text if isinstance(node, Words) else f'"{text}"'
        case Named(key, value):
            return f"{key}:{value}"
        case Compared(key, sign, amount):
            return f"{key}{sign}{amount}"
        case Not(inner):
            return f"-{said(inner)}"
        case All(nodes):
            return f"({' & '.join(map(said, nodes))})"
        case Either(nodes):
            return f"({' | '.join(map(said, nodes))})"


def read(text: str) -> list[str]:
    return [said(node) for node in parse(text).nodes]


def refused(text: str) -> ParseError:
    with pytest.raises(ParseError) as error:
        parse(text)
    return error.value


@pytest.mark.parametrize(
    "text",
    [
        "charizard 4/102",
        "charizard 4 / 102",
        "Farfetch'd",
        "Nidoran♀",
        "Mewtwo-EX",
        "Gust of Wind // or",
        "or",
        "AC/DC: x",
        "Circle of Protection: Red",
        "SV: Paldean",
        "Number 39: Utopia",
        "rarty: rare",
        "a=b",
        "Deoxys - Attack",
        "Charizard (Foil",
        'the 12" ruler',
        ":)",
    ],
)
def test_what_people_type_of_a_card_stays_as_it_is(text: str) -> None:
    assert read(text) == [text]


@pytest.mark.parametrize("text", ["", "  ", "!!!", "--", '""', "()", "-()", '-"!"', "\x00"])
def test_what_holds_no_word_says_nothing(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('"dark raichu" base', ['"dark raichu"', "base"]),
        ("mew -promo", ["mew", "-promo"]),
        ("mew -dark raichu", ["mew", "-dark", "raichu"]),
        ('-"base set"', ['-"base set"']),
        ("-(a b)", ["-a b"]),
        ("a or b c", ["(a | b c)"]),
        ("a (b or c)", ["a", "(b | c)"]),
        ("A OR b Or c", ["(A | b | c)"]),
        ("set:jungle", ["set:jungle"]),
        ('SET:"base set"', ["set:base set"]),
        ("set=jungle", ["set:jungle"]),
        ("-set:jungle x", ["-set:jungle", "x"]),
        ("name:mew", ['"mew"']),
        ("number:4/102 rarity:rare", ["number:4/102", "rarity:rare"]),
        ("price>=10", ["price>=1000"]),
        ("price<$10.50", ["price<1050.00"]),
        ("price:5", ["price=500"]),
        ("change7d>10%", ["change7d>10"]),
        ("change24h<=-2.5", ["change24h<=-2.5"]),
        ("owned:yes", ["owned>=1"]),
        ("owned:no", ["owned=0"]),
        ("owned:>2", ["owned>2"]),
        ("owned<=3", ["owned<=3"]),
        ("(rarity:rare or price>100) -kind:sealed", ["(rarity:rare | price>10000)", "-kind:sealed"]),
    ],
)
def test_conditions_and_how_they_are_joined(text: str, tree: list[str]) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "wrong", "meant"),
    [
        ("mew rarty:rare", "rarty", ["mew rarity:rare"]),
        ("prize>5", "prize", ["price>5"]),
        ("set:", "set:", []),
        ("set: base", "set:", []),
        ("set>base", "set>base", ["set:base"]),
        ("price>=abc", "abc", []),
        ("price>10€", "10€", ["price>10"]),
        ("change7d>x", "x", []),
        ("owned:maybe", "maybe", ["owned:yes", "owned:no"]),
        ("(set:base", "(set:base", ["(set:base)"]),
        ("set:base)", ")", ["set:base"]),
        ('set:a "b', '"b', ['set:a "b"']),
    ],
)
def test_what_cannot_be_meant_is_pointed_at(text: str, wrong: str, meant: list[str]) -> None:
    error = refused(text)

    assert text[error.position :][: error.length] == wrong
    assert error.corrected(text) == meant


@pytest.mark.parametrize("text", ["set:base)", "(set:base", 'set:a "b', "mew rarty:rare", "set>base"])
def test_a_suggestion_can_be_meant(text: str) -> None:
    for meant in refused(text).corrected(text):
        parse(meant)


def test_a_search_is_neither_too_long_nor_too_deep() -> None:
    most = " ".join(["price>1"] * grammar.MOST_CONDITIONS)
    assert len(parse(most).nodes) == grammar.MOST_CONDITIONS
    assert "at most 20 conditions" in refused(most + " price>1").message

    deep = "(" * grammar.DEEPEST + "set:a or b" + ")" * grammar.DEEPEST
    assert read(deep) == ["(set:a | b)"]
    assert "too deep" in refused(f"({deep})").message
    assert refused("-(" * 200 + "set:a").length == 1


def test_an_amount_is_exact() -> None:
    (node,) = parse("price=0.29").nodes

    assert isinstance(node, Compared)
    assert node.amount == Decimal(29)


PIECES = st.sampled_from(
    [
        "mew",
        "or",
        "-",
        "(",
        ")",
        '"',
        " ",
        "set:",
        "price>",
        "5",
        "owned:yes",
        "x:y",
        "rarty:",
        "=",
        "é",
        "\x00",
    ]
)


@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=24).map("".join)))
@example(text="-" * 500)
@example(text="(" * 500)
def test_whatever_is_typed_is_understood_or_pointed_at(text: str) -> None:
    error = wrong(text)

    assert error is None or 0 <= error.position <= error.position + error.length <= len(text)


def wrong(text: str) -> ParseError | None:
    try:
        parse(text)
    except ParseError as error:
        return error
    return None
