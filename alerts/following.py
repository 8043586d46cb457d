"""How alerts follow when staff merge or split: about the same cards, they look at their series anew."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from alerts import watching
from alerts.models import Alert, AlertEvent
from catalog import following
from catalog.models import CardSet, Printing


class Alerts(following.Follower):
    def hold(self, game_id: int) -> None:  # noqa: ARG002 -- whatever the game
        watching.share()

    def count(self, printings: QuerySet[Printing], *, sets: Collection[int]) -> list[str]:
        about = Alert.objects.filter(Q(printing__in=printings) | Q(card_set__in=list(sets)))
        return [f"{about.count():,} alerts"]

    def merge(self, pairs: following.Pairs) -> None:
        for gone, kept in pairs.items():
            Alert.objects.filter(printing=gone).update(printing=kept)
            AlertEvent.objects.filter(printing=gone).update(printing=kept)
        Alert.objects.filter(printing__in=pairs.values()).update(is_stale=True)

    def merge_set(self, gone: CardSet, *, kept: CardSet) -> None:
        Alert.objects.filter(card_set=gone).update(card_set=kept)

    def look_again(self, set_ids: Collection[int]) -> None:
        Alert.objects.filter(card_set__in=list(set_ids)).update(is_stale=True)


def begin() -> None:
    following.register(Alerts())
