import os
import shlex
import signal
import socket
import sys
from pathlib import Path

import pytest

from local import Refusal, run
from local.instance import Instance
from local.run import answers, environment, fresh_metrics, remember, remembered


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


URLS = {"DATABASE_URL": "postgresql://postgres@/tcg?host=/s", "REDIS_URL": "unix:///s/valkey.sock"}


def test_the_callers_settings_win_and_empty_ones_count_as_unset(
    instance: Instance, nothing_given: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", "http://cards.example")
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.setenv("PGPORT", "6000")
    for name in ("ALLOWED_HOSTS", "VAPID_PRIVATE_KEY"):
        monkeypatch.delenv(name, raising=False)
    env = environment(instance, URLS, host="127.0.0.1", port=8000)
    assert env["SITE_URL"] == "http://cards.example"
    assert env["SECRET_KEY"] == instance.secret_key()
    assert env["VAPID_PRIVATE_KEY"] == instance.vapid_key()
    assert env["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],127.0.0.1"
    assert "PGPORT" not in env
    assert env | URLS == env


@pytest.mark.parametrize(
    ("host", "hosts", "site"),
    [
        ("0.0.0.0", "*", "http://127.0.0.1:80"),  # noqa: S104 - it is the case
        ("::1", "localhost,127.0.0.1,[::1],[::1]", "http://[::1]:80"),
        ("cards.local", "localhost,127.0.0.1,[::1],cards.local", "http://cards.local:80"),
    ],
)
def test_the_site_is_named_by_an_address_one_can_open(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, host: str, hosts: str, site: str
) -> None:
    for name in ("ALLOWED_HOSTS", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)
    env = environment(instance, URLS, host=host, port=80, live=81)
    assert (env["ALLOWED_HOSTS"], env["SITE_URL"]) == (hosts, site)
    assert env["LIVE_URL"] == site.replace("http:", "ws:").replace(":80", ":81")


def test_every_folder_lies_in_the_instance(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("STATIC_ROOT", "MEDIA_ROOT", "SPOOL_DIR", "BULK_DIR", "BACKUP_DIR")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    env = environment(instance, URLS, host="127.0.0.1", port=8000)
    assert {Path(env[name]).parent for name in names} == {instance.folder}


def test_another_terminal_finds_the_environment_of_the_instance_that_runs(instance: Instance) -> None:
    with pytest.raises(Refusal, match=f"{instance.name} is still starting"):
        remembered(instance)
    remember(instance, {"DATABASE_URL": "postgresql://alice:hunter2@h/n"})
    assert remembered(instance) == {"DATABASE_URL": "postgresql://alice:hunter2@h/n"}
    assert (instance.folder / "environment.json").stat().st_mode & 0o777 == 0o600


def test_counters_of_earlier_processes_are_dropped(instance: Instance) -> None:
    (fresh_metrics(instance) / "counter_1.db").touch()
    assert list(fresh_metrics(instance).iterdir()) == []


def test_a_closed_port_does_not_answer(free_port: int) -> None:
    assert not answers(f"http://127.0.0.1:{free_port}")


def test_the_programs_listen_where_asked_and_serve_all_queues() -> None:
    programs = run.programs("::1", 8001, 8002)
    assert list(programs) == ["web", "live", "worker", "beat"]
    assert "--bind '[::1]:8001'" in programs["web"]
    assert "--host ::1 --port 8002" in programs["live"]
    assert "market,ingest,alerts,default" in programs["worker"]


@pytest.mark.usefixtures("own_signals", "nothing_given")
def test_it_greets_once_the_site_answers_and_stops_on_ctrl_c(
    used_checkout: Path, free_port: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything is real but the site, whose place a plain web server takes."""
    instance = Instance(f"run-{free_port}", used_checkout)
    server = f"{shlex.quote(sys.executable)} -m http.server --bind 127.0.0.1 {free_port}"
    monkeypatch.setattr(run, "Instance", lambda _name: instance)
    monkeypatch.setattr(run, "fetch_assets", lambda: None)
    monkeypatch.setattr(run, "prepare", lambda _env: "Staff login: staff@example.com password s3cret")
    monkeypatch.setattr(run, "programs", lambda _host, _port, _live: {"web": server})
    monkeypatch.setattr(run.Greeting, "offer", lambda _self: os.kill(os.getpid(), signal.SIGINT))
    run.run("127.0.0.1", free_port)
    output = capfd.readouterr().out
    site = f"http://127.0.0.1:{free_port}/"
    greeting = f"The site is ready: {site} — Staff login: staff@example.com password s3cret (shown only now)"
    assert output.count(greeting) == 1
    assert output.count("s3cret") == 1
    assert not instance.is_running
    assert not instance.sockets.exists()
    assert not answers(site)


def test_a_login_that_was_never_greeted_with_is_still_said(capsys: pytest.CaptureFixture[str]) -> None:
    greeting = run.Greeting(site="http://127.0.0.1:1", port=1, login="Staff login: a password b")
    greeting.give_login()
    greeting.give_login()
    assert capsys.readouterr().out == "Staff login: a password b (shown only now)\n"
