"""The sources beside TCGplayer, what they call our games, and what their terms allow."""

from django.db import migrations

# Of one origin are prices that come from the same market by several ways: they count once in a blend.
SOURCES = [
    dict(slug="cardmarket", name="Cardmarket", url="https://www.cardmarket.com", currency="EUR", rank=20,
         attribution="Prices by Cardmarket."),
    dict(slug="scryfall-usd", name="Scryfall (TCGplayer)", url="https://scryfall.com", currency="USD", rank=30,
         attribution="TCGplayer prices through Scryfall.", origin="tcgplayer"),
    dict(slug="scryfall-eur", name="Scryfall (Cardmarket)", url="https://scryfall.com", currency="EUR", rank=31,
         attribution="Cardmarket prices through Scryfall.", origin="cardmarket"),
    dict(slug="scryfall-tix", name="Scryfall (Magic Online)", url="https://scryfall.com", currency="TIX", rank=190,
         attribution="Magic Online prices through Scryfall.", is_blended=False),
    dict(slug="cardkingdom", name="Card Kingdom", url="https://www.cardkingdom.com", currency="USD", rank=40,
         attribution="Card Kingdom prices through MTGJSON."),
    dict(slug="manapool", name="Mana Pool", url="https://manapool.com", currency="USD", rank=45,
         attribution="Mana Pool prices through MTGJSON."),
    dict(slug="tcgdex-usd", name="TCGdex (TCGplayer)", url="https://tcgdex.dev", currency="USD", rank=50,
         attribution="TCGplayer prices through TCGdex.", origin="tcgplayer"),
    dict(slug="tcgdex-eur", name="TCGdex (Cardmarket)", url="https://tcgdex.dev", currency="EUR", rank=51,
         attribution="Cardmarket prices through TCGdex.", origin="cardmarket"),
    # Nobody says whose prices these are, so they are shown, and blended into nothing.
    dict(slug="ygoprodeck", name="YGOPRODeck", url="https://ygoprodeck.com", currency="USD", rank=60,
         attribution="Prices by YGOPRODeck.", is_blended=False),
    dict(slug="optcgapi", name="OPTCG API", url="https://optcgapi.com", currency="USD", rank=60,
         attribution="Prices by OPTCG API.", is_blended=False),
    dict(slug="ebay-sold", name="eBay sales", url="https://www.ebay.com", currency="USD", rank=150,
         attribution="Estimated from items sold on eBay, used with eBay's consent.",
         keeps_history=False, is_blended=False, shown_hours=6),
    dict(slug="ebay-offers", name="eBay offers", url="https://www.ebay.com", currency="USD", rank=160,
         attribution="Estimated from offers on eBay, used with eBay's consent.",
         keeps_history=False, is_blended=False, shown_hours=6, origin="ebay-sold"),
]
# What each catalogue calls our games.
GAMES = {
    "cardmarket": {"magic": "1", "yugioh": "3", "pokemon": "6", "one-piece": "18", "lorcana": "19"},
    "scryfall": {"magic": "magic"},
    "mtgjson": {"magic": "magic"},
    "tcgdex": {"pokemon": "en"},
    "ygoprodeck": {"yugioh": "yugioh"},
    "optcgapi": {"one-piece": "one-piece"},
}


def add_sources(apps, schema_editor):
    Source = apps.get_model("pricing", "Source")
    for facts in SOURCES:
        Source.objects.create(**facts)
    Game = apps.get_model("catalog", "Game")
    ExternalId = apps.get_model("catalog", "ExternalId")
    for source, categories in GAMES.items():
        for slug, category in categories.items():
            for game in Game.objects.filter(slug=slug):
                ExternalId.objects.create(source=source, kind="game", external_id=category, game=game)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0006_sightings"), ("catalog", "0003_sources_and_staff")]

    operations = [migrations.RunPython(add_sources, migrations.RunPython.noop)]
