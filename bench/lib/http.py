"""Plain HTTP calls."""

from __future__ import annotations

import http.client
import json


class Client:
    """One connection that is kept open."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of the answer."""
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def control(self, method: str, path: str, body: object = None) -> object:
        """The JSON of an answer that must be a success."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        status, _, answer = self.send(method, path, text, {"content-type": "application/json"})
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:500]!r}")
        return json.loads(answer) if answer else None
