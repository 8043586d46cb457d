import pickle
import socket
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import pytest
from pytest_django import Settings

from integrations import outward
from integrations.errors import MarketError
from integrations.metrics import OUTWARD
from integrations.outward import OutwardError, Refused, Reply
from integrations.tests.conftest import wait_until_no_call_is_left
from integrations.tests.internet import BODY, FIRST, HOOK, LOOPBACK, PATH, SECOND, Internet, failure_of
from integrations.tests.marketplace import Marketplace, Request, Response


def test_a_receiver_gets_exactly_the_message(
    internet: Internet, market: Marketplace, settings: Settings
) -> None:
    reply = internet.post(f"{HOOK}?thread=7", headers={"Content-Type": "application/json", "X-Id": "m1"})
    sent = market.requests[0]
    assert (sent.method, sent.path, sent.query, sent.body) == ("POST", PATH, {"thread": "7"}, BODY)
    assert sent.headers == {
        "Host": "hook.example",
        "Accept-Encoding": "identity",
        "Content-Length": "19",
        "Content-Type": "application/json",
        "X-Id": "m1",
        "User-Agent": settings.HTTP_USER_AGENT,
    }
    assert reply == Reply(status=200, headers=reply.headers, body=b"ok", seconds=reply.seconds)
    assert reply.headers["content-type"] == "text/json"
    assert 0 < reply.seconds < 5
    assert (internet.asked, internet.dialled) == (["hook.example"], [(FIRST, 80)])


def test_our_own_user_agent_goes_out(internet: Internet, market: Marketplace, settings: Settings) -> None:
    settings.HTTP_USER_AGENT = "TCGPriceTracker/9.9"
    internet.post(HOOK, headers={"User-Agent": "python-requests"})
    assert market.requests[0].headers["User-Agent"] == "TCGPriceTracker/9.9"


def test_another_port_is_part_of_the_host_header(internet: Internet, market: Marketplace) -> None:
    internet.post("http://hook.example:8080/T0/secret#top")
    assert (market.requests[0].headers["Host"], market.requests[0].path) == ("hook.example:8080", PATH)
    assert internet.dialled == [(FIRST, 8080)]


@pytest.mark.parametrize("status", [201, 204, 304, 400, 404, 410, 429, 500, 503])
def test_every_status_is_a_reply_and_is_asked_for_once(
    internet: Internet, market: Marketplace, status: int
) -> None:
    market.routes[PATH] = lambda _: Response(status=status, headers={"Retry-After": "7"})
    reply = internet.post(HOOK)
    assert (reply.status, reply.headers["Retry-After"], market.hits[PATH]) == (status, "7", 1)


def test_a_method_can_be_chosen(internet: Internet, market: Marketplace) -> None:
    outward.post(HOOK, body=b"", headers={}, method="GET", resolve=internet.resolve, dial=internet.dial)
    assert market.requests[0].method == "GET"


def test_a_name_that_is_rebound_is_called_where_it_was_judged(
    internet: Internet, market: Marketplace, inside: Marketplace
) -> None:
    internet.names["hook.example"] = [[FIRST], [LOOPBACK]]
    assert internet.post(HOOK).body == b"ok"
    assert (internet.asked, internet.dialled) == (["hook.example"], [(FIRST, 80)])
    assert failure_of(lambda: internet.post(HOOK)).permanent is True
    assert (market.hits.total(), inside.hits.total()) == (1, 0)


@pytest.mark.parametrize(
    "addresses",
    [
        [LOOPBACK],
        [FIRST, LOOPBACK],
        [LOOPBACK, FIRST],
        [SECOND, "::1"],
        [FIRST, "::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["169.254.169.254"],
        ["100.64.0.1", FIRST],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_with_one_address_inside_is_refused_as_a_whole(
    internet: Internet, inside: Marketplace, addresses: list[str]
) -> None:
    internet.names["hook.example"] = [addresses]
    error = failure_of(lambda: internet.post(HOOK))
    assert isinstance(error, Refused)
    assert str(error) == "hook.example leads to an address that is not on the public internet."
    assert (inside.hits.total(), internet.dialled) == (0, [])


def test_addresses_are_tried_in_order_until_one_answers(internet: Internet, market: Marketplace) -> None:
    internet.names["hook.example"] = [[SECOND, FIRST, "1.1.1.1"]]
    assert internet.post(HOOK).status == 200
    assert internet.dialled == [(SECOND, 80), (FIRST, 80)]


def test_when_nobody_listens_it_may_be_tried_again(internet: Internet) -> None:
    internet.names["hook.example"] = [["1.1.1.1", SECOND]]
    error = failure_of(lambda: internet.post(HOOK))
    assert str(error) == "The connection to hook.example failed (ConnectionRefusedError)."
    assert (error.permanent, error.outcome) == (False, "connection")
    assert internet.dialled == [("1.1.1.1", 80), (SECOND, 80)]


def test_addresses_that_never_answer_share_the_time() -> None:
    shares = []

    def dial(address: str, port: int, timeout: float) -> socket.socket:
        shares.append((address, timeout))
        raise TimeoutError

    def post() -> Reply:
        return outward.post(HOOK, body=BODY, headers={}, resolve=lambda *_: [FIRST, SECOND], dial=dial)

    assert failure_of(post).outcome == "timeout"
    assert shares == [(FIRST, 5.0), (SECOND, 5.0)]


def test_a_name_that_nobody_knows_may_be_tried_again(internet: Internet) -> None:
    error = failure_of(lambda: internet.post("https://gone.example/secret"))
    assert str(error) == "No address of gone.example can be found."
    assert (error.permanent, error.outcome, internet.dialled) == (False, "unresolved", [])


@pytest.mark.parametrize("kind", ["reset", "hang-up", "garbage"])
def test_a_connection_that_breaks_may_be_tried_again(
    internet: Internet, market: Marketplace, kind: str
) -> None:
    if kind == "reset":
        market.misbehave(PATH, "reset")
        error = failure_of(lambda: internet.post(HOOK))
    else:
        said = b"" if kind == "hang-up" else b"\x93\xfe\x00 garbage\r\n\r\n"
        error = failure_of(lambda: _post_to_one_who_says(said, internet))
    assert (error.permanent, error.outcome) == (False, "connection")
    assert str(error).startswith("The connection to hook.example failed (")


def test_headers_that_nobody_can_read_put_no_secret_into_the_log(
    internet: Internet, caplog: pytest.LogCaptureFixture
) -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon here\r\n\r\nok"
    _post_to_one_who_says(said, internet)
    assert "secret" not in caplog.text


def _post_to_one_who_says(said: bytes, internet: Internet) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        internet.servers[FIRST] = server.getsockname()[1]

        def answer() -> None:
            server.settimeout(30)
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            internet.post(HOOK)
        finally:
            thread.join(60)


@pytest.mark.parametrize("kind", ["hang", "drip", "drip-headers"])
def test_a_receiver_that_is_slow_on_purpose_holds_nobody(
    internet: Internet, market: Marketplace, kind: str
) -> None:
    market.misbehave(PATH, kind)
    started = time.monotonic()
    error = failure_of(lambda: internet.post(HOOK, deadline=0.4, max_bytes=100_000))
    assert 0.35 < time.monotonic() - started < 20
    assert str(error) == "hook.example gave no complete answer within 0.4 s."
    assert (error.permanent, error.outcome) == (False, "timeout")
    wait_until_no_call_is_left()


def test_the_deadline_holds_over_all_redirects(internet: Internet, market: Marketplace) -> None:
    def send_on_slowly(_: Request) -> Response:
        market.linger(0.2)
        return Response(status=307, headers={"Location": PATH})

    market.routes[PATH] = send_on_slowly
    assert failure_of(lambda: internet.post(HOOK, deadline=0.5)).outcome == "timeout"
    wait_until_no_call_is_left()
    assert market.hits[PATH] <= 3


def test_the_deadline_holds_during_the_handshake(internet: Internet) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        internet.servers[FIRST] = silent.getsockname()[1]
        error = failure_of(lambda: internet.post("https://hook.example/", deadline=0.3))
        wait_until_no_call_is_left()
    assert error.outcome == "timeout"


def test_a_name_service_that_answers_too_late_makes_nothing_go_out(
    internet: Internet, market: Marketplace
) -> None:
    answered = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        answered.wait(10)
        return [FIRST]

    def post() -> Reply:
        return outward.post(HOOK, body=BODY, headers={}, deadline=0.2, resolve=resolve, dial=internet.dial)

    assert failure_of(post).outcome == "timeout"
    answered.set()
    wait_until_no_call_is_left()
    assert market.hits.total() == 0


def test_a_long_answer_is_cut(internet: Internet, market: Marketplace) -> None:
    market.misbehave(PATH, "huge")
    reply = internet.post(HOOK, max_bytes=1000)
    assert (reply.status, len(reply.body), market.hits[PATH]) == (200, 1000, 1)


def test_an_answer_is_never_unpacked(internet: Internet, market: Marketplace) -> None:
    market.misbehave(PATH, "bomb")
    assert internet.post(HOOK, max_bytes=10_000_000).body[:2] == b"\x1f\x8b"


def test_what_came_before_a_body_broke_off_is_a_reply(internet: Internet, market: Marketplace) -> None:
    market.misbehave(PATH, "truncate")
    assert internet.post(HOOK).body == b'{"success": tr'


def test_proxies_passwords_and_cookies_of_the_machine_stay_out(
    internet: Internet,
    market: Marketplace,
    inside: Marketplace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login alice password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, inside.url)
    market.routes[PATH] = lambda _: Response(
        status=307, headers={"Location": "/second", "Set-Cookie": "a=b; Path=/"}
    )
    market.files["/second"] = b"ok"
    assert internet.post(HOOK).body == b"ok"
    assert not {"Authorization", "Cookie"} & (market.requests[0].headers.keys() | market.requests[1].headers)
    assert inside.hits.total() == 0


def test_the_operator_may_open_a_network_to_the_real_network_calls(
    market: Marketplace, settings: Settings
) -> None:
    assert isinstance(failure_of(lambda: outward.post(market.url, body=BODY, headers={})), Refused)
    settings.ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    market.files["/"] = b"home"
    assert outward.post(market.url, body=BODY, headers={}).body == b"home"
    assert market.hits == {"/": 1}


def test_a_look_up_gives_each_address_once() -> None:
    assert outward.look_up(LOOPBACK, 80) == [LOOPBACK]


@pytest.mark.parametrize(
    "headers", [{"X-Title": "a\r\nHost: 127.0.0.1"}, {"X-Title": "Pokémon ⚡"}, {"": "x"}]
)
def test_a_header_that_cannot_be_sent_is_refused(
    internet: Internet, market: Marketplace, headers: dict[str, str]
) -> None:
    assert isinstance(failure_of(lambda: internet.post(HOOK, headers=headers)), Refused)
    assert market.hits.total() == 0


def test_calls_are_counted_by_outcome(internet: Internet) -> None:
    def counts() -> list[float]:
        outcomes = ("answered", "refused", "connection")
        return [OUTWARD.labels(outcome=outcome)._value.get() for outcome in outcomes]

    before = counts()
    internet.post(HOOK)
    failure_of(lambda: internet.post("http://127.0.0.1/"))
    internet.servers.clear()
    failure_of(lambda: internet.post(HOOK))
    assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 1, 1]


@pytest.mark.parametrize(
    "error", [Refused("No."), OutwardError("Later.", permanent=False, outcome="timeout")]
)
def test_an_error_survives_the_way_between_processes(error: OutwardError) -> None:
    revived = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert isinstance(revived, MarketError)
    assert (type(revived), str(revived), vars(revived)) == (type(error), str(error), vars(error))
