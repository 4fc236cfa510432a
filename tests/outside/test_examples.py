"""Every example of the API's description is sent to a real application, which answers as described."""

from typing import Any, Final

import pytest

from jatify_core.use_cases.administration import appoint
from tests.outside.asking import sent
from tests.outside.description import Operation, operations, validator
from tests.outside.owners import Owner

OPERATIONS: Final = operations()
EXAMPLES: Final = [
    pytest.param(operation, media_type, example, id=f"{operation.name}-{media_type.partition('/')[2]}")
    for operation in OPERATIONS
    for media_type, example in operation.examples()
]
TOLD_ONCE: Final = {"possible_duplicates"}
"""What is worth telling whoever has just created a thing, and nobody later."""
NOWHERE: Final = {"importAccount"}
"""What makes many things, and is told how many."""
WITHOUT_BODY: Final = [
    pytest.param(operation, id=operation.name) for operation in OPERATIONS if "requestBody" not in operation.told
]
ENDLESS: Final = "text/event-stream"
"""An answer that does not end cannot be asked for in one request."""


def test_every_operation_with_a_body_has_an_example() -> None:
    taking = {operation.name for operation in OPERATIONS if "requestBody" in operation.told}
    assert {param.values[0].name for param in EXAMPLES if isinstance(param.values[0], Operation)} == taking


@pytest.mark.parametrize(("operation", "media_type", "example"), EXAMPLES)
async def test_an_example_of_a_request_succeeds(
    operation: Operation, media_type: str, example: Any, ann: Owner
) -> None:
    content = operation.told["requestBody"]["content"][media_type]
    assert not [*validator(content["schema"]).iter_errors(example)]
    answer = await sent(operation, example, ann, media_type=media_type)
    assert str(answer.status_code) in operation.success, answer.text
    assert operation.faults(answer) == []


@pytest.mark.parametrize("operation", WITHOUT_BODY)
async def test_a_request_without_a_body_succeeds(operation: Operation, ann: Owner) -> None:
    if any(ENDLESS in answer.get("content", {}) for answer in operation.told["responses"].values()):
        pytest.skip("this answer does not end")
    if operation.is_for_operators:
        await appoint(ann.ports, ann.email, operator=True)
    answer = await sent(operation, None, ann)
    assert str(answer.status_code) in operation.success, answer.text
    assert operation.faults(answer) == []


CREATING: Final = [o for o in OPERATIONS if o.success[0] == "201" and "requestBody" in o.told and o.name not in NOWHERE]


@pytest.mark.parametrize("operation", CREATING, ids=lambda o: o.name)
async def test_what_was_created_is_where_its_answer_says(operation: Operation, ann: Owner) -> None:
    media_type, example = next(operation.examples())
    answer = await sent(operation, example, ann, media_type=media_type)
    found = await ann.get(answer.headers["location"])
    assert (found.status_code, found.json().keys()) == (200, answer.json().keys() - TOLD_ONCE)
