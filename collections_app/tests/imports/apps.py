"""The headers that apps write, and their rows read as the app means them."""

import io

import pytest

from collections_app.imports.entries import Entry, RowError
from collections_app.imports.formats import recognise
from collections_app.imports.sheets import BadRow, open_sheet

APP = "Quantity,Name,Simple Name,Set,Card Number,Set Code,Printing,Condition,Language,Rarity,Product ID,SKU"
APP_2021 = APP.replace("Set Code,", "Set Code,External ID,") + ",Price,Price Each"
SELLER = (
    "TCGplayer Id,Product Line,Set Name,Product Name,Title,Number,Rarity,Condition,TCG Market Price,"
    "TCG Direct Low,TCG Low Price With Shipping,TCG Low Price,Total Quantity,Add to Quantity,"
    "TCG Marketplace Price,Photo URL"
)
PULL_SHEET = (
    "Product Line,Product Name,Condition,Number,Set,Rarity,Quantity,Main Photo URL,Set Release Date,SkuId,"
    "Order Quantity"
)
COLLECTR = (
    "Portfolio Name,Category,Set,Product Name,Card Number,Rarity,Variance,Grade,Card Condition,"
    "Average Cost Paid,Quantity,Market Price (As of 2026-07-17),Price Override,Watchlist,Date Added,Notes"
)
MANABOX = (
    "Name,Set code,Set name,Collector number,Foil,Rarity,Quantity,ManaBox ID,Scryfall ID,Purchase price,"
    "Misprint,Altered,Condition,Language,Purchase price currency"
)
MOXFIELD = (
    "Count,Tradelist Count,Name,Edition,Condition,Language,Foil,Tags,Last Modified,Collector Number,Alter,"
    "Proxy,Purchase Price"
)
ARCHIDEKT = (
    "Quantity,Name,Finish,Condition,Date Added,Language,Purchase Price,Tags,Edition Name,Edition Code,"
    "Multiverse Id,Scryfall ID,Collector Number"
)
DECKBOX_OLD = (
    "Count,Tradelist Count,Name,Edition,Card Number,Condition,Language,Foil,Signed,Artist Proof,Altered Art,"
    "Misprint,Promo,Textless,My Price"
)
DECKBOX = (
    "Count,Tradelist Count,Name,Edition,Edition Code,Card Number,Condition,Language,Foil,Signed,Artist Proof,"
    "Altered Art,Misprint,Promo,Textless,Printing Id,Printing Note,Tags,My Price,Cost,Rarity,Price,"
    "TcgPlayer ID,Scryfall ID"
)
DRAGON_SHIELD = (
    "Folder Name,Quantity,Trade Quantity,Card Name,Set Code,Set Name,Card Number,Condition,Printing,Language,"
    "Price Bought,Date Bought"
)
TOPDECKED = (
    'QUANTITY,"NAME",SETCODE,"SETNAME","COLLECTOR NUMBER",FINISH,PRICE,RARITY,ID,ACQUIRED DATE,'
    "ACQUIRED PRICE,LANG,PRICE SALE,SIGNING,ALTERATION,CONDITION,NOTES,TAGS"
)
GOLDFISH = "Card,Set ID,Set Name,Quantity,Foil"
MTGO = "Card Name,Quantity,ID #,Rarity,Set,Collector #,Premium,Sideboarded,Annotation"
PRICECHARTING = (
    "id,product-name,console-name,price-in-pennies,include-string,condition-string,sku,notes,"
    "cost-basis-in-pennies,quantity,date-entered,date-purchased,grading-company,grading-cert-id,folder"
)
TCG_COLLECTOR = (
    "TCG region,Card name,Card number,Card number sorting order,Expansion,Rarity,Card variant,Card language,"
    "Card condition,Quantity,Price,Total price,Note"
)
CARDMARKET = (
    "idProduct;groupCount;price;idLanguage;condition;isFoil;isSigned;isAltered;isPlayset;isReverseHolo;"
    "isFirstEd;isFullArt;isUberRare;isWithDie"
)
YGOPRODECK = "cardname,cardq,cardrarity,card_edition,cardset,cardcode,cardid,print_id"
DREAMBORN = "Set Number,Card Number,Variant,Count,Name,Color,Rarity"
CARD_KINGDOM = "title,edition,foil,quantity"

HEADERS = [
    (APP, "tcgplayer-app"),
    (APP + ",Price Each", "tcgplayer-app"),
    (APP + ",Price,Price Each", "tcgplayer-app"),
    (APP_2021, "tcgplayer-app"),
    (SELLER, "tcgplayer-seller"),
    (PULL_SHEET, "tcgplayer-pull-sheet"),
    (COLLECTR, "collectr"),
    (COLLECTR.replace("2026-07-17", "2027-01-31") + ",Language", "collectr"),
    (MANABOX, "manabox"),
    ("Binder Name,Binder Type," + MANABOX + ",Added", "manabox"),
    (MOXFIELD, "moxfield"),
    (MOXFIELD + ",Notes", "moxfield"),
    ("Count,Name,Edition,Collector Number,Foil,Condition,Language,Purchase Price", "moxfield"),
    (ARCHIDEKT, "archidekt"),
    (ARCHIDEKT + ",Mana Value,Colors,Identities,Rarity,Price (TCG Player),Scryfall Oracle ID", "archidekt"),
    (DECKBOX, "deckbox"),
    (DECKBOX_OLD, "deckbox"),
    (DRAGON_SHIELD, "dragon-shield"),
    (DRAGON_SHIELD + ",LOW,MID,MARKET", "dragon-shield"),
    (DRAGON_SHIELD + ",AVG,LOW,TREND", "dragon-shield"),
    (TOPDECKED, "topdecked"),
    (GOLDFISH, "mtggoldfish"),
    (GOLDFISH + ",Variation,Collector Number,Scryfall ID", "mtggoldfish"),
    (MTGO, "mtgo"),
    (PRICECHARTING, "pricecharting"),
    (PRICECHARTING.replace("date-purchased,", ""), "pricecharting"),
    (PRICECHARTING.replace(",sku", ",condition-id,sku"), "pricecharting"),
    (TCG_COLLECTOR, "tcg-collector"),
    (CARDMARKET, "cardmarket"),
    (YGOPRODECK, "ygoprodeck"),
    (YGOPRODECK.replace(",print_id", ",cardcondition"), "ygoprodeck"),
    (DREAMBORN, "dreamborn"),
    (CARD_KINGDOM, "card-kingdom"),
    ("quantity,title,edition,foil", "card-kingdom"),
]


def cells(header: str, row: str) -> tuple[tuple[str, ...], dict[str, str]]:
    sheet = open_sheet(io.BytesIO(f"{header}\n{row}\n".encode()))
    (read,) = sheet.rows()
    assert not isinstance(read, BadRow)
    return sheet.header, read.cells


def entry(header: str, row: str) -> Entry:
    """The row as the recognised app means it."""
    names, said = cells(header, row)
    known = recognise(names)
    assert known
    return known.read(said)


def reason(header: str, row: str) -> str:
    with pytest.raises(RowError) as refused:
        entry(header, row)
    return str(refused.value)
