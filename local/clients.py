"""`make client`: the OpenAPI document, a typed Python client and TypeScript types of it, in var/dist."""

import json
import os
import subprocess
import sys
from pathlib import Path

import django

from local.typescript import types

CHECKOUT = Path(__file__).resolve().parent.parent
DIST = CHECKOUT / "var" / "dist"
GENERATE = "from openapi_python_client.cli import app; app()"  # scripts break when a checkout moves
SETTINGS = CHECKOUT / "local" / "python-client.yaml"


def main() -> None:
    django.setup()
    build(DIST)
    print(f"The document, a Python client and TypeScript types are in {DIST}.")


def build(into: Path) -> None:
    """Raises CalledProcessError where the client cannot be made."""
    from config import openapi  # noqa: PLC0415 -- Django has to be set up first

    into.mkdir(parents=True, exist_ok=True)
    for kind in openapi.MEDIA_TYPES:
        (into / f"openapi.{kind}").write_bytes(openapi.written(kind))
    document = json.loads((into / "openapi.json").read_bytes())
    (into / "tcg-price-tracker.d.ts").write_text(types(document))
    python_client(into / "openapi.json", into=into / "python")


def python_client(document: Path, *, into: Path) -> None:
    command = [sys.executable, "-c", GENERATE, "generate", "--path", str(document), "--overwrite"]
    command += ["--output-path", str(into), "--config", str(SETTINGS), "--fail-on-warning"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
