"""The skills we know by name, and finding them in a text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from jatify_adapters.local.words import Token, lines_of, tokens, trades, weight

Care = Literal["", "!", "^"]

CUES: Final = frozenset({"in", "with", "using", "via", "like", "as", "and", "or", "of", "including"})
NOT_A_NAME_AFTER: Final = frozenset(
    {"class", "series", "grade", "vitamin", "hepatitis", "level", "type", "plan", "part"}
)
TECHNOLOGY: Final = frozenset({"software", "data", "cloud", "security", "design", "product"})
MARKS: Final = frozenset(",;/|()•·:\n")
GLUED: Final = frozenset("-&'\u2019")
NEAR: Final = 2
CLOSE: Final = 3


class KnownSkill(Struct, frozen=True):
    """A skill: its `name`, its `category`, and the names of the skills that it implies, near and far."""

    name: str
    category: str
    implies: frozenset[str] = frozenset()


class Form(NamedTuple):
    """One way to write a skill."""

    skill: str
    words: tuple[str, ...]
    written: tuple[str, ...]
    care: Care


class Hit(NamedTuple):
    """A skill found: its name and the place of its words, in the text and among the tokens."""

    skill: str
    start: int
    end: int
    first: int
    last: int


class Lexicon(Struct, frozen=True):
    """All skills, and their forms by first word, longest first."""

    skills: Mapping[str, KnownSkill]
    forms: Mapping[str, Sequence[Form]]
    pairs: Mapping[str, frozenset[frozenset[str]]]
    """For each skill, its forms of two telling words, without their order."""
    partners: Mapping[str, Set[str]]
    """For each word of such a pair, the words that stand with it in one."""


@cache
def lexicon() -> Lexicon:
    """The skills of `data/skills.txt`, read once."""
    rows = [_row(line) for line in lines_of("skills.txt")]
    direct = {name: implied for name, _, _, implied in rows}
    forms: dict[str, list[Form]] = {}
    for name, synonyms, _, _ in rows:
        for form in _forms(name, synonyms):
            forms.setdefault(form.words[0], []).append(form)
    # A pipeline that somebody deployed is no deployment pipeline: names of technology are said in their order.
    pairs = {name: _pairs(name, () if kind in TECHNOLOGY else synonyms) for name, synonyms, kind, _ in rows}
    return Lexicon(
        {name: KnownSkill(name, category, _closure(name, direct)) for name, _, category, _ in rows},
        {first: sorted(every, key=lambda form: -len(form.words)) for first, every in forms.items()},
        pairs,
        _partners(pair for every in pairs.values() for pair in every),
    )


def hits(text: str, found: Sequence[Token]) -> list[Hit]:
    """The skills named in *text*, whose tokens are *found*; the longest form wins, and none overlap.

    An ambiguous word counts only beside a certain hit or after a cue: "Go, Python" but not "Go to market".
    """
    certain: dict[int, Hit] = {}
    doubtful: list[tuple[Form, Hit]] = []
    index = 0
    while index < len(found):
        form = _form_at(found, index)
        if form is None:
            index += 1
            continue
        last = index + len(form.words) - 1
        hit = Hit(form.skill, found[index].start, found[last].end, index, last)
        if form.care == "!":
            doubtful.append((form, hit))
        else:
            certain[index] = hit
        index = last + 1
    for form, hit in doubtful:
        if _believable(form, hit, text, found, certain.values()):
            certain[hit.first] = hit
    return [certain[place] for place in sorted(certain)]


def neighbours(found: Sequence[Token]) -> Iterator[frozenset[str]]:
    """The pairs of a skill's words that stand close together: "inspected the vehicle" holds vehicle inspection."""
    partners = lexicon().partners
    for first, token in enumerate(found):
        known = partners.get(token.stem)
        for other in found[first + 1 : first + 1 + CLOSE] if known else ():
            if known and other.stem in known:
                yield frozenset((token.stem, other.stem))


def shown_by(names: Iterable[str]) -> set[str]:
    """*names* and all that they imply."""
    known = lexicon().skills
    direct = set(names)
    return direct.union(*(known[name].implies for name in direct))


def _row(line: str) -> tuple[str, list[str], str, list[str]]:
    name, synonyms, category, *implied = (part.strip() for part in line.split("|"))
    return name, _split(synonyms), category, _split(implied[0]) if implied else []


def _split(part: str) -> list[str]:
    return [item.strip() for item in part.split(",") if item.strip()]


def _forms(name: str, synonyms: Sequence[str]) -> list[Form]:
    cares: dict[str, Care] = {name: ""}
    for synonym in synonyms:
        if synonym.endswith("!"):
            cares[synonym[:-1]] = "!"
        elif synonym.endswith("^"):
            cares[synonym[:-1]] = "^"
        else:
            cares[synonym] = ""
    return [_form(name, written, care) for written, care in cares.items()]


def _pairs(name: str, synonyms: Sequence[str]) -> frozenset[frozenset[str]]:
    two = (form.words for form in _forms(name, synonyms) if len(form.words) == 2)
    telling = (words for words in two if all(weight(word) > 0 and word not in trades() for word in words))
    return frozenset(frozenset(words) for words in telling)


def _partners(pairs: Iterable[frozenset[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        for word in pair:
            # A word may stand beside itself.
            found.setdefault(word, set()).update(pair - {word} or pair)
    return found


def _form(name: str, written: str, care: Care) -> Form:
    found = tokens(written)
    # A lone word is matched but for its plural: a stem would make "reacted" React and "scaling" Scala.
    words = (_plain(found[0].low),) if len(found) == 1 else tuple(token.stem for token in found)
    return Form(name, words, tuple(token.text for token in found), care)


def _plain(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _closure(name: str, direct: Mapping[str, Sequence[str]]) -> frozenset[str]:
    reached: set[str] = set()
    waiting = list(direct.get(name, ()))
    while waiting:
        implied = waiting.pop()
        if implied not in reached:
            reached.add(implied)
            waiting.extend(direct.get(implied, ()))
    return frozenset(reached)


def _form_at(found: Sequence[Token], index: int) -> Form | None:
    forms = lexicon().forms
    second = found[index + 1].stem if index + 1 < len(found) else ""
    for form in forms.get(found[index].stem, ()):
        size = len(form.words)
        # The second word is looked at first: few forms get further, and this runs for every word.
        if size < 2 or form.words[1] != second:
            continue
        if form.words == tuple(token.stem for token in found[index : index + size]):
            return None if _of_others(form, found[index + size - 1]) else form
    for form in forms.get(_plain(found[index].low), ()):
        if len(form.words) == 1 and (form.care != "^" or form.written[0] == found[index].text):
            return None if _of_others(form, found[index]) else form
    return None


def _of_others(form: Form, last: Token) -> bool:
    """Whether this names other people: one is a product manager, but works with product managers."""
    return last.stem in trades() and last.low.endswith("s") and form.written[-1].lower() != last.low


def _believable(form: Form, hit: Hit, text: str, found: Sequence[Token], certain: Iterable[Hit]) -> bool:
    word = found[hit.first]
    before = found[hit.first - 1] if hit.first else None
    after = found[hit.last + 1] if hit.last + 1 < len(found) else None
    behind = text[hit.end : hit.end + 2]
    if behind[:1] in GLUED or (before and before.low in NOT_A_NAME_AFTER):
        return False
    # Key phrases without any capital cannot show case: there only the company counts.
    cased = word.text == form.written[0]
    if cased or (text.islower() and len(word.text) > 1):
        field = _field(hit.skill)
        near = (other for other in certain if _field(other.skill) == field)
        if any(other.first - NEAR <= hit.first <= other.last + NEAR for other in near):
            return True
    if not cased:
        return False
    left = before is None or bool(MARKS & set(text[before.end : hit.start])) or before.low in CUES
    # "Excel in all you do" begins a sentence: there a cue is none.
    right = after is None or behind.strip()[:1] in MARKS or (before is not None and after.low in CUES)
    return (left and right) or (len(word.text) > 1 and _is_inner_name(before, after))


def _is_inner_name(before: Token | None, after: Token | None) -> bool:
    """Whether a capital between such neighbours can only be a name, and of one word."""
    return before is not None and before.text.islower() and (after is None or after.text.islower())


def _field(skill: str) -> str:
    category = lexicon().skills[skill].category
    return "technology" if category in TECHNOLOGY else category
