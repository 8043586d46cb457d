"""`manage.py rates`: from the bank, or from what is installed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.tests import ecb
from integrations.tests.marketplace import Marketplace
from pricing.tests.bank import on

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("rates", *arguments, stdout=out)
    return out.getvalue()


def test_the_newest_rates_are_brought_once(bank: Marketplace) -> None:
    with on("2026-11-23"):
        assert said() == "14 exchange rates written; the newest are of 23 Nov 2026.\n"
        assert said() == "0 exchange rates written; the newest are of 23 Nov 2026.\n"


def test_the_history_needs_no_bank(bank: Marketplace) -> None:
    assert said("--history") == "10 exchange rates written; the newest are of 20 Nov 2026.\n"
    assert said("--history") == "0 exchange rates written; the newest are of 20 Nov 2026.\n"
    assert not bank.hits


def test_a_bank_that_fails_makes_the_command_fail(bank: Marketplace) -> None:
    bank.files[ecb.DAILY] = b"<html>"
    with on("2026-11-23"), pytest.raises(CommandError, match="The ECB's file is not XML that we read"):
        said()
