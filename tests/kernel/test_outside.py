"""Calls to the outside take no longer than they may, whatever the other end does."""

import ipaddress
import socket
from collections.abc import Iterator
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from booking.kernel import outside
from booking.kernel.outside import Call, Limits, OutsideError, called

pytestmark = pytest.mark.one_engine

HOME = Limits(also=(ipaddress.ip_network("127.0.0.0/8"),), ports=None)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """It listens, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_slow_connection_leaves_no_time_for_more(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """What cuts off comes while there is nothing yet to be cut."""
    clock, connect = [0.0], socket.create_connection

    def slowly(*place: object, **more: object) -> socket.socket:
        made = connect(*place, **more)  # type: ignore[arg-type]
        clock[0] = 11.0
        return made

    monkeypatch.setattr(outside, "monotonic", lambda: clock[0])
    monkeypatch.setattr(outside.socket, "create_connection", slowly)
    address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/"
    with (
        pytest.raises(OutsideError, match="too_slow"),
        called(address, Call("GET", {}), HOME, ends_at=10.0),
    ):
        pytest.fail("it was called")
    caller, _ = server.accept()
    with caller:
        assert caller.recv(100) == b"", "nothing was said"


def test_where_no_time_is_left_nobody_is_called(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "monotonic", lambda: 10.0)
    address = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with (
        pytest.raises(OutsideError, match="too_slow"),
        called(address, Call("GET", {}), HOME, ends_at=10.0),
    ):
        pytest.fail("it was called")
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.accept()


def test_a_name_that_leads_elsewhere_once_it_was_checked_leads_to_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the first answer is harmless, the next is a machine of the house."""
    answers = iter(["127.0.0.1"])
    really = socket.getaddrinfo

    def lookup(host: str, *more: Any, **named: Any) -> Any:
        known = next(answers, "127.0.0.2") if host == "planning.example" else host
        return really(known, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    only_the_first = Limits(also=(ipaddress.ip_network("127.0.0.1/32"),), ports=None)
    with (
        socket.create_server(("127.0.0.1", 0)) as checked,
        socket.create_server(("127.0.0.2", checked.getsockname()[1])) as inside,
    ):
        said = Thread(target=answer_one, args=(checked,))
        said.start()
        url = f"http://planning.example:{checked.getsockname()[1]}/a.ics"
        with called(url, Call("GET", {}), only_the_first, ends_at=monotonic() + 4) as answer:
            assert answer.read() == b"harmless"
        said.join()
        assert next(answers, None) is None, "it was looked up"
        inside.setblocking(False)
        with pytest.raises(BlockingIOError):
            inside.accept()


def answer_one(server: socket.socket) -> None:
    """Answer the first caller, who asks for the host by its name."""
    server.settimeout(5)
    caller, _ = server.accept()
    with caller:
        assert b"Host: planning.example:" in caller.recv(1000)
        caller.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nharmless")
