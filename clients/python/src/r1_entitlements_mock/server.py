"""A server: found at an address, or started from the binary."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from ._control import Control, instant
from .client import R1Mock
from .errors import R1MockError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Server", "find_binary"]

COMMAND = "r1-entitlements-mock" + (".exe" if sys.platform == "win32" else "")
START_TIMEOUT = 20.0
"""Seconds to wait for a server to be ready; it takes milliseconds on an idle machine."""
PARENT = '"$@" & server=$!; while kill -0 "$0" && kill -0 $server; do sleep 0.5; done 2>/dev/null'
"""A parent for a server that ends when another process ($0) does, or the server itself."""


def find_binary() -> str:
    """Path of the binary: R1MOCK_BIN, else the one that came with this package, else the first on PATH."""
    named = os.environ.get("R1MOCK_BIN")
    if named:
        if not os.path.isfile(named):
            raise R1MockError(f"R1MOCK_BIN is {named!r}, which is not a file")
        return named
    schemes = {"scripts": sysconfig.get_path("scripts"), "user": _user_scripts(), "prefix": _beside_python()}
    for directory in schemes.values():
        if directory and os.path.isfile(os.path.join(directory, COMMAND)):
            return os.path.join(directory, COMMAND)
    found = shutil.which(COMMAND)
    if found:
        return found
    raise R1MockError(
        f"there is no {COMMAND}: neither R1MOCK_BIN nor this package nor PATH has one; "
        "or set R1MOCK_URL to the address of a running server"
    )


def _user_scripts() -> str | None:
    scheme = sysconfig.get_preferred_scheme("user")
    return sysconfig.get_path("scripts", scheme)


def _beside_python() -> str:
    return os.path.dirname(sys.executable)


class Server:
    """A running server, on which sandboxes can be made. A server that this started ends with `stop()` or `with`."""

    def __init__(
        self, url: str, *, control_token: str | None = None, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        token = control_token or os.environ.get("R1MOCK_CONTROL_TOKEN") or None
        self.url = url.rstrip("/")
        """The base address of the server."""
        self.process = process
        """The process that was started, `None` if the server ran already."""
        self._control = Control(self.url, token)
        try:
            health = self._control.call("GET", "/_mock/health")
        except R1MockError as error:
            raise R1MockError(f"no r1-entitlements-mock answers at {self.url}: {error}") from error
        self.version: str = health["version"]
        """The version of the server."""

    @classmethod
    def start(cls, *arguments: str, binary: str | None = None, control_token: str | None = None) -> Self:
        """Start a server on a free port of 127.0.0.1, with arguments such as `"--auth", "required"`."""
        with tempfile.TemporaryDirectory(prefix="r1mock-") as directory:
            process, url = launch(Path(directory), arguments, binary=binary)
        return cls(url, control_token=control_token, process=process)

    def stop(self) -> None:
        """End the server, if this object started it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @property
    def root(self) -> R1Mock:
        """The system at the root of the server, which all its users share."""
        return R1Mock(self._control)

    def sandbox(
        self,
        name: str | None = None,
        *,
        scenario: str | None = None,
        clock: str | datetime | None = None,
        frozen: bool = True,
        **settings: Any,
    ) -> R1Mock:
        """Make a sandbox: a system of its own, of the server's scenario if none is given.

        `clock` sets the time, at which the clock stands still unless `frozen=False`. Other settings are the fields
        of PATCH /_mock/settings, such as `auth="required"`, and `faults=["slow"]`.
        """
        if clock is not None:
            settings["clock"] = {"now": instant(clock), "frozen": frozen}
        made = self._control.call(
            "POST",
            "/_mock/sandboxes",
            {
                "name": name or f"py-{secrets.token_hex(6)}",
                **({"scenario": scenario} if scenario else {}),
                **({"settings": settings} if settings else {}),
            },
        )
        return R1Mock(self._control, made["name"])


def launch(
    directory: Path, arguments: Sequence[str], *, binary: str | None = None, owner: int | None = None
) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server whose ready file and log lie in a directory; returns its process and address once it answers.

    It ends when this process does, even if that is killed; or else when the process `owner` does.
    """
    ready, log = directory / "ready.json", directory / "server.log"
    command = [binary or find_binary(), "--listen", "127.0.0.1:0", "--ready-file", str(ready), *arguments]
    if owner is not None and os.name == "posix":
        command = ["sh", "-c", PARENT, str(owner), *command]
    with log.open("wb") as output:
        process = _spawn(command, output)
    until = time.monotonic() + START_TIMEOUT
    while True:
        address = read_ready_file(ready)
        if address:
            return process, address
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            said = log.read_text(errors="replace").strip()
            raise R1MockError(f"the server did not start: {' '.join(command)}\n{said}")
        time.sleep(0.005)


def _spawn(command: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        # A session of its own: an interrupt from the keyboard reaches the tests, which then stop the server.
        return subprocess.Popen(
            command,
            env={**os.environ, "R1MOCK_DIE_WITH_PARENT": "true"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise R1MockError(f"{command[0]} cannot be run: {error}") from error


def read_ready_file(path: Path) -> str | None:
    """The address in a ready file; `None` while the file is not there or not complete."""
    try:
        address: str = json.loads(path.read_text())["baseUrl"]
    except (OSError, ValueError):
        return None
    return address
