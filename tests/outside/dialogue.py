"""Requests and answers written down in a page: sends the ones, compares the others.

In an answer `…` stands for anything, `"…": "…"` for further members, and `{name}` for a word that is remembered and
put into what follows.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import httpx
from msgspec import Struct

BLOCK: Final = re.compile(r"^```http\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAME: Final = re.compile(r"{(\w+)}")
ANYTHING: Final = "…"


class Message(Struct, frozen=True):
    """One block: what it begins with, its headers, its body."""

    head: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def read(cls, text: str) -> "Message":
        above, _, body = text.partition("\n\n")
        head, *lines = above.strip().splitlines()
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(head, headers, body)


def exchanges(page: str) -> Iterator[tuple[Message, Message]]:
    """Each request in *page* with its answer."""
    messages = [Message.read(block) for block in BLOCK.findall(page)]
    return zip(messages[::2], messages[1::2], strict=True)


class Dialogue:
    """Somebody who reads a page aloud and remembers what he is told."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._known: dict[str, str] = {}

    def hold(self, request: Message, expected: Message) -> None:
        """Send *request*; fail unless the answer is as *expected*."""
        method, _, path = self._filled(request.head).partition(" ")
        headers = [(name, self._filled(value)) for name, value in request.headers]
        body = self._filled(request.body)
        if "multipart" in str(headers):
            body = body.replace("\n", "\r\n")
        answer = self._client.request(method, path, headers=headers, content=body.encode() or None)
        assert str(answer.status_code) == expected.head.partition(" ")[0], f"{request.head}: {answer.text}"
        for name, value in expected.headers:
            self._compare(f"{request.head} {name}", value, answer.headers.get(name, ""))
        if expected.body.strip():
            self._compare(request.head, json.loads(expected.body), answer.json())
        else:
            assert answer.content == b"", answer.text

    def _compare(self, where: str, told: Any, got: Any) -> None:
        match told:
            case _ if told == ANYTHING:
                pass
            case str():
                assert isinstance(got, str), f"{where}: {got!r}"
                self._recognise(where, told, got)
            case dict():
                members = {name: value for name, value in told.items() if name != ANYTHING}
                if ANYTHING not in told:
                    assert got.keys() == members.keys(), f"{where}: {sorted(got)}"
                for name, value in members.items():
                    self._compare(f"{where} {name}", value, got[name])
            case list():
                assert len(told) == len(got), f"{where}: {got}"
                for index, (one, other) in enumerate(zip(told, got, strict=True)):
                    self._compare(f"{where} {index}", one, other)
            case _:
                assert told == got, f"{where}: {got!r}"

    def _recognise(self, where: str, told: str, got: str) -> None:
        pattern = ""
        for index, part in enumerate(NAME.split(self._filled(told))):
            pattern += f"(?P<{part}>.+?)" if index % 2 else re.escape(part).replace(ANYTHING, ".*")
        match = re.fullmatch(pattern, got, re.DOTALL)
        assert match, f"{where}: {got!r} is not {told!r}"
        self._known |= match.groupdict()

    def _filled(self, text: str) -> str:
        return NAME.sub(lambda match: self._known.get(match[1], match[0]), text)
