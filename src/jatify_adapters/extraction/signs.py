"""What a normalised text shows of itself: sections, an e-mail address, letters of two alphabets in one word."""

import re
from typing import Final

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_SECTION: Final = re.compile(
    r"\b(?:about me|achievements?|activities|awards|background|career|certificat\w+|competenc\w+|courses|education\w*"
    r"|employment|experience|expertise|highlights|honou?rs|interests|languages?|objective|portfolio|profile"
    r"|projects?|publications?|qualifications?|references|skills|strengths|summary|technologies|training"
    r"|volunteer\w*|work history"
    r"|ausbildung|beruf\w+|bildung\w*|erfahrung\w*|fähigkeiten|kenntnisse|profil|projekte|sprachen|studium"
    r"|comp[ée]tences|exp[ée]riences?|formation|langues|loisirs|projets"
    r"|competencias|educación|experiencia|formación|habilidades|idiomas|perfil|proyectos|educação|experiência"
    r"|esperienz[ae]|istruzione|lingue|werkervaring|opleiding|vaardigheden|doświadczenie|wykształcenie)\b"
)
_HEADING: Final = 60
"""Characters. A longer line is a sentence."""
_HEADING_WORDS: Final = 5
_EDGE: Final = "#*_-=:|•·<> \t"

_LATIN_AMONG_GREEK: Final = "[A-Za-z][\u0370-\u03ff]+[A-Za-z]"
_LATIN_BY_CYRILLIC: Final = "[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]"
# A Greek letter at an end is science (an alpha after TNF, a mu before m); within a word it is a disguise.
_MIXED: Final = re.compile(f"{_LATIN_AMONG_GREEK}|{_LATIN_BY_CYRILLIC}")


def has_email(text: str) -> bool:
    """Whether an e-mail address stands in *text*."""
    return bool(_EMAIL.search(text))


def has_sections(text: str) -> bool:
    """Whether any line looks like the heading of a resume's section."""
    return any(_is_heading(line) for line in text.split("\n"))


def mixes_scripts(text: str) -> bool:
    """Whether a word mixes Latin letters with lookalikes of another alphabet."""
    return bool(_MIXED.search(text))


def _is_heading(line: str) -> bool:
    words = line.strip(_EDGE)
    return len(words) <= _HEADING and len(words.split()) <= _HEADING_WORDS and bool(_SECTION.search(words.casefold()))
