"""One simulated system: a sandbox, or the root of a server."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from ._control import TIMEOUT, Control, duration, instant, quoted
from .errors import R1MockError, VerificationError
from .types import Clock, Match, RecordedRequest, RefreshPolicy, Tenant

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .aio import AsyncR1Mock

__all__ = ["Fault", "R1Mock", "Snapshot"]


class R1Mock:
    """A simulated system with its own state, clock, settings, faults and journal.

    `url` is the base address for the client under test. Used as a context manager, a sandbox is deleted at the end.
    """

    def __init__(self, control: Control, name: str | None = None) -> None:
        self.name = name
        """The name of the sandbox, `None` for the root."""
        self._control = control if name is None else control.sandbox(name)
        self._server = control
        self._snapshots = 0

    @property
    def url(self) -> str:
        """The base address of the simulated API."""
        return self._control.base_url

    @property
    def aio(self) -> AsyncR1Mock:
        """The same system for async code."""
        from .aio import AsyncR1Mock

        return AsyncR1Mock(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    def close(self) -> None:
        """Delete the sandbox. The root, and a sandbox that is gone already, are left as they are."""
        if self.name is None:
            return
        try:
            self._server.call("DELETE", f"/_mock/sandboxes/{quoted(self.name)}")
        except R1MockError as error:
            if error.status != 404:
                raise

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call any operation of the control API, such as `control("GET", "/check")`; see `/_mock/openapi.json`."""
        return self._control.call(method, f"/_mock{path}", body)

    # Tenants and tokens

    @property
    def tenants(self) -> list[Tenant]:
        """The tenants of the scenario."""
        return cast("list[Tenant]", self.control("GET", "/tenants"))

    def token(
        self, tenant: str | None = None, *, client_id: str = "r1mock", client_secret: str = "r1mock-secret"
    ) -> str:
        """Get an access token for a tenant, by default the first one that has this API client."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        path = "/oauth2/token" + (f"/{quoted(tenant)}" if tenant else "")
        status, text = self._control.send(
            "POST",
            path,
            urllib.parse.urlencode(form).encode(),
            {"content-type": "application/x-www-form-urlencoded"},
        )
        if status != 200:
            raise R1MockError(f"POST {path}: {status}: {text.decode(errors='replace')}", status=status)
        return cast(str, json.loads(text)["access_token"])

    def end_sessions(self, tenant: str) -> None:
        """Invalidate all tokens of a tenant."""
        self.control("POST", "/sessions/end", {"tenantId": tenant})

    # Time

    @property
    def clock(self) -> Clock:
        """The state of the clock, with the next event in it."""
        return cast(Clock, self.control("GET", "/clock"))

    @property
    def now(self) -> datetime:
        """The time by the clock of this system."""
        return datetime.fromisoformat(self.clock["now"].replace("Z", "+00:00"))

    def advance(self, by: str | timedelta | None = None, *, to: str | datetime | None = None) -> Clock:
        """Move the clock forward, by a duration (`"2d"`, `timedelta(days=2)`) or to a time.

        All that falls due on the way has happened when this returns; `happened` of the answer lists it.
        """
        if (by is None) == (to is None):
            raise TypeError("give either a duration or `to`")
        change = {"by": duration(by)} if by is not None else {"to": instant(cast("str | datetime", to))}
        return cast(Clock, self.control("POST", "/clock/advance", change))

    def advance_to_next_event(self) -> Clock:
        """Move the clock forward to the next time at which something happens by itself."""
        return cast(Clock, self.control("POST", "/clock/next"))

    def freeze(self, at: str | datetime | None = None) -> Clock:
        """Stop the clock, at the given time or at its present one."""
        return cast(Clock, self.control("POST", "/clock/freeze", None if at is None else {"at": instant(at)}))

    def resume(self) -> Clock:
        """Let the clock run."""
        return cast(Clock, self.control("POST", "/clock/resume"))

    # Refreshes

    def refresh_policy(self, /, **change: Any) -> RefreshPolicy:
        """Change how refreshes go, by the fields of PATCH /_mock/activities/policy; what is not given stays.

        `progress` is one of `now`, `time`, `polls` and `hand`; `outcome` one of `success`, `fail` and `hang`.
        """
        return cast(RefreshPolicy, self.control("PATCH", "/activities/policy", change))

    def refresh_fails(self, code: str | None = None, message: str | None = None) -> None:
        """Let refreshes end with FAIL from here on."""
        error = {key: value for key, value in (("code", code), ("message", message)) if value is not None}
        self.refresh_policy(outcome="fail", **({"error": error} if error else {}))

    def refresh_succeeds(self) -> None:
        """Let refreshes end with SUCCESS from here on, which is the default."""
        self.refresh_policy(outcome="success")

    # Faults

    def fault(
        self,
        *effects: Mapping[str, Any],
        method: str | None = None,
        path: str | None = None,
        operation_id: str | None = None,
        tenant: str | None = None,
        client: str | None = None,
        query: Mapping[str, str] | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        delay: str | timedelta | None = None,
        times: int | None = None,
        skip: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> Fault:
        """Add a fault rule, for requests that meet all the given conditions.

        `status` and `delay` are the commonest effects; give any other as a dictionary, such as
        `{"loseReply": {"how": "gatewayTimeout"}}`. In a `with` statement the rule is removed at the end.
        """
        done: list[Mapping[str, Any]] = []
        if delay is not None:
            done.append({"delay": {"fixed": duration(delay)}})
        if status is not None:
            done.append({"status": {"code": status, **_given(retryAfter=retry_after)}})
        elif retry_after is not None:
            raise TypeError("`retry_after` needs a `status`")
        match = _given(method=method, path=path, operationId=operation_id, tenant=tenant, client=client, query=query)
        rule = {
            "effects": [*done, *effects],
            **_given(match=match or None, times=times, skip=skip, probability=probability, seed=seed),
        }
        added = self.control("POST", "/faults", rule)
        return Fault(self, (added[-1] if isinstance(added, list) else added)["id"])

    def fault_set(self, name: str) -> None:
        """Add a ready-made set of faults, such as `flaky-5xx` or `rate-limited`."""
        self.control("POST", f"/faults/sets/{quoted(name)}")

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.control("DELETE", "/faults")

    # The journal

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests that this system has received, oldest first; those of the control API are not in it."""
        found: list[RecordedRequest] = []
        since = 0
        while True:
            page = self.control("GET", f"/requests?since={since}")
            rows = cast("list[RecordedRequest]", page["requests"])
            found += rows
            if not rows or page["next"] <= since:
                return found
            since = page["next"]

    def request(self, seq: int) -> dict[str, Any]:
        """One request with its answer, headers and bodies included, by its number in `requests`."""
        return cast("dict[str, Any]", self.control("GET", f"/requests/{seq}"))

    def forget_requests(self) -> None:
        """Empty the journal."""
        self.control("DELETE", "/requests")

    def verify(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **match: Unpack[Match],
    ) -> None:
        """Assert how often such a request was made: at least once if no number is given.

        Raises `VerificationError`, an AssertionError, which names the nearest miss and what differs.
        """
        number = _given(exactly=count, atLeast=at_least, atMost=at_most)
        expectation = {"match": _match(method, path, match), **_given(count=number or None)}
        _assert_passed(self._control.call("POST", "/_mock/requests/verify", expectation, accept=(409,)))

    def verify_order(self, *steps: tuple[str, str]) -> None:
        """Assert that these requests, as pairs of method and path, came in this order; others may lie between."""
        order = [_match(method, path, {}) for method, path in steps]
        _assert_passed(self._control.call("POST", "/_mock/requests/verify", {"order": order}, accept=(409,)))

    def wait_for(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        count: int = 1,
        timeout: float = 5.0,
        **match: Unpack[Match],
    ) -> list[RecordedRequest]:
        """Block until so many such requests have been made, for `timeout` seconds of real time at most."""
        wanted = {
            "match": _match(method, path, match),
            "count": count,
            "since": 0,
            "timeout": duration(timedelta(seconds=timeout)),
        }
        answer = self._control.call("POST", "/_mock/requests/wait", wanted, accept=(409,), timeout=timeout + TIMEOUT)
        _assert_passed(answer)
        return cast("list[RecordedRequest]", answer["requests"])

    # State

    def load(self, scenario: str) -> None:
        """Start anew as another scenario."""
        self.control("POST", f"/scenarios/{quoted(scenario)}/load")

    def reset(self, *, keep: Sequence[str] = ()) -> None:
        """Go back to the start; `keep` names parts that stay as they are."""
        self.control("POST", "/reset", {"keep": list(keep)} if keep else None)

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Save the state. In a `with` statement it is restored at the end."""
        self._snapshots += 1
        name = name or f"snapshot-{self._snapshots}"
        self.control("POST", "/snapshots", {"name": name})
        return Snapshot(self, name)

    def restore(self, name: str) -> None:
        """Go back to a snapshot."""
        self.control("POST", f"/snapshots/{quoted(name)}/load")

    def export_state(self) -> dict[str, Any]:
        """Get the whole state as fixture files, by file name."""
        return cast("dict[str, Any]", self.control("GET", "/state"))

    def replace_state(self, files: Mapping[str, Any]) -> None:
        """Replace the whole state by fixture files, as `export_state` returns them."""
        self.control("PUT", "/state", dict(files))

    def put_entitlement(self, tenant: str, row: Mapping[str, Any]) -> None:
        """Add or change a purchase of a company; the fields are those of entitlements.json."""
        self.control("PUT", f"/state/entitlements/{quoted(tenant)}", dict(row))

    def put_msp_entitlement(self, tenant: str, row: Mapping[str, Any]) -> None:
        """Add or change a purchase of an MSP; the fields are those of msp-entitlements.json."""
        self.control("PUT", f"/state/msp-entitlements/{quoted(tenant)}", dict(row))

    def set_devices(self, tenant: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Set the number of devices of a tenant: `[{"deviceType": "APSW", "count": 90}]`."""
        self.control("PUT", f"/state/devices/{quoted(tenant)}", [dict(row) for row in rows])

    def configure(self, /, **settings: Any) -> dict[str, Any]:
        """Change settings, by the fields of PATCH /_mock/settings: `style`, `auth`, `refreshDelay` and so on."""
        return cast("dict[str, Any]", self.control("PATCH", "/settings", settings))

    def check(self) -> None:
        """Assert that all sums and views of the state agree."""
        found = self.control("GET", "/check")
        if not found["ok"]:
            raise VerificationError("\n".join(found["violations"]))


class Fault:
    """A fault rule that is in force."""

    def __init__(self, mock: R1Mock, fault_id: str) -> None:
        self.id = fault_id
        self._mock = mock

    @property
    def hits(self) -> dict[str, int]:
        """How many requests met the conditions, and to how many of them the effects were applied."""
        return cast("dict[str, int]", self._mock.control("GET", f"/faults/{quoted(self.id)}")["hits"])

    def remove(self) -> None:
        """Remove the rule, if it is still there."""
        try:
            self._mock.control("DELETE", f"/faults/{quoted(self.id)}")
        except R1MockError as error:
            if error.status != 404:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Snapshot:
    """A saved state."""

    def __init__(self, mock: R1Mock, name: str) -> None:
        self.name = name
        self._mock = mock

    def restore(self) -> None:
        """Go back to it."""
        self._mock.restore(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restore()


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _match(method: str | None, path: str | None, match: Match) -> dict[str, Any]:
    given = dict(match)
    operation = given.pop("operation_id", None)
    return {**_given(method=method, path=path, operationId=operation), **given}


def _assert_passed(verdict: Mapping[str, Any]) -> None:
    if not verdict.get("passed"):
        raise VerificationError(verdict.get("explanation") or verdict.get("detail") or "not as expected")
