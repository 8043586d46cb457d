"""A real browser for tests: how it is started, and what no page may do in it."""

from importlib.resources import files
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

import conftest
from accounts.models import User

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def opened(browser: Browser, live_server: LiveServer, **options: Any) -> BrowserContext:
    context = browser.new_context(base_url=live_server.url, **options)
    context.add_init_script(WATCH)
    context.set_default_timeout(5_000)
    return context


def signed_in(context: BrowserContext, user: User, live_server: LiveServer) -> None:
    client = conftest.signed_in(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def address(page: Page) -> str:
    return page.evaluate("location.pathname + location.search")  # type: ignore[no-any-return]


def faults(page: Page) -> list[str]:
    """What axe finds, what the policy refused, and a page wider than the window."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES)
    said = [f"{rule['id']}: {rule['nodes'][0]['target']}" for rule in found]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    refused: list[str] = page.evaluate("window.refused")
    return said + refused + (["scrolls sideways"] if wide else [])
