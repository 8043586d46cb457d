"""Rows on which each action of the staff's admin has something to do."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.db import connection
from django.db.models import Model
from django_celery_beat.models import PeriodicTask

from accounts.models import User
from alerts.tests import factories as alarms
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory
from pricing import schedule
from pricing.models import PriceReview
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import Shop, later

Rows = list[Any]
UNWATCHED = {"django_admin_log", "django_session", "usersessions_usersession", "django_migrations"}


def sets(action: str, _: User) -> Rows:
    found = CardSetFactory.create_batch(2, game=GameFactory.create(), is_published=action != "publish")
    CardFactory.create(card_set=found[0])
    return found


def cards(_: str, __: User) -> Rows:
    return CardFactory.create_batch(2, card_set=CardSetFactory.create())


def runs(_: str, __: User) -> Rows:
    return [RunFactory.create(adapter="tcgcsv", game__slug="pokemon-again", status="failed")]


def reviews(_: str, __: User) -> Rows:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    return list(PriceReview.objects.all())


def deliveries(_: str, alice: User) -> Rows:
    channel = alarms.channel(alice)
    event = alarms.event(alarms.alert(alice, to=(channel,)))
    return [alarms.delivery(event, channel, status="dead")]


def addresses(_: str, alice: User) -> Rows:
    return [EmailAddress.objects.create(user=alice, email="second@example.org", verified=False)]


def attempts(_: str, __: User) -> Rows:
    return [AccessAttempt.objects.create(username="alice@example.org", failures_since_start=5)]


def schedules(action: str, _: User) -> Rows:
    schedule.ensure()
    task = PeriodicTask.objects.get(name="TCGCSV: pokemon, daily")
    PeriodicTask.objects.filter(pk=task.pk).update(enabled=action != "enable_tasks")
    return [task]


MAKERS: dict[str, Callable[[str, User], Rows]] = {
    "account.EmailAddress": addresses,
    "alerts.Delivery": deliveries,
    "axes.AccessAttempt": attempts,
    "catalog.Card": cards,
    "catalog.CardSet": sets,
    "django_celery_beat.PeriodicTask": schedules,
    "pricing.IngestRun": runs,
    "pricing.PriceReview": reviews,
}


def answers(model: type[Model], action: str, rows: Rows) -> dict[str, Any]:
    """What a page that an action leads to wants to know."""
    first: dict[tuple[str, str], dict[str, Any]] = {
        ("CardSet", "place"): {"position": 7},
        ("CardSet", "merge"): {"kept": rows[0].pk},
        ("Card", "merge"): {"kept": rows[0].pk},
        ("Card", "edit"): {"kind": "sealed"},
        ("Card", "split"): {"name": "A new set"},
    }
    return first.get((model.__name__, action), {})


def fingerprint() -> dict[str, str]:
    """The content of every table but the log's and the sessions'."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - UNWATCHED):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608
            )
            ((found[table],),) = cursor.fetchall()
    return found
