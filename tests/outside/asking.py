"""Asking as the description's examples do: one request for any operation, in which every id means what it should."""

from collections.abc import Mapping
from typing import Any

import httpx

from jatify_http.schemas import examples
from tests.outside.description import Operation
from tests.outside.owners import STANDS_FOR, Owner, ready, substituted


def example_of(operation: Operation) -> Any:
    """The first example of a body, and None where there is no body."""
    return next((example for _, example in operation.examples()), None)


async def sent(
    operation: Operation,
    example: Any,
    owner: Owner,
    *,
    at: Mapping[str, str] | None = None,
    media_type: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer to *example*, sent by *owner*, to whom its ids belong; *at* names other ids of the path."""
    ids = at or await ready(owner, operation.path, operation.ids)
    method, path = operation.method.upper(), operation.at(ids)
    if example is None:
        return await owner.ask(method, path, headers=headers or {})
    words = {stood: await owner.own(name) for stood, name in STANDS_FOR.items() if stood in str(example)}
    address = owner.email if operation.name == "login" else f"new-{owner.email}"
    body = substituted(example, {**words, examples.USER["email"]: address})
    media_type = media_type or next(iter(operation.told["requestBody"]["content"]))
    if media_type == "multipart/form-data":
        file = ("ada.txt", body.pop("file").encode())
        if operation.name == "importAccount":  # a ZIP is no text: what the example stands for is one's own export
            file = ("export.zip", (await owner.get("/api/user/export")).content)
        return await owner.ask(method, path, files={"file": file}, data=body, headers=headers or {})
    return await owner.ask(method, path, json=body, headers={"Content-Type": media_type, **(headers or {})})
