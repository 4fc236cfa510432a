"""Which provider to ask, with which key, and how much of the user's text it may see and keep."""

from typing import Final, Literal
from urllib.parse import urlsplit

from msgspec import Struct

Profile = Literal["openrouter", "compatible"]
"""Which fields a request carries: OpenRouter's own, or only what every OpenAI-compatible server knows."""

OPENROUTER_URL: Final = "https://openrouter.ai/api/v1"
DEFAULT_MODELS: Final = ("openai/gpt-oss-120b:free", "openai/gpt-oss-120b")
"""A free model, and the same one for fractions of a cent: whichever answers, the judgement is of one kind."""
MOST_MODELS: Final = 3
"""OpenRouter refuses a longer list of fallbacks."""


def default_profile(base_url: str) -> Profile:
    """The profile that fits the URL's host."""
    host = urlsplit(base_url).hostname or ""
    return "openrouter" if host == "openrouter.ai" or host.endswith(".openrouter.ai") else "compatible"


class OpenRouterSettings(Struct, frozen=True, kw_only=True):
    """How to reach a provider. The key may be empty for servers that need none; no `repr` shows it.

    Raises `ValueError`, with words that do not hold the key, where the values can never work.
    """

    api_key: str
    base_url: str = OPENROUTER_URL
    profile: Profile = "openrouter"
    models: tuple[str, ...] = DEFAULT_MODELS
    """The model to ask; on OpenRouter the later ones are its fallbacks."""
    timeout: float = 120.0
    """Seconds for one whole analysis, everything included."""
    data_collection_deny: bool = True
    """Ask OpenRouter for providers that do not collect what they are sent."""
    zdr: bool = True
    """Ask OpenRouter for providers that retain nothing."""
    mask_contact: bool = True
    """Mask e-mail, phone and street address before the text leaves."""
    answer_limit: int = 1024 * 1024
    """Bytes of the longest answer that is read."""

    def __post_init__(self) -> None:
        """Refuse what no server could understand."""
        if not self.api_key.isascii() or any(c.isspace() or not c.isprintable() for c in self.api_key):
            raise ValueError("The API key holds characters that no key has.")
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("The provider's URL must begin with http:// or https:// and name a host.")
        if "@" in parts.netloc:
            raise ValueError("The provider's URL must hold no user name and no password.")
        if not self.models or not all(self.models):
            raise ValueError("At least one model must be named.")
        if self.profile == "openrouter" and len(self.models) > MOST_MODELS:
            raise ValueError(f"OpenRouter takes at most {MOST_MODELS} models.")

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [(name, "***" if name == "api_key" else getattr(self, name)) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"
