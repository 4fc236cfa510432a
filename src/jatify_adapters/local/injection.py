"""Recognising lines that speak to a model instead of to a person."""

import re
from collections.abc import Iterator
from typing import Final

_RULES: Final = (
    r"(?:instruct\w*|prompts?|rules|guidelines|directions?|directives?|orders|criteria|context|messages?|constraints)"
)
_READER: Final = (
    r"(?:(?:ai|automated|resume|cv) (?:reviewer|screener|recruiter|evaluator|grader|system|analy[sz]er|tool|model)|"
    r"ai|a\.i\.|llms?|gpt|chatgpt|claude|gemini|language model|model|bot|chatbot|assistant|grader|evaluator)"
)
_PERFECT: Final = r"(?:\d{2,3}|10/10|perfect|highest|maximum|max|top|full|best|excellent|ideal|strong|qualified|hired?)"
_HIDE: Final = r"(?:mention|reveal|disclose|report|flag|consider|penali[sz]e|evaluate|read|tell)"
_PART: Final = r"(?:summary|answer|response|output|report|reply|explanation|evaluation|review)"

# Each sign begins with one of its first words, and is looked for only where one of them stands: ten times as fast.
# A blank is any white space, so a sign may run over the end of a line. Gaps are bounded and stay on their line, so
# that every pattern takes linear time and takes no neighbour along.
_SIGNS: Final = (
    (
        "ignore ignoring ignores disregard disregarding forget override overriding bypass neglect skip",
        rf"\b[^\n]{{0,40}}?\s{_RULES}\b",
    ),
    (
        "ignore disregard forget",
        r" (?:all|everything|anything|the) (?:of the )?(?:above|previous|prior|preceding|earlier|below)\b",
    ),
    ("system prompt", r"[\s_-](?:prompt|injection)s?\b"),
    ("new updated real actual hidden secret following", r" instructions?\b\s?(?::|for\b|to\b)"),
    ("end begin beginning start", r" of (?:the )?(?:resume|cv|document|listing|instructions?|prompt|data|input)\b"),
    ("you", rf" (?:are|act) (?:now )?(?:as )?(?:an?|the|in) [^\n]{{0,30}}?{_READER}\b"),
    ("if", rf" you are (?:an? )?{_READER}\b"),
    ("as", rf" (?:the|an?|our) {_READER},?\s{{0,2}}you\b"),
    (
        "note notice message instruction instructions attention hint hello hi dear",
        rf"[\s:,]{{1,3}}(?:(?:to|for) )?(?:(?:the|all|any) )?{_READER}\b",
    ),
    ("to for", rf" (?:the|any|all) {_READER}\s?[:,]"),
    (
        "give assign award rate score grade rank mark evaluate consider treat classify label",
        rf" (?:this|the|that|me|my|him|her|them|it)\b[^\n]{{0,60}}?\b{_PERFECT}\b",
    ),
    (
        "give assign award rate return output answer respond set",
        r" (?:with )?(?:an? |the )?(?:[\w-]{1,20} ){0,3}?(?:score|rating|grade|points?|marks?)\b",
    ),
    (
        "rate score rating grade",
        r"\s?(?:of|=|:|is|to|must be|should be)?\s?(?:10/10|100/100|100(?:\s?%)?|ten out of ten)(?![\d+])",
    ),
    (
        "correct right expected only final",
        r" (?:answer|score|rating|output|response|result|verdict)\b[^\n]{0,40}?\b(?:is|be)\s",
    ),
    ("this the that", r" (?:candidate|applicant) (?:is|must|should|has|deserves|fulfil\w*|meets|matches)\b"),
    (
        "hire recommend shortlist select approve accept advance interview",
        r" (?:this|the) (?:candidate|applicant)\b",
    ),
    (
        "include write add mention put state insert say append repeat",
        rf"\b[^\n]{{0,40}}?\bin (?:the|your) {_PART}\b",
    ),
    (
        "respond reply answer output return print",
        r" (?:only|with|the|exactly|in)\b[^\n]{0,30}?\b(?:json|following|text|words?|prompt|yes|100|score)\b",
    ),
    (
        "reveal print repeat show leak output expose",
        r" (?:me )?(?:your|the) (?:[\w-]{1,20} )?(?:prompt|instructions?|rules|secrets?|keys?)\b",
    ),
    (
        "not don't never",
        rf" {_HIDE}\b[^\n]{{0,60}}?\b(?:this|gaps?|instruct\w*|weakness\w*|missing|prompt|resume|rest)\b",
    ),
    (
        "ignora olvida ignorez oubliez ignoriere vergiss ignorera negeer",
        r"\b[^\n]{0,40}?\b(?:instruc\w+|anweisung\w*|consignes?|istruzioni|instructies)\b",
    ),
)
_MARKS: Final = re.compile(
    r"<{2,}|>{2,}|<\|[^\n|]{1,40}\|>|\[/?(?:INST|SYS|SYSTEM)\]|!\[[^\]\n]{0,80}\]\([^)\n]{0,300}\)|"
    r"</?(?:system|assistant|user|instructions?|resume|listing|s)>|"
    r"^[ \t]{0,4}(?:#{1,4} ?)?(?:system|assistant|user|human|ai|developer) ?: ?\S",
    re.IGNORECASE | re.MULTILINE,
)
_WORD: Final = re.compile(r"[a-z']+")


def _compiled(first: str, rest: str) -> tuple[frozenset[str], re.Pattern[str]]:
    words = first.split()
    pattern = rf"\b(?:{'|'.join(words)}){rest}".replace(" ", r"\s{1,4}")
    return frozenset(words), re.compile(pattern, re.IGNORECASE)


_COMPILED: Final = tuple(_compiled(first, rest) for first, rest in _SIGNS)


def instructing(text: str) -> set[int]:
    """The numbers of the lines of *text* that an instruction to a model touches."""
    found: set[int] = set()
    for match in _matches(text):
        first = text.count("\n", 0, match.start())
        found.update(range(first, first + match.group().rstrip().count("\n") + 1))
    return found


def _matches(text: str) -> Iterator[re.Match[str]]:
    yield from _MARKS.finditer(text)
    words = frozenset(_WORD.findall(text.lower().replace("\u2019", "'")))
    for first, pattern in _COMPILED:
        if first & words:
            yield from pattern.finditer(text)
