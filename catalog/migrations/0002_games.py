"""The five games every installation knows, with their category numbers at TCGplayer."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

GAMES = [
    ("Pokémon", "pokemon", "3"),
    ("Magic: The Gathering", "magic", "1"),
    ("Yu-Gi-Oh!", "yugioh", "2"),
    ("One Piece Card Game", "one-piece", "68"),
    ("Disney Lorcana", "lorcana", "71"),
]


def add_games(apps, schema_editor):
    Game = apps.get_model("catalog", "Game")
    ExternalId = apps.get_model("catalog", "ExternalId")
    for position, (name, slug, category) in enumerate(GAMES, start=1):
        game = Game.objects.create(name=name, slug=slug, position=position * 10)
        for source in ("tcgplayer", "demo"):
            ExternalId.objects.create(source=source, kind="game", external_id=category, game=game)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [TrigramExtension(), migrations.RunPython(add_games, migrations.RunPython.noop)]
