"""CPU of a list of 100 prices, against the smallest Django view behind the same middleware."""

from functools import partial
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bench.measure import Measure, at_most, show
from bench.pages import ROUNDS, ROWS, TRIVIAL, build_set, cpu, get, kept_connection, trivial

MODELS = "/bench/hotlist/"
EMPTY = "/bench/empty/"
FAST = {"trivial", "hot", "uncounted"}
HOT = "/api/v1/prices/"
PASSES = 5
CALLER = "192.0.2.1"  # whose calls are counted; of who has no address they are not
LIMITS = {"address": 10**9, "person": 0, "key": 0}  # counted, and never too many
OFTEN = 300  # a view that waits for the database seldom meets a moment in which nothing else disturbs it


class Money(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()


class Row(serializers.Serializer[Any]):
    """The same list in the usual way: models, and a serializer for each row."""

    printing_id = serializers.IntegerField(source="series.printing_id")
    condition = serializers.CharField(source="series.condition")
    grade = serializers.CharField(source="series.grade")
    language = serializers.CharField(source="series.language")
    market = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    mid = serializers.SerializerMethodField()
    source: Any = serializers.CharField(source="source.slug")
    as_of = serializers.DateField(source="changed_on")
    is_demo = serializers.BooleanField(source="source.is_demo")

    def _money(self, amount: int | None, row: Any) -> Any:
        from pricing import payloads  # noqa: PLC0415 -- models load only after django.setup()

        money = payloads.money(amount, row.series.currency)
        return Money(money).data if money else None

    def get_market(self, row: Any) -> Any:
        return self._money(row.market, row)

    def get_low(self, row: Any) -> Any:
        return self._money(row.low, row)

    def get_mid(self, row: Any) -> Any:
        return self._money(row.mid, row)


@api_view(["GET"])
@permission_classes([AllowAny])
@authentication_classes([])
def with_serializers(request: Request) -> Response:
    from pricing.models import LatestPrice  # noqa: PLC0415

    ids = [int(key) for key in request.query_params["ids"].split(",")]
    found = LatestPrice.objects.filter(series__printing__in=ids).select_related("series", "source")
    return Response({"results": Row(found, many=True).data})


@api_view(["GET"])
@permission_classes([AllowAny])
@authentication_classes([])
def empty(_: Request) -> Response:
    return Response({})


def run(_: CursorWrapper) -> list[Measure]:
    """Needs the migrations. Its 100 printings are rolled back afterwards."""
    from catalog.models import Printing  # noqa: PLC0415
    from config.urls import urlpatterns  # noqa: PLC0415

    routes = (
        path(TRIVIAL.lstrip("/"), trivial),
        path(MODELS.lstrip("/"), with_serializers),
        path(EMPTY.lstrip("/"), empty),
        *urlpatterns,
    )
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = override_settings(
        ROOT_URLCONF=routes,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
        STORAGES=settings.STORAGES | plain,
        API_CALLS_PER_MINUTE=LIMITS,
    )
    with here, kept_connection(), transaction.atomic():
        build_set()
        handler = WSGIHandler()
        ids = Printing.objects.order_by("-pk").values_list("pk", flat=True)[:ROWS]
        asked = "ids=" + ",".join(map(str, ids))
        addresses = {
            "trivial": (TRIVIAL, "", CALLER),
            "empty": (EMPTY, "", CALLER),
            "hot": (HOT, asked, CALLER),
            "uncounted": (HOT, asked, ""),
            "converted": (HOT, f"{asked}&currency=EUR", CALLER),
            "serializers": (MODELS, asked, CALLER),
        }
        # In turn, so that whatever else the machine does meets all alike.
        found = [
            {
                name: cpu(
                    partial(get, handler, at, query=query, REMOTE_ADDR=caller),
                    rounds=OFTEN if name in FAST else ROUNDS,
                )
                for name, (at, query, caller) in addresses.items()
            }
            for _ in range(PASSES)
        ]
        transaction.set_rollback(True)
    best = {name: min(one[name] for one in found) for name in addresses}
    return [
        Measure(name="hotlist: CPU of a trivial view", value=best["trivial"], unit="ms"),
        Measure(name=f"hotlist: CPU of {ROWS} prices", value=best["hot"], unit="ms"),
        against("an empty answer of DRF", best, "empty"),
        against("the prices while calls are not counted", best, "uncounted"),
        against("the prices in another currency", best, "converted"),
        against("the prices by DRF's serializers", best, "serializers"),
        at_most(f"hotlist: {ROWS} prices against trivial view", best["hot"] / best["trivial"], "times", 4),
    ]


def against(what: str, best: dict[str, float], name: str) -> Measure:
    return Measure(
        name=f"hotlist: {what} against trivial view", value=best[name] / best["trivial"], unit="times"
    )


if __name__ == "__main__":
    django.setup()
    with connection.cursor() as its_cursor:
        raise SystemExit(0 if show(run(its_cursor)) else 1)
