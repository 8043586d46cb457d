"""What compose and Kubernetes name is really there."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from deploy import commands

KUBERNETES = settings.BASE_DIR / "deploy" / "kubernetes"
PARTS = ["web", "live", "worker-market", "worker-ingest", "worker-alerts", "worker-default", "beat"]
VARIABLE = re.compile(r"^#?([A-Z][A-Z_]*)=", flags=re.MULTILINE)
# Read by others than our settings: by prometheus_client, by the command itself, by the images' own programs.
OTHERS = re.compile(
    r"PROMETHEUS_MULTIPROC_DIR|QUEUE|PGPASSWORD|(POSTGRES|GF)_\w+|RELEASE|WEB_\w+|LIVE_(HOST|PORT)"
)


def compose() -> str:
    return (settings.BASE_DIR / "docker-compose.prod.yml").read_text()


def manifests() -> Iterator[dict[str, Any]]:
    for path in sorted(KUBERNETES.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


def pods() -> dict[str, dict[str, Any]]:
    found = [one for one in manifests() if one["kind"] in {"Deployment", "Job"}]
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in found}


def container(part: str) -> dict[str, Any]:
    [found] = pods()[part]["containers"]
    return dict(found)


def examples() -> set[str]:
    names = (".env.example", ".env.production.example")
    return {name for file in names for name in VARIABLE.findall((settings.BASE_DIR / file).read_text())}


def test_every_variable_of_the_example_for_production_is_known() -> None:
    ours = set(VARIABLE.findall((settings.BASE_DIR / ".env.example").read_text()))
    production = set(VARIABLE.findall((settings.BASE_DIR / ".env.production.example").read_text()))
    of_compose = set(re.findall(r"\$\{([A-Z_]+)", compose()))
    assert production - ours - of_compose == set()


def test_every_variable_that_is_set_or_asked_for_is_in_an_example() -> None:
    both = compose() + (settings.BASE_DIR / "docker-compose.yml").read_text()
    named = set(re.findall(r"\$\{([A-Z_]+)|^\s+([A-Z_]+):|[{ ]([A-Z_]+): ", both, flags=re.MULTILINE))
    named = {name for found in named for name in found if name}
    for one in manifests():
        named |= set(one["data"]) if one["kind"] == "ConfigMap" else set()
    named |= {each["name"] for part in pods() for each in container(part).get("env", [])}
    named |= set(re.findall(r"\b([A-Z_]+)=(?=/(?:data|srv))", dockerfile()))
    assert {name for name in named - examples() if not OTHERS.fullmatch(name)} == set()


def dockerfile() -> str:
    return (settings.BASE_DIR / "Dockerfile").read_text()


@pytest.mark.parametrize("part", PARTS)
def test_compose_and_kubernetes_run_the_same_command(part: str) -> None:
    assert container(part)["command"] == shlex.split(commands.of(part, env={}))


def test_what_the_commands_run_is_there() -> None:
    """`config` is Celery's application, `config.wsgi` and `config.asgi` those of the servers."""
    words = " ".join(commands.of(part, env={}) for part in PARTS)
    named = set(re.findall(r"\bconfig[.\w]*", words))
    assert named == {"config", "config.asgi", "config.gunicorn", "config.wsgi"}
    for module in named:
        assert importlib.import_module(module)
    asked = re.findall(r"manage\.py (\w+)", commands.of("prepare", env={}))
    assert asked == ["migrate", "schedule"]
    assert set(asked) <= get_commands().keys()
    assert container("prepare")["command"][2] in commands.of("prepare", env={})


def test_every_queue_has_one_kind_of_worker_and_beat_is_alone() -> None:
    queues = [re.findall(r"--queues (\S+)", commands.of(part, env={})) for part in PARTS]
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert sorted(queue for each in queues for queue in each) == sorted(
        routed | {settings.CELERY_TASK_DEFAULT_QUEUE}
    )
    [beat] = [one for one in manifests() if one.get("metadata", {}).get("name") == "beat"]
    assert (beat["spec"]["replicas"], beat["spec"]["strategy"]) == (1, {"type": "Recreate"})


def test_every_probe_asks_an_address_that_is_there() -> None:
    in_compose = [one.get("healthcheck", {}).get("test", []) for one in commands.services().values()]
    paths = {test[4] for test in in_compose if "deploy/probe.py" in test}
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    asked = [container(part).get(probe, {}).get("httpGet", {}) for part in PARTS for probe in probes]
    paths |= {one["path"] for one in asked if one}
    assert paths == {"/healthz", "/readyz"}
    for path in paths:
        assert resolve(path)


def test_every_part_is_hardened_limited_and_looked_after() -> None:
    for name, service in commands.services().items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["mem_limit"], name
        assert re.search(r":v?\d+\.\d+\.\d+|:\d+\.\d+|RELEASE", service["image"]), name
        assert "healthcheck" in service or name in {"beat", "prepare"}, name
    for part, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], part
        assert container(part)["securityContext"]["readOnlyRootFilesystem"], part
        assert container(part)["resources"]["limits"]["memory"], part
        assert "livenessProbe" in container(part) or part in {"beat", "prepare"}, part
    assert re.findall(r"^USER (\S+)", dockerfile(), flags=re.MULTILINE)[-1] == "10001:10001"


def test_kustomize_takes_every_manifest() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    there = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed) == there


def test_every_file_that_a_container_mounts_is_there() -> None:
    mounted = re.findall(r"\./([^:\s]+):", compose())
    assert len(mounted) >= 6
    assert [name for name in mounted if not Path(settings.BASE_DIR, name).exists()] == []
