"""The simulator, bare axum and nginx, each on the first core and on a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import cases
from .http import Client

BENCH = Path(__file__).resolve().parent.parent
SERVER_CORE, LOAD_CORE = "0", "1"
# What a server sets by itself, or what belongs to one connection.
OWN_HEADERS = {"content-length", "date", "connection", "transfer-encoding", "keep-alive"}


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core: str, command: list[str], **options: object) -> subprocess.Popen[bytes]:
    """A process on one core."""
    return subprocess.Popen(["taskset", "-c", core, *command], **options)  # type: ignore[call-overload]


class Servers:
    """All three, ended together."""

    def __init__(self, binary: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="r1mock-bench-"))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.references: list[subprocess.Popen[bytes]] = []
        self.simulator = self._simulator(binary)
        self.addresses: dict[str, str] = {}

    def _simulator(self, binary: str) -> str:
        ready = self.directory / "ready.json"
        with (self.directory / "server.log").open("wb") as log:
            command = [binary, "--listen", "127.0.0.1:0", "--ready-file", str(ready)]
            process = pinned(SERVER_CORE, command, stdout=subprocess.DEVNULL, stderr=log)
        self.processes.append(process)
        until = time.monotonic() + 10
        while not ready.exists() or not ready.read_text():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.directory / "server.log").read_text())
            time.sleep(0.01)
        self.pid = int(json.loads(ready.read_text())["pid"])
        return str(json.loads(ready.read_text())["address"])

    def resident(self) -> int:
        """Resident memory of the simulator in KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def cpu_seconds(self, name: str) -> float:
        """Processor time that a server has used so far."""
        processes = {"r1mock": [self.pid]} | {
            name: [process.pid, *children(process.pid)]
            for name, process in zip(("axum", "nginx"), self.references, strict=False)
        }
        ticks = 0
        for pid in processes[name]:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def prepare(self, case: cases.Case) -> list[str]:
        """Sets up the simulator for a case: the base paths of its sandboxes."""
        client = Client(self.simulator)
        for sandbox in client.control("GET", "/_mock/sandboxes"):  # type: ignore[attr-defined]
            client.control("DELETE", f"/_mock/sandboxes/{sandbox['name']}")
        client.control("DELETE", "/_mock/requests")
        settings = {"auth": case.auth, "clock": {"now": cases.CLOCK, "frozen": True}}
        if case.reach == "root":
            client.control("PATCH", "/_mock/settings", {"auth": case.auth})
            client.control("POST", f"/_mock/scenarios/{case.scenario}/load")
            client.control("PUT", "/_mock/clock", {"now": cases.CLOCK, "frozen": True})
            client.control("POST", f"/_mock/scenarios/{case.scenario}/load")
            bases = [""]
        else:
            names = [f"bench-{n}" for n in range(case.sandboxes)]
            for name in names:
                made = {"name": name, "scenario": case.scenario, "settings": settings}
                client.control("POST", "/_mock/sandboxes", made)
            bases = [f"/sandboxes/{name}" for name in names]
        for base in bases:
            for method, path, body in case.prepare:
                client.control(method, f"{base}/_mock{path}", body)
        return bases

    def token(self, base: str, tenant: str) -> str:
        """An access token."""
        form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        status, _, body = Client(self.simulator).send("POST", f"{base}/oauth2/token/{tenant}", form, headers)
        if status != 200:
            raise RuntimeError(f"no token: {status} {body!r}")
        return str(json.loads(body)["access_token"])

    def record(self, requests: list[tuple[cases.Request, str, dict[str, str]]]) -> None:
        """Lets the references answer what the simulator answers to these requests, given with path and headers."""
        client = Client(self.simulator)
        answers, seen = [], set()
        for request, path, headers in requests:
            # The references know sandboxes by one path only; a path is a string like any other to them.
            if (request.method, path) in seen:
                continue
            seen.add((request.method, path))
            status, received, body = client.send(request.method, path, request.body, headers)
            if status >= 300:
                raise RuntimeError(f"{request.method} {path}: {status} {body[:500]!r}")
            name = f"answer-{len(answers)}"
            (self.directory / name).write_bytes(body)
            kept = [(key.lower(), value) for key, value in received if key.lower() not in OWN_HEADERS]
            answers.append({"method": request.method, "path": path, "status": status, "headers": kept, "body": name})
            if len(answers) == 16:
                break
        self._stop(self.references)
        self.addresses = {"r1mock": self.simulator, "axum": self._axum(answers), "nginx": self._nginx(answers)}

    def _axum(self, answers: list[dict[str, object]]) -> str:
        address = f"127.0.0.1:{free_port()}"
        (self.directory / "answers.json").write_text(json.dumps(answers))
        binary = str(BENCH / "bare-axum/target/release/bare-axum")
        self.references.append(pinned(SERVER_CORE, [binary, address, str(self.directory / "answers.json")]))
        return self._up(address)

    def _nginx(self, answers: list[dict[str, object]]) -> str:
        address = f"127.0.0.1:{free_port()}"
        places = []
        for answer in answers:
            headers = "\n".join(
                f'    add_header {key} "{escaped(value)}" always;'
                if key != "content-type"
                else f"    default_type {value};"
                for key, value in answer["headers"]  # type: ignore[attr-defined]
            )
            # nginx gives files to GET only; a POST gets the same file with status 200.
            places.append(
                f"  location = {answer['path']} {{\n{headers}\n    error_page 405 =200 /{answer['body']};\n"
                f"    alias {self.directory}/{answer['body']};\n  }}\n"
                f"  location = /{answer['body']} {{\n{headers}\n    root {self.directory};\n  }}"
            )
        config = self.directory / "nginx.conf"
        newline = "\n"
        config.write_text(
            f"""daemon off; worker_processes 1; pid {self.directory}/nginx.pid; error_log {self.directory}/nginx.log;
user root;
events {{ worker_connections 1024; }}
http {{
  access_log off; etag off; server_tokens off; sendfile on; tcp_nopush on; open_file_cache max=100;
  keepalive_requests 100000000; types {{}}
  server {{ listen {address};
{newline.join(places)}
  }}
}}
"""
        )
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-e", f"{self.directory}/nginx.log", "-c", str(config)]
        self.references.append(pinned(SERVER_CORE, command))
        return self._up(address)

    def _up(self, address: str) -> str:
        host, port = address.split(":")
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return address
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @staticmethod
    def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        processes.clear()

    def stop(self) -> None:
        """Ends all servers and removes their files."""
        self._stop(self.references)
        self._stop(self.processes)
        shutil.rmtree(self.directory, ignore_errors=True)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def escaped(value: str) -> str:
    """Text inside quotation marks in a configuration of nginx."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "")
