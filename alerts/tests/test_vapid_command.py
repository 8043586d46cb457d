import re
from io import StringIO

from django.core.management import call_command
from pytest_django import Settings

from alerts.sending import push


def printed() -> tuple[str, str]:
    out = StringIO()
    call_command("vapid", stdout=out)
    found = re.fullmatch(
        r"# Browsers see its public half: ([\w-]{87})\nVAPID_PRIVATE_KEY=([\w-]{43})\n", out.getvalue()
    )
    assert found
    return found[1], found[2]


def test_it_prints_a_pair_that_belongs_together(settings: Settings) -> None:
    public, private = printed()
    settings.VAPID_PRIVATE_KEY = private
    assert push.public_key() == public


def test_each_time_it_is_another() -> None:
    assert printed() != printed()
