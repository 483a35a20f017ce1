"""Calls to the outside take no longer than they may, whatever the other end does."""

import ipaddress
import socket
from collections.abc import Iterator

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
