"""The explorer draws the document and calls the API, under the site's own policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_an_endpoint_is_read_and_tried(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/api/")
    page.locator("#operations-Catalogue-listGames .opblock-summary-control").click(timeout=60_000)
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status").first).to_contain_text("200")
    assert page.evaluate("window.refused") == []
    assert said == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
