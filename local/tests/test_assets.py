import hashlib
import zipfile
from pathlib import Path

import pytest

from local import assets
from local.assets import MEMBERS, fetch_assets

SENTENCE = "The interactive chart could not be fetched; the site works without it.\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A wheel of the same shape as the real one."""
    wheel = tmp_path / "pylightcharts-0.1.6-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for member in MEMBERS:
            file.writestr(member, f"content of {member}")
        about = "pylightcharts-0.1.6.dist-info"
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: pylightcharts\nVersion: 0.1.6\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return wheel


def requirements(package: Path, *, digest: str = "") -> Path:
    """A file that pip fetches from the disk, and checks the hash as it would from the network."""
    digest = digest or hashlib.sha256(package.read_bytes()).hexdigest()
    file = package.parent / "requirements.txt"
    file.write_text(f"{package.as_uri()} --hash=sha256:{digest}\n")
    return file


def lock(folder: Path, *, content: str) -> Path:
    file = folder / "assets.lock"
    file.write_text(f"{hashlib.sha256(content.encode()).hexdigest()}  lightweight-charts.js\n")
    return file


def test_the_script_and_its_licence_are_unpacked_once(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = package.parent / "var" / "vendor"
    right = lock(package.parent, content="content of pylightcharts/js/lightweight-charts.js")
    fetch_assets(requirements=requirements(package), vendor=vendor, lock=right)
    assert sorted(file.name for file in vendor.iterdir()) == sorted(MEMBERS.values())
    assert [file.name for file in vendor.parent.iterdir()] == ["vendor"]

    monkeypatch.setattr(assets, "_download", None)  # a second fetch would call it
    fetch_assets(requirements=requirements(package), vendor=vendor, lock=right)
    assert capsys.readouterr().out == ""


def test_a_package_with_another_hash_is_not_used(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vendor = package.parent / "var" / "vendor"
    right = lock(package.parent, content="content of pylightcharts/js/lightweight-charts.js")
    fetch_assets(requirements=requirements(package, digest="0" * 64), vendor=vendor, lock=right)
    assert capsys.readouterr().out == SENTENCE
    assert not vendor.exists()


def test_a_script_with_another_hash_is_not_used(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vendor = package.parent / "var" / "vendor"
    wrong = lock(package.parent, content="something else")
    fetch_assets(requirements=requirements(package), vendor=vendor, lock=wrong)
    assert capsys.readouterr().out == SENTENCE
    assert not vendor.exists()
