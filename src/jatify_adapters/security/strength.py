"""How easily a password is guessed, as zxcvbn estimates it, and why, in words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from threading import Lock
from typing import Any, Final

STRONG: Final = 3
"""zxcvbn's score for more than 10^8 guesses: safe where each guess costs a slow hash."""
PART: Final = 32
"""Characters that are judged at once: the time grows with their square and, at the worst, far beyond it."""
SHORTEST_WORD: Final = 3
SHORT: Final = "This is too easy to guess."
OWN_WORDS: Final = "Leave out your name and your e-mail address."

_one_at_a_time: Final = Lock()
"""zxcvbn keeps the words about the user in a place that all calls share."""


def weakness(password: str, about: Sequence[str]) -> str | None:
    """Why *password* is guessed easily by who knows *about* its owner, and what to do; None if it is not.

    A password is at least as hard to guess as any part of it. So its first 32 characters are judged, and where these
    are not strong alone, its last 32.
    """
    words = list(dict.fromkeys(_words(about)))
    judgement = _judged(password[:PART], words)
    if judgement["score"] >= STRONG or (len(password) > PART and _judged(password[-PART:], words)["score"] >= STRONG):
        return None
    return _reason(judgement)


def _judged(part: str, words: list[str]) -> Mapping[str, Any]:
    # Its lists take 12 MB, and a worker judges no passwords.
    from zxcvbn import zxcvbn  # noqa: PLC0415  # see above

    with _one_at_a_time:
        judgement: Mapping[str, Any] = zxcvbn(part, words)
    return judgement


def _words(about: Iterable[str]) -> Iterator[str]:
    """The texts, and what stands in them: a last name alone is as easy to guess as the whole."""
    found = chain.from_iterable((text, *re.split(r"[\W_]+", text)) for text in about)
    return (word for word in found if len(word) >= SHORTEST_WORD)


def _reason(judgement: Mapping[str, Any]) -> str:
    told = judgement["feedback"]
    own = any(match.get("dictionary_name") == "user_inputs" for match in judgement["sequence"])
    return " ".join((told["warning"] or SHORT, *([OWN_WORDS] if own else []), *told["suggestions"]))
