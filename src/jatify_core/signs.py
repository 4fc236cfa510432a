"""The signs of an instruction to a model: what people write to it, and never to each other in a resume or a listing.

Judgement, in the open: a sign too many takes an honest line out of the evidence, a sign too few lets a bold one in. So
a verb alone is no sign ("ignore", "give", "rate"): it takes the model, its rules, its verdict or its answer with it.
"""

import re
from functools import cache
from typing import Final, NamedTuple

_GAP: Final = r"[^\n]{0,60}?"
_BROKEN_GAP: Final = r"[^\n]{0,60}?(?:\n[^\n]{0,40}?)?"
"""A gap in which a line may end."""

_MODEL: Final = r"(?:ais?|a\.i\.|llms?|gpt\w*|chatgpt|claude|gemini|(?:large )?language models?|chatbots?|bots?)"
_JUDGE: Final = (
    r"(?:(?:ai|automated|resume|cv|hiring|screening|recruiting) "
    r"(?:reviewer|screener|recruiter|evaluator|grader|scorer|system|analy[sz]er|tool|model|assistant|parser)s?)"
)
_READER: Final = rf"(?:{_JUDGE}|{_MODEL})"
_MAYBE: Final = r"(?:models?|assistants?|evaluators?|graders?|reviewers?|screeners?|scorers?|parsers?|systems?)"
_NO_TRADE: Final = (
    r"\b(?!\s(?:and |or |/ ?|& ?)?(?:engineer|develop|research|scientist|special|expert|enthusiast|practitioner|"
    r"professional|manager|lead|architect|product|consult|trainer|analyst|startup|company|companies|team|model|platform|"
    r"native|first|tool|driven|ml\b|machine|solution|technolog|system))"
)
"""After the model's name: an AI engineer is a person."""

_ORDERS: Final = r"(?:instruct\w*|prompts?|rules?|guidelines?|directions?|directives?|orders)"
_FRAME: Final = rf"(?:{_ORDERS}|context|messages?|criteria|constraints?)"
_GIVEN: Final = r"(?:all|any|every|previous|prior|above|preceding|earlier|existing|your|these|those|other)"
_REGLAS: Final = (
    r"(?:anweisung\w*|vorgaben|regeln|instruc\w+|instru[cç][oõ]es|istruzioni|consignes|r[eè]gles|reglas|instructies)"
)

_SUBJECT: Final = r"(?:this|the|that|every) (?:candidate|applicant|resume|cv|profile|document|person|text|submission)"
_NUMBER: Final = r"(?:10 ?/ ?10|100 ?/ ?100|100(?: ?%| percent| points| punkte)?|ten out of ten)(?![\w.]*\d|\+)"
_TOP_WORD: Final = (
    r"(?:perfect|maximum|max|highest|top|full (?:marks|score|points)|best|excellent|outstanding|ideal|"
    r"strong(?:est)?|hired?)\b"
)
_TOP_MARK: Final = (
    r"(?:(?:perfect|maximum|max|highest|top|full|best|excellent) (?:possible )?"
    r"(?:scores?|ratings?|grades?|marks?|points)|"
    r"(?:perfect|ideal|best|strong|excellent) (?:match|fit|candidate|hire|applicant))\b"
)
_MARK: Final = r"(?:scores?|ratings?|grades?|marks?|points)"
_VERDICT: Final = r"(?:answers?|outputs?|responses?|reply|replies|verdicts?|summary)"
_TEXT: Final = rf"(?:notes?|lines?|text|message|sentence|prompt|{_ORDERS})"

# The words that a sign begins with; what follows; whether it must begin the line. A blank stands for white space, a
# line's end too. Gaps are bounded, so that every sign takes linear time.
_SIGNS: Final[tuple[tuple[str, str, bool], ...]] = (
    # Away with the rules.
    ("ignore ignoring disregard disregarding forget", rf" {_BROKEN_GAP}\b{_ORDERS}\b", False),
    (
        "ignore ignoring disregard forget override overriding bypass overrule neglect skip",
        rf" {_BROKEN_GAP}\b{_GIVEN}\b{_BROKEN_GAP}\b{_FRAME}\b",
        False,
    ),
    (
        "ignore disregard forget",
        (
            r" (?:all|everything|anything|the|whatever) (?:of the )?"
            r"(?:above|previous|prior|preceding|earlier|below|you|that was)\b"
        ),
        False,
    ),
    (
        (
            "ignoriere ignorieren ignorier vergiss vergessen ignorez oublie oubliez ignora ignore ignorar olvida "
            "olvide esqueça esqueca dimentica negeer vergeet"
        ),
        rf"\b{_BROKEN_GAP}\b{_REGLAS}\b",
        False,
    ),
    ("new updated real actual hidden secret following", r" (?:system )?(?:instructions?|prompts?) ?:", False),
    ("system", r"(?:_prompt| (?:override|prompt|message|instructions?) ?:)", False),
    # Addressed to the model.
    (
        "note notes notice memo attention hint hello hi hey dear",
        rf"[\s:,]{{1,3}}(?:(?:to|for) )?(?:(?:the|all|any|every|an?) )?{_READER}{_NO_TRADE}",
        False,
    ),
    ("note notes memo attention hint", rf"[\s:,]{{1,3}}(?:to|for) (?:(?:the|all|any|every|an?) )?{_MAYBE}\b", False),
    (
        "instruction instructions message",
        rf" (?:to|for) (?:(?:the|all|any|every|an?) )?(?:{_READER}|{_MAYBE}) ?[:,.!-]",
        False,
    ),
    ("to for", rf" (?:(?:the|any|all|every) )?{_READER} ?[:,]", True),
    ("if", rf" you(?: are|['\u2019]re)(?: an?)? (?:{_READER}{_NO_TRADE}|(?:models?|graders?|evaluators?)\b)", False),
    ("as", rf" (?:the|an?|our) {_READER},? you\b", False),
    ("as", rf" (?:the|an?|our) {_MAYBE},? you (?:must|should|shall)\b", False),
    (
        "you",
        r"(?: are|['\u2019]re) (?:now|no longer) (?:an?|the|acting|operating|bound|limited|in [^\n]{1,20}? mode)\b",
        False,
    ),
    (
        "you",
        (
            rf"(?: are|['\u2019]re| act as) (?:an?|the) (?:{_GAP}\b{_READER}{_NO_TRADE}"
            r"|helpful [^\n]{0,20}?(?:assistant|recruiter)\b)"
        ),
        False,
    ),
    (
        "system assistant developer user human ai",
        (
            r" ?: ?(?:you|ignore|please|new|rate|always|the|this|give|score|override|do|now|respond|answer|output|"
            r"recommend|set|treat|disregard|forget)\b"
        ),
        True,
    ),
    # The verdict dictated.
    (
        "give assign award rate score rank mark grade evaluate consider treat classify label",
        rf" (?:{_SUBJECT}|me|my (?:resume|cv|application))\b{_GAP}\b(?:{_NUMBER}|{_TOP_WORD})",
        False,
    ),
    (
        "give assign award rate score rank mark grade evaluate consider treat classify label",
        rf" (?:it|him|her|them|me|this|that|my)\b{_GAP}\b(?:{_NUMBER}|{_TOP_MARK})",
        False,
    ),
    (
        "give assign award return output set respond answer",
        rf"\b[^\n]{{0,50}}?\s{_MARK}(?: (?:of|to|at|as|is)|\s?[=:])? {_NUMBER}",
        False,
    ),
    ("give assign award", r" (?:[\w-]{1,20} ){0,4}?100 (?:points|marks)\b", False),
    (
        "gib gebt vergib donne donnez attribue otorga asigna dê atribua assegna geef",
        r"\b[^\n]{0,40}?\b100 ?(?:%|punkte|points?|puntos|pontos|punti|punten)",
        False,
    ),
    (
        "rate score output return respond answer rating grade",
        rf"\W{{1,3}}(?:(?:with|it|only|exactly|an?|of|is) )*(?:{_NUMBER}|{_TOP_WORD})[^\w\n]*(?=\n|\Z)",
        True,
    ),
    (
        "correct right expected only final valid",
        (
            rf" (?:valid )?(?:{_VERDICT}|score|rating|result)\b[^\n]{{0,40}}?\b(?:is|be) (?:an? |the )?"
            rf"(?:{_NUMBER}|{_TOP_WORD}|hire|yes\b)"
        ),
        False,
    ),
    (
        "this the that",
        (
            r" (?:candidate|applicant|resume|cv|profile) is (?:(?:an?|the|our|highly|extremely|exceptionally) ){0,3}"
            r"(?:perfect|ideal|best|qualified|strongest|top|exceptional|outstanding)\b"
        ),
        False,
    ),
    (
        "this",
        r" (?:candidate|applicant|resume|cv|profile) (?:meets|exceeds|fulfil\w*|matches) (?:all|every|each)\b",
        False,
    ),
    (
        "this the that every",
        (
            r" (?:candidate|applicant|resume|cv|profile) (?:must|should|shall|has to|needs to|deserves)"
            r"(?: to)?(?: be)?(?: always)? (?:rated|scored|ranked|graded|recommended|hired|shortlisted|"
            rf"(?:(?:an?|the) )?{_NUMBER}|(?:given|receive|get|score|awarded)\b{_GAP}\b(?:{_NUMBER}|{_TOP_MARK}))"
        ),
        False,
    ),
    (
        "recommend hire shortlist select approve accept advance interview",
        r" this (?:candidate|applicant|resume)\b",
        False,
    ),
    # The answer dictated.
    (
        "include insert add append write mention say state put repeat",
        rf"\b{_GAP}\b(?:in|into|to|at the (?:start|end) of) your (?:{_VERDICT}|report|evaluation|assessment)\b",
        False,
    ),
    ("include insert add append write mention say state put repeat", rf" in(?:to)? the (?:{_VERDICT}|report)\b", False),
    (
        "include insert add append write mention say state put repeat",
        rf"\b{_GAP}\b(?:in|into|to|at the (?:start|end) of) the {_VERDICT}\b",
        True,
    ),
    (
        "respond reply answer output return print",
        (
            r" (?:only|exactly|just|with) (?:(?:with|in|only|exactly) )?(?:json\b|the (?:words?|text|following|phrase|"
            r"number|string|score)\b|yes\b|100\b|[\"'\u201c])"
        ),
        False,
    ),
    (
        "reveal print repeat show leak output expose disclose send reply respond",
        (
            r" (?:me |us )?(?:with )?(?:your (?:[\w-]{1,20} ){0,2}?(?:prompt|instructions?|rules|secrets?|keys?)"
            r"|the (?:[\w-]{1,20} ){0,2}?system prompt)\b"
        ),
        False,
    ),
    (
        "not don't don\u2019t never",
        (
            r" (?:mention|reveal|disclose|report|flag|penali[sz]e|tell|quote|repeat)\b[^\n]{0,40}?\b"
            rf"(?:(?:this|these|that|any|the above) {_TEXT}|gaps|weakness(?:es)?|missing skills)\b"
        ),
        False,
    ),
    # Seams that are none.
    ("end begin beginning start", r" of (?:the )?(?:resume|cv|prompt|instructions?|user input)\b", False),
    (
        "end begin beginning start",
        r" of (?:the )?(?:document|data|input|listing|job|text)[^\w\n]*(?=\n|\Z)",
        True,
    ),
)


class Sign(NamedTuple):
    """A pattern of what follows the first word, and whether that must be the first of its line."""

    rest: str
    opens: bool


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """*pattern*, made when it is needed: a process that reads one file has no time for all of them."""
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


def _by_first_word() -> dict[str, tuple[Sign, ...]]:
    found: dict[str, tuple[Sign, ...]] = {}
    for firsts, rest, opens in _SIGNS:
        sign = Sign(rest.replace(" ?", r"\s{0,4}").replace(" ", r"\s{1,4}"), opens)
        for first in firsts.split():
            found[first] = (*found.get(first, ()), sign)
    return found


FIRST_WORDS: Final = _by_first_word()
"""The signs by the word that each begins with."""

SEAMS: Final = (
    ("<<", r"(?<!<)<{2,8}[^\s<>][^<>\n]{0,80}>>"),
    ("<|", r"<\|[\w /]{1,40}\|>"),
    (
        "<",
        (
            r"</?(?:system|instructions?|resume|listing|job|document|data|user|assistant|untrusted\w*)"
            r"(?: [^<>\n]{0,80})?>"
        ),
    ),
    ("[", r"\[/?(?:INST|SYS|SYSTEM)\]"),
    ("![", r"!\[[^\]\n]{0,80}\]\( ?https?:[^)\n]{0,300}[?=]"),
    (
        "##",
        (
            r"^[^\w\n]*#{2,8} ?(?:system|instructions?|new task|task|override)"
            r"(?: (?:prompt|message|instructions?|override))?[^\w\n]*$"
        ),
    ),
)
"""Marks that models and their programs set between texts, each with the characters without which it cannot stand."""
