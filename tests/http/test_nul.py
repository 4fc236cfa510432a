"""A NUL is refused wherever text is taken: no database stores one, and no file name should hold one."""

from typing import Any

import pytest

from tests.http.people import Person

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/auth/register"): {"email": "a@example.com", "password": "correct horse battery", "name": "Ann"},
    ("POST", "/api/auth/login"): {"email": "a@example.com", "password": "correct horse battery"},
    ("POST", "/api/jobs"): {
        "company": "Acme",
        "position": "Engineer",
        "description": "Text.",
        "url": "https://example.com/1",
        "location": "Paris",
        "employment_type": "full time",
        "source": "a friend",
        "workplace": "hybrid",
        "salary": {"currency": "EUR", "period": "year"},
    },
    ("PUT", "/api/applications/{}"): {
        "status_id": "applied",
        "cover_letter": "Dear all,",
        "notes": "Some.",
        "tags": ["remote"],
        "status_note": "By mail.",
    },
    ("PUT", "/api/resumes/{}"): {"name": "Backend"},
    ("POST", "/api/dlq/requeue"): {"reason": "timeout"},
}


def with_nul(body: Any) -> list[Any]:
    """*body* as often as it holds texts, each time with a NUL in another one."""
    match body:
        case str():
            return [f"{body[:2]}\x00{body[2:]}"]
        case dict():
            return [body | {name: one} for name, value in body.items() for one in with_nul(value)]
        case list():
            return [[one] for value in body for one in with_nul(value)]
        case _:
            return []


CASES = [(method, path, body) for (method, path), whole in BODIES.items() for body in with_nul(whole)]


@pytest.mark.parametrize(("method", "path", "body"), CASES)
async def test_a_nul_in_any_text_of_a_body_is_refused(
    ann: Person, method: str, path: str, body: dict[str, Any]
) -> None:
    if "applications" in path:
        application = await ann.application()
        path, body = path.format(application["id"]), body | {"job_id": application["job_id"]}
    elif "resumes" in path:
        path = path.format((await ann.resume())["id"])
    answer = await ann.ask(method, path, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid"), answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/api/jobs", ("q", "company", "url", "sort", "cursor", "limit", "x\x00")),
        ("/api/applications", ("q", "status_id", "tag", "job_id", "resume_id", "applied_from", "sort", "cursor")),
        ("/api/resumes", ("q", "sort", "cursor")),
        ("/api/dlq", ("reason", "cursor")),
        ("/api/queue", ("cursor",)),
        ("/api/statuses", ("cursor",)),
    ],
)
async def test_a_nul_in_any_parameter_is_refused(ann: Person, path: str, names: tuple[str, ...]) -> None:
    for name in names:
        answer = await ann.get(path, params={name: "a\x00b"})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid"), name
