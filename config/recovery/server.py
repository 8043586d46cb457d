"""A database as PostgreSQL's own programs are told of it: by their environment, where no password shows."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.sql import SQL, Identifier

VARIABLES: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
PATIENT: Final = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
PRIVATE: Final = 0o077  # the umask of what only its owner may read


class RecoveryError(Exception):
    """Why nothing was put away or brought back, said for whoever runs the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`parameters` are libpq's, of one database."""

    parameters: dict[str, str]

    @classmethod
    def ours(cls) -> "Server":
        """The database of DATABASE_URL."""
        given: dict[str, Any] = connections["default"].get_connection_params()
        return cls(parameters={name: str(given[name]) for name in VARIABLES if given.get(name)})

    @property
    def database(self) -> str:
        return self.parameters["dbname"]

    def connect(self) -> psycopg.Connection:
        """With as much time as a large table takes."""
        connection = psycopg.connect(**self.parameters, autocommit=True)  # type: ignore[arg-type]  # all are text
        connection.execute(PATIENT)
        return connection

    @contextmanager
    def scratch(self) -> Iterator["Server"]:
        """An empty database beside ours, dropped afterwards."""
        name = f"scratch_{uuid4().hex[:12]}"
        with self.connect() as connection:
            try:
                connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
            except psycopg.errors.InsufficientPrivilege as error:
                who = self.parameters.get("user", "The user of DATABASE_URL")
                raise RecoveryError(f"{who} may not create a database to try a restore in.") from error
            try:
                yield replace(self, parameters=self.parameters | {"dbname": name})
            finally:
                connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs. Raises RecoveryError with what it says last."""
        done = _called(program, *arguments, environment=self._environment())
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["it says nothing."])[-1]
            raise RecoveryError(f"{program} failed: {said}")

    def check(self, program: str) -> None:
        """Raises RecoveryError where the program is missing, or older than the server."""
        said = _called(program, "--version", environment=self._environment()).stdout
        found = re.search(r"\) (\d+)", said)
        with self.connect() as connection:
            needed = connection.info.server_version // 10_000
        if not found or int(found.group(1)) < needed:
            raise RecoveryError(
                f"{said.strip() or program} is older than PostgreSQL {needed}, which runs the database. "
                f"PG_BIN must name the folder of the programs of PostgreSQL {needed} or newer."
            )

    def _environment(self) -> dict[str, str]:
        usual = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return usual | {VARIABLES[name]: value for name, value in self.parameters.items()}


def _called(program: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(Path(settings.PG_BIN, program)) if settings.PG_BIN else program, *arguments]
    try:
        return subprocess.run(  # noqa: S603 -- the program is PostgreSQL's, the words are ours
            command, env=environment, capture_output=True, text=True, check=False, umask=PRIVATE
        )
    except OSError as error:
        raise RecoveryError(
            f"{program} cannot be run ({error.strerror}): PG_BIN must name the folder with PostgreSQL's."
        ) from error
