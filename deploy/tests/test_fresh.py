import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from deploy import fresh


def written(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def of_production(path: Path) -> Mapping[str, Any]:
    assert fresh.main(["--to", str(path)]) == 0
    return {"PATH": "/usr/bin:/bin"} | written(path)


def test_each_placeholder_becomes_one_secret_and_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "env"
    assert fresh.main(["--to", str(path)]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = written(path)
    assert not re.search("change-me-[a-z]", path.read_text())
    assert found["DATABASE_PASSWORD"] in found["DATABASE_URL"]
    assert found["REDIS_PASSWORD"] in found["REDIS_URL"]
    assert len({found[name] for name in ("SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD")}) == 3


def test_secrets_are_never_overwritten_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "env"
    path.write_text("SECRET_KEY=in use\n")
    path.chmod(0o644)
    assert fresh.main(["--to", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == "SECRET_KEY=in use\n"
    assert fresh.main(["--to", str(path), "--force"]) == 0
    assert (stat.S_IMODE(path.stat().st_mode), "in use" in path.read_text()) == (0o600, False)


def test_values_mean_the_same_to_a_shell_to_compose_and_to_kubernetes() -> None:
    example = (settings.BASE_DIR / ".env.production.example").read_text()
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Z_]+=[A-Za-z0-9_.,:/@?=+-]*", line)] == []


def test_the_check_of_a_deployment_finds_nothing_in_the_example_with_fresh_secrets(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=of_production(tmp_path / "env"),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
