"""Pages for what went wrong. That of a broken site must not need the database."""

from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.views import defaults


def test_an_unknown_address_is_a_404_in_the_site_s_frame(client: Client, db: None) -> None:
    response = client.get("/nowhere/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "There is no page at this address." in page
    assert 'href="/games/lorcana/"' in page


def test_a_forbidden_page_is_a_403_in_the_site_s_frame(client: Client, db: None) -> None:
    request = client.get("/methodology/").wsgi_request
    response = defaults.permission_denied(request, PermissionError())
    assert response.status_code == 403
    assert "You are not allowed to see it." in response.content.decode()


def test_a_form_without_its_token_is_explained(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/preferences/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Please send that again" in response.content.decode()


def test_a_broken_request_is_a_400(rf: RequestFactory, db: None) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    response = defaults.bad_request(request, ValueError())
    assert response.status_code == 400
    assert "This request makes no sense to us" in response.content.decode()


def test_a_broken_site_needs_no_database_to_say_so(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
