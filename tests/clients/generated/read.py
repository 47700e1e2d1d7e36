"""Reads answers with models generated from the OpenAPI documents: strictly, so that an unknown member, a missing one
or another type fails.

    python read.py URL MODELS_OF_THE_API MODELS_OF_THE_CONTROL_API ANSWERS

Writes the answers to a file, too, one a line, for read.ts.
Calls every operation of both documents that reads, for two tenants of each kind, in every scenario.
"""

import importlib.util
import json
import sys
import urllib.error
import urllib.request
from functools import reduce
from operator import or_

from pydantic import TypeAdapter, ValidationError

REFS = "#/components/schemas/"
# Control operations that need something of an earlier call, or do not end.
LEFT_OUT = {"/_mock/events", "/_mock/upstream/recorded", "/_mock/snapshots/diff", "/_mock/requests/unmatched"}
QUERIES = {
    "/activities/query": {"page": 1, "pageSize": 100, "sortField": "requestId", "sortOrder": "ASC"},
    "/entitlements/mileageReports/query": None,
    "/entitlements/availabilityReports/query": None,
}
REPORT = {
    "effectiveDate": "2026-03-20",
    "expirationDate": "2026-09-30",
    "operator": "MAX_QUANTITY",
    "filters": {"licenseType": "APSW", "usageType": "SELF"},
}


class Document:
    """An OpenAPI document with the models generated from it."""

    def __init__(self, name, url, path, models):
        self.name = name
        self.paths = json.loads(call(url + path).body)["paths"]
        spec = importlib.util.spec_from_file_location(path.strip("/").replace("/", "_").replace(".", "_"), models)
        self.models = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = self.models
        spec.loader.exec_module(self.models)
        self.adapters = {}

    def type_of(self, schema):
        if "$ref" in schema:
            return getattr(self.models, schema["$ref"].removeprefix(REFS))
        if schema.get("type") == "array":
            return list[self.type_of(schema["items"])]
        if "oneOf" in schema:
            return reduce(or_, map(self.type_of, schema["oneOf"]))
        assert schema.get("type") == "object", schema
        return dict

    def check(self, method, path, answer, written):
        """Reads an answer as documented, if it has JSON."""
        operation = self.paths[path][method]
        name = str(answer.status) if str(answer.status) in operation["responses"] else "default"
        media_types = operation["responses"][name].get("content", {})
        media_type = answer.type.split(";")[0]
        if not media_type.endswith("json"):
            return
        key = (method, path, name, media_type)
        if key not in self.adapters:
            self.adapters[key] = TypeAdapter(self.type_of(media_types[media_type]["schema"]))
        line = dict(zip(("method", "path", "status", "mediaType"), key)) | {"document": self.name, "from": answer.url}
        print(json.dumps(line | {"body": answer.body.decode()}), file=written)
        self.adapters[key].validate_json(answer.body, strict=True)


class Answer:
    def __init__(self, response):
        self.status, self.type, self.body = response.status, response.headers.get("content-type", ""), response.read()
        self.url = response.url


def call(url, method="GET", body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()} | {"content-type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method.upper())
    try:
        return Answer(urllib.request.urlopen(request, timeout=30))
    except urllib.error.HTTPError as error:
        return Answer(error)


def reads(document, tenant, left_out=()):
    """The operations that change nothing: method, path as documented, path to call, body."""
    for path, item in document.paths.items():
        real = path.replace("{tenantId}", tenant)
        if "{" in real or path in left_out:
            continue
        if "get" in item:
            yield "get", path, real, None
        if path.endswith("/query"):
            yield "post", path, real, QUERIES.get(path, {}) or (REPORT if path in QUERIES else {})


def main(url, api, control, answers):
    with open(answers, "w") as written:
        return read_all(url, Document("api", url, "/openapi.json", api), Document("control", url, "/_mock/openapi.json", control), written)


def read_all(url, api, control, written):
    read, wrong = 0, []
    for scenario in json.loads(call(url + "/_mock/scenarios").body)["scenarios"]:
        name = scenario["name"]
        sandbox = f"{url}/sandboxes/{name}"
        assert call(url + "/_mock/sandboxes", "post", {"name": name, "scenario": name}).status == 201
        kinds = {}
        for tenant in json.loads(call(sandbox + "/_mock/tenants").body):
            kinds.setdefault(tenant["type"], []).append(tenant["id"])
        tenants = [tenant for ids in kinds.values() for tenant in ids[:2]]
        for days in (0, 90):
            call(sandbox + "/_mock/clock/advance", "post", {"by": f"{days}d"})
            calls = [(api, tenant, operation) for tenant in tenants for operation in reads(api, tenant)]
            calls += [(control, tenants[0], operation) for operation in reads(control, tenants[0], LEFT_OUT)]
            for document, tenant, (method, path, real, body) in calls:
                answer = call(sandbox + real, method, body, x_rks_tenantid=tenant)
                read += 1
                try:
                    document.check(method, path, answer, written)
                except (ValidationError, KeyError) as error:
                    wrong.append(f"{name}: {method.upper()} {real} for {tenant}: {answer.status}: {error}")
    for text in wrong[:20]:
        print(text)
    print(f"{read} answers read with generated models, {len(wrong)} of them otherwise than documented")
    return not wrong and read > 1000


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
