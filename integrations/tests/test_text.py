import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.text import key, plain


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Lugia VSTAR", "Lugia VSTAR"),
        ("  two \r\n\t lines  ", "two lines"),
        ("[4] Tempest Dive (220)\r\n<br>\r\nDiscard a Stadium.", "[4] Tempest Dive (220) Discard a Stadium."),
        ("<em>(reminder)</em>.", "(reminder)."),
        ("<script>alert(1)</script>Pikachu", "alert(1)Pikachu"),
        ("<scr<script>ipt>Pikachu", "Pikachu"),
        ("&lt;b&gt;Mew&lt;/b&gt; &amp;amp; Co", "Mew & Co"),
        ('Mew <img src=x onerror="alert(1)"', 'Mew img src=x onerror="alert(1)"'),
        ("I <3 Eevee, 2 < 3", "I <3 Eevee, 2 < 3"),
        ("Farfetch\u2019d", "Farfetch\u2019d"),
        ("Flabe\u0301be\u0301", "Flab\u00e9b\u00e9"),
        ("evil\u202ename\u200b \x00\x07", "evilname"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("&#x202e;&#0;hidden", "\ufffdhidden"),
        ("<\x00b>bold", "bold"),
        ("full\u3000width\xa0space", "full width space"),
    ],
)
def test_markup_and_invisible_characters_go_and_the_rest_stays(given_text: str, expected: str) -> None:
    assert plain(given_text, limit=200) == expected


def test_text_is_cut_at_its_limit_without_a_trailing_space() -> None:
    assert plain("Pika chu", limit=5) == "Pika"


def test_escaping_nested_without_end_is_cheap_and_harmless() -> None:
    assert "<" not in plain("&" + "amp;" * 100_000 + "lt;b>", limit=2000)


@given(st.text(alphabet=st.sampled_from("<>/!?ab&;ltgamp#x3c0 \x00\u200b\ud800é\n"), max_size=80))
def test_no_text_comes_out_as_markup(raw: str) -> None:
    cleaned = plain(raw, limit=50)
    assert re.search(r"<[a-z/!?]", cleaned, re.IGNORECASE) is None
    assert len(cleaned) <= 50
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in cleaned)
    assert cleaned == " ".join(cleaned.split())


def test_an_id_is_its_parts_and_an_empty_part_is_none() -> None:
    assert key("IND-EN001", "", "UR") == "IND-EN001|UR"


def test_an_id_that_is_too_long_keeps_its_length_and_its_difference() -> None:
    ids = {key("a" * 100, str(number)) for number in range(100)}
    assert (len(ids), {len(one) for one in ids}) == (100, {80})
    assert key("a" * 80) == "a" * 80
