"""`python3 -m deploy.fresh`: writes .env from .env.production.example, with fresh secrets.

It runs before anything is installed, so it uses the standard library only.
"""

import argparse
import re
import secrets
import sys
from pathlib import Path

from local.instance import new_p256_key, write_private

CHECKOUT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"change-me-[a-z]+")
LENGTHS = {"change-me-key": 50}  # bytes; 32 for all others


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m deploy.fresh", description="Writes fresh secrets.")
    parser.add_argument("--to", type=Path, default=CHECKOUT / ".env", help="the file to write")
    parser.add_argument(
        "--force", action="store_true", help="also over a file that is there: its secrets are lost"
    )
    chosen = parser.parse_args(arguments)
    if chosen.to.exists() and not chosen.force:
        print(
            f"{chosen.to} is there already; --force writes it anew, and its secrets are lost.",
            file=sys.stderr,
        )
        return 1
    chosen.to.unlink(missing_ok=True)  # it may have been open to others
    write_private(chosen.to, filled((CHECKOUT / ".env.production.example").read_text()))
    print(f"{chosen.to} has fresh secrets. Now put in your host names and your mail server.")
    return 0


def filled(example: str) -> str:
    """Each different placeholder becomes one secret, wherever it stands."""
    made = {word: fresh(word) for word in set(PLACEHOLDER.findall(example))}
    return PLACEHOLDER.sub(lambda found: made[found[0]], example)


def fresh(placeholder: str) -> str:
    if placeholder == "change-me-vapid":
        return new_p256_key()
    return secrets.token_urlsafe(LENGTHS.get(placeholder, 32))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
