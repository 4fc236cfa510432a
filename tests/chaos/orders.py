"""The texts of chaos: resumes and listings that nobody else has, and the orders that a resume gives its analyzer."""

import re
import secrets

from msgspec import Struct

LETTERS = str.maketrans("0123456789", "ghijklmnop")
EXPERIENCE = "\nExperience\n2019 - 2024 Baker at Loaf & Co\n- Baked 400 loaves a day by hand, and was never late\n" * 3


class Orders(Struct, frozen=True):
    """What happens to the analyzer: it takes so long, is stopped at the end of it, or kills its process at once."""

    seconds: float = 0.0
    frozen: bool = False
    deadly: bool = False

    def resume(self, word: str) -> str:
        """A resume that gives these orders and that only *word* tells from others."""
        told = f"Orders: seconds={self.seconds} frozen={int(self.frozen)} deadly={int(self.deadly)}"
        return f"{first_line(word)}\n{told}\n{EXPERIENCE}"


def new_word() -> str:
    """A word of letters that nobody else has: an analyzer masks numbers that may be a phone's."""
    return secrets.token_hex(8).translate(LETTERS)


def first_line(word: str) -> str:
    """How a text begins: four words, as many as the provider of the tests quotes."""
    return f"This is {word} herself"


def orders_in(resume: str) -> Orders:
    """The orders that *resume* gives; without any, do nothing."""
    found = re.search(r"Orders: seconds=([\d.]+) frozen=(\d) deadly=(\d)", resume)
    return Orders(float(found[1]), found[2] == "1", found[3] == "1") if found else Orders()
