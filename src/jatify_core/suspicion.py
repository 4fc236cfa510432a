"""Which lines of a text talk to a model instead of a reader. They are flagged, never taken out."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_MODEL: Final = r"(?:ais?|a\.i\.|llms?|gpt\w*|chatgpt|claude|gemini|language models?|models?|chatbots?|assistants?)"
_JUDGE: Final = rf"(?:{_MODEL}|(?:ai |automated )?(?:reviewer|evaluator|grader|screener|scorer|parser|system)s?)"
_RULES: Final = r"(?:instructions?|prompts?|rules?|directions?|guidelines?|directives?|context|messages?|criteria)"
_REGLAS: Final = r"(?:anweisung\w*|vorgaben|instruccion\w*|instru[cç][oõ]es|istruzioni|consignes|instructions)"
_SUBJECT: Final = r"(?:this|the|every) (?:candidate|applicant|resume|cv|profile|document|person|text|submission)"
_TOP: Final = (
    r"(?:100(?: ?/ ?100| ?%| percent| points)?|10 ?/ ?10|perfect|maximum|max|highest|top|full (?:marks|score)"
    r"|best|excellent|outstanding|ideal|strong(?:est)?|hire)(?!\w)"
)
_ANSWER: Final = r"(?:summary|answers?|outputs?|response|report|reply|evaluation|assessment|verdict)"

_AWAY_WITH_THE_RULES: Final = (
    rf"\b(?:ignore|disregard|forget|override|bypass|overrule)\b.{{0,60}}\b{_RULES}\b",
    rf"\b(?:ignorier\w*|vergiss|ignorez|oublie\w*|ignora\w*|olvida\w*|esque[cç]a|dimentica)\b.{{0,60}}\b{_REGLAS}\b",
    r"\b(?:new|updated|real|actual|hidden|secret|following) (?:system )?(?:instructions?|prompts?) ?:",
)
_ADDRESSED: Final = (
    rf"\b(?:notes?|message|memo|instructions?|attention) (?:to|for) (?:the |any |all |every |an? )?{_JUDGE}\b",
    rf"^\W*(?:attention|dear|hey|hello|hi)\W+(?:the |any |all )?{_MODEL}\b",
    rf"\bif you(?: are|'re)(?: an?)? {_MODEL}\b",
    rf"\b(?:as|you are) an? {_MODEL}\b.{{0,40}}\byou\b",
    r"\byou(?: are|'re) (?:now|no longer)\b",
    r"^\W*(?:system|assistant|developer) ?: ?(?:you|ignore|please|new|rate|always|the|give|score|override)\b",
)
_VERDICT_DICTATED: Final = (
    rf"\b(?:give|assign|award|rate|score|rank|mark|grade)\b.{{0,30}}\b(?:{_SUBJECT}|me|my|it)\b.{{0,60}}\b{_TOP}",
    rf"^\W*(?:rate|score|output|return|respond with|answer)\W+(?:it |only |exactly |a )?{_TOP}\W*$",
    r"\b(?:correct|right|expected|only valid) (?:answer|score|rating|output|result)\b.{0,40}\b(?:is|be)\b",
    rf"\b(?:must|should|shall) (?:be )?(?:rated?|scored?|ranked?|graded?|receive|get|given)\b.{{0,40}}\b{_TOP}",
    rf"\b(?:recommend|approve|select|shortlist|hire) {_SUBJECT}\b",
    rf"\b{_SUBJECT} (?:is|has|meets|exceeds)\b.{{0,40}}\b(?:all|perfect|best|ideal)\b",
)
_ANSWER_DICTATED: Final = (
    (
        r"^\W*(?:please |always |you must |must )?(?:include|insert|add|append|write|mention|say|state)\b.{0,60}"
        rf"\b(?:in|to|into|at the (?:start|end) of)\b.{{0,20}}\b(?:your|the) {_ANSWER}\b"
    ),
    rf"\b(?:in|into|to) your {_ANSWER}\b",
    (
        r"\b(?:reveal|print|repeat|show|output|disclose|leak|(?:reply|respond) with|send)\b.{0,40}"
        r"\b(?:system[ _]prompt|your (?:prompt|instructions|rules))"
    ),
    r"\bsystem_prompt\b",
    rf"\bdo not (?:mention|reveal|disclose|report|flag)\b.{{0,60}}\b(?:{_RULES}|this (?:note|line|text))\b",
)
_FORGED_SEAMS: Final = (
    r"(?<!<)<{2,8}[^\s<>][^<>]{0,80}>>",
    r"<\|[\w /]{1,40}\|>|\[/?inst\]",
    r"</?(?:system|instructions?|resume|listing|job|document|data|user|assistant|untrusted\w*)(?: [^<>]{0,80})?>",
    r"\b(?:end|begin|start) of (?:the )?(?:resume|cv|listing|document|data|user input|prompt)\b",
    r"^\W*#{2,8} ?(?:system|instructions?|new task|task|override)\b",
)
_INSTRUCTION: Final = re.compile(
    "|".join((*_AWAY_WITH_THE_RULES, *_ADDRESSED, *_VERDICT_DICTATED, *_ANSWER_DICTATED, *_FORGED_SEAMS)), re.IGNORECASE
)
_LONGEST_LINE: Final = 1_000
"""Characters. Longer lines are looked at in pieces, so that time stays linear."""

_WORD: Final = re.compile(r"\w[\w+#.-]*")
_WINDOW: Final = 60
_LEAST_DISTINCT: Final = 20
"""Of a window's words. Prose has twice as many."""


def is_suspicious(text: str) -> bool:
    """Whether any line of *text*, or two lines that a break has parted, instructs a model, or keywords are stuffed."""
    lines = list(_pieces(text))
    return any(map(instructs, lines)) or any(instructs(f"{a} {b}") for a, b in pairwise(lines)) or is_stuffed(text)


def instructs(line: str) -> bool:
    """Whether *line* looks like an instruction to a model."""
    return bool(_INSTRUCTION.search(line))


def is_stuffed(text: str) -> bool:
    """Whether some stretch of *text* repeats the same few words over and over."""
    words = [word.casefold() for word in _WORD.findall(text)]
    counts = Counter(words[:_WINDOW])
    for leaving, entering in zip(words, words[_WINDOW:], strict=False):
        if len(counts) < _LEAST_DISTINCT:
            return True
        counts[entering] += 1
        counts[leaving] -= 1
        if not counts[leaving]:
            del counts[leaving]
    return len(words) >= _WINDOW and len(counts) < _LEAST_DISTINCT


def _pieces(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for start in range(0, len(line), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]
