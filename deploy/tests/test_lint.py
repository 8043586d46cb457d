"""A broken file makes `make ships` fail, whichever it is."""

import shutil
from pathlib import Path

import pytest

from deploy import lint

LINTED = [
    "Dockerfile",
    "docker-compose.yml",
    "docker-compose.prod.yml",
    "deploy/compose",
    "deploy/kubernetes",
    "scripts",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in LINTED:
        source, target = lint.CHECKOUT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    return tmp_path


def test_a_broken_file_of_each_kind_is_found(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    breaks = {
        "Dockerfile": ("USER 10001:10001", "RUN sudo true"),
        "docker-compose.prod.yml": ("read_only: true", "read_onyl: true"),
        "deploy/kubernetes/web.yaml": ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true"),
        "scripts/deploy.sh": ("set -eu", "if true; set -eu"),
    }
    for name, (right, wrong) in breaks.items():
        path = checkout / name
        text = path.read_text()
        assert right in text
        path.write_text(text.replace(right, wrong))
    assert lint.main(checkout) == 1
    told = capfd.readouterr().out
    for name in ("Dockerfile", "docker-compose*.yml", "deploy/kubernetes/*.yaml", "scripts/deploy.sh"):
        assert f"not in order: {name}" in told or f"not in order: {checkout / name}" in told


def test_what_is_not_there_is_not_in_order(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert lint.main(tmp_path) == 1
    assert capfd.readouterr().out.count("not in order") == len(lint.TOOLS) + len(lint.SHELL)
