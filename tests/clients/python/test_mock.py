"""The simulator as a test suite in Python uses it: one sandbox per test, time moved, nothing waited for."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

import pytest

BASE = os.environ["R1MOCK_URL"]
MSP = "a0000000000000000000000000000001"
REC = "c0000000000000000000000000000001"


def call(url, method="GET", body=None, headers=None, form=None):
    """Status and body of an answer, whatever the status."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
        headers["content-type"] = "application/x-www-form-urlencoded"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


@pytest.fixture
def sandbox():
    """The base URL of a sandbox whose clock stands still."""
    settings = {"clock": {"now": "2026-03-10T12:00:00Z", "frozen": True}}
    status, made = call(f"{BASE}/_mock/sandboxes", "POST", {"settings": settings})
    assert status == 201
    yield f"{BASE}/sandboxes/{made['name']}"
    assert call(f"{BASE}/_mock/sandboxes/{made['name']}", "DELETE")[0] == 204


def as_tenant(tenant):
    return {"x-rks-tenantid": tenant}


def advance(sandbox, by):
    status, clock = call(f"{sandbox}/_mock/clock/advance", "POST", {"by": by})
    assert status == 200
    return clock


def test_a_token_names_its_tenant(sandbox):
    form = {"grant_type": "client_credentials", "client_id": "r1mock", "client_secret": "r1mock-secret"}
    status, token = call(f"{sandbox}/oauth2/token/{REC}", "POST", form=form)
    assert status == 200 and token["access_token"].startswith("eyJ") and token["expires_in"] == 7199
    status, rows = call(f"{sandbox}/entitlements", headers={"authorization": f"Bearer {token['access_token']}"})
    assert status == 200 and any(row["deviceType"] == "WIFI" for row in rows)


def test_a_refresh_takes_over_the_next_revision(sandbox):
    before = call(f"{sandbox}/mspEntitlements")[1]
    status, accepted = call(f"{sandbox}/mspEntitlements/summaries?refresh=true")
    assert status == 202
    activity = f"{sandbox}/activities/{accepted['requestId']}"
    assert "endDatetime" not in call(activity)[1]
    assert call(f"{sandbox}/mspEntitlements")[1] == before
    advance(sandbox, "PT2S")
    assert call(activity)[1]["status"] == "SUCCESS"
    assert call(f"{sandbox}/mspEntitlements")[1] != before


def test_both_summaries_of_an_msp_agree_after_a_revocation(sandbox):
    assert call(f"{sandbox}/assignments", "DELETE", [{"assignmentId": 130470}])[0] == 204
    status, refused = call(f"{sandbox}/assignments", "DELETE", [{"assignmentId": 130470}])
    assert (status, refused["errorBrief"]) == (409, "ASSIGNMENT_ALREADY_REVOKED")
    bought = call(f"{sandbox}/mspEntitlements/summaries")[1]["mspEntitlementSummaries"]
    given = call(f"{sandbox}/assignments/summaries")[1]
    assert len(bought) == len(given) > 0
    for pool, handed_out in zip(bought, given):
        total = pool["quantity"] + pool["courtesyQuantity"]
        assert total == handed_out["quantity"] + handed_out["myAssignments"] + handed_out["remainingDevices"]
        assert pool["remainingLicenses"] == handed_out["remainingDevices"]


def test_banners_change_with_the_days(sandbox):
    assert call(f"{sandbox}/_mock/scenarios/expiring/load", "POST")[0] == 204

    def state():
        banners = call(f"{sandbox}/banners", headers=as_tenant(REC))[1]
        return next(banner["type"] for banner in banners if banner["deviceType"] == "APSW")

    seen = []
    for _ in range(100):
        seen += [state()] if state() not in seen else []
        advance(sandbox, "P1D")
    assert seen == ["INITIAL", "CLOSE_TO_EXPIRATION", "GRACE_PERIOD", "AFTER_GRACE_PERIOD"]


def test_a_snapshot_is_gone_back_to(sandbox):
    before = call(f"{sandbox}/assignments")[1]
    assert call(f"{sandbox}/_mock/snapshots", "POST", {"name": "before"})[0] == 201
    assert call(f"{sandbox}/assignments", "DELETE", [{"assignmentId": 130470}])[0] == 204
    assert call(f"{sandbox}/assignments")[1] != before
    assert call(f"{sandbox}/_mock/snapshots/before/load", "POST")[0] == 204
    assert call(f"{sandbox}/assignments")[1] == before


def test_sandboxes_do_not_disturb_each_other(sandbox):
    assert call(f"{sandbox}/_mock/scenarios/empty/load", "POST")[0] == 204
    assert call(f"{sandbox}/mspEntitlements", headers=as_tenant(MSP))[1] == []
    assert call(f"{BASE}/mspEntitlements", headers=as_tenant(MSP))[1] != []


def test_the_live_state_holds_together(sandbox):
    advance(sandbox, "P400D")
    checked = call(f"{sandbox}/_mock/check")[1]
    assert checked["ok"] and checked["violations"] == []


def test_bad_input_is_told_apart(sandbox):
    status, problem = call(f"{sandbox}/_mock/clock/advance", "POST", {"by": "soon"})
    assert status == 400 and "not a duration" in problem["detail"]
    status, error = call(f"{sandbox}/banners?type=WIFFI")
    assert status == 400 and "WIFFI" in error["message"] and "SWITCH" in error["message"]
