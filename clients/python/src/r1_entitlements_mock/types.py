"""The shapes of the control API's answers that tests read. The server may send more fields than are named here."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["Clock", "Match", "Moment", "RecordedRequest", "RefreshPolicy", "Tenant"]


class Moment(TypedDict):
    """A time (RFC 3339), and what happens at it by itself."""

    at: str
    what: list[str]


class _Clock(TypedDict):
    now: str
    frozen: bool
    speed: float


class Clock(_Clock, total=False):
    """The state of a clock; `happened` lists what fell due while it was moved forward."""

    next: Moment | None
    happened: list[Moment]


class _RecordedRequest(TypedDict):
    seq: int
    at: str
    method: str
    path: str
    status: int
    unmatched: bool


class RecordedRequest(_RecordedRequest, total=False):
    """An entry of the journal. `unmatched` is set where no operation has this method and path."""

    id: str | None
    query: str | None
    operationId: str | None
    tenant: str | None
    client: str | None
    complete: bool
    faults: list[str]


class Match(TypedDict, total=False):
    """Conditions on a request, all of which must hold.

    `status` is a number or a class such as `"4xx"`; `path` may have `*` in it; `body` has JSON pointers as keys;
    `None` as the value of a header or query parameter means that it must be absent.
    """

    tenant: str | list[str]
    client: str | list[str]
    operation_id: str | list[str]
    status: int | str | list[int | str]
    query: dict[str, str | None]
    headers: dict[str, str | None]
    body: dict[str, Any]
    unmatched: bool


class RefreshPolicy(TypedDict, total=False):
    """How refreshes progress and end."""

    progress: str
    outcome: str
    delay: str
    appearsAfter: str
    whileRunning: str
    polls: int | None
    error: dict[str, str] | None


class Tenant(TypedDict):
    """A tenant of the scenario."""

    id: str
    name: str
    type: str
    default: bool
    hasEntitlementId: bool
    clients: list[str]
