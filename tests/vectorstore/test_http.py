"""What is known of a server before it is asked, and when it wants to be asked again."""

from __future__ import annotations

import email.utils
import time

import pytest

from vectorstore.http import is_loopback, retry_after, trusted


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.0.1", "[::1]"])
def test_an_address_of_this_machine_is_known(host: str) -> None:
    assert is_loopback(f"http://{host}:8000/v1")


@pytest.mark.parametrize("host", ["localhost.example", "192.168.0.1", "[::2]", "", "127.0.0.1.example"])
def test_an_address_of_another_machine_is_none_of_this_one(host: str) -> None:
    assert not is_loopback(f"http://{host}/")


@pytest.mark.parametrize("form", [{"usegmt": True}, {}])  # with "GMT", and with a zone that is not stated
def test_a_date_to_come_back_at_is_so_many_seconds_away(form: dict[str, bool]) -> None:
    seconds = retry_after(email.utils.formatdate(time.time() + 3000, **form))
    assert seconds is not None
    assert 2900 < seconds <= 3000


@pytest.mark.parametrize("stated", [None, "", "soon", "-5", "Wed, 99 Oct 2015 07:28:00 GMT", "1e3"])
def test_what_states_no_time_is_none(stated: str | None) -> None:
    assert retry_after(stated) is None


def test_whom_to_trust_is_read_once() -> None:
    assert trusted() is trusted()
