"""The server and the worker as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

TOP = Path(__file__).resolve().parents[2]
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
PATIENCE_S = 40


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder, **more):
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return {**kept, "DEMO": "1", "DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **more}


def start(folder, *words, **more):
    return subprocess.Popen(
        [*FLASK, *words],
        cwd=TOP,
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until_ready(port):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return listed.read_text().split() if listed.exists() else []


def wait_for_children(pid, count):
    """So many, once they are there; none where the system does not tell."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := children(pid)) and len(found) != count:
        assert time.monotonic() < deadline, f"{len(found)} processes instead of {count}"
        time.sleep(0.02)
    return found


def worker_of(pid):
    """The worker that a server started; None while there is none."""
    for child in children(pid):
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and b"--with-parent" in command.read_bytes():
            return int(child)
    return None


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_it_serves_with_a_worker_and_leaves_nothing_behind(tmp_path):
    port = free_port()
    server = start(tmp_path, "serve", PORT=str(port))
    try:
        assert wait_until_ready(port) == b"ready\n"
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.read() == b"alive\n"
        started = wait_for_children(server.pid, 3)  # two servers and the worker
    finally:
        server.send_signal(signal.SIGINT)
        said = server.communicate(timeout=PATIENCE_S)[0]
    assert server.returncode == 0
    assert f"http://127.0.0.1:{port}" in said
    assert "producer@blf.example" in said
    assert "Traceback" not in said
    assert not [pid for pid in started if is_alive(pid)]


def test_a_worker_that_dies_is_started_again(tmp_path):
    port = free_port()
    server = start(tmp_path, "serve", PORT=str(port))
    try:
        wait_until_ready(port)
        first = worker_of(server.pid)
        deadline = time.monotonic() + PATIENCE_S
        os.kill(first, signal.SIGKILL)
        while (again := worker_of(server.pid)) in (None, first):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        server.send_signal(signal.SIGINT)
        said = server.communicate(timeout=PATIENCE_S)[0]
    assert server.returncode == 0
    assert "Traceback" not in said
    assert not is_alive(again)


def test_a_taken_port_is_said_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start(tmp_path, "serve", PORT=str(port))
        said = server.communicate(timeout=PATIENCE_S)[0]
    assert server.returncode == 1
    assert f"make run PORT={port + 1}" in said
