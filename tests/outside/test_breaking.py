"""The committed description is that of the code, and breaks nobody who relies on the last release."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.outside.breaking import breaking
from tests.outside.description import COMMITTED, RELEASED, Json, description


@pytest.fixture
def released() -> Json:
    read: Json = json.loads(RELEASED.read_text(encoding="utf-8"))
    return read


def test_the_committed_description_is_what_the_code_generates() -> None:
    told = json.dumps(description(), indent=2, ensure_ascii=False) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == told, "run: jatify openapi > openapi.json"


def test_nothing_breaks_who_relies_on_the_last_release(released: Json) -> None:
    assert breaking(released, description()) == []


def without_an_operation(told: Json) -> None:
    del told["paths"]["/api/jobs/{job_id}"]["delete"]


def with_another_name(told: Json) -> None:
    told["paths"]["/api/jobs"]["get"]["operationId"] = "jobs"


def without_a_status(told: Json) -> None:
    del told["paths"]["/api/jobs/{job_id}"]["put"]["responses"]["412"]


def without_a_header(told: Json) -> None:
    del told["paths"]["/api/jobs"]["post"]["responses"]["201"]["headers"]["Location"]


def with_a_login(told: Json) -> None:
    told["paths"]["/health/live"]["get"]["security"] = [{"bearer": []}]


def without_a_parameter(told: Json) -> None:
    told["paths"]["/api/jobs"]["get"]["parameters"].pop()


def with_a_required_parameter(told: Json) -> None:
    told["paths"]["/api/jobs"]["get"]["parameters"][0]["required"] = True


def with_a_required_body(told: Json) -> None:
    told["paths"]["/api/resumes/{resume_id}/analyze"]["post"]["requestBody"]["required"] = True


def without_a_media_type(told: Json) -> None:
    del told["paths"]["/api/jobs/{job_id}"]["patch"]["requestBody"]["content"]["application/json"]


def schema(told: Json, name: str) -> Any:
    return told["components"]["schemas"][name]


def with_a_required_member(told: Json) -> None:
    schema(told, "ListingDraft")["required"].append("location")


def without_a_member_of_a_request(told: Json) -> None:
    del schema(told, "ListingDraft")["properties"]["source"]


def with_a_shorter_text(told: Json) -> None:
    schema(told, "ListingDraft")["properties"]["company"]["maxLength"] = 100


def without_null(told: Json) -> None:
    schema(told, "ListingDraft")["properties"]["url"]["anyOf"].pop()


def without_a_word(told: Json) -> None:
    schema(told, "Salary")["properties"]["period"]["anyOf"][0]["enum"].remove("week")


def with_another_type(told: Json) -> None:
    schema(told, "JobView")["properties"]["version"]["type"] = "string"


def without_a_member_of_an_answer(told: Json) -> None:
    del schema(told, "JobView")["properties"]["source"]


def with_a_member_that_may_be_missing(told: Json) -> None:
    schema(told, "AnalysisView")["required"].remove("score")


def with_null_in_an_answer(told: Json) -> None:
    told["components"]["schemas"]["JobBrief"]["properties"]["company"] = {
        "anyOf": [{"type": "string"}, {"type": "null"}]
    }


def with_another_format(told: Json) -> None:
    schema(told, "UserView")["properties"]["id"]["format"] = "int64"


@pytest.mark.parametrize(
    "change",
    [
        without_an_operation,
        with_another_name,
        without_a_status,
        without_a_header,
        with_a_login,
        without_a_parameter,
        with_a_required_parameter,
        with_a_required_body,
        without_a_media_type,
        with_a_required_member,
        without_a_member_of_a_request,
        with_a_shorter_text,
        without_null,
        without_a_word,
        with_another_type,
        without_a_member_of_an_answer,
        with_a_member_that_may_be_missing,
        with_null_in_an_answer,
        with_another_format,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_that_breaks_clients_is_found(change: Callable[[Json], None]) -> None:
    after = deepcopy(description())
    change(after)
    assert breaking(description(), after) != []


def with_an_operation(told: Json) -> None:
    told["paths"]["/api/more"] = deepcopy(told["paths"]["/api/queue"])


def with_an_optional_member(told: Json) -> None:
    schema(told, "ListingDraft")["properties"]["remote_days"] = {"type": "integer"}


def with_a_longer_text(told: Json) -> None:
    schema(told, "ListingDraft")["properties"]["company"]["maxLength"] = 300


def with_a_member_in_an_answer(told: Json) -> None:
    schema(told, "JobView")["properties"]["more"] = {"type": "string"}
    schema(told, "JobView")["required"].append("more")


def with_a_word_in_an_answer(told: Json) -> None:
    schema(told, "StatusView")["properties"]["category"]["enum"].append("paused")


def with_a_status(told: Json) -> None:
    told["paths"]["/api/jobs"]["post"]["responses"]["418"] = {"description": "A teapot"}


@pytest.mark.parametrize(
    "change",
    [
        with_an_operation,
        with_an_optional_member,
        with_a_longer_text,
        with_a_member_in_an_answer,
        with_a_word_in_an_answer,
        with_a_status,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_that_adds_is_none(change: Callable[[Json], None]) -> None:
    after = deepcopy(description())
    change(after)
    assert breaking(description(), after) == []
