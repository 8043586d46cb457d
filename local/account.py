"""The system account that PostgreSQL runs as: ourselves, or nobody when we are root."""

import os
import pwd
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import Refusal


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def popen_options(self) -> dict[str, Any]:
        """What makes subprocess start a program as this account."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}


def database_account() -> Account:
    """PostgreSQL refuses to run as root; nobody exists on every system."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def make_private(folder: Path, *, owner: Account) -> Path:
    """Makes the folder, for its owner only. Raises Refusal when it is someone else's."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()  # never through a symbolic link: its parent is open to everyone
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner.uid}:
        raise Refusal(f"{folder} belongs to someone else: remove it and try again.")
    if found.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder
