"""What a search asks for beyond its words: the tree of `catalog.grammar` as SQL on a card `c`.

What somebody owns is known to another app, which registers its condition as OWNED.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final, LiteralString

from psycopg.sql import SQL, Composable
from rapidfuzz import fuzz, process

from catalog import grammar, reads, spelling, words
from catalog.grammar import All, Compared, Either, Named, Node, Not, Phrase, Words
from pricing import moving
from pricing.packing import Ints
from pricing.queries import before, then

KINDS = ("single", "sealed")
ALIKE = 60  # percent, from which on a name is suggested
SIGNS: dict[str, SQL] = {sign: SQL(sign) for sign in (">", ">=", "<", "<=", "=")}
Owned = Callable[[int, grammar.Sign, int], Composable]
OWNED: dict[str, Owned] = {}
Among = Callable[[list[int]], list[int]]

LISTED: dict[str, LiteralString] = {
    "game": "SELECT id, name, slug, '' FROM catalog_game",
    "set": """
        SELECT s.id, s.name, s.slug, s.code FROM catalog_cardset s JOIN catalog_game g ON g.id = s.game_id
        WHERE s.is_published AND %(game)s IN ('', g.slug)""",
    "rarity": """
        SELECT r.id, r.name, '', '' FROM catalog_rarity r JOIN catalog_game g ON g.id = r.game_id
        WHERE %(game)s IN ('', g.slug)""",
    "finish": """
        SELECT f.id, f.name, '', '' FROM catalog_finish f JOIN catalog_game g ON g.id = f.game_id
        WHERE %(game)s IN ('', g.slug)""",
}
OF_CARD: dict[str, SQL] = {
    "game": SQL("c.game_id = ANY({})"),
    "set": SQL("c.card_set_id = ANY({})"),
    "rarity": SQL("c.rarity_id = ANY({})"),
    "finish": SQL("EXISTS (SELECT FROM catalog_printing p WHERE p.card_id = c.id AND p.finish_id = ANY({}))"),
}
HAVING = SQL("c.words @@ {}::tsquery")
IN_NAME = SQL("{} AND (' ' || c.folded || ' ') LIKE {}")
# A function, as the planner takes `~` for met by hardly any card, and reads all sets anew for each that does.
NUMBERED = SQL("({} AND regexp_like(c.number_key, {}))")
# The printing that a card's row shows: the cheapest, each at the best-ranked source with a price.
SHOWN: Final = """
SELECT shown.* FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id
CROSS JOIN LATERAL (
    SELECT e.id, l.market, o.keeps_history, (
        SELECT max(r.day) FROM pricing_ingestrun r
        WHERE r.source_id = e.source_id AND r.game_id = e.game_id AND r.status = 'done'
    ) AS today
    FROM pricing_priceseries e
    JOIN pricing_source o ON o.id = e.source_id
    JOIN pricing_latestprice l ON l.series_id = e.id AND l.market IS NOT NULL
    WHERE e.printing_id = p.id AND e.condition = '' AND e.grade = ''
    ORDER BY o.rank, e.id LIMIT 1
) shown
WHERE p.card_id = c.id AND {printing} ORDER BY shown.market, f.name LIMIT 1"""
PRICE = SQL(f"(SELECT market FROM ({SHOWN}) shown)")  # noqa: S608 -- our own constant


def _moved(days: int) -> SQL:
    old = then("old")
    sql = f"""(
        SELECT round(100.0 * (shown.market - {old}) / nullif({old}, 0), 2) FROM ({SHOWN}) shown
        {before(days, "old")})"""  # noqa: S608 -- built of our own constants
    return SQL(sql)


CHANGES = {key: _moved(days) for key, days in grammar.CHANGES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A search as understood.

    `text` are the words to find and rank by, `tsquery` stands for them where they are joined by more than
    spaces. The other conditions are on a card `c`, `late` being those that read its prices, and on the
    printings `p` whose prices count. `is_narrow` says that few cards meet them, and that an index finds
    these; `is_personal` that others own other cards. `among` tells of some cards which may meet `late`.
    """

    text: str
    tsquery: str = ""
    card: tuple[Composable, ...] = ()
    late: tuple[Composable, ...] = ()
    among: Among | None = None
    printing: tuple[Composable, ...] = ()
    least: int | None = None
    most: int | None = None
    is_narrow: bool = False
    is_personal: bool = False

    @property
    def is_costly(self) -> bool:
        """Whether prices are read card by card, nobody knows of how many."""
        return bool(self.late)

    @property
    def order(self) -> str:
        """Of a search without words to rank by: by price where it is for prices, as an index has them."""
        is_priced = not (self.least is self.most is None)
        return "price" if is_priced and not self.is_narrow else "newest"

    @property
    def is_empty(self) -> bool:
        """Whether nothing but words is asked for."""
        return not self.card and not self.late and self.least is self.most is None


def read(text: str, *, game: str = "", who: int | None = None) -> Meaning:
    """What the search means to a person, among the names of a game. Raises grammar.ParseError.

    Words alone cost no statement; each name one, of those that are not there one more.
    """
    nodes = grammar.parse(text).nodes
    said = [node.text for node in nodes if isinstance(node, Words | Phrase)]
    others = [node for node in nodes if not isinstance(node, Words)]
    reader = _Reader(game=game, who=who)
    if not said and len(others) == 1 and (tsquery := _tsquery(others[0])):
        return Meaning(text=text, tsquery=tsquery)
    if not others:
        return Meaning(text=" ".join(said))
    return reader.meaning(others, text=" ".join(said))


def _tsquery(node: Node) -> str:
    """Words joined by `or` alone, as one tsquery; "" of anything else."""
    if isinstance(node, Words):
        return spelling.as_typed(spelling.typed_words(node.text))
    parts = [_tsquery(one) for one in node.nodes] if isinstance(node, Either) else [""]
    return "(" + " | ".join(parts) + ")" if all(parts) else ""


@dataclass(slots=True, kw_only=True)
class _Reader:
    game: str
    who: int | None
    known: dict[str, list[tuple[int, str, str, str]]] = field(default_factory=dict)
    is_personal: bool = False

    def meaning(self, nodes: Sequence[Node], *, text: str) -> Meaning:
        prices = [node for node in nodes if isinstance(node, Compared) and node.key == "price"]
        least, most = _bounds(prices)
        finishes = [node for node in nodes if isinstance(node, Named) and node.key == "finish"]
        shown = [key for node in finishes for key in self.ids(node)]
        printing = SQL("p.finish_id = ANY({})").format(shown) if finishes else SQL("true")
        asked = {
            node: self.sql(node, printing=printing, is_exact=False) for node in nodes if node not in prices
        }
        moved = self.moved(nodes)
        few = None if moved is None else moving.cards(moved)
        of_few = () if few is None else (SQL("c.id = ANY({}::int[])").format(few),)
        return Meaning(
            text=text,
            card=(*(sql for node, sql in asked.items() if not _is_costly(node)), *of_few),
            among=partial(moving.among, moved=moved) if moved is not None and few is None else None,
            late=tuple(sql for node, sql in asked.items() if _is_costly(node)),
            printing=(printing,) if finishes else (),
            least=least,
            most=most,
            is_narrow=bool(of_few) or any(map(_is_narrow, nodes)),
            is_personal=self.is_personal,
        )

    def moved(self, nodes: Iterable[Node]) -> Ints | None:
        """The series that may have moved as one of the nodes asks: no others need be read."""
        changes = [node for node in nodes if isinstance(node, Compared) and node.key in grammar.CHANGES]
        found = (
            moving.series(grammar.CHANGES[node.key], sign=node.sign, percent=node.amount, game=self.game)
            for node in changes
        )
        return min((moved for moved in found if moved is not None), key=len, default=None)

    def sql(self, node: Node, *, printing: Composable, is_exact: bool) -> Composable:
        """`is_exact` takes no word for the start of a longer one: who excludes mew wants mewtwo."""
        match node:
            case Words(text):
                typed = spelling.typed_words(text)
                return HAVING.format(spelling.exactly(typed) if is_exact else spelling.as_typed(typed))
            case Phrase(text):
                return _in_name(words.tokens(text)[: spelling.MOST_WORDS])
            case Named():
                return self.named(node)
            case Compared():
                return self.compared(node, printing=printing)
            case Not(inner):
                return SQL("({}) IS NOT TRUE").format(self.sql(inner, printing=printing, is_exact=True))
        by = SQL(" AND ") if isinstance(node, All) else SQL(" OR ")
        parts = [self.sql(one, printing=printing, is_exact=is_exact) for one in node.nodes]
        return SQL("({})").format(by.join(parts))

    def named(self, node: Named) -> Composable:
        if node.key == "kind":
            kind = node.value.casefold()
            if kind not in KINDS:
                raise node.place.error(f"There is no kind “{node.value}”: single or sealed.", *KINDS)
            return SQL("c.kind = {}").format(kind)
        if node.key == "number":
            return _numbered(node)
        return OF_CARD[node.key].format(self.ids(node))

    def ids(self, node: Named) -> list[int]:
        """Those of exactly this name, slug or code; without any, those with all its words in their name."""
        rows = self.rows(node.key)
        wanted = _folded(node.value)
        exact = [row[0] for row in rows if wanted in {_folded(one) for one in row[1:]} and wanted]
        parts = set(wanted.split())
        found = exact or [row[0] for row in rows if parts and parts <= set(_folded(row[1]).split())]
        if not found:
            raise _unknown(node, names={row[1] for row in rows})
        return found

    def rows(self, key: str) -> list[tuple[int, str, str, str]]:
        if key not in self.known:
            with reads.cursor() as cursor:
                cursor.execute(LISTED[key], {"game": self.game})
                self.known[key] = cursor.fetchall()
        return self.known[key]

    def compared(self, node: Compared, *, printing: Composable) -> Composable:
        if node.key == "owned":
            return self.owned(node)
        value = (PRICE if node.key == "price" else CHANGES[node.key]).format(printing=printing)
        return SQL("{} {} {}").format(value, SIGNS[node.sign], node.amount)

    def owned(self, node: Compared) -> Composable:
        if self.who is None:
            raise node.place.error(
                "What you own is known once you are signed in; a program asks with a session or a key."
            )
        self.is_personal = True
        return OWNED["owned"](self.who, node.sign, int(node.amount))


def _bounds(prices: Iterable[Compared]) -> tuple[int | None, int | None]:
    """The lowest and highest price that meets them all, in minor units."""
    least: list[int] = []
    most: list[int] = []
    for node in prices:
        amount = int(node.amount)
        if node.sign in {">", ">=", "="}:
            least.append(amount + (node.sign == ">"))
        if node.sign in {"<", "<=", "="}:
            most.append(amount - (node.sign == "<"))
    return max(least, default=None), min(most, default=None)


def _is_narrow(node: Node) -> bool:
    """Whether an index finds the few cards that meet it."""
    if isinstance(node, Compared):
        return node.key == "owned" and (node.sign in {">", ">=", "="} and node.amount > 0)
    return isinstance(node, Phrase) or (isinstance(node, Named) and node.key in {"number", "set"})


def _is_costly(node: Node) -> bool:
    """Whether prices are looked up for each card that it is asked of."""
    if isinstance(node, All | Either):
        return any(map(_is_costly, node.nodes))
    if isinstance(node, Not):
        return _is_costly(node.node)
    return isinstance(node, Compared) and node.key in grammar.AMOUNTS


def _in_name(typed: list[str]) -> Composable:
    return IN_NAME.format(HAVING.format(spelling.exactly(typed)), f"% {' '.join(typed)} %")


def _numbered(node: Named) -> Composable:
    """The number as printed, or the part of it before a slash or behind a hyphen."""
    typed = words.tokens(node.value)
    if not typed:
        raise node.place.error(f"“{node.value}” is no number.")
    having = HAVING.format(spelling.exactly(typed))
    return NUMBERED.format(having, f"^(.*[- ])?{words.number_key(node.value)}(/.*)?$")


@lru_cache(maxsize=20_000)
def _folded(name: str) -> str:
    """A name and its slug are alike."""
    return words.fold(name.replace("-", " "))


def _unknown(node: Named, *, names: set[str]) -> grammar.ParseError:
    plain = {name: _folded(name) for name in names}
    near = process.extract(_folded(node.value), plain, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=9)
    likely = [name for _, _, name in sorted(near, key=lambda one: (-one[1], len(one[2]), one[2]))[:3]]
    meant = f" Did you mean {' or '.join(likely)}?" if likely else ""
    return node.place.error(
        f"There is no {node.key} “{node.value}”.{meant}", *(grammar.quoted(name) for name in likely)
    )
