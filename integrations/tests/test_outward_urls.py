from ipaddress import ip_network

import pytest
from pytest_django import Settings

from integrations import outward
from integrations.outward import Refused, check_url
from integrations.tests.internet import FIRST, SECOND, Internet, failure_of
from integrations.tests.marketplace import Marketplace

REFUSED = [
    # loopback in each way to write it
    "http://127.0.0.1/",
    "http://127.0.0.1:8000/secret",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0X7F000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://127。0。0。1/",
    "http://127\uff0e0\uff0e0\uff0e1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://l%6fcalhost/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://loca\u017fhost/",
    "http://local\u00adhost.example/",
    "http://db.localhost/",
    "http://localhost.localdomain/",
    # other addresses that are not public
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://012.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://192.168.257/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[2606:4700:4700::1111%25eth0]/",
    # what is no address although it looks like one
    "http://1.2.3.4.5/",
    "http://256.256.256.256/",
    "http://4294967296/",
    "http://0x/",
    "http://hook.0x7f/",
    "http://[::ffff:999.0.0.1]/",
    "http://[::1/",
    "http://[::1]x/",
    "http://[v1.fe80]/",
    # names that only a local network knows, or none
    "http://db/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://hook.example./",
    "http://hook..example/",
    "http://.example/",
    "http://-hook.example/",
    "http://*.example/",
    "http://hook%2eexample%2f.example/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 127}example/",
    # what two parsers may read differently
    "http://alice:secret@hook.example/",
    "http://alice@hook.example/",
    "http://:@hook.example/",
    "http://127.0.0.1@hook.example/",
    "http://hook.example@127.0.0.1/",
    "http://hook.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1/",
    "http://127.0.0.1\\.hook.example/",
    "http://hook.example:80@127.0.0.1:80/",
    "http://127.0.0.1:80:80/",
    "http://hook.example:80x/",
    "http://1.1.1.1 &@2.2.2.2# @127.0.0.1/",
    "http:///hook.example/",
    "http:hook.example/",
    "http:/hook.example/",
    "http://?hook.example",
    "http://#hook.example",
    # characters that have no place in an address
    " http://hook.example/",
    "http://hook.example/ ",
    "http://hook.example/a b",
    "http://hook.example/\r\nHost:127.0.0.1",
    "http://hook.example/\x00",
    "http://hook.example/\x7f",
    "http://hook.example\t/",
    "http://hook.example/\u200b",
    "http://hook.example/\u202emoc",
    "http://hook\u3000.example/",
    # schemes and ports
    "",
    "hook.example/",
    "//hook.example/",
    "ftp://hook.example/",
    "file:///etc/passwd",
    "gopher://hook.example:6379/_FLUSHALL",
    "javascript:alert(1)",
    "data:text/plain,secret",
    "httpx://hook.example/",
    "http://hook.example:0/",
    "http://hook.example:22/",
    "http://hook.example:1023/",
    "https://hook.example:25/",
    "http://hook.example:65536/",
    "http://hook.example:-1/",
    f"http://hook.example/{'a' * 1981}",
]

# address: the host, port and target that are called
CALLED = {
    "http://hook.example": ("hook.example", 80, "/"),
    "HTTP://Hook.Example/A": ("hook.example", 80, "/A"),
    "http://hook.example:/": ("hook.example", 80, "/"),
    "http://hook.example:443/": ("hook.example", 443, "/"),
    "http://hook.example:1024/": ("hook.example", 1024, "/"),
    "http://hook.example:65535/": ("hook.example", 65535, "/"),
    "http://hook.example?a=b": ("hook.example", 80, "/?a=b"),
    "http://hook.example/a/../b//c": ("hook.example", 80, "/b//c"),
    "http://hook.example/%2e%2e/a?u=http://127.0.0.1/@x": (
        "hook.example",
        80,
        "/%2E%2E/a?u=http://127.0.0.1/@x",
    ),
    "http://hook.example/#@127.0.0.1/": ("hook.example", 80, "/"),
    "http://hook.example#@127.0.0.1/": ("hook.example", 80, "/"),
    "http://hook.example?@127.0.0.1/": ("hook.example", 80, "/?@127.0.0.1/"),
    "http://hook.example/é?q=é": ("hook.example", 80, "/%C3%A9?q=%C3%A9"),
    "http://my_hook.a-b.example/": ("my_hook.a-b.example", 80, "/"),
    "http://localhost.example/": ("localhost.example", 80, "/"),
    "http://127.0.0.1.example/": ("127.0.0.1.example", 80, "/"),
    "http://bücher.example/": ("xn--bcher-kva.example", 80, "/"),
    "http://BÜCHER.example/": ("xn--bcher-kva.example", 80, "/"),
    "http://カード.example/": ("xn--lck0cth.example", 80, "/"),
    "http://93.184.215.14/": ("93.184.215.14", 80, "/"),
    "http://1572395790/": ("1572395790", 80, "/"),
    "http://[2606:4700:4700::1111]:8080/": ("2606:4700:4700::1111", 8080, "/"),
    f"http://hook.example/{'a' * 1980}": ("hook.example", 80, f"/{'a' * 1980}"),
}


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_never_called_is_refused_in_a_sentence(url: str, internet: Internet) -> None:
    with pytest.raises(Refused, match=r"^[^ ].* .*\.$") as caught:
        check_url(url)
    assert caught.value.permanent is True
    assert failure_of(lambda: internet.post(url)).outcome == "refused"
    assert (internet.asked, internet.dialled) == ([], [])


@pytest.mark.parametrize("url", CALLED)
def test_what_is_judged_is_what_is_called(url: str, internet: Internet, market: Marketplace) -> None:
    host, port, target = CALLED[url]
    internet.names[host] = [[FIRST]]
    check_url(url)
    internet.post(url)
    assert (internet.asked, internet.dialled) == ([host], [(FIRST, port)])
    assert outward._place(url).target == target
    assert market.requests[0].path == target.partition("?")[0]


def test_an_ipv6_host_keeps_its_brackets_in_the_host_header(internet: Internet, market: Marketplace) -> None:
    internet.put(market, at=SECOND, name=SECOND)
    internet.post(f"http://[{SECOND}]:8080/")
    assert market.requests[0].headers["Host"] == f"[{SECOND}]:8080"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/", "10.0.0.1 is not an address of the public internet."),
        ("http://printer.local/", "printer.local is not a name of the public internet."),
        ("http://1.2.3.4.5/", "1.2.3.4.5 is not an address."),
        ("http:///", "The address names no host."),
        ("ftp://hook.example/", "The address must begin with https:// or http://."),
        ("http://a:b@hook.example/", "The address must not contain a user name or password."),
        ("http://hook.example:22/", "Port 22 is not for web addresses; use 80, 443 or one from 1024 on."),
        ("http://hook .example/", "The address contains a space, a backslash or an invisible character."),
        ("http://[::1/", "The address is not a valid URL."),
        ("http://hook.example/" + "a" * 2000, "The address has more than 2000 characters."),
    ],
)
def test_the_reason_says_what_to_change(url: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        check_url(url)
    assert str(caught.value) == reason


def test_the_operator_may_allow_a_network(settings: Settings) -> None:
    settings.ALLOWED_NETWORKS = [ip_network("192.168.1.0/24")]
    check_url("http://192.168.1.20:8123/")
    with pytest.raises(Refused):
        check_url("http://192.168.2.20:8123/")
