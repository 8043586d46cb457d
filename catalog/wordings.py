"""The words of listing titles, by what they tell: all folded, see `catalog.words.fold`.

A phrase is listed once, under the one thing it tells. Words of several meanings ("gold", "metal", "ace")
stand here only within a phrase that has one.
"""

from collections.abc import Iterator
from enum import StrEnum

from catalog import words


class Refusal(StrEnum):
    """Why a title is no listing of one card, in a collector's words."""

    LOT = "This is a lot of several cards."
    CHOICE = "The buyer chooses a card: the listing is of no single one."
    SEVERAL = "The title names more than one card."
    PROXY = "This is a proxy or a replica, not the card."
    CUSTOM = "This is a custom or fan-made card."
    METAL = "This is a metal or gold-plated copy, not the card."
    DIGITAL = "This is a digital card or a code."
    EMPTY = "This is empty packaging."
    GOODS = "This is an accessory or other merchandise, not a card."
    OVERSIZED = "This is an oversized card."
    OTHER_GAME = "This is of another game or a sport."


class Role(StrEnum):
    CONDITION = "condition"
    FINISH = "finish"
    GAME = "game"
    GRADE = "grade"
    LANGUAGE = "language"
    NOISE = "noise"
    NUMBER = "number"
    REFUSAL = "refusal"
    SEALED = "sealed"
    VERSION = "version"
    YEAR = "year"


Phrase = tuple[str, ...]


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split("|"))


REFUSALS = {
    Refusal.LOT: (
        "lot|lots|bulk|bundle of|job lot|joblot|playset|play set|complete set|full set|master set|set of"
        "|near complete|collection lot|mystery|random|repack|assorted|grab bag|both cards|pair of"
        "|choose your lot"
        "|evolution line|evolution set|complete playset|puzzle insert|binder lot|starter lot|team set"
    ),
    Refusal.CHOICE: (
        "choose your|choose from|choose a card|choose card|you choose|u choose|you pick|u pick|pick your"
        "|pick a card|pick card|pick and choose|your choice|take your pick|singles pick|choose"
        "|complete your set"
        "|finish your set|select your|build your set|card selection|drop down|pick from|singles list"
    ),
    Refusal.PROXY: (
        "proxy|proxies|replica|replicas|reproduction|counterfeit|fake|not real|playtest proxy|facsimile"
        "|read description not original|unofficial|bootleg|orica|oricas"
    ),
    Refusal.CUSTOM: (
        "custom|customs|custom made|custom card|fan art|fanart|fan made|fanmade|hand painted|hand drawn"
        "|altered art|alter|altered|art card custom|homemade|inspired art|extended art custom|painted card"
    ),
    Refusal.METAL: (
        "metal card|metal cards|gold metal|gold plated|24k|24k gold|gold foil card|gold card|silver metal"
        "|golden metal|black metal|gold metal card|solid gold|gold plated card|metal gold|18k"
    ),
    Refusal.DIGITAL: (
        "mtgo|mtg online|magic online|ptcgl|ptcgo|tcg live|tcg online|online code|code card|code cards|codes"
        "|digital|digital code|mtg arena|arena code|tcg pocket|tcgp|redemption code|emailed|messaged code"
        "|qr code|virtual card"
    ),
    Refusal.EMPTY: (
        "empty|empty box|no cards|box only|tin only|wrapper|wrappers|opened box|empty tin|no packs"
        "|packaging only"
        "|artwork only|case only|slab only|empty slab|box art"
    ),
    Refusal.GOODS: (
        "sleeves|card sleeves|playmat|play mat|deck box only|binder|album|figure|figurine|plush"
        "|plushie|keychain"
        "|key chain|enamel pin|pin badge|poster|toploader|top loader|card holder|magnetic holder"
        "|display stand"
        "|acrylic case|acrylic|extended artwork|dice|dice set|life counter|coin only|sticker|stickers|magnet"
        "|t shirt|shirt|hoodie|mug|mousepad|funko|funko pop|funko|figma|jigsaw|puzzle|comic|manga volume"
        "|strategy guide|divider|dividers|token set|stamp set|lenticular|carddass|topsun|bromide|menko|meiji"
        "|video game|switch game|gameboy|game boy|nintendo ds|dvd|blu ray|vhs|towel|patch|pog|pogs|tazo|tazos"
    ),
    Refusal.OVERSIZED: "jumbo|oversized|oversize|jumbo card|giant card|xl card",
    Refusal.OTHER_GAME: (
        "topps|panini|nba|nfl|mlb|nhl|ufc|wwe|mls|upper deck|donruss|bowman|prizm|prizms|fleer|futera"
        "|kakawow|veefriends|metazoo|garbage pail|harry potter|star wars|football|soccer|baseball"
        "|basketball|hockey|rookie card|jersey|game used|autographed|daka|leaf|score board|hoops|skybox|optic"
        "|digimon|dragon ball|dbs|dbz|fusion world|weiss schwarz|naruto|kayou|my hero academia|union arena"
        "|cardfight|vanguard|buddyfight|force of will|keyforge|star realms|hearthstone"
        "|gundam card game|sorcery"
        "|disney villains 3d|disney villians|disney villians 3d|disney villains|fc barcelona|formula 1"
        "|wrestling"
        "|battle spirits|shadowverse|final fantasy tcg|fftcg|grand archive|altered tcg"
    ),
}  # fmt: skip

CONDITIONS = {
    "Near Mint": "near mint|nm|nm m|nm mint|nm mt|mint|mint condition|mt|pack fresh|fresh pull|nrmt|m nm",
    "Lightly Played": "lightly played|light play|lp|slightly played|sp played|excellent|good condition",
    "Moderately Played": "moderately played|moderate play|mp|played",
    "Heavily Played": "heavily played|heavy play|hp|poor condition",
    "Damaged": "damaged|dmg|creased|crease|water damage",
}  # fmt: skip

# As PostgreSQL and our games say it: ISO 639-1.
LANGUAGES = {
    "ja": "japanese|japan|jp|jpn|jap|jpy|nihongo",
    "en": "english|eng|en|english version|uk english",
    "de": "german|deutsch|deutsche|ger|germany version",
    "fr": "french|francais|francaise|fre|fra",
    "it": "italian|italiano|italiana|ita",
    "es": "spanish|espanol|espanola|esp|castellano",
    "pt": "portuguese|portugues|por|brazilian",
    "ko": "korean|korea|kor|kr",
    "zh": "chinese|s chinese|t chinese|simplified chinese|traditional chinese|schinese|tchinese|chn|cht|chs"
    "|china exclusive|taiwanese",
    "ru": "russian|russia",
    "th": "thai|thailand",
    "id": "indonesian|indonesia",
    "nl": "dutch|nederlands",
    "pl": "polish|polski",
}  # fmt: skip
# Two letters tell a language only in capitals, in a title that is not all in capitals.
LANGUAGE_CODES = {"de": "de", "fr": "fr", "it": "it", "es": "es", "pt": "pt", "kr": "ko", "cn": "zh"}
LANGUAGE_NAMES = {
    "ja": "Japanese", "en": "English", "de": "German", "fr": "French", "it": "Italian", "es": "Spanish",
    "pt": "Portuguese", "ko": "Korean", "zh": "Chinese", "ru": "Russian", "th": "Thai", "id": "Indonesian",
    "nl": "Dutch", "pl": "Polish",
}  # fmt: skip
FLAGS = {
    "🇯🇵": "Japanese", "🇬🇧": "English", "🇺🇸": "", "🇩🇪": "German", "🇫🇷": "French", "🇮🇹": "Italian",
    "🇪🇸": "Spanish", "🇵🇹": "Portuguese", "🇧🇷": "Portuguese", "🇰🇷": "Korean", "🇨🇳": "Chinese",
    "🇹🇼": "Chinese", "🇷🇺": "Russian", "🇹🇭": "Thai", "🇮🇩": "Indonesian",
}  # fmt: skip

# By our slug; only names that no other game and no card has.
GAMES = {
    "pokemon": "pokemon|pokemon tcg|pokemon card|pokemon cards|pokemon company|the pokemon company|ptcg|pkmn"
    "|pokemon trading card game|pokemon card game",
    "magic": "magic the gathering|mtg|magic gathering",
    "yugioh": "yugioh|yu gi oh|ygo|yu gi oh tcg|yugioh tcg",
    "one-piece": "one piece|one piece card game|one piece tcg|optcg|op tcg|one piece card",
    "lorcana": "lorcana|disney lorcana",
    "riftbound": "riftbound|league of legends tcg|riftbound league of legends",
    "flesh-and-blood": "flesh and blood|fabtcg|fab tcg",
}  # fmt: skip

FINISHES = {
    "reverse holo": "reverse holo|reverse holofoil|rev holo|reverse foil|reverse|rh|rev foil|revholo"
    "|mirror holo|mirror holofoil|mirror foil",
    "holo": "holo|holofoil|holographic|holo foil|holo rare|rare holo|ultra rare holo|swirl holo|holo swirl",
    "foil": "foil|foils|traditional foil|premium foil",
    "nonfoil": "nonfoil|non foil|non holo|nonholo|non holofoil|no foil|non holographic",
    "1st": "1st edition|1st ed|first edition|1st|1sted|1e|first ed",
    "unlimited": "unlimited|unlimited edition|unl",
    "limited": "limited edition",
    "etched": "etched|foil etched|etched foil",
    "cold foil": "cold foil",
    "rainbow foil": "rainbow foil",
    "surge foil": "surge foil",
    "galaxy foil": "galaxy foil",
    "textured foil": "textured foil",
}  # fmt: skip

# What tells versions of one card apart, in the words of `catalog.names.variant_words`.
VERSIONS = {
    "parallel": "parallel",
    "alternate art": "alternate art|alt art|alternative art|alternate artwork|alt artwork|aa|alternate",
    "manga": "manga|manga art|manga rare|comic parallel",
    "borderless": "borderless",
    "showcase": "showcase",
    "extended art": "extended art",
    "full art": "full art|fa",
    "retro frame": "retro frame|old border|retro",
    "textured": "textured",
    "serialized": "serialized|serialised",
    "poke ball": "poke ball|pokeball|poke ball pattern|pokeball pattern|pokeball holo|pokeball reverse",
    "master ball": "master ball|masterball|master ball pattern|masterball pattern|masterball holo",
    "quick ball": "quick ball pattern|quick ball", "dusk ball": "dusk ball pattern|dusk ball",
    "love ball": "love ball pattern|love ball", "friend ball": "friend ball pattern|friend ball",
    "energy symbol": "energy symbol pattern|energy symbol|energy pattern",
    "sp": "sp|sp card|sp parallel|special parallel|super alternate art|super parallel",
    "treasure": "treasure rare|treasure",
    "cosmos": "cosmos|cosmos holo",
    "cracked ice": "cracked ice",
    "stamped": "stamped|stamp|set stamp|logo stamp",
    "staff": "staff|staff promo",
    "prerelease": "prerelease|pre release|pre release promo|prerelease promo",
    "winner": "winner|winner pack|1st place|2nd place|top 8|finalist|tournament prize",
    "champion": "champion stamp|championship prize|worlds promo",
    "judge": "judge promo|judge gift",
    "shadowless": "shadowless",
    "misprint": "error|misprint|miscut|miscut error|error card|misprinted|crimped",
    "signed": "signed|autograph|auto|signature|artist signed",
    "wanted poster": "wanted poster|wanted",
    "box topper": "box topper|boxtopper",
    "anniversary": "anniversary stamp",
    "championship": "championship",
    "schematic": "schematic",
    "step compleat": "step and compleat|compleat",
    "godzilla": "godzilla",
    "trophy": "trophy|no 1 trainer",
    "organized play": "organized play|organised play|op kit|nexus night|summoner skirmish|store championship",
    "release event": "release event|launch party|launch promo|launch|release promo|prerelease event",
    "buy a box": "buy a box|bab|buy a box promo|fnm|friday night magic|game day|wpn|promo pack|gateway",
    "league": "league promo|league|regional|regionals|championship promo|event pack|prize card|prize",
    "gold border": "gold border|gold bordered|world championship deck|collectors edition|ce",
    "the list": "the list|mystery booster|planeswalker symbol",
    "no symbol": "no symbol|no rarity symbol|no rarity",
}  # fmt: skip

SEALED = (
    "booster box|booster pack|booster packs|booster|boosters|booster bundle|booster display"
    "|elite trainer box|etb"
    "|sealed|factory sealed|sealed box|sealed pack|bundle|display|display box|blister|3 pack blister"
    "|tin|mini tin"
    "|collection box|premium collection|special collection|ultra premium collection|upc|starter deck"
    "|structure deck|theme deck|battle deck|commander deck|precon|prerelease kit|fat pack|gift box|box set"
    "|build and battle|sealed case|booster case|sleeved booster|collector booster|draft booster|play booster"
    "|set booster|collector box|display case|double pack|trainer box|poster collection|checklane"
)

NOISE = (
    "card|cards|tcg|ccg|rare|ultra rare|super rare|secret rare|double rare|common|uncommon|mythic|mythic rare"
    "|art rare|special art rare|special illustration rare|illustration rare|sar|sir|ar|ur|sr|ssr|rr"
    "|rrr|chr|csr"
    "|hr|gem|graded|slab|slabbed|gem mint|gem mt|mint|pop|population|low pop|highest|vintage|wotc"
    "|wizards|rare"
    "|card game|trading card game|us seller|uk seller|trusted seller|seller|fast shipping"
    "|free shipping|free post"
    "|ship|shipping|authentic|official|genuine|original|beautiful|gorgeous|invest|look|wow|hot|new|see photos"
    "|see pics|read|swirl|w swirl|raw|ungraded|ungraded card|singles|single|secret|hyper rare"
    "|gold rare|ace spec"
    "|ultimate rare|starlight rare|ghost rare|collectors rare|prismatic secret rare|platinum secret rare"
    "|quarter century secret rare|short print|super short print|parallel rare|starfoil rare|starfoil"
    "|mosaic rare"
    "|shatterfoil rare|gold secret rare|premium gold rare|extra secret rare|20th secret rare"
    "|10000 secret rare"
    "|duel terminal|grand master rare|ultra secret rare|leader|showcase rare|epic|legendary"
    "|tag team|black star|black star promo|black star promos|shiny|art|trainer gallery|galarian gallery|gg|tg"
    "|shiny vault|radiant rare|amazing rare|rainbow rare|gold|no|nr|number|condition|w|with|x1|1x|in"
    "|on|from|and"
    "|the|for|of|by|version|edition|set|promos|promo|reward|cracked slab|holo bleed|seq|seq set|sku"
    "|cert|english"
)
# A suffix or word before it makes it another Pokémon: "Charizard VMAX", "Dark Charizard", "Misty's Psyduck".
TAILS = frozenset(
    ["v", "vmax", "vstar", "ex", "gx", "break", "lv", "prime", "legend", "vunion", "union", "delta"]
)
HEADS = _set(
    "dark|light|shining|mega|m|radiant|galarian|alolan|hisuian|paldean|primal|surfing|flying|detective"
    "|imposter|origin"
)

# A set's name that is its series' name, too, says little beside a number.
SERIES = _set(
    "sword and shield|sun and moon|scarlet and violet|black and white|diamond and pearl|platinum"
    "|heartgold and soulsilver|mega evolution|xy|swsh|sm|sv|bw|dp|me|base|neo|wizards|violet ex|ex"
)

# Where each version has a number of its own, these words describe the card that the number names.
DESCRIBING = {
    "pokemon": frozenset(["alternate", "art", "full", "manga", "secret", "special", "gold", "textured"]),
    "riftbound": frozenset(["alternate", "art", "full", "showcase", "signed"]),
    "lorcana": frozenset(["alternate", "art", "full", "enchanted"]),
}
# Where a name recurs in most sets and each set counts from 1, a bare number says little without a set.
NAMES_RECUR = frozenset(["pokemon", "magic"])
# Where promos are other cards than those of the sets, as a stamp or an art tells.
PROMOS_APART = frozenset(["pokemon", "magic", "one-piece", "riftbound"])
# There a name without a number or such a word is the card that the set counts, none beyond its total.
COUNTED = frozenset(["riftbound", "lorcana"])
# CardTrader writes s for the star of a signed card's number.
SIGNED = frozenset(["riftbound"])
BASIC_LANDS = frozenset(["plains", "island", "swamp", "mountain", "forest", "wastes"])


# In Yu-Gi-Oh! one number is printed in several of these.
RARITIES = _set(
    "common|short print|super short print|rare|super rare|ultra rare|secret rare|ultimate rare|ghost rare"
    "|starlight rare|collectors rare|prismatic secret rare|platinum secret rare"
    "|quarter century secret rare|gold rare|gold secret rare|premium gold rare|mosaic rare|starfoil rare"
    "|shatterfoil rare|duel terminal normal parallel rare|normal parallel rare|ultra parallel rare"
    "|super parallel rare|parallel rare|extra secret rare|20th secret rare|10000 secret rare"
    "|ghost gold rare|platinum rare|ultra secret rare|grand master rare"
)

# Sellers' short forms of them.
SHORT_RARITIES = {
    "qcsr": "quarter century secret rare", "qcr": "quarter century secret rare", "cr": "collectors rare",
    "scr": "secret rare", "ser": "secret rare", "utr": "ultimate rare", "ulr": "ultimate rare",
    "ur": "ultra rare",
    "sr": "super rare", "str": "starlight rare", "psr": "prismatic secret rare", "gr": "ghost rare",
    "pscr": "platinum secret rare", "qsec": "quarter century secret rare",
}  # fmt: skip
LOOSE_RARITIES = frozenset(["rare", "common"])  # words that sellers use without meaning a rarity


def phrases() -> Iterator[tuple[Phrase, Role, str]]:
    """Every phrase with what it tells; of a phrase that stands twice the first counts."""
    for refusal, listed in REFUSALS.items():
        yield from _listed(listed, Role.REFUSAL, refusal.name)
    for role, table in TABLES.items():
        for value, listed in table.items():
            yield from _listed(listed, role, value)
    yield from _listed(SEALED, Role.SEALED, "sealed")
    yield from _listed(NOISE, Role.NOISE, "")


TABLES = {
    Role.CONDITION: CONDITIONS,
    Role.LANGUAGE: LANGUAGES,
    Role.GAME: GAMES,
    Role.FINISH: FINISHES,
    Role.VERSION: VERSIONS,
}


def _listed(listed: str, role: Role, value: str) -> Iterator[tuple[Phrase, Role, str]]:
    return ((tuple(words.tokens(phrase)), role, value) for phrase in listed.split("|"))
