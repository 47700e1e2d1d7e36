"""The pytest plugin: the fixtures `r1mock` and `r1mock_server`, and the marker `r1mock`.

One server serves a whole test run, also under pytest-xdist; each test gets a sandbox of its own on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from .client import R1Mock
from .errors import R1MockError
from .server import START_TIMEOUT, Server, launch, read_ready_file

__all__ = ["pytest_addoption", "pytest_configure", "pytest_unconfigure", "r1mock", "r1mock_server"]

DIRECTORY = pytest.StashKey[Path]()
SETTINGS = (
    "scenario", "clock", "frozen", "auth", "style", "faults", "tenantFromReferer", "refreshDelay", "sunset", "journal",
)  # fmt: skip
SHOWN = 50
"""How many requests a failed test reports at most."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of pytest.ini and pyproject.toml."""
    parser.addini("r1mock_args", "Arguments for the server, such as --fixtures tests/fixtures", "args", [])
    parser.addini("r1mock_scenario", "The scenario of tests whose marker has none", "string", "")
    parser.addini("r1mock_clock", "The time at which clocks stand in tests whose marker has none", "string", "")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "r1mock(scenario, clock, frozen=True, auth, style, faults, ...): the scenario, time and settings of the "
        "sandbox that the fixture r1mock makes",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Name the directory of the whole run, and the process that controls it, to a worker of pytest-xdist."""
    node.workerinput["r1mock_directory"] = str(_directory(node.config))
    node.workerinput["r1mock_owner"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server of the run, in the process that ends last."""
    if hasattr(config, "workerinput") or DIRECTORY not in config.stash:
        return
    directory = config.stash[DIRECTORY]
    with contextlib.suppress(OSError, ValueError):
        _end(json.loads((directory / "ready.json").read_text())["pid"])
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def r1mock_server(request: pytest.FixtureRequest) -> Server:
    """The server of the test run: the one at R1MOCK_URL, or one that is started when the first test asks for it."""
    url = os.environ.get("R1MOCK_URL")
    if url:
        return Server(url)
    # A worker of pytest-xdist may end before the others, so the server belongs to the process that controls them.
    owner: int | None = getattr(request.config, "workerinput", {}).get("r1mock_owner")
    return Server(_shared(_directory(request.config), request.config.getini("r1mock_args"), owner))


@pytest.fixture
def r1mock(request: pytest.FixtureRequest, r1mock_server: Server) -> Iterator[R1Mock]:
    """A simulated system for one test: `r1mock.url` is its address, `@pytest.mark.r1mock(...)` sets it up."""
    with r1mock_server.sandbox(_name(request.node.name), **_settings(request)) as mock:
        yield mock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report the requests of a failed test."""
    report = yield
    mock = getattr(item, "funcargs", {}).get("r1mock")
    if report.when == "call" and report.failed and isinstance(mock, R1Mock):
        with contextlib.suppress(R1MockError):
            report.sections.append((f"Requests to {mock.url}", _listed(mock)))
    return report


def _listed(mock: R1Mock) -> str:
    requests = mock.requests
    lines = [
        f"{row['seq']:>4}  {row['status']}  {row['method']} {row['path']}"
        + (f"?{row['query']}" if row.get("query") else "")
        + ("  (no such operation)" if row["unmatched"] else "")
        for row in requests[-SHOWN:]
    ]
    earlier = len(requests) - len(lines)
    return "\n".join([f"      ({earlier} earlier)"] * (earlier > 0) + lines) or "none"


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    defaults = {key: request.config.getini(f"r1mock_{key}") for key in ("scenario", "clock")}
    settings: dict[str, Any] = {key: value for key, value in defaults.items() if value}
    # From the module's marker to the test's own, so that the nearest one counts.
    for mark in reversed(list(request.node.iter_markers("r1mock"))):
        unknown = ", ".join(sorted(set(mark.kwargs) - set(SETTINGS)))
        if mark.args or unknown:
            raise pytest.UsageError(
                f"@pytest.mark.r1mock takes {', '.join(SETTINGS)} by name, not {unknown or 'positional arguments'}"
            )
        settings.update(mark.kwargs)
    return settings


def _name(test: str) -> str:
    """A sandbox name that shows the test's, for the console; unique by its end."""
    plain = re.sub(r"[^a-z0-9]+", "-", test.lower()).strip("-")[:48].strip("-")
    return f"{plain or 'test'}-{secrets.token_hex(4)}"


def _directory(config: pytest.Config) -> Path:
    """The directory of the run, which the workers of pytest-xdist share."""
    shared = getattr(config, "workerinput", {}).get("r1mock_directory")
    if shared:
        return Path(shared)
    if DIRECTORY not in config.stash:
        config.stash[DIRECTORY] = Path(tempfile.mkdtemp(prefix="r1mock-"))
    return config.stash[DIRECTORY]


def _shared(directory: Path, arguments: list[str], owner: int | None) -> str:
    """The address of the run's server. The process that creates the lock file starts it; the others wait for it."""
    ready, failed = directory / "ready.json", directory / "failed"
    try:
        os.close(os.open(directory / "lock", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return _awaited(ready, failed)
    try:
        return launch(directory, arguments, owner=owner)[1]
    except R1MockError as error:
        failed.write_text(str(error))
        raise


def _awaited(ready: Path, failed: Path) -> str:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until:
        address = read_ready_file(ready)
        if address:
            return address
        if failed.exists():
            raise R1MockError(failed.read_text())
        time.sleep(0.01)
    raise R1MockError("another worker of pytest-xdist started the server, which did not answer in time")


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(OSError):
        for _ in range(500):
            # A child of this process stays in the table until it is waited for; another one just disappears.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
