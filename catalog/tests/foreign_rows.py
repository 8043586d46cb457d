"""Rows of real collection files of other apps: what each says of a card, and which card that is.

Scryfall's id, where a file has it, says which card a row means; it is never part of what is matched. Without
it, the set, the number and the name do, as Scryfall or the marketplace write them.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from catalog.matching import Wanted
from catalog.tests.market_catalogue import front

Cells = Mapping[str, str]
# Deckbox has codes of its own; MTGO the oldest ones.
SCRYFALL = {
    "1E": "LEA", "AP": "APC", "AL": "ALL", "PLIST": "PLST", "EX_127": "TMH2", "EX_145": "TCLB",
    "MI": "MIR", "VI": "VIS", "TE": "TMP", "EX": "EXO", "LIST": "PLST",
}  # fmt: skip


class Identity(NamedTuple):
    code: str
    number: str
    front: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is matched, and Scryfall's id of the card where the file has it."""

    wanted: Wanted
    uuid: str = ""

    @property
    def is_etched(self) -> bool:
        return self.wanted.finish == "etched"

    @property
    def identity(self) -> Identity:
        """As Scryfall has it; the marketplace's promo packs lose a P, and their numbers get one."""
        code, number = self.wanted.set_code.upper(), self.wanted.number.split("/")[0].lower()
        if code.startswith("PP") and len(code) == 5:
            code, number = code[1:], number.removesuffix("p") + "p"
        return Identity(SCRYFALL.get(code, code), number, front(self.wanted.name))


def _column(*names: str) -> Callable[[Cells], str]:
    return lambda cells: next((cells[name] for name in names if cells.get(name)), "")


COLUMNS: dict[str, Callable[[Cells], str]] = {
    "name": _column("Name", "Card", "Card Name", "NAME", "title"),
    "set_name": _column("Set", "Set Name", "Set name", "Edition Name", "SETNAME", "edition", "Edition"),
    "set_code": _column("Set Code", "Set code", "Set ID", "Edition Code", "SETCODE", "Edition", "Set"),
    "number": _column(
        "Card Number", "Collector number", "Collector Number", "COLLECTOR NUMBER", "Collector #"
    ),
    "rarity": _column("Rarity", "RARITY"),
    "uuid": _column("Scryfall ID", "Scryfall Id", "ID"),
    "product": _column("Product ID", "TcgPlayer ID"),
}
# Cells of one name that mean something else in another app: there it is the code alone.
ONLY_A_CODE = {"moxfield", "mtgo"}
FINISHES = {
    "yes": "foil",
    "no": "normal",
    "true": "foil",
    "false": "normal",
    "regular": "normal",
    "": "normal",
}


def rows(path: Path) -> Iterator[Row]:
    """Every row of a file that names a card."""
    app = path.stem.split("-")[0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        for cells in csv.DictReader(_without_marker(file)):
            said = {key: (read(cells) or "").strip() for key, read in COLUMNS.items()}
            if said["name"]:
                yield _row(app, cells, said)


def _without_marker(lines: Iterable[str]) -> Iterator[str]:
    """Dragon Shield begins its files with a line for spreadsheets."""
    return (line for line in lines if not line.strip('"\n\r').startswith("sep="))


def _row(app: str, cells: Cells, said: dict[str, str]) -> Row:
    has_code = any(name in cells for name in ("Set Code", "Set code", "Set ID", "Edition Code", "SETCODE"))
    is_code = app in ONLY_A_CODE
    product = said["product"]
    return Row(
        wanted=Wanted(
            game="magic",
            name=said["name"],
            set_name="" if is_code else said["set_name"],
            set_code=said["set_code"] if has_code or is_code else "",
            number=said["number"],
            finish=_finish(cells),
            rarity=said["rarity"],
            ids=(("tcgplayer", product),) if product else (),
        ),
        uuid=said["uuid"] if "-" in said["uuid"] else "",
    )


def _finish(cells: Cells) -> str:
    word = _column("Printing", "Finish", "FINISH", "Foil", "foil", "Premium")(cells).lower()
    return FINISHES.get(word, word)
