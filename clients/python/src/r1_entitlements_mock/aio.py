"""The same calls for async code."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from .client import R1Mock
from .types import Clock, RecordedRequest, Tenant

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AsyncR1Mock"]

P = ParamSpec("P")
T = TypeVar("T")


def _in_thread(
    call: Callable[Concatenate[R1Mock, P], T],
) -> Callable[Concatenate[AsyncR1Mock, P], Awaitable[T]]:
    @functools.wraps(call)
    async def run(self: AsyncR1Mock, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(call, self.sync, *args, **kwargs)

    return run


class AsyncR1Mock:
    """A simulated system for async code: the methods of `R1Mock`, each in a thread, so that the loop goes on.

    Get one from `R1Mock.aio`. The properties of `R1Mock` that ask the server are methods here.
    """

    def __init__(self, sync: R1Mock) -> None:
        self.sync = sync
        """The same system for code that blocks."""

    @property
    def name(self) -> str | None:
        """The name of the sandbox, `None` for the root."""
        return self.sync.name

    @property
    def url(self) -> str:
        """The base address of the simulated API."""
        return self.sync.url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    close = _in_thread(R1Mock.close)
    control = _in_thread(R1Mock.control)
    token = _in_thread(R1Mock.token)
    end_sessions = _in_thread(R1Mock.end_sessions)
    advance = _in_thread(R1Mock.advance)
    advance_to_next_event = _in_thread(R1Mock.advance_to_next_event)
    freeze = _in_thread(R1Mock.freeze)
    resume = _in_thread(R1Mock.resume)
    refresh_fails = _in_thread(R1Mock.refresh_fails)
    refresh_succeeds = _in_thread(R1Mock.refresh_succeeds)
    fault_set = _in_thread(R1Mock.fault_set)
    clear_faults = _in_thread(R1Mock.clear_faults)
    request = _in_thread(R1Mock.request)
    forget_requests = _in_thread(R1Mock.forget_requests)
    verify = _in_thread(R1Mock.verify)
    verify_order = _in_thread(R1Mock.verify_order)
    wait_for = _in_thread(R1Mock.wait_for)
    load = _in_thread(R1Mock.load)
    reset = _in_thread(R1Mock.reset)
    restore = _in_thread(R1Mock.restore)
    export_state = _in_thread(R1Mock.export_state)
    replace_state = _in_thread(R1Mock.replace_state)
    put_entitlement = _in_thread(R1Mock.put_entitlement)
    put_msp_entitlement = _in_thread(R1Mock.put_msp_entitlement)
    set_devices = _in_thread(R1Mock.set_devices)
    check = _in_thread(R1Mock.check)
    fault = _in_thread(R1Mock.fault)
    snapshot = _in_thread(R1Mock.snapshot)
    refresh_policy = _in_thread(R1Mock.refresh_policy)
    configure = _in_thread(R1Mock.configure)

    async def clock(self) -> Clock:
        """The state of the clock, with the next event in it."""
        return await asyncio.to_thread(lambda: self.sync.clock)

    async def tenants(self) -> list[Tenant]:
        """The tenants of the scenario."""
        return await asyncio.to_thread(lambda: self.sync.tenants)

    async def requests(self) -> list[RecordedRequest]:
        """The requests that this system has received, oldest first."""
        return await asyncio.to_thread(lambda: self.sync.requests)
