"""Calls of the control API over HTTP, with the standard library only."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from .errors import R1MockError

TIMEOUT = 30.0
"""Seconds to wait for an answer."""


class Control:
    """One server, as its address; each call uses a connection of its own, so that threads can share this."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        parts = urllib.parse.urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise R1MockError(f"{base_url!r} is not an address such as http://127.0.0.1:8080")
        self.base_url = base_url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host = parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._token = token

    def sandbox(self, name: str) -> Control:
        """The same server, at the path of a sandbox."""
        return Control(f"{self.base_url}/sandboxes/{quoted(name)}", self._token)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
    ) -> tuple[int, bytes]:
        """Status and body of the answer to one request; proxies of the environment are not used."""
        connect = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = connect(self._host, timeout=timeout)
        sent = {"connection": "close", **(headers or {})}
        if self._token:
            sent["x-mock-token"] = self._token
        try:
            connection.request(method, self._prefix + path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise R1MockError(f"{method} {self.base_url}{path}: no answer ({error})") from error
        finally:
            connection.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: tuple[int, ...] = (),
        timeout: float = TIMEOUT,
    ) -> Any:
        """The JSON of the answer, `None` if it is empty. A status of 400 or more is an error unless accepted."""
        data = None if body is None else json.dumps(body).encode()
        status, text = self.send(method, path, data, {"content-type": "application/json"}, timeout)
        try:
            answer = json.loads(text) if text else None
        except ValueError:
            answer = text.decode(errors="replace")
        if status >= 400 and status not in accept:
            problem = answer if isinstance(answer, dict) else {}
            detail = problem.get("detail") or problem.get("message") or answer or "no explanation"
            raise R1MockError(
                f"{method} {path}: {status}: {detail}", status=status, findings=problem.get("findings") or ()
            )
        return answer


def quoted(part: str) -> str:
    """Text as one segment of a path."""
    return urllib.parse.quote(part, safe="")


def duration(value: str | timedelta) -> str:
    """A duration as the control API reads it: `40d`, `PT36H`."""
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():f}S"
    return value


def instant(value: str | datetime) -> str:
    """A time in RFC 3339; a datetime without a time zone is taken as UTC."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return value
