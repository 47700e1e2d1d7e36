"""The plugin in test runs of its own, with and without pytest-xdist."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from r1_entitlements_mock import R1MockError, Server, find_binary

SUITE = """
import pytest

@pytest.mark.parametrize("n", range(8))
def test_it(r1mock, r1mock_server, n, record_property):
    assert r1mock.tenants
    with open({log!r}, "a") as log:
        log.write(r1mock_server.url + " " + r1mock.name + chr(10))
"""


def run(directory: Path, suite: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_suite.py").write_text(suite)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("R1MOCK_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=directory,
        env={**kept, "R1MOCK_BIN": find_binary(), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def answers(url: str) -> bool:
    try:
        Server(url)
    except R1MockError:
        return False
    return True


@pytest.mark.parametrize("workers", [(), ("-n", "3")], ids=["one process", "xdist"])
def test_one_server_serves_the_run_and_ends_with_it(tmp_path: Path, workers: tuple[str, ...]) -> None:
    if workers:
        pytest.importorskip("xdist")
    log = tmp_path / "log"
    done = run(tmp_path, SUITE.format(log=str(log)), "-q", *workers)
    assert done.returncode == 0, done.stdout
    used = [line.split() for line in log.read_text().splitlines()]
    assert len(used) == len({name for _, name in used}) == 8
    (url,) = {url for url, _ in used}
    assert not answers(url)


def test_a_server_at_an_address_is_used_and_left_running(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Server.start() as server:
        done = run(tmp_path, SUITE.format(log=str(log)), "-q", R1MOCK_URL=server.url)
        assert done.returncode == 0, done.stdout
        assert {line.split()[0] for line in log.read_text().splitlines()} == {server.url}
        assert server.root.control("GET", "/sandboxes") == []
    assert not answers(server.url)


def test_a_failed_test_reports_its_requests(tmp_path: Path) -> None:
    suite = """
import urllib.request

def test_it(r1mock):
    urllib.request.urlopen(r1mock.url + "/tenants/self?a=b")
    r1mock.verify("GET", "/banners")
"""
    done = run(tmp_path, suite)
    assert done.returncode == 1
    assert "1  200  GET /tenants/self?a=b" in done.stdout
    assert "VerificationError: expected at least 1, but 0 of 1 request matched; nearest is request 1" in done.stdout


def test_the_configuration_gives_defaults_and_arguments(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nr1mock_scenario = grace\nr1mock_clock = 2026-03-10T12:00:00Z\nr1mock_args = --auth required\n"
    )
    suite = """
def test_it(r1mock):
    assert r1mock.clock["now"] == "2026-03-10T12:00:00Z"
    assert r1mock.control("GET", "/scenarios")["current"] == "grace"
    assert r1mock.control("GET", "/settings")["auth"] == "required"
"""
    done = run(tmp_path, suite)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_a_server_that_cannot_start_is_reported(tmp_path: Path, workers: tuple[str, ...]) -> None:
    if workers:
        pytest.importorskip("xdist")
    (tmp_path / "pytest.ini").write_text("[pytest]\nr1mock_args = --scenario defalt\n")
    done = run(tmp_path, "def test_a(r1mock): pass\ndef test_b(r1mock): pass\n", *workers)
    assert done.returncode == 1
    assert 'did you mean "default"' in done.stdout


def test_a_misspelt_marker_is_reported(tmp_path: Path) -> None:
    suite = "import pytest\n@pytest.mark.r1mock(scenaro='grace')\ndef test_it(r1mock): pass\n"
    done = run(tmp_path, suite)
    assert done.returncode != 0
    assert "not scenaro" in done.stdout


def test_an_address_without_a_server_is_reported(tmp_path: Path) -> None:
    done = run(tmp_path, "def test_it(r1mock): pass", R1MOCK_URL="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "no r1-entitlements-mock answers at http://127.0.0.1:9" in done.stdout


def test_the_binary_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("R1MOCK_BIN", "/nonexistent")
    with pytest.raises(R1MockError, match="R1MOCK_BIN"):
        find_binary()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("sent", "workers"),
    [(signal.SIGINT, ()), (signal.SIGKILL, ()), (signal.SIGKILL, ("-n", "2"))],
    ids=["interrupted", "killed", "xdist killed"],
)
def test_a_run_that_is_interrupted_or_killed_leaves_no_server_behind(
    tmp_path: Path, sent: signal.Signals, workers: tuple[str, ...]
) -> None:
    if workers:
        pytest.importorskip("xdist")
    if sent == signal.SIGKILL:
        flags = subprocess.run([find_binary(), "--help"], capture_output=True, text=True, check=True).stdout
        if "--die-with-parent" not in flags:
            pytest.skip("this binary is too old to notice that")
    suite = """
import pathlib, time

def test_it(r1mock_server):
    pathlib.Path("started").write_text(r1mock_server.url)
    pathlib.Path("started").rename("url")
    time.sleep(60)
"""
    (tmp_path / "test_suite.py").write_text(suite)
    environment = {**os.environ, "R1MOCK_BIN": find_binary()}
    environment.pop("R1MOCK_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A shell lets its background jobs ignore interrupts, and they hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    url = tmp_path / "url"
    until = time.monotonic() + 30
    while not url.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(sent)
    process.wait(timeout=30)
    until = time.monotonic() + 10
    while answers(url.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
