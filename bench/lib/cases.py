"""What is measured: requests, and how the simulator is set up for them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

MSP = "a0000000000000000000000000000001"
REC = "c0000000000000000000000000000001"
CLOCK = "2026-03-10T12:00:00Z"
ORIGIN = "http://localhost:3000"


@dataclass(frozen=True)
class Request:
    """One request, relative to the base of a sandbox."""

    method: str
    path: str
    tenant: str = MSP
    body: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every call: the tenant, and those that make the server's optional layers work."""
        sent = {"x-rks-tenantid": self.tenant, "origin": ORIGIN, "accept": "application/json"}
        return sent if self.body is None else {**sent, "content-type": "application/json"}


@dataclass(frozen=True)
class Case:
    """A row of the table. `requests` are sent in turn, `sandboxes` is how many of them share the load."""

    name: str
    requests: list[Request]
    group: str
    scenario: str = "default"
    reach: str = "root"
    auth: str = "open"
    sandboxes: int = 1
    paced: bool = False
    quick: bool = False
    prepare: list[tuple[str, str, str]] = field(default_factory=list)


READS = [
    Request("GET", "/entitlements", REC),
    Request("GET", "/banners", REC),
    Request("GET", "/entitlements/summaries", REC),
    Request("GET", "/mspEntitlements/summaries"),
    Request("GET", "/assignments/summaries"),
    Request("GET", "/assignments"),
    Request("POST", "/entitlements/query", REC, "{}"),
    Request("GET", "/tenants/self"),
]
SUMMARIES = READS[3]
# Assigns one licence to the MSP itself.
WRITE = Request(
    "POST",
    "/assignments",
    body=json.dumps({"endDate": "2026-06-30", "assignments": [{"licenseType": "MSP_APSW", "quantity": 1}]}),
)
# So that the pool does not run dry.
BIG_POOL = (
    "PUT",
    f"/state/msp-entitlements/{MSP}",
    json.dumps(
        {
            "id": "358889999-1",
            "deviceType": "MSP_APSW",
            "sku": "CLD-PROF-APSW-MSP3",
            "skuTier": "Platinum",
            "quantity": 10_000_000,
            "effectiveDate": "2026-01-01",
            "expirationDate": "2027-12-31",
        }
    ),
)


def named(request: Request) -> str:
    """The request as it stands in the table."""
    return f"{request.method} {request.path}"


def all_cases() -> list[Case]:
    """All rows, in their order."""
    cases = [
        Case(named(read), [read], "reads at the root", paced=True, quick=read.path != "/assignments") for read in READS
    ]
    for read in (READS[1], SUMMARIES, READS[6]):
        cases += [
            Case(f"{named(read)}, by path", [read], "reads in a sandbox", reach="path"),
            Case(f"{named(read)}, by header", [read], "reads in a sandbox", reach="header"),
            Case(f"{named(read)}, with a token", [read], "reads with a token", auth="required"),
        ]
    large = (
        Request("GET", "/assignments"),
        Request("GET", "/assignments/summaries"),
        Request("GET", "/mspEntitlements"),
    )
    cases += [Case(f"{named(read)}, `large`", [read], "large lists", scenario="large") for read in large]
    for scenario in ("default", "large"):
        cases += [
            Case(f"POST /assignments, `{scenario}`", [WRITE], "writes", scenario, reach="path", prepare=[BIG_POOL]),
            Case(
                f"9 reads, 1 write, `{scenario}`",
                [SUMMARIES] * 9 + [WRITE],
                "writes",
                scenario,
                reach="path",
                prepare=[BIG_POOL],
            ),
        ]
    cases += [
        Case(f"GET /banners over {count:,} sandboxes", [READS[1]], "sandboxes", reach="path", sandboxes=count)
        for count in (10, 1_000, 10_000)
    ]
    return cases
