"""The load: wrk for throughput, h2load for latency at a given rate."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from pathlib import Path

from .cases import Request
from .servers import LOAD_CORE

CONNECTIONS = 32
Prepared = tuple[Request, str, dict[str, str]]


def throughput(address: str, requests: list[Prepared], seconds: int, directory: Path) -> float:
    """Requests a second over so many seconds. An answer other than a success is an error."""
    script = directory / "wrk.lua"
    script.write_text(lua(requests))
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    done = subprocess.run([*command, f"http://{address}/"], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"wrk at {address}: {done.stdout}{done.stderr}")
    said = done.stdout
    failures = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", said)
    if failures:
        raise RuntimeError(f"{address}: {failures[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]


def lua(requests: list[Prepared]) -> str:
    """A script that sends the requests in turn, each formatted once; a single one without any script at run time."""
    if len(requests) == 1:
        request, path, headers = requests[0]
        lines = [f"wrk.method = {json.dumps(request.method)}", f"wrk.path = {json.dumps(path)}"]
        lines += [f"wrk.headers[{json.dumps(key)}] = {json.dumps(value)}" for key, value in headers.items()]
        lines += [] if request.body is None else [f"wrk.body = {json.dumps(request.body)}"]
        return "\n".join(lines) + "\n"
    made = []
    for request, path, headers in requests:
        fields = ", ".join(f"[{json.dumps(key)}] = {json.dumps(value)}" for key, value in headers.items())
        body = "nil" if request.body is None else json.dumps(request.body)
        made.append(f"wrk.format({json.dumps(request.method)}, {json.dumps(path)}, {{{fields}}}, {body})")
    rows = ",\n    ".join(made)
    return f"""local made, n = {{}}, 0
function init(args)
  made = {{
    {rows}
  }}
end
function request()
  n = n % #made + 1
  return made[n]
end
"""


def latency(address: str, requests: list[Prepared], rate: float, seconds: int, directory: Path) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds at a rate, over all connections, that the server can sustain."""
    request, _, headers = requests[0]
    log, links = directory / "h2load.log", directory / "h2load.urls"
    log.unlink(missing_ok=True)
    links.write_text("".join(f"http://{address}{path}\n" for _, path, _ in requests))
    command = ["taskset", "-c", LOAD_CORE, "h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"-D{seconds}"]
    command += [f"--rps={max(rate / CONNECTIONS, 1):.0f}", f"--log-file={log}", f"--input-file={links}"]
    for key, value in headers.items():
        command += ["-H", f"{key}: {value}"]
    if request.body is not None:
        (directory / "h2load.body").write_text(request.body)
        command += ["-d", str(directory / "h2load.body")]
    subprocess.run(command, check=True, capture_output=True)
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    if any(not 200 <= int(row[1]) < 300 for row in rows):
        raise RuntimeError(f"{address}: an answer that is no success")
    took = [int(row[2]) / 1000 for row in rows]
    return statistics.median(took), statistics.quantiles(took, n=100)[98]
