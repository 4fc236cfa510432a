"""The API's description, and the page that shows it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from jatify_adapters.memory import memory_ports
from jatify_core.ports import Ports
from jatify_core.use_cases.administration import appoint
from jatify_http.app import ShellSettings, create_app
from jatify_http.openapi import document
from tests.http.conftest import RunJobs
from tests.http.people import Person, client_of

Json = dict[str, Any]


@pytest.fixture(scope="module")
def description() -> Json:
    encoded = msgspec.json.encode(document(create_app(memory_ports())))
    described: Json = msgspec.json.decode(encoded)
    return described


def operations(description: Json) -> list[tuple[str, str, Json]]:
    return [(path, m, operation) for path, item in description["paths"].items() for m, operation in item.items()]


def resolved(description: Json, schema: Json) -> Json:
    return {**schema, "components": description["components"]}


def test_it_is_openapi_3_1_and_names_no_host(description: Json) -> None:
    assert description["openapi"] == "3.1.0"
    assert description["info"]["title"] == "Jatify API"
    assert [server["url"] for server in description["servers"]] == ["/"]


def test_every_operation_has_a_name_of_its_own_a_tag_and_a_summary(description: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))
    for name in names:
        assert name.isalnum()
        assert name[0].islower()
    for _, _, operation in operations(description):
        assert operation["tags"]
        assert operation["summary"]


def test_every_published_operation_is_there(description: Json) -> None:
    published = {
        "/api/auth/register": {"post"},
        "/api/auth/login": {"post"},
        "/api/auth/logout": {"post"},
        "/api/auth/sessions": {"get"},
        "/api/auth/sessions/{session_id}": {"delete"},
        "/api/user": {"delete"},
        "/api/user/profile": {"get", "patch"},
        "/api/user/password": {"put"},
        "/api/user/export": {"get"},
        "/api/operator/queue": {"get"},
        "/api/operator/dlq": {"get"},
        "/api/operator/dlq/{dead_letter_id}/requeue": {"post"},
        "/api/operator/dlq/{dead_letter_id}": {"delete"},
        "/api/imports": {"get", "post"},
        "/api/imports/{import_id}": {"get"},
        "/api/imports/{import_id}/undo": {"post"},
        "/api/applications/export": {"get"},
        "/api/statuses": {"get"},
        "/api/agenda": {"get"},
        "/api/calendar": {"get", "post", "delete"},
        "/api/calendar/{calendar_file}": {"get"},
        "/api/jobs": {"get", "post"},
        "/api/jobs/{job_id}": {"get", "put", "patch", "delete"},
        "/api/applications": {"get", "post"},
        "/api/applications/{application_id}": {"get", "put", "patch", "delete"},
        "/api/resumes": {"get", "post"},
        "/api/resumes/{resume_id}": {"get", "put", "patch", "delete"},
        "/api/resumes/{resume_id}/analyze": {"post"},
        "/api/resumes/{resume_id}/analysis/{job_id}": {"get"},
        "/api/resumes/{resume_id}/analyses": {"get"},
        "/api/analyses/{analysis_id}": {"get", "delete"},
        "/api/queue": {"get"},
        "/api/dlq": {"get"},
        "/api/dlq/requeue": {"post"},
        "/api/dlq/{dead_letter_id}/requeue": {"post"},
        "/api/dlq/{dead_letter_id}": {"delete"},
    }
    for path, methods in published.items():
        assert methods <= description["paths"][path].keys()


def test_errors_are_problems_and_a_login_is_asked_for_where_401_can_come(description: Json) -> None:
    for path, _, operation in operations(description):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer["content"].keys() == {"application/problem+json"}
        public = path.startswith(("/health", "/problems", "/api/calendar/")) or path in {
            "/api/auth/register",
            "/api/auth/login",
        }
        assert (operation.get("security") == [{"bearer": []}]) is not public
        assert public or "401" in operation["responses"]


def test_all_schemas_are_sound_and_all_references_lead_somewhere(description: Json) -> None:
    schemas = description["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            return {node["$ref"]} if "$ref" in node else set().union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    known = {
        f"#/components/{kind}/{name}" for kind in ("schemas", "headers") for name in description["components"][kind]
    }
    assert references(description) <= known


def test_every_example_fits_its_schema(description: Json) -> None:
    schemas = description["components"]["schemas"]
    examples = [(name, example) for name, schema in schemas.items() for example in schema.get("examples", [])]
    assert len(examples) > 20
    for name, example in examples:
        validator = Draft202012Validator(resolved(description, {"$ref": f"#/components/schemas/{name}"}))
        assert not [*validator.iter_errors(example)], name


BOUNDS: dict[str, set[str]] = {
    "string": {"maxLength"},
    "array": {"maxItems"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
}


ENDLESS = "/text/event-stream/schema"


def unbounded(where: str, node: Any) -> Iterator[str]:
    """Where a text, a list or a number has no bounds."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from unbounded(f"{where}/{index}", item)
    elif isinstance(node, dict):
        listed = node.keys() & {"enum", "const"} or node.get("format") == "binary" or where.endswith(ENDLESS)
        if not listed and (lacking := BOUNDS.get(str(node.get("type")), set()) - node.keys()):
            yield f"{where} lacks {lacking}"
        for name in node.keys() - {"examples", "default"}:
            yield from unbounded(f"{where}/{name}", node[name])


def test_every_text_list_and_number_has_its_bounds(description: Json) -> None:
    assert [*unbounded("", description["components"])] == []
    assert [*unbounded("", description["paths"])] == []


def test_every_link_leads_to_an_operation_and_fills_its_path(description: Json) -> None:
    ids = {
        operation["operationId"]: {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for path, _, operation in operations(description)
    }
    links = [
        (operation["operationId"], name, link)
        for _, _, operation in operations(description)
        for answer in operation["responses"].values()
        for name, link in answer.get("links", {}).items()
    ]
    assert {("createJob", "getJob"), ("createJob", "createApplication"), ("listResumes", "analyzeResume")} <= {
        (start, end) for start, end, _ in links
    }
    assert [(a, b) for a, b, link in links if ids[link["operationId"]] != link.get("parameters", {}).keys()] == []
    reached = {link["operationId"] for _, _, link in links}
    assert [name for name, placeholders in ids.items() if placeholders and name not in reached] == [
        "readCalendar",  # by an address that is given whole
        "explainProblem",  # where a problem's `type` leads, which is no link of OpenAPI's
    ]


async def test_answers_are_as_described(ann: Person, ports: Ports, run_jobs: RunJobs, description: Json) -> None:
    await appoint(ports, "ann@example.com", operator=True)
    job, resume = await ann.job(), await ann.resume()
    await ann.application(job_id=job["id"], resume_id=resume["id"])
    analysis = await ann.analysis(resume["id"], job["id"])
    await run_jobs()
    await ann.analysis(resume["id"])  # waits
    places = {
        "/api/jobs": "/api/jobs",
        "/api/jobs/{job_id}": f"/api/jobs/{job['id']}",
        "/api/applications": "/api/applications",
        "/api/resumes": "/api/resumes",
        "/api/resumes/{resume_id}": f"/api/resumes/{resume['id']}",
        "/api/resumes/{resume_id}/text": f"/api/resumes/{resume['id']}/text",
        "/api/resumes/{resume_id}/analyses": f"/api/resumes/{resume['id']}/analyses",
        "/api/analyses/{analysis_id}": f"/api/analyses/{analysis['id']}",
        "/api/statuses": "/api/statuses",
        "/api/queue": "/api/queue",
        "/api/dlq": "/api/dlq",
        "/api/user/profile": "/api/user/profile",
        "/api/auth/sessions": "/api/auth/sessions",
        "/api/agenda": "/api/agenda",
        "/api/calendar": "/api/calendar",
        "/api/operator/queue": "/api/operator/queue",
        "/api/operator/dlq": "/api/operator/dlq",
        "/health/ready": "/health/ready",
    }
    for template, path in places.items():
        answer = await ann.get(path)
        described = description["paths"][template]["get"]["responses"][str(answer.status_code)]
        schema = described["content"]["application/json"]["schema"]
        assert not [*Draft202012Validator(resolved(description, schema)).iter_errors(answer.json())], template


async def test_it_is_served_and_the_same_everywhere(nobody: Person, description: Json) -> None:
    answer = await nobody.get("/schema/openapi.json")
    assert (answer.status_code, answer.json()) == (200, description)
    again = await nobody.get("/schema/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(nobody: Person) -> None:
    page = await nobody.get("/docs", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "//" not in page.text
    assert "<script>" not in page.text
    for name, kind in (("swagger-ui.css", "css"), ("swagger-ui-bundle.js", "javascript"), ("init.js", "javascript")):
        assert f'"/docs/{name}"' in page.text
        asset = await nobody.get(f"/docs/{name}")
        assert (asset.status_code, asset.headers["content-type"]) == (200, f"text/{kind}; charset=utf-8")
        assert asset.content


@pytest.mark.parametrize("name", ["index.html", "%2e%2e", "%2e%2e%2fVERSION", "swagger-ui.js.map"])
async def test_no_other_file_is_served(nobody: Person, name: str) -> None:
    assert (await nobody.get(f"/docs/{name}")).status_code == 404


async def test_the_page_can_be_switched_off() -> None:
    async with client_of(memory_ports(), ShellSettings(docs=False)) as client:
        assert (await client.get("/docs")).status_code == 404
        assert (await client.get("/schema/openapi.json")).status_code == 200
