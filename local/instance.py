"""Where one running copy of the site keeps its things, so that two never meet."""

import base64
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local import Refusal
from local.account import Account, database_account
from local.lock import locked

CHECKOUT = Path(__file__).resolve().parent.parent
# Fixed, not TMPDIR: two terminals must find the same sockets. Socket paths end at 107 bytes, so sockets
# cannot lie in the checkout.
SOCKETS = Path("/tmp")  # noqa: S108 - each folder in it is private and its owner is checked
# Where root keeps what the account nobody must reach, as the checkout may lie in a closed folder.
OUTSIDE = Path("/var/tmp")  # noqa: S108 - likewise
UNFINISHED = ".new"

# SEC 2, 2.4.2
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Instance:
    """One running copy: `run-<port>` stays on disk, `test-<pid>` and `bench-<pid>` are thrown away."""

    name: str
    checkout: Path = CHECKOUT

    @property
    def account(self) -> Account:
        return database_account()

    @property
    def folder(self) -> Path:
        return self.checkout / "var" / self.name

    @property
    def sockets(self) -> Path:
        return SOCKETS / f"tcg-{digest(self.checkout)}-{self.name}"

    @property
    def outside(self) -> Path:
        return OUTSIDE / f"tcg-{digest(self.checkout)}"

    @property
    def database(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "postgres" if self.account.is_ours else self.outside / self.name

    @property
    def unfinished_database(self) -> Path:
        """Where that folder is made; a killed initdb leaves half of it."""
        return self.database.with_name(self.database.name + UNFINISHED)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Ours while the instance runs; free again when we die. Raises Refusal when it is running."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with locked(self.folder):
                yield
        except BlockingIOError:
            raise Refusal(f"{self.name} of this checkout is already running.") from None

    @property
    def is_running(self) -> bool:
        try:
            with locked(self.folder):
                return False
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True

    def secret_key(self) -> str:
        return self._kept("secret_key", new=lambda: secrets.token_urlsafe(50))

    def vapid_key(self) -> str:
        """The private key of push to browsers."""
        return self._kept("vapid_key", new=new_p256_key)

    def _kept(self, name: str, *, new: Callable[[], str]) -> str:
        """A secret, made when it is first asked for."""
        path = self.folder / name
        if not path.exists():
            write_private(path, new())
        return path.read_text()

    def remove(self) -> None:
        for folder in (self.database, self.unfinished_database, self.sockets, self.folder):
            shutil.rmtree(folder, ignore_errors=True)


def digest(checkout: Path) -> str:
    return hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


def new_p256_key() -> str:
    """A private key of the curve P-256 in base64url: any number from 1 up to its order (FIPS 186-5, A.2.2).

    Made here with what every Python has, as this runs before anything is installed.
    """
    number = 1 + secrets.randbelow(P256_ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def instances(checkout: Path = CHECKOUT) -> list[Instance]:
    """All that have left something on this machine, running or not."""
    prefix = f"tcg-{digest(checkout)}"
    names = set()
    for kind in ("run", "test", "bench"):
        names |= {path.name for path in (checkout / "var").glob(f"{kind}-*")}
        names |= {path.name.removeprefix(f"{prefix}-") for path in SOCKETS.glob(f"{prefix}-{kind}-*")}
        with suppress(PermissionError):  # root's, when we are not
            names |= {path.name.removesuffix(UNFINISHED) for path in (OUTSIDE / prefix).glob(f"{kind}-*")}
    return [Instance(name, checkout) for name in sorted(names)]


@contextmanager
def throwaway(kind: str, checkout: Path = CHECKOUT) -> Iterator[Instance]:
    """A fresh instance, gone afterwards; those that killed commands left behind go first."""
    instance = Instance(f"{kind}-{os.getpid()}", checkout)
    var = checkout / "var"
    var.mkdir(exist_ok=True)
    with ExitStack() as stack:
        with locked(var, waiting="Waiting for another command that starts"):
            for left in instances(checkout):
                if not left.name.startswith("run-") and not left.is_running:
                    left.remove()
            stack.enter_context(instance.held())
        stack.callback(instance.remove)
        yield instance
