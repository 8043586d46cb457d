from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env


def test_a_missing_variable_without_default_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    with pytest.raises(ImproperlyConfigured, match="NO_SUCH"):
        Env().text("NO_SUCH")


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("Yes", True), ("1", True), ("off", False), ("0", False)]
)
def test_a_flag_is_read_in_several_spellings(
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    meant: bool,
) -> None:
    monkeypatch.setenv("SOME_FLAG", written)
    assert Env().flag("SOME_FLAG", default=not meant) is meant


def test_a_misspelt_flag_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_FLAG", "ture")
    with pytest.raises(ImproperlyConfigured, match="SOME_FLAG must be true or false, not 'ture'"):
        Env().flag("SOME_FLAG", default=False)


def test_an_unknown_choice_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEL", "LOUD")
    with pytest.raises(ImproperlyConfigured, match="LEVEL must be one of ERROR, INFO, not 'LOUD'"):
        Env().choice("LEVEL", default="INFO", among={"INFO", "ERROR"})


@pytest.mark.parametrize("wrong", ["mysql://db/tcg", "localhost:5432", ""])
def test_a_database_that_is_not_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("DATABASE_URL", wrong)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be a URL that starts with postgres"):
        Env().database("DATABASE_URL")


def test_a_socket_folder_reaches_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@/tcg?host=/run/pg")
    assert Env().database("DATABASE_URL")["OPTIONS"] == {"host": "/run/pg"}


def test_an_unknown_mail_url_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "pigeon://loft")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be an e-mail URL"):
        Env().email("EMAIL_URL", "consolemail://")


def test_a_short_secret_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must have at least 50 characters"):
        Env().secret("SECRET_KEY", length=50)


def test_a_value_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Env().text("SECRET_KEY") == "from a file"


def test_words_are_split_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example , b.example,")
    assert Env().words("HOSTS") == ["a.example", "b.example"]


def test_networks_are_read_in_cidr_notation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWORKS", "192.168.1.0/24, fd00::/8")
    assert Env().networks("NETWORKS") == [ip_network("192.168.1.0/24"), ip_network("fd00::/8")]


@pytest.mark.parametrize("wrong", ["192.168.1.7/24", "10.0.0.0/33", "home", "192.168.1.0/24 10.0.0.0/8"])
def test_what_is_no_network_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("NETWORKS", wrong)
    with pytest.raises(ImproperlyConfigured, match=r"NETWORKS must be networks such as 192\.168\.1\.0/24"):
        Env().networks("NETWORKS")


def test_a_path_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPOOL", raising=False)
    assert Env().path("SPOOL", Path("var/spool")) == Path("var/spool")
