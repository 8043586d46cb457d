import os
from pathlib import Path

import pytest

from local import commands
from local.commands import main
from local.instance import CHECKOUT, Instance, instances
from local.run import remember

SHOW_DATABASE = ("-c", "import os, sys; sys.exit(3 if '/tcg?' in os.environ['DATABASE_URL'] else 4)")


@pytest.mark.usefixtures("own_signals", "nothing_given")
def test_a_command_gets_services_of_its_own_which_are_gone_afterwards() -> None:
    before = instances(CHECKOUT)
    assert main("test", *SHOW_DATABASE) == 3
    assert [made for made in instances(CHECKOUT) if made.name == f"test-{os.getpid()}"] == []
    assert len(instances(CHECKOUT)) <= len(before)


@pytest.mark.usefixtures("own_signals")
def test_browser_tests_without_chromium_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert main("browser", "-c", "pass") == 1
    assert capsys.readouterr().err == (
        "Browser tests need Chromium, which is not at /nowhere/chromium: install Debian's package chromium"
        " or name another with CHROMIUM=/path.\n"
    )


@pytest.mark.usefixtures("own_signals")
def test_manage_works_on_the_instance_that_runs(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "Instance", lambda _name: instance)
    remember(instance, dict(os.environ))
    assert main("manage", "diffsettings", "--output=unified") == 0
    assert "ROOT_URLCONF" in capfd.readouterr().out


@pytest.mark.usefixtures("own_signals", "nothing_given")
def test_manage_starts_the_services_when_none_runs(
    used_checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Instance("run-2", used_checkout)
    monkeypatch.setattr(commands, "Instance", lambda _name: stopped)
    assert (
        main("manage", "shell", "--no-imports", "-c", "from django.db import connection as c; c.cursor()")
        == 0
    )
    assert not stopped.is_running
