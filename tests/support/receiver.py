"""A program that is called by webhooks, on this machine."""

import ipaddress
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar

from booking.kernel.outside import Limits

Server = TypeVar("Server", bound=ThreadingHTTPServer)
KEY = "k" * 40
"""The installation's, which signs."""
HERE = Limits(also=(ipaddress.ip_network("127.0.0.1/32"),), ports=None, time_s=2.0)


class Heard(NamedTuple):
    """One call as the receiver got it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver(ThreadingHTTPServer):
    """Somebody's program; `answers` are the statuses it gives, by path, else 204."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[Heard] = []
        self.answers: dict[str, int] = {}

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def events(self) -> list[str]:
        """What it was told since the last look."""
        told = [one.said["type"] for one in self.heard]
        self.heard.clear()
        return told


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append(Heard(self.path, headers, body))
        self.send_response(self.server.answers.get(self.path, 204))
        self.send_header("Location", self.server.url("/elsewhere"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        return


def listening() -> AbstractContextManager[Receiver]:
    """A receiver that answers for the length of the block."""
    return serving(Receiver())


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """A server that answers for the length of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
