"""Apps for Magic: a row of each, as the app writes it."""

from datetime import date

from catalog.matching import Wanted
from collections_app.imports.entries import Entry
from collections_app.tests.imports.apps import (
    ARCHIDEKT,
    CARD_KINGDOM,
    DECKBOX,
    GOLDFISH,
    MANABOX,
    MOXFIELD,
    MTGO,
    TOPDECKED,
    entry,
    reason,
)


def test_moxfield() -> None:
    row = (
        '"1","1","Aragorn, the Uniter","ltr","Played","Japanese","etched","deck, foil",'
        '"2026-05-15 13:52:30.943000","741z","True","False","12.00"'
    )

    assert entry(MOXFIELD, row) == Entry(
        wanted=Wanted(
            game="magic",
            name="Aragorn, the Uniter",
            set_code="ltr",
            number="741z",
            finish="Etched",
            language="ja",
        ),
        quantity=1,
        condition="MP",
        language="ja",
        unit_cost=1200,
        notes="Tags: deck, foil; Altered; Condition: Played",
        warnings=(
            "Altered: kept in the notes, the price is that of a plain copy.",
            "“Played” read as Moderately Played.",
        ),
    )


def test_moxfield_s_empty_foil_is_plain_and_a_proxy_is_no_card() -> None:
    row = "1,0,Sol Ring,c19,NM,English,,,,233,False,{},"

    assert entry(MOXFIELD, row.format("False")).wanted.finish == "Normal"
    assert entry(MOXFIELD + ",Notes", row.format("") + ",mine").notes == "mine"
    assert reason(MOXFIELD, row.format("True")) == "A proxy has no price."


def test_archidekt() -> None:
    uuid = "e98d5321-ec09-456c-a9ea-c8ca2cfc6205"
    row = f"2,Lightning Bolt,Foil,D,2026-05-15,{{}},1.50,,Magic 2011,m11,0,{uuid},149"
    read = entry(ARCHIDEKT, row.format("CS"))

    assert read == Entry(
        wanted=Wanted(
            game="magic",
            name="Lightning Bolt",
            set_name="Magic 2011",
            set_code="m11",
            number="149",
            finish="Foil",
            language="zh-CN",
            ids=(("scryfall", uuid),),
        ),
        quantity=2,
        condition="DMG",
        language="zh-CN",
        unit_cost=150,
        acquired_on=date(2026, 5, 15),
    )
    languages = {code: entry(ARCHIDEKT, row.format(code)).language for code in ("CT", "JP", "KR", "DE")}
    assert languages == {"CT": "zh-TW", "JP": "ja", "KR": "ko", "DE": "de"}


def test_deckbox() -> None:
    row = (
        "1,0,Demonic Tutor,The List,plist,49,Good (Lightly Played),English,,signed,,,,promo,,47498,DDC,"
        '"",{},{{1}}{{B}},Uncommon,$57.70,203644,77be13ed'
    )
    read = entry(DECKBOX, row.format("$0.00"))

    assert read == Entry(
        wanted=Wanted(
            game="magic",
            name="Demonic Tutor",
            set_name="The List",
            set_code="plist",
            number="49",
            finish="Normal",
            rarity="Uncommon",
            language="en",
            ids=(("tcgplayer", "203644"), ("scryfall", "77be13ed")),
        ),
        quantity=1,
        condition="LP",
        language="en",
        notes="Printing: DDC; Marked: promo; Signed",
        warnings=("Signed: kept in the notes, the price is that of a plain copy.",),
    )
    paid = entry(DECKBOX, row.format('"$1,234.50"'))
    assert (paid.unit_cost, paid.currency) == (123_450, "USD")


def test_manabox() -> None:
    row = (
        "{},Ambitious Farmhand // Seasoned Cathar,MID,Innistrad: Midnight Hunt,2,foil,uncommon,2,1,54d4e7c3,"
        "0.20,false,true,light_played,zh_TW,EUR,2026-02-05T20:44:45.815Z"
    )
    header = f"Binder Name,Binder Type,{MANABOX},Added"
    read = entry(header, row.format("FNM,binder"))

    assert read == Entry(
        wanted=Wanted(
            game="magic",
            name="Ambitious Farmhand // Seasoned Cathar",
            set_name="Innistrad: Midnight Hunt",
            set_code="MID",
            number="2",
            finish="Foil",
            rarity="uncommon",
            language="zh-TW",
            ids=(("scryfall", "54d4e7c3"),),
        ),
        quantity=2,
        condition="MP",
        language="zh-TW",
        unit_cost=20,
        currency="EUR",
        acquired_on=date(2026, 2, 5),
        notes="Altered; Condition: light_played",
        folder="FNM",
        warnings=(
            "Altered: kept in the notes, the price is that of a plain copy.",
            "“light_played” read as Moderately Played.",
        ),
    )
    assert entry(header, row.format("Edgar Markov,deck")).is_wish is False
    wished = entry(header, row.format("dreams,list"))
    assert wished.is_wish
    assert wished.warnings[1] == "“dreams” is a list in ManaBox, not a binder: read as a wish."


def test_manabox_from_a_single_binder() -> None:
    read = entry(MANABOX, "Clue,TMH2,Modern Horizons 2 Tokens,14,normal,common,1,,cfcf,,,,near_mint,en,")

    assert (read.folder, read.is_wish, read.unit_cost, read.warnings) == ("", False, None, ())


def test_mtggoldfish() -> None:
    row = '"Zahid, Djinn of the Lamp",DOM,Dominaria,2,foil_etched'
    read = entry(GOLDFISH, row)

    assert read.wanted == Wanted(
        game="magic", name="Zahid, Djinn of the Lamp", set_name="Dominaria", set_code="DOM", finish="Etched"
    )
    newer = entry(GOLDFISH + ",Variation,Collector Number,Scryfall ID", row + ",243,76,3d10560f")
    assert (newer.wanted.number, newer.wanted.ids) == ("76", (("scryfall", "3d10560f"),))
    assert newer.notes == "Variation: 243"


def test_mtgo() -> None:
    read = entry(MTGO, '"Dark Ritual",4,6893,Common,MI,116/350,Yes,No,0')

    assert read == Entry(
        wanted=Wanted(
            game="magic", name="Dark Ritual", set_code="MI", number="116/350", finish="Foil", rarity="Common"
        ),
        quantity=4,
    )


def test_topdecked_leaves_out_empty_cells_at_the_end() -> None:
    row = (
        '1,"Demonic Tutor",cmm,"Commander Masters",509,etched,€40.00,mythic,89153e75,'
        "Fri May 15 2026 16:43:29 GMT+0200 (Central European Summer Time),€2521.66,zhs"
    )
    read = entry(TOPDECKED, row)

    assert (read.unit_cost, read.currency, read.acquired_on) == (252_166, "EUR", date(2026, 5, 15))
    assert (read.language, read.condition, read.wanted.ids) == ("zh-CN", "NM", (("scryfall", "89153e75"),))
    full = entry(TOPDECKED, row + ",,true,false,slightly played,my note,tag")
    assert (full.condition, full.notes) == ("LP", "my note; Tags: tag; Signed")


def test_card_kingdom() -> None:
    read = entry(CARD_KINGDOM, "Clue,Modern Horizons 2 Tokens,TRUE,2")

    assert read == Entry(
        wanted=Wanted(game="magic", name="Clue", set_name="Modern Horizons 2 Tokens", finish="Foil"),
        quantity=2,
    )
    assert entry(CARD_KINGDOM, "Clue,Tokens,FALSE,2").wanted.finish == "Normal"
