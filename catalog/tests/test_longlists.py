import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from catalog.longlists import EstimatedPaginator, estimated_rows
from catalog.models import Card
from catalog.tests.factories import CardFactory

pytestmark = pytest.mark.django_db


class UpToTwo(EstimatedPaginator):
    exact = 2


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_short_list_is_counted_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    CardFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert EstimatedPaginator(Card.objects.order_by("pk"), 2).count == 3


def test_a_long_list_is_as_long_as_postgresql_believes() -> None:
    CardFactory.create_batch(5)
    run("ANALYZE catalog_card")
    CardFactory.create_batch(2)
    assert UpToTwo(Card.objects.order_by("pk"), 2).count == 5


def test_a_long_filtered_list_ends_where_the_counting_ends() -> None:
    CardFactory.create_batch(5, number="7")
    run("ANALYZE catalog_card")
    assert UpToTwo(Card.objects.filter(number="7").order_by("pk"), 2).count == 2


def test_a_table_that_was_never_analyzed_has_no_estimate_and_counts_still() -> None:
    run("TRUNCATE catalog_card CASCADE")
    CardFactory.create_batch(3)
    assert estimated_rows(Card) == -1
    assert UpToTwo(Card.objects.order_by("pk"), 2).count == 2
