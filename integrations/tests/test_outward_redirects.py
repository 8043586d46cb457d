import pytest

from integrations.outward import Refused
from integrations.tests.internet import (
    BODY,
    FIRST,
    HOOK,
    LOOPBACK,
    PATH,
    SECOND,
    Internet,
    failure_of,
    send_on,
)
from integrations.tests.marketplace import Marketplace, Response


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_keeps_method_and_body(internet: Internet, market: Marketplace, status: int) -> None:
    send_on(market, "../other?x=1", status=status)
    market.files["/other"] = b"there"
    reply = internet.post(HOOK, headers={"X-Id": "m1"}, private=["Authorization"])
    assert (reply.status, reply.body) == (200, b"there")
    second = market.requests[1]
    assert (second.method, second.body, second.query) == ("POST", BODY, {"x": "1"})
    assert second.headers == market.requests[0].headers
    assert internet.asked == ["hook.example"] * 2


def test_a_redirect_that_would_lose_the_message_is_refused(internet: Internet, market: Marketplace) -> None:
    send_on(market, "/other", status=303)
    error = failure_of(lambda: internet.post(HOOK))
    assert isinstance(error, Refused)
    assert str(error) == "hook.example answers with a redirect that would lose the message (303)."
    assert market.hits.total() == 1


def test_a_redirect_to_nowhere_is_a_reply(internet: Internet, market: Marketplace) -> None:
    market.routes[PATH] = lambda _: Response(status=302)
    assert internet.post(HOOK).status == 302


def test_three_redirects_are_followed_and_no_fourth(internet: Internet, market: Marketplace) -> None:
    for place in range(4):
        send_on(market, f"/{place + 1}", path=f"/{place}")
    market.files["/4"] = b"there"
    assert internet.post("http://hook.example/1").body == b"there"
    error = failure_of(lambda: internet.post("http://hook.example/0"))
    assert (error.permanent, error.outcome) == (True, "refused")
    assert market.hits == {"/0": 1, "/1": 2, "/2": 2, "/3": 2, "/4": 1}


def test_a_loop_of_redirects_ends(internet: Internet, market: Marketplace) -> None:
    send_on(market, HOOK)
    assert str(failure_of(lambda: internet.post(HOOK))) == "hook.example redirects more than 3 times."
    assert market.hits[PATH] == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "//127.0.0.1:8000/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://name-of-127.0.0.1.example/",
        "http://name-of-10.0.0.7.example/",
        "http://alice:x@10.0.0.7/",
        "http://hook.example\\@127.0.0.1/",
        "http://127.0.0.1 @hook.example/",
        "http://[::1/",
        "http://hook.example:22/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_to_where_we_do_not_go_is_refused(
    internet: Internet, market: Marketplace, inside: Marketplace, location: str
) -> None:
    send_on(market, location)
    error = failure_of(lambda: internet.post(HOOK))
    assert isinstance(error, Refused)
    assert (market.hits.total(), inside.hits.total(), internet.dialled) == (1, 0, [(FIRST, 80)])


def test_a_name_that_is_rebound_between_redirects_is_refused(
    internet: Internet, market: Marketplace, inside: Marketplace
) -> None:
    send_on(market, "/other")
    internet.names["hook.example"] = [[FIRST], [LOOPBACK]]
    assert isinstance(failure_of(lambda: internet.post(HOOK)), Refused)
    assert (market.hits.total(), inside.hits.total(), internet.dialled) == (1, 0, [(FIRST, 80)])


@pytest.mark.parametrize(
    ("location", "is_kept"),
    [
        ("/other", True),
        ("http://HOOK.example:80/other", True),
        ("http://hook.example:8080/other", False),
        ("http://else.example/other", False),
    ],
)
def test_private_headers_never_reach_another_host_or_port(
    internet: Internet, market: Marketplace, location: str, *, is_kept: bool
) -> None:
    internet.put(market, at=SECOND, name="else.example")
    send_on(market, location)
    send_on(market, HOOK.replace("T0", "back"), path="/other")
    market.files["/back/secret"] = b"ok"
    internet.post(HOOK, headers={"authorization": "Bearer x", "X-Id": "m1"}, private={"Authorization"})
    assert ["authorization" in sent.headers for sent in market.requests] == [True, is_kept, is_kept]
    assert [sent.headers["X-Id"] for sent in market.requests] == ["m1"] * 3
