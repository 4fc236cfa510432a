"""Telling English from other languages, by the commonest words and by the script."""

import re
from collections import Counter
from typing import Final

_COMMON: Final = {
    "en": "the and of to in for with a is on by as at from or an are was this that your you we our will",
    "es": "el la los las de y en que con por para un una del al se como su más está nuestro tu",
    "fr": "le la les des et en du une un pour dans avec sur au aux par est qui nous vous votre plus",
    "de": "der die das und in den von mit für zu auf im ein eine ist des dem bei als wir sie oder",
    "it": "il la di e che in per con del della un una le dei al alla sono come più nostro",
    "pt": "o a os as de e em que com para por um uma do da dos das no na ao se mais nosso",
    "nl": "de het een en van in op voor met is aan bij als te zijn wij je naar ook onze",
    "pl": "i w na z do oraz się jest dla od przez po jako lub nie to",
    "sv": "och i att en ett av för på som med till är vi den det om du",
}
_BY_WORD: Final = {
    word: tuple(code for code, words in _COMMON.items() if word in words.split())
    for words in _COMMON.values()
    for word in words.split()
}
_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_FEW: Final = 8
_WORD: Final = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """The ISO 639-1 code of the language of *text*; English where there is too little to tell."""
    if not text.isascii():
        letters = sum(map(str.isalpha, text))
        for code, script in _SCRIPTS:
            if letters and len(script.findall(text)) > 0.3 * letters:
                return code
    times: Counter[str] = Counter()
    for word, often in Counter(_WORD.findall(text.lower())).items():
        for code in _BY_WORD.get(word, ()):
            times[code] += often
    if not times:
        return "en"
    best, most = times.most_common(1)[0]
    return best if most >= _FEW and most > 1.2 * times["en"] else "en"
