"""Signing in to a server that others can reach: who comes in, what strangers see, and whose conversations are whose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from qa.answer import Answer
from qa.assistant import Assistant
from qa.history.models import Turn
from qa.history.store import Store
from qa.settings import Settings
from tests.ui.web.conftest import PASSWORDS
from tests.ui.web.visiting import Visitor
from ui.web import Server, serve
from ui.web.auth.accounts import Accounts
from ui.web.auth.attempts import Attempts
from ui.web.auth.sign_in import entrance, inside

Visit = Callable[[Server], Visitor]


def paths(routes: list[Any]) -> Iterator[str]:
    """Every path that is served, with something in place of what varies."""
    for route in routes:
        if isinstance(route, Route):
            yield route.path_format.replace("{", "").replace("}", "").replace(":path", "")
        elif (inner := getattr(route, "original_router", getattr(route, "app", None))) is not None:
            yield from paths(inner.routes)


def test_a_stranger_gets_nothing_of_what_is_served(for_others: Server, visitor: Visit) -> None:
    client = visitor(for_others).client
    served = set(paths(for_others.app.routes)) - {"/sign-in", "/sign-out"}
    assert {"/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/cancel", "/config", "/library"} <= served
    assert any(path.startswith("/gradio_api/file=") for path in served)
    for path in sorted(served):
        for method in ("GET", "POST", "HEAD", "PUT"):
            answer = client.request(method, path)
            assert answer.status_code in (401, 404), f"{method} {path}"
            if method != "HEAD":
                assert answer.json() == {"detail": "Sign in first."} if answer.status_code == 401 else answer.text
    assert client.get("/assets/anything.js").status_code == 401


def test_a_page_leads_to_the_sign_in_page_and_from_there_to_the_page(for_others: Server, visitor: Visit) -> None:
    guest = visitor(for_others)
    sent = guest.client.get("/papers?ids=2009.14376,2010.00001", headers={"accept": "text/html"})
    assert sent.status_code == 303
    form = guest.client.get(sent.headers["location"])
    assert form.status_code == 200
    assert 'value="/papers?ids&#61;2009.14376,2010.00001"' in form.text
    assert "<script" not in form.text
    entered = guest.sign_in("Ana", PASSWORDS["ana"], "/papers?ids=2009.14376,2010.00001")
    assert (entered.status_code, entered.headers["location"]) == (303, "/papers?ids=2009.14376,2010.00001")
    assert guest.client.get("/papers").status_code == 200
    assert guest.client.get("/config").json()["username"] == "ana"
    assert guest.client.get("/sign-in").headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(for_others: Server, visitor: Visit) -> None:
    cookie = visitor(for_others).sign_in("ana", PASSWORDS["ana"]).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    secured = visitor(for_others)
    secured.client.headers["x-forwarded-proto"] = "https"
    assert "secure" in secured.sign_in("ana", PASSWORDS["ana"]).headers["set-cookie"].lower()


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(for_others: Server, visitor: Visit) -> None:
    answers = [visitor(for_others).sign_in(name, "not the password") for name in ("ben", "b<script>en")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("The name or the password is wrong." in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert "<script" not in answers[1].text


def test_who_guesses_has_to_wait_and_others_need_not(for_others: Server, visitor: Visit) -> None:
    guest = visitor(for_others)
    guest.client.headers["x-forwarded-for"] = "203.0.113.7"
    for _ in range(5):
        assert guest.sign_in("ben", "not the password").status_code == 401
    refused = guest.sign_in("ben", PASSWORDS["ben"])
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert "Too many attempts failed. Try again in" in refused.text
    elsewhere = visitor(for_others)
    elsewhere.client.headers["x-forwarded-for"] = "203.0.113.8"
    assert elsewhere.sign_in("ben", PASSWORDS["ben"]).status_code == 303


def test_an_address_that_tries_name_after_name_has_to_wait_too() -> None:
    attempts = Attempts()
    for number in range(30):
        assert attempts.wait("2001:db8::1", f"name{number}") == 0
        attempts.failed("2001:db8::1")
    assert attempts.wait("2001:db8::2", "ana") == 15  # the same customer's network
    assert attempts.wait("2001:db8:1::2", "ana") == 0


def test_attempts_before_the_right_one_are_forgiven() -> None:
    attempts = Attempts()
    for _ in range(3):
        for _ in range(4):
            assert attempts.wait("192.0.2.1", "ana") == 0
        attempts.succeeded("192.0.2.1", "ana")


@pytest.mark.parametrize("cookie", ["", "x", "eyJ1c2VyIjogImFuYSJ9.aaaa.bbbb", "a" * 5000])
def test_a_cookie_of_ones_own_making_opens_nothing(for_others: Server, visitor: Visit, cookie: str) -> None:
    guest = visitor(for_others)
    guest.client.headers["cookie"] = f"arxivqa={cookie}"
    assert guest.client.get("/config").status_code == 401


def test_signing_out_ends_the_session_and_another_site_cannot_do_it(for_others: Server, visitor: Visit) -> None:
    guest = visitor(for_others)
    guest.sign_in("ana", PASSWORDS["ana"])
    assert "ana" in guest.client.get("/sign-out").text  # a link alone signs nobody out
    assert guest.client.get("/config").status_code == 200
    # A browser sends no cookie along with another site's form.
    stranger = httpx.post(f"{for_others.url}sign-out", headers={"origin": "https://example.org"})
    assert "set-cookie" not in stranger.headers
    elsewhere, copied, other = visitor(for_others), visitor(for_others), visitor(for_others)
    elsewhere.sign_in("ana", PASSWORDS["ana"])
    other.sign_in("ben", PASSWORDS["ben"])
    copied.client.cookies.update(guest.client.cookies)
    assert copied.client.get("/config").json()["username"] == "ana"
    assert guest.client.post("/sign-out").headers["location"] == "/sign-in"
    assert not guest.client.cookies
    assert guest.client.get("/config").status_code == 401
    # A copy of the cookie opens nothing any more, and neither do the user's other browsers.
    assert copied.client.get("/config").status_code == 401
    assert elsewhere.client.get("/config").status_code == 401
    assert other.client.get("/config").json()["username"] == "ben"
    assert guest.sign_in("ana", PASSWORDS["ana"]).status_code == 303
    assert guest.client.get("/config").json()["username"] == "ana"


def test_another_site_cannot_sign_anyone_in(for_others: Server, visitor: Visit) -> None:
    guest = visitor(for_others)
    guest.client.headers["origin"] = "https://example.org"
    assert guest.sign_in("ana", PASSWORDS["ana"]).status_code == 403
    assert not guest.client.cookies


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "javascript:alert(1)",
        "/\t/example.org",
        "papers",
        "",
        "/sign-out",
        "/\n/example.org",
    ],
)
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert inside(address) == "/"
    assert entrance(address) == "/sign-in"


def test_a_form_that_is_no_sign_in_form_is_refused_in_peace(for_others: Server, visitor: Visit) -> None:
    client = visitor(for_others).client
    assert client.post("/sign-in", data={"name": "x" * 20_000, "password": "y"}).status_code == 400
    assert client.post("/sign-in", files={"name": ("name", b"ana")}).status_code == 400
    assert client.post("/sign-in", content=b"\xff\xfe", headers={"content-type": "text/plain"}).status_code == 401


def test_a_new_password_or_a_removal_ends_sessions_and_a_restart_does_not(
    assistant: Assistant, settings: Settings, visitor: Visit
) -> None:
    accounts = Accounts(settings.users)
    accounts.put("eva", "the first password")
    with serve(assistant, host="0.0.0.0", port=0, settings=settings) as server:
        guest = visitor(server)
        guest.sign_in("eva", "the first password")
        session = dict(guest.client.cookies)
    with serve(assistant, host="0.0.0.0", port=0, settings=settings) as server:
        again = visitor(server).client
        again.cookies.update(session)
        assert again.get("/config").json()["username"] == "eva"
        accounts.put("eva", "the second password")
        assert again.get("/config").status_code == 401
        guest = visitor(server)
        assert guest.sign_in("eva", "the second password").status_code == 303
        accounts.remove("eva")
        assert guest.client.get("/config").status_code == 401


def test_one_user_cannot_read_anothers_conversation(for_others: Server, settings: Settings, visitor: Visit) -> None:
    store = Store(settings.conversations)
    conversation = store.create("ana", "Of Ana alone")
    store.append("ana", conversation, Turn("What only Ana asked", answer=Answer("What only Ana asked")))
    store.close()
    seen = {}
    for name, password in PASSWORDS.items():
        guest = visitor(for_others)
        guest.client.headers["x-forwarded-for"] = f"198.51.100.{len(name + password)}"
        guest.sign_in(name, password)
        arrived = guest.call("arrive", [], f"?c={conversation}")
        assert arrived["success"]
        seen[name] = json.dumps(arrived)
    assert "What only Ana asked" in seen["ana"]
    assert "only Ana asked" not in seen["ben"]
    assert "cannot be opened" in seen["ben"]
