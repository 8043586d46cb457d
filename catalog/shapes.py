"""What the API's answers about the catalogue look like; prices are in `pricing.shapes`."""

from rest_framework import serializers

from accounts.describing import Shape
from catalog.models import Card as CardModel


class GameName(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()


class Game(GameName):
    language = serializers.CharField(help_text="Its cards are printed in it.")


class Games(Shape):
    results = Game(many=True)


class SetName(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()


class SetFacts(SetName):
    code = serializers.CharField(help_text="Empty where it has none.")
    released_on = serializers.DateField(allow_null=True)


class CountedSet(SetFacts):
    cards = serializers.IntegerField(min_value=0)


class Sets(Shape):
    results = CountedSet(many=True)


class CardName(Shape):
    name = serializers.CharField()
    number = serializers.CharField(help_text="Empty where it has none.")


class CardKind(CardName):
    kind = serializers.ChoiceField(choices=CardModel.Kind.values)
    rarity = serializers.CharField(help_text="Empty where it is unknown.")


class CardFacts(CardKind):
    id = serializers.IntegerField()
    image_url = serializers.CharField(help_text="Empty without a picture.")
    url = serializers.CharField(help_text="Its page.")
    game = Game()
    set = SetFacts()


class Suggestion(CardName):
    card_id = serializers.IntegerField()
    slug = serializers.CharField()
    set_name = serializers.CharField()
    game_name = serializers.CharField()


class Suggestions(Shape):
    results = Suggestion(many=True)
