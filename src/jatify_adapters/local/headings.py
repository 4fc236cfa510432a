"""Headings of a resume, by the words they are made of."""

import re
from typing import Final, Literal

Section = Literal[
    "head",
    "summary",
    "experience",
    "education",
    "skills",
    "projects",
    "certifications",
    "languages",
    "volunteering",
    "publications",
    "awards",
    "interests",
    "references",
    "other",
]

_WORDS: Final[dict[Section, str]] = {
    "summary": "summary profile objective about status statement overview",
    "experience": "experience employment history background positions internships roles experiencia berufserfahrung "
    "expérience expériences",
    "education": "education academics studies qualifications training coursework educación ausbildung formation",
    "skills": "skills skill competencies competences technologies tools technical expertise proficiencies strengths "
    "abilities fields systems habilidades kenntnisse compétences",
    "projects": "projects portfolio",
    "certifications": "certifications certification certificates licenses licences licensure credentials",
    "languages": "languages idiomas sprachen langues",
    "volunteering": "volunteering volunteer community",
    "publications": "publications patents talks papers presentations research",
    "interests": "interests hobbies activities",
    "references": "references",
    "awards": "awards honors honours memberships affiliations scholarships",
    "other": "profiles links contact achievements accomplishments extra",
}
_MODIFYING: Final = (
    "and my me of the in work professional career selected relevant key core other additional personal academic "
    "technical areas summary clinical teaching military industry leadership invited working computer soft hard special "
    "operating qualifications highlights details information executive practical driving"
)
_MODIFIERS: Final = frozenset(_MODIFYING.split())
_BY_WORD: Final = {word: section for section, words in _WORDS.items() for word in words.split()}
_LABELS: Final = frozenset({"skills", "languages", "certifications"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_INLINE: Final = (
    r"(?:Professional\s|Work\s|Core\s|Key\s|Technical\s)?"
    r"(?:Summary|Profile|Highlights|Accomplishments|Experience|Employment|History|Education|Qualifications|Skills|Projects"
    r"|Certifications|Languages|Interests|References)"
)
_MARGIN: Final = re.compile(rf"({_INLINE})\s(?=[A-Z])")
_FOLD: Final = re.compile(rf"(?<=[a-z\d.,;:)])\s(?={_INLINE}\s[A-Z\d])")
_FOLDED: Final = 600
"""A line of more characters is a text that has lost its line ends, as in many a table of resumes."""
_LABEL: Final = re.compile(r"[\W_]*([A-Za-z &]{3,40}?):\s*\S")


def heading(line: str) -> Section | None:
    """The section that *line* opens, or None if it is no heading. One that names two sections opens neither."""
    if len(line) > 45:
        return None
    title = _EDGES.sub("", line)
    return _section(title) if title[:1].isupper() and not re.search(r"[.,;:!?@\d]", title) else None


def marginal(line: str) -> Section | None:
    """The section that a heading in the margin opens, where extraction put it before the text beside it."""
    match = _MARGIN.match(line)
    return _section(match.group(1)) if match else None


def unfolded(line: str) -> list[str]:
    """The parts of a *line* without end, each of which a heading begins; what stood between them is one blank each."""
    return _FOLD.split(line) if len(line) > _FOLDED else [line]


def announced(line: str) -> frozenset[Section]:
    """All sections that a heading names, even where it opens none of them for certain."""
    if heading(line) is None:
        return frozenset()
    return frozenset(_BY_WORD[word] for word in _WORD.findall(line.lower()) if word in _BY_WORD)


def labelled(line: str) -> Section | None:
    """The section that a label before a colon gives *line* alone, as in "Skills: cooking, baking"."""
    match = _LABEL.match(line)
    section = _section(match.group(1)) if match else None
    return section if section in _LABELS else None


def _section(title: str) -> Section | None:
    words = _WORD.findall(title.lower())
    if not words or len(words) > 5 or any(word not in _BY_WORD and word not in _MODIFIERS for word in words):
        return None
    named = [_BY_WORD[word] for word in words if word in _BY_WORD and word not in _MODIFIERS]
    named = named or [_BY_WORD[word] for word in words if word in _BY_WORD]
    if not named:
        return None
    if "and" in words or "&" in title:
        return named[0] if len(set(named)) == 1 or named[0] == "skills" else "other"
    return named[-1]
