from pathlib import Path

import pytest
from pytest_django import Settings

from local.prepare import collect_static


def test_static_files_are_collected_again_only_when_one_changed(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("a{}")
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    said = []
    for _ in range(2):
        collect_static()
        said.append(capfd.readouterr().err)
    (source / "site.css").write_text("b{color:red}")
    collect_static()
    said.append(capfd.readouterr().err)
    assert said == ["Collecting the static files\n", "", "Collecting the static files\n"]
    assert (tmp_path / "static" / "site.css").read_text() == "b{color:red}"
