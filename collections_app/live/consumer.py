"""The socket itself: a thin door over the change feed.

Each socket follows the feed from a cursor of its own: it gets each change once, also through a reconnect. It
reads no further than its holder takes what was sent; a slow one waits in its own task and holds up nobody.
"""

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress
from typing import Any, Final, NamedTuple, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from accounts.models import User
from collections_app import metrics
from collections_app.live import asking, subscribing
from collections_app.live.nudging import Nudges
from collections_app.live.subscribing import Subscription, SubscriptionError
from pricing import changes, feed
from pricing.payloads import Json

logger = logging.getLogger(__name__)
LONGEST_MESSAGE: Final = 64 * 1024
MOST_A_MINUTE: Final = 60  # messages of one socket
MOST_SOCKETS: Final = 300  # of one address in one process
LOOK_EVERY: Final = 15.0  # seconds, should a nudge be lost
PAGE: Final = 200  # changes of one message
TAKE_WITHIN: Final = 30.0  # seconds for the holder to take what is sent
TOO_MANY, TOO_LARGE, TOO_SLOW, TOO_FAST, NO_KEY = 4001, 4002, 4003, 4004, 4005

nudges = Nudges()
open_sockets: Counter[str] = Counter()


class Page(NamedTuple):
    changes: list[Json]
    after: feed.Cursor
    has_more: bool


def page_of(wanted: Subscription, *, since: feed.Cursor) -> Page:
    found = feed.page(since, kinds=feed.PRICED, series=subscribing.series(wanted), limit=PAGE)
    return Page(changes.written(found.entries), found.after, found.has_more)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # the package is not typed
    channel_layer_alias = ""  # the feed is in the database; nothing goes from socket to socket

    async def connect(self) -> None:
        self.person: User | None = None
        self.following: asyncio.Task[None] | None = None
        self.address = asking.address(self.scope)
        self.said = 0
        open_sockets[self.address] += 1
        metrics.SOCKETS.inc()
        nudges.join()
        await self.accept()
        try:
            self.person = await asking.person(self.scope)
        except asking.UnknownKeyError as error:
            await self.close(NO_KEY, str(error))
        if open_sockets[self.address] > MOST_SOCKETS:
            await self.close(TOO_MANY, "Too many sockets of one address.")

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 -- channels hands it over
        nudges.leave()
        open_sockets[self.address] -= 1
        metrics.SOCKETS.dec()
        await self._stop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.said += 1
        if self.said == 1:
            asyncio.get_running_loop().call_later(60, self._allow_more)
        if self.said > MOST_A_MINUTE:
            await self.close(TOO_FAST, f"More than {MOST_A_MINUTE} messages a minute.")
        elif bytes_data is not None or len(text_data or "") > LONGEST_MESSAGE:
            await self.close(TOO_LARGE, "Send text of up to 64 kilobytes.")
        else:
            await self._answer(text_data or "")

    def _allow_more(self) -> None:
        self.said = 0

    async def _answer(self, text: str) -> None:
        try:
            said: Any = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        match said:
            case {"type": "subscribe", **wish}:
                await self._subscribe(cast("dict[str, Any]", wish))
            case {"type": "unsubscribe"}:
                await self._stop()
                await self._tell({"type": "unsubscribed"})
            case _:
                await self._refuse(400, "Send {“type”: “subscribe”, …} or {“type”: “unsubscribe”}.")

    async def _subscribe(self, wish: dict[str, Any]) -> None:
        try:
            found = await database_sync_to_async(subscribing.wanted)(wish, by=self.person)
        except SubscriptionError as error:
            await self._refuse(400, str(error))
        except feed.GoneError as error:
            await self._refuse(410, str(error))
        else:
            await self._stop()
            await self._tell({"type": "subscribed", "cursor": str(found.since)})
            self.following = asyncio.create_task(self._follow(found))

    async def _follow(self, wanted: Subscription) -> None:
        since = wanted.since
        while True:
            coming = nudges.coming()
            try:
                since, has_more = await self._pass_on(wanted, since=since)
            except TimeoutError:  # heard once it takes something again; until then this task alone waits
                await self.close(TOO_SLOW, "You took nothing for too long; go on from the last cursor.")
                return
            except feed.GoneError as error:
                await self._refuse(410, str(error))
                return
            except DatabaseError as error:
                logger.warning("A socket waits for the database: %s", error)
                has_more = False
            if not has_more:
                with suppress(TimeoutError):
                    await asyncio.wait_for(coming.wait(), LOOK_EVERY)

    async def _pass_on(self, wanted: Subscription, *, since: feed.Cursor) -> tuple[feed.Cursor, bool]:
        """One page of the feed; the cursor behind it, and whether there is more already."""
        page = await database_sync_to_async(page_of)(wanted, since=since)
        if page.after != since:  # also where nothing of it was wanted: a reconnect need not look there again
            said = {"type": "changes", "cursor": str(page.after), "changes": page.changes}
            await asyncio.wait_for(self._tell(said), TAKE_WITHIN)
        return page.after, page.has_more

    async def _stop(self) -> None:
        if self.following:
            self.following.cancel()
            with suppress(asyncio.CancelledError):
                await self.following
            self.following = None

    async def _refuse(self, status: int, detail: str) -> None:
        await self._tell({"type": "problem", "status": status, "detail": detail})

    async def _tell(self, said: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(said, ensure_ascii=False))
