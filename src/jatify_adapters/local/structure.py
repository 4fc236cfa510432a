"""Structure: whether a reader finds the sections, the dates and a way to answer."""

import re
from typing import Final

from jatify_adapters.local.aspects import Aspect, judged
from jatify_adapters.local.outline import Outline
from jatify_adapters.local.timeline import has_span
from jatify_adapters.local.words import listed
from jatify_core.findings import ProposedPoint, Suggestion

EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
PHONE: Final = re.compile(r"(?:\+|\()?\d[\d\s().*-]{7,20}[\d*]")
ENOUGH: Final = 150
BARE: Final = 60
LONG: Final = 1_200


def structure(resume: Outline) -> Aspect:
    """Judge the form. A long resume gets advice but loses no points: a line more must never lower the score."""
    words = sum(len(passage.words) for passage in resume.passages)
    checks = (
        ("an e-mail address", 15, float(bool(EMAIL.search(resume.text)))),
        ("a phone number", 10, float(bool(PHONE.search(resume.text)))),
        ("an experience section", 20, float("experience" in resume.sections)),
        ("an education section", 10, float("education" in resume.sections)),
        ("a skills section", 15, float("skills" in resume.sections)),
        ("dates of your positions", 15, float(has_span(resume.text))),
        ("150 words or more", 15, min(1.0, max(0.0, (words - BARE) / (ENOUGH - BARE)))),
    )
    score = sum(points * value for _, points, value in checks)
    has = [name for name, _, value in checks if value == 1]
    lacks = [name for name, _, value in checks if value < 1]
    reason = f"The resume has {listed(has, 8)}" if has else "The resume has none of the usual parts"
    reason += f"; it lacks {listed(lacks, 8)}." if lacks else "."
    advice = [_advice(name) for name in lacks]
    if words > LONG:
        text = (
            f"The resume runs to {words} words. Two pages, about 800 words, are read more closely: shorten what is "
            "older than ten years."
        )
        advice.append(Suggestion("low", text, "Whole resume"))
    complete = (
        (ProposedPoint("Contact, sections and dates are all where a reader looks for them.", []),) if not lacks else ()
    )
    return Aspect(judged("structure", score, reason), strengths=complete, suggestions=tuple(advice))


def _advice(name: str) -> Suggestion:
    return {
        "an e-mail address": Suggestion("high", "Put your e-mail address as plain text under your name.", "Contact"),
        "a phone number": Suggestion("low", "Put your phone number beside your e-mail address.", "Contact"),
        "an experience section": Suggestion(
            "high",
            'Give your positions a heading of their own: "Experience". Screening software looks for it.',
            "Experience",
        ),
        "an education section": Suggestion(
            "low", 'Add a section "Education" with your highest school or course, and its year.', "Education"
        ),
        "a skills section": Suggestion(
            "medium",
            'Add a section "Skills" with the eight to twelve skills and tools you can be asked about.',
            "Skills",
        ),
        "dates of your positions": Suggestion(
            "high", 'Date each position from month to month, such as "Mar 2021 - Jun 2024".', "Experience"
        ),
        "150 words or more": Suggestion(
            "medium",
            "The resume is very short. Say for each position what you did, in three to five bullets.",
            "Experience",
        ),
    }[name]
