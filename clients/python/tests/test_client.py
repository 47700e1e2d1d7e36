"""Each method of the helper, against a running simulator."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from r1_entitlements_mock import AsyncR1Mock, R1Mock, R1MockError, Server, VerificationError

MSP = "a0000000000000000000000000000001"
REC = "c0000000000000000000000000000001"
NOON = "2026-03-10T12:00:00Z"

pytestmark = pytest.mark.r1mock(clock=NOON)


def call(
    mock: R1Mock, path: str, *, method: str = "GET", body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """The client under test: status and JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        mock.url + path, data, {"content-type": "application/json", **(headers or {})}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


def banners(mock: R1Mock) -> set[str]:
    return {row["type"] for row in call(mock, "/banners", headers={"x-rks-tenantid": REC})[1]}


@pytest.mark.r1mock(scenario="grace")
def test_the_marker_chooses_scenario_and_clock(r1mock: R1Mock) -> None:
    assert r1mock.now == datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
    assert r1mock.clock["frozen"]
    assert banners(r1mock) == {"GRACE_PERIOD", "AFTER_GRACE_PERIOD"}  # trials have no grace


@pytest.mark.r1mock(frozen=False)
def test_a_clock_that_is_set_can_run(r1mock: R1Mock) -> None:
    assert not r1mock.clock["frozen"]


@pytest.mark.r1mock(auth="required")
def test_a_token_is_accepted_where_one_is_required(r1mock: R1Mock) -> None:
    assert call(r1mock, "/entitlements")[0] == 401
    bearer = {"authorization": f"Bearer {r1mock.token(REC)}"}
    assert call(r1mock, "/entitlements", headers=bearer)[0] == 200
    r1mock.end_sessions(REC)
    assert call(r1mock, "/entitlements", headers=bearer)[0] == 401


def test_a_token_of_an_unknown_client_is_refused(r1mock: R1Mock) -> None:
    with pytest.raises(R1MockError) as refused:
        r1mock.token(client_id="nobody")
    assert refused.value.status is not None and refused.value.status >= 300


@pytest.mark.r1mock(scenario="expiring")
def test_time_moves_by_a_duration_to_a_time_and_to_the_next_event(r1mock: R1Mock) -> None:
    assert r1mock.advance("2d")["now"] == "2026-03-12T12:00:00Z"
    assert r1mock.advance(timedelta(hours=1, milliseconds=500))["now"] == "2026-03-12T13:00:00.500Z"
    moved = r1mock.advance(to=datetime(2026, 4, 10))
    assert moved["now"] == "2026-04-10T00:00:00Z"
    assert moved["happened"]
    upcoming = moved["next"]
    assert upcoming is not None
    assert r1mock.advance_to_next_event()["now"] == upcoming["at"]
    assert not r1mock.resume()["frozen"]
    assert r1mock.freeze("2027-01-01")["now"] == "2027-01-01T00:00:00Z"
    with pytest.raises(TypeError):
        r1mock.advance()
    with pytest.raises(R1MockError, match="not a duration"):
        r1mock.advance("soon")


def refresh(mock: R1Mock) -> str:
    status, accepted = call(mock, "/mspEntitlements/summaries?refresh=true")
    assert status == 202
    mock.advance("1h")
    status, activity = call(mock, f"/activities/{accepted['requestId']}")
    assert status == 200
    return str(activity["status"])


def test_refreshes_fail_until_they_shall_succeed(r1mock: R1Mock) -> None:
    r1mock.refresh_fails("ENTITLEMENT-10042", "No.")
    assert refresh(r1mock) == "FAIL"
    r1mock.refresh_succeeds()
    assert refresh(r1mock) == "SUCCESS"
    assert r1mock.refresh_policy(progress="polls", polls=2)["progress"] == "polls"


def test_a_fault_strikes_as_often_as_it_says(r1mock: R1Mock) -> None:
    fault = r1mock.fault(status=429, retry_after=7, times=1, method="GET", path="/mspBanners")
    assert [call(r1mock, path)[0] for path in ("/tenants/self", "/mspBanners", "/mspBanners")] == [200, 429, 200]
    assert fault.hits["matched"] == 2
    fault.remove()
    fault.remove()


def test_a_fault_ends_with_its_block(r1mock: R1Mock) -> None:
    with r1mock.fault({"answer": {"status": 418}}, tenant=MSP):
        assert call(r1mock, "/mspBanners")[0] == 418
    assert call(r1mock, "/mspBanners")[0] == 200
    r1mock.fault_set("maintenance")
    assert call(r1mock, "/mspBanners")[0] == 503
    r1mock.clear_faults()
    assert call(r1mock, "/mspBanners")[0] == 200
    with pytest.raises(TypeError):
        r1mock.fault(retry_after=1)


def test_requests_are_verified_with_the_servers_explanation(r1mock: R1Mock) -> None:
    call(r1mock, "/mspBanners")
    call(r1mock, "/nowhere")
    r1mock.verify("GET", "/mspBanners", count=1, status="2xx", tenant=MSP)
    r1mock.verify(operation_id="getMspBanners", at_least=1, at_most=1)
    r1mock.verify("DELETE", count=0)
    r1mock.verify_order(("GET", "/mspBanners"), ("GET", "/nowhere"))
    with pytest.raises(VerificationError, match=r'nearest is request \d, GET .*"/banners"'):
        r1mock.verify("GET", "/banners")
    with pytest.raises(AssertionError):
        r1mock.verify_order(("GET", "/nowhere"), ("GET", "/mspBanners"))
    assert [(row["path"], row["unmatched"]) for row in r1mock.requests] == [("/mspBanners", False), ("/nowhere", True)]
    assert r1mock.request(1)["response"]["bodySize"] > 0
    r1mock.forget_requests()
    assert r1mock.requests == []


def test_all_requests_are_listed_over_pages(r1mock: R1Mock) -> None:
    for _ in range(130):
        call(r1mock, "/tenants/self")
    assert [row["seq"] for row in r1mock.requests] == list(range(1, 131))


def test_a_request_that_comes_later_is_waited_for(r1mock: R1Mock) -> None:
    client = threading.Thread(target=call, args=(r1mock, "/mspBanners"))
    client.start()
    assert [row["path"] for row in r1mock.wait_for("GET", "/mspBanners")] == ["/mspBanners"]
    client.join()
    with pytest.raises(VerificationError):
        r1mock.wait_for("GET", "/banners", timeout=0.01)


def test_state_is_saved_restored_replaced_and_reset(r1mock: R1Mock) -> None:
    def free() -> int:
        return int(call(r1mock, "/assignments/summaries")[1][2]["remainingDevices"])

    at_first = free()
    with r1mock.snapshot():
        assert call(r1mock, "/assignments", method="DELETE", body=[{"assignmentId": 130468}])[0] == 204
        changed = free()
        exported = r1mock.export_state()
    assert free() == at_first != changed
    assert call(r1mock, "/assignments", method="DELETE", body=[{"assignmentId": 130468}])[0] == 204
    r1mock.reset()
    assert free() == at_first
    r1mock.replace_state(exported)
    assert free() == changed
    r1mock.load("empty")
    assert call(r1mock, "/mspEntitlements", headers={"x-rks-tenantid": MSP})[1] == []
    with pytest.raises(R1MockError, match="did you mean"):
        r1mock.load("emty")


def test_rows_and_settings_are_changed(r1mock: R1Mock) -> None:
    row = {
        "id": "358889999-1",
        "deviceType": "APSW",
        "sku": "CLD-PROF-APSW-REC1",
        "quantity": 7,
        "effectiveDate": "today",
        "expirationDate": "today+1y",
    }
    r1mock.put_entitlement(REC, row)
    rows = call(r1mock, "/entitlements", headers={"x-rks-tenantid": REC})[1]
    assert any(found["quantity"] == 7 for found in rows)
    r1mock.set_devices(REC, [{"deviceType": "APSW", "count": 90}])
    assert r1mock.configure(style="observed")["style"] == "observed"
    r1mock.check()
    with pytest.raises(R1MockError, match="quantty") as refused:
        r1mock.put_entitlement(REC, {"id": "1", "quantty": 7})
    assert refused.value.status == 422 and refused.value.findings


def test_async_code_uses_the_same_system(r1mock: R1Mock) -> None:
    async def scenario() -> str:
        waiting = asyncio.ensure_future(r1mock.aio.wait_for("GET", "/mspBanners"))
        await asyncio.to_thread(call, r1mock, "/mspBanners")
        assert len(await waiting) == 1
        await r1mock.aio.verify("GET", "/mspBanners", count=1)
        with pytest.raises(VerificationError):
            await r1mock.aio.verify("GET", "/mspBanners", count=2)
        assert len(await r1mock.aio.requests()) == 1
        return (await r1mock.aio.advance("1d"))["now"]

    assert asyncio.run(scenario()) == "2026-03-11T12:00:00Z" == r1mock.clock["now"]


def test_sandboxes_are_apart_and_end_with_their_block(r1mock_server: Server) -> None:
    with r1mock_server.sandbox(scenario="empty") as one, r1mock_server.sandbox(clock=NOON) as two:
        headers = {"x-rks-tenantid": MSP}
        assert call(one, "/mspEntitlements", headers=headers)[1] == []
        assert call(two, "/mspEntitlements", headers=headers)[1] != []
    assert call(one, "/mspEntitlements")[0] == 404
    one.close()
    assert r1mock_server.root.tenants[0]["id"] == MSP


def test_the_async_form_has_every_method(r1mock: R1Mock) -> None:
    def named(of: type) -> set[str]:
        return {name for name in vars(of) if not name.startswith("_")}

    assert named(R1Mock) - named(AsyncR1Mock) == {"aio", "now"}
