"""A migration that would stop the site, or break the code of the last release, is refused."""

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate
from pytest_django import Settings

from local.migrations import judged, problems, unreleased

ADD_REQUIRED = 'ALTER TABLE "alerts_alert" ADD COLUMN "tag" integer NOT NULL;'
ADD_INDEX = 'CREATE INDEX "alert_day" ON "alerts_alert" ("expires_on");'
ADD_WITH_DEFAULT = """BEGIN;
ALTER TABLE "alerts_alert" ADD COLUMN "tag" integer DEFAULT 1 NOT NULL;
ALTER TABLE "alerts_alert" ALTER COLUMN "tag" DROP DEFAULT;
COMMIT;"""


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (ADD_REQUIRED, "adding-required-field"),
        (ADD_INDEX, "require-concurrent-index-creation"),
        (ADD_WITH_DEFAULT, "ban-drop-default"),
        ('ALTER TABLE "alerts_alert" DROP COLUMN "margin";', "ban-drop-column"),
    ],
)
def test_what_is_unsafe_is_named(sql: str, rule: str) -> None:
    assert rule in "".join(judged(sql, name="alerts.0002_tag"))
    assert not list(judged(sql, name="alerts.0002_tag", allowed=[rule]))


def test_an_index_made_beside_the_site_passes() -> None:
    assert not list(judged(ADD_INDEX.replace("INDEX", "INDEX CONCURRENTLY"), name="alerts.0002_tag"))


BESIDE_THE_REAL = "from alerts import migrations\n\n__path__ += migrations.__path__\n"
THROW_AWAY = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        migrations.AddField("alert", "tag", models.IntegerField(default=1)),
        migrations.AddIndex("alert", models.Index(fields=["name"], name="alert_by_name")),
    ]
"""
EXPLAINED = """
    allowed = {"ban-drop-default": "No code writes alerts yet.", "require-concurrent-index-creation": " "}
"""


def write_migration(folder: Path, text: str) -> None:
    (folder / "further").mkdir()
    (folder / "further" / "__init__.py").write_text(BESIDE_THE_REAL)
    (folder / "further" / "9999_throw_away.py").write_text(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (THROW_AWAY, ["ban-drop-default", "require-concurrent-index-creation"]),
        (THROW_AWAY + EXPLAINED, ["require-concurrent-index-creation is allowed without a reason"]),
    ],
)
def test_a_migration_that_is_not_released_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, text: str, said: list[str]
) -> None:
    write_migration(tmp_path, text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("further")]:
        monkeypatch.delitem(sys.modules, name)
    settings.MIGRATION_MODULES = {"alerts": "further"}
    [migration] = [one for one in unreleased() if one.name == "9999_throw_away"]
    found = "\n".join(problems(migration))
    assert all(words in found for words in said)
    assert ("ban-drop-default" in found) is ("ban-drop-default" in said)


@pytest.mark.django_db
def test_a_migration_gives_up_on_a_lock_and_leaves_the_connection_as_it_was(settings: Settings) -> None:
    settings.MIGRATE_TIMEOUTS = (7, 11)
    seen: list[str] = []

    def note(**_: Any) -> None:
        seen.extend(map(setting, ("lock_timeout", "statement_timeout")))

    before = [setting("lock_timeout"), setting("statement_timeout")]
    pre_migrate.connect(note, dispatch_uid="test")
    try:
        call_command("migrate", "alerts", verbosity=0)
    finally:
        pre_migrate.disconnect(dispatch_uid="test")
    assert seen[:2] == ["7s", "11s"]
    assert [setting("lock_timeout"), setting("statement_timeout")] == before


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])
