"""What visitors do, for locust: strangers look around, collectors keep their lots, programs ask for prices.

Each does one thing a second. Every request is a line of the journal that LOAD_JOURNAL names; so is every lot
that the site said it had written, which then must be there whatever happens.
"""

import json
import os
import random
import re
import time
import uuid
from itertools import accumulate
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_throughput, events, task

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
JOURNAL = Path(os.environ["LOAD_JOURNAL"]).open("a", buffering=1)  # noqa: SIM115 -- as long as locust runs
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
COOKIE = re.compile(r"csrftoken=\w+")
FIELDS = ("quantity", "condition", "language", "currency", "acquired_on")
TIMEOUT = 20.0  # seconds
TRIES = 60  # of a lot that is to be written
WEIGHTS = {name: list(accumulate(1 / (place + 5) for place in range(len(PLAN[name])))) for name in PLAN}


def note(**said: Any) -> None:
    JOURNAL.write(json.dumps(said) + "\n")


def heard(name: str, response_time: float, exception: Any, start_time: float, **_: Any) -> None:
    note(at=start_time, name=name, ms=response_time, error=str(exception) if exception else "")


events.request.add_listener(heard)  # type: ignore[no-untyped-call]  # locust is typed in part


def one_of(name: str) -> Any:
    """The first are asked for most, as in real life."""
    return random.choices(PLAN[name], cum_weights=WEIGHTS[name])[0]


class Visitor(FastHttpUser):
    abstract = True
    wait_time = constant_throughput(1)
    connection_timeout = network_timeout = TIMEOUT

    def look(self, path: str, *, name: str, **options: Any) -> Any:
        return self.client.get(path, name=name, **options)


class Stranger(Visitor):
    weight = 6

    @task(4)
    def card(self) -> None:
        key, slug = one_of("cards")
        self.look(f"/cards/{key}/{slug}/", name="card page")

    @task(3)
    def card_set(self) -> None:
        game, slug = one_of("sets")
        self.look(f"/games/{game}/{slug}/", name="set page")

    @task(3)
    def search(self) -> None:
        self.look(f"/search/?q={one_of('names').replace(' ', '+')}", name="search")

    @task(2)
    def suggest(self) -> None:
        self.look(f"/search/suggest/?q={one_of('names')[:4].strip()}", name="suggestions")

    @task(1)
    def movers(self) -> None:
        self.look(random.choice(["/", "/movers/", f"/games/{one_of('games')}/"]), name="home and movers")


class Member(Visitor):
    """Somebody with a collection."""

    abstract = True

    def on_start(self) -> None:
        self.me = random.choice(PLAN["people"])


class Collector(Member):
    weight = 2

    def on_start(self) -> None:
        super().on_start()
        self.own = {"Cookie": f"sessionid={self.me['session']}"}

    @task(3)
    def collection(self) -> None:
        self.look(f"/collections/{self.me['collection']}/", name="collection", headers=self.own)

    @task(1)
    def worth(self) -> None:
        self.look(f"/collections/{self.me['collection']}/value/", name="value", headers=self.own)

    @task(2)
    def edit(self) -> None:
        """Opens the form of a lot, and saves it with other notes."""
        address = f"/collections/lots/{random.choice(self.me['lots'])}/edit/"
        form = self.look(address, name="form of a lot", headers=self.own)
        token = TOKEN.search(form.text or "")
        cookie = COOKIE.search(form.headers.get("Set-Cookie", "") if form.headers else "")
        if not (token and cookie):
            return
        cookies = f"{self.own['Cookie']}; {cookie[0]}"
        fields = filled(form.text) | {"csrfmiddlewaretoken": token[1], "notes": "Looked at."}
        headers = {"Cookie": cookies, "Referer": f"{self.host}{address}"}
        with self.client.post(
            address,
            name="edit of a lot",
            data=fields,
            headers=headers,
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code} instead of a redirect")


class Program(Member):
    weight = 2

    def on_start(self) -> None:
        super().on_start()
        self.signed = {"Authorization": f"Bearer {self.me['key']}"}
        self.seen: dict[str, str] = {}

    @task(4)
    def bulk(self) -> None:
        place = random.randrange(0, len(PLAN["printings"]), 100)
        self.ask(f"/api/v1/prices/?ids={','.join(map(str, PLAN['printings'][place : place + 100]))}")

    @task(2)
    def card(self) -> None:
        self.ask(f"/api/v1/cards/{one_of('cards')[0]}/", name="API: card")

    def ask(self, path: str, *, name: str = "API: 100 prices") -> None:
        """With the ETag of the last answer, as a polite program does."""
        known = {"If-None-Match": self.seen[path]} if path in self.seen else {}
        answer = self.look(path, name=name, headers=self.signed | known)
        if answer.headers and (etag := answer.headers.get("ETag")):
            self.seen[path] = etag

    @task(1)
    def add(self) -> None:
        """Adds a lot, again and again under one key until the site says that it is written."""
        tag = str(uuid.uuid4())
        path = f"/api/v1/collections/{self.me['collection']}/lots/"
        body = {"printing_id": random.choice(PLAN["printings"]), "quantity": 1, "notes": tag}
        for _ in range(TRIES):
            headers = self.signed | {"Idempotency-Key": tag}
            answer = self.client.post(path, name="API: lot added", json=body, headers=headers)
            if answer.status_code == 201:
                note(written=tag)
                return
            time.sleep(1)


def filled(form: str) -> dict[str, str]:
    """The fields of a lot's form as the page shows them."""
    return inputs(form) | chosen(form)


def inputs(form: str) -> dict[str, str]:
    found = re.findall(r"<input[^>]*>", form)
    pairs = ((re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found)
    return {name[1]: value[1] for name, value in pairs if name and value and name[1] in FIELDS}


def chosen(form: str) -> dict[str, str]:
    selects = re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL)
    options = ((name, re.search(r'value="([^"]*)"[^>]*selected', inner)) for name, inner in selects)
    return {name: option[1] for name, option in options if option}
