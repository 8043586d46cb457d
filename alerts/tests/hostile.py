"""Names that try to break out of a message: as text, markup, header or a disguise."""

NAMES = (
    "Pikachu\r\nBcc: victim@example.org",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "**bold** _it_ ~~gone~~ `code` ||spoiler|| [click](https://evil.example) # > @everyone",
    "<!channel> <@U123> <https://evil.example|click> & co",
    "Charizard 🔥🐉 👨‍👩‍👧‍👦",
    "\u202egnp.exe\u2066 \u200bzero\u00adwidth",
    "שלום עולם 4/102",
    "line\u2028separator\u2029paragraph\x00\x07\x1b[31m".replace("\x00", ""),
    "{{ settings.SECRET_KEY }} {% now 'Y' %} %s {0}",
    "=?utf-8?q?encoded?=",
    "x" * 250,
    "🔥" * 250,
    "é" * 250,
    "",
)
