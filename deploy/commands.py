"""`python -m deploy.commands SERVICE`: the command of a container, for a site without containers.

docker-compose.prod.yml says it once; ${NAME:-default} in it takes NAME of the environment, as compose does.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)?\}")


def services(checkout: Path = CHECKOUT) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((checkout / "docker-compose.prod.yml").read_text())["services"]
    return found


def of(service: str, *, env: Mapping[str, str] = os.environ) -> str:
    """A line for the shell. Raises KeyError for a service without a command of ours."""
    written = " ".join(services()[service]["command"].split())
    return VARIABLE.sub(lambda found: env.get(found[1]) or found[2] or "", written)


if __name__ == "__main__":
    print(of(sys.argv[1]))
