"""The machine a developer runs on: virtual environment, embedded PostgreSQL and Valkey, supervisor.

`make` is the door; nothing here is imported by the product. bootstrap, port and clean (with what they
import) run on the machine's own Python, so they use the standard library only.
"""


class Refusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """One plain sentence for the person at the terminal; the command ends with exit code 1."""
