"""Alert rules and dashboard ask for nothing that the site does not tell: a renamed metric fails here."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from django.conf import settings
from django.db import connections
from django.test import Client
from prometheus_client import REGISTRY

from catalog import reads
from config import asgi, state
from config.metrics import STATE

DEPLOY: Final = Path(settings.BASE_DIR, "deploy")
METRIC: Final = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
QUOTED: Final = re.compile(r'"[^"]*"')
WORDS: Final = {"absent", "histogram_quantile", "group_left"}
SELECTOR: Final = re.compile(r"([a-z_]+)\{([^}]*)\}")
LABEL: Final = re.compile(r"(\w+)\s*[=!]")
ENDINGS: Final = re.compile(r"_(?:bucket|count|sum|total)$")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(Path(DEPLOY, "prometheus", "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(DEPLOY, "grafana", "dashboard.json").read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


EXPRESSIONS: Final = [rule["expr"] for rule in rules()]
EXPRESSIONS.extend(target["expr"] for panel in panels() for target in panel["targets"])


@pytest.fixture
def labels(client: Client, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Of each metric that the site tells at /metrics, where also the sockets' server adds its own."""
    assert asgi.application
    alias = {reads.REPLICA: connections.settings["default"]}
    monkeypatch.setattr(settings, "DATABASES", {**settings.DATABASES, **alias})
    monkeypatch.setitem(connections.settings, reads.REPLICA, alias[reads.REPLICA])
    state.forget()
    told = set(re.findall(r"^# TYPE (\w+) ", client.get("/metrics").content.decode(), flags=re.MULTILINE))
    known = {family.name: set(family._labelnames) for family in STATE.collect()}
    for name, collector in REGISTRY._names_to_collectors.items():
        known.setdefault(ENDINGS.sub("", name), set(getattr(collector, "_labelnames", ())) | {"le"})
    state.forget()
    return {ENDINGS.sub("", name): known[ENDINGS.sub("", name)] for name in told}


@pytest.mark.django_db(transaction=True)
def test_every_metric_and_label_that_is_asked_for_is_told(labels: dict[str, set[str]]) -> None:
    asked = {name for expr in EXPRESSIONS for name in METRIC.findall(QUOTED.sub("", expr))} - WORDS
    assert len(asked) > 30
    assert {name for name in asked if ENDINGS.sub("", name) not in labels} == set()
    for expr in EXPRESSIONS:
        for name, chosen in SELECTOR.findall(expr):
            if name != "up":  # Prometheus' own
                assert set(LABEL.findall(chosen)) <= labels[ENDINGS.sub("", name)], expr


def test_every_rule_has_its_test_and_its_place_in_the_docs() -> None:
    tried = Path(DEPLOY, "prometheus", "rules_test.yml").read_text()
    explained = Path(settings.BASE_DIR, "docs", "observability.md").read_text()
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 10
    assert [name for name in names if f"alertname: {name}\n" not in tried] == []
    assert [name for name in names if f"`{name}`" not in explained] == []


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not taken & cells, panel["title"]
        taken |= cells
    assert max(x for x, _ in taken) < 24


def test_rules_that_were_not_checked_do_not_count_as_checked(tmp_path: Path) -> None:
    """An address without promtool, and one that finds a fault."""
    script, faulty = Path(DEPLOY, "prometheus", "check.sh"), tmp_path / "promtool"
    faulty.write_text("#!/bin/sh\nexit 1\n")
    faulty.chmod(0o700)
    for promtool, code in ((tmp_path / "none", 3), (faulty, 1)):
        tried = subprocess.run(  # noqa: S603 -- our own
            ["/bin/sh", script], env={"PROMTOOL": str(promtool)}, capture_output=True, check=False
        )
        assert tried.returncode == code
