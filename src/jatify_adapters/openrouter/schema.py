"""The form of an answer as a JSON Schema in the few keywords that every provider's strict mode takes.

Ranges and lengths are no keywords here: providers refuse them. The rules tell the model, and `answers` checks.
"""

from functools import cache
from typing import get_args

from jatify_core.findings import Importance, Priority, weights

Schema = dict[str, object]


@cache
def answer_schema(*, against_listing: bool) -> Schema:
    """What an answer looks like: a `Proposal` without warnings, and the nonce."""
    evidence = _list(
        _object(
            source=_one_of("resume", "listing") if against_listing else _one_of("resume"),
            text=_text("Consecutive words of that text, letter by letter."),
        )
    )
    skills = _list(_object(name=_text("Skill."), importance=_one_of(*get_args(Importance)), evidence=evidence))
    points = _list(_object(text=_text("At most 300 characters."), evidence=evidence))
    return _object(
        nonce=_text("The nonce in the first line of the system message."),
        sub_scores=_list(
            _object(
                key=_one_of(*weights(against_listing=against_listing)),
                score={"type": ["integer", "null"], "description": "0 to 100, or null where it cannot apply."},
                explanation=_text("At most 300 characters."),
                evidence=evidence,
            )
        ),
        matched_skills=skills,
        missing_skills=skills,
        strengths=points,
        gaps=points,
        suggestions=_list(
            _object(
                priority=_one_of(*get_args(Priority)),
                text=_text("At most 300 characters."),
                section=_text("At most 40 characters."),
            )
        ),
        summary=_text("At most 600 characters."),
        language=_text("ISO 639-1 code."),
    )


def _object(**members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}
