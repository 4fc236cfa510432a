"""Words for whoever waits: the result alone goes to the standard output."""

import sys


def tell(words: str) -> None:
    """Say something that is no result."""
    print(words, file=sys.stderr, flush=True)
