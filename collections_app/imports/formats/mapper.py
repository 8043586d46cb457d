"""Files of no known app: somebody says which column means what."""

from collections.abc import Mapping, Sequence

from collections_app.imports.formats.layout import Format, Layout
from collections_app.imports.sheets import column

# (key, label, is required)
FIELDS = (
    ("name", "Name", True),
    ("game", "Game", False),
    ("set_name", "Set", False),
    ("set_code", "Set code", False),
    ("number", "Number", False),
    ("finish", "Finish", False),
    ("condition", "Condition", False),
    ("grade", "Grade", False),
    ("grader", "Grader", False),
    ("language", "Language", False),
    ("quantity", "Quantity", False),
    ("unit_cost", "Cost of one copy", False),
    ("currency", "Currency", False),
    ("acquired_on", "Acquired on", False),
    ("notes", "Notes", False),
    ("product_id", "TCGplayer product id", False),
)
# How other people call these columns, likeliest first. A plain “price” may be the market price: no guess.
NAMES = {
    "name": "name,card name,product name,card,title,cardname,product",
    "game": "game,category,product line,tcg,card game",
    "set_code": "set code,edition code,setcode,set id,expansion code",
    "set_name": "set name,set,edition,edition name,expansion,expansion name,setname,series",
    "number": "card number,collector number,number,collector #,card #,#,no.,no,cardcode",
    "finish": "finish,printing,foil,variant,variance,version,card variant",
    "condition": "condition,card condition,cond",
    "grade": "grade",
    "grader": "grader,grading company,graded by,grading service",
    "language": "language,lang,card language",
    "quantity": "quantity,qty,count,amount,copies,total quantity,owned",
    "unit_cost": "unit cost,purchase price,price paid,price bought,acquired price,average cost paid,cost",
    "currency": "currency,purchase price currency",
    "acquired_on": "acquired on,date acquired,acquired,purchase date,date purchased,date bought,date added",
    "notes": "notes,note,comments,comment,remarks",
    "product_id": "product id,tcgplayer product id,tcgplayer id,tcgplayerid",
}


def mapped(columns: Mapping[str, str], *, game: str = "", currency: str = "") -> Format:
    """
    The format of a file whose columns somebody named: our field → the file's column.

    `game` and `currency` stand for rows that do not say them; without a quantity a row is one copy. Raises
    ValueError if a required field is missing or a field is unknown.
    """
    missing = [label for key, label, is_required in FIELDS if is_required and not columns.get(key)]
    if missing:
        raise ValueError(f"No column was chosen for {', '.join(missing)}.")
    if unknown := columns.keys() - {key for key, _, _ in FIELDS}:
        raise ValueError(f"There is no field {', '.join(sorted(unknown))}.")
    fields = {key: column(name) for key, name in columns.items() if name}
    ids = {"tcgplayer": fields.pop("product_id")} if "product_id" in fields else {}
    always = {"game": game, "currency": currency}
    if "quantity" not in fields:
        always["quantity"] = "1"
    return Layout(fields=fields, ids=ids, always=always).format("mapped", label="Columns chosen by hand")


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """Our field → the column that is probably meant by it; no column twice."""
    unused = {column(name): name for name in header}
    guessed = {}
    for key, names in NAMES.items():
        likeliest = next((name for name in names.split(",") if name in unused), None)
        if likeliest:
            guessed[key] = unused.pop(likeliest)
    return guessed
