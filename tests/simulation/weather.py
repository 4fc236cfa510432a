"""What a seed decides about the world: its size, its settings, and the weather of store, lines and provider."""

from datetime import timedelta
from random import Random
from typing import Final, Literal

from msgspec import Struct

from jatify_core.worker import WorkerSettings

Kind = Literal["safety", "liveness", "calm"]
Answer = Literal["findings", "outage", "limited", "key", "refusal", "nonsense", "exception", "hang"]

MOODS: Final[dict[str, dict[Answer, int]]] = {
    "clear": {"findings": 1},
    "flaky": {"findings": 6, "outage": 2, "limited": 2, "refusal": 2, "nonsense": 2, "exception": 1, "hang": 1},
    "choosy": {"findings": 6, "outage": 2, "refusal": 2, "nonsense": 1},
    "down": {"outage": 9, "findings": 1},
    "throttled": {"limited": 3, "findings": 1},
    "locked out": {"key": 4, "outage": 1},
}

ODDS_OF_POISON: Final = 0.1


class Scenario(Struct, frozen=True):
    """The world of one seed. Faults happen in the first *storm* seconds; a calm world has none but its provider's."""

    seed: int
    kind: Kind
    storm: float
    users: int
    workers: int
    settings: WorkerSettings
    max_attempts: int
    spacing: float
    poisoned: bool
    """Whether one resume kills every process that analyzes it, even after the storm."""

    @classmethod
    def of(cls, seed: int) -> "Scenario":
        """What *seed* decides."""
        dice = Random(seed)  # noqa: S311  # to be repeated, not to be secret
        kind: Kind = dice.choices(("safety", "liveness", "calm"), (5, 3, 2))[0]
        return cls(
            seed=seed,
            kind=kind,
            storm=dice.uniform(4, 16),
            users=dice.randint(1, 2),
            workers=dice.choice((1, 1, 2, 2)),
            settings=WorkerSettings(
                slots=dice.choice((1, 1, 2, 3)),
                poll_interval=timedelta(seconds=dice.choice((5, 10, 20))),
                lease=timedelta(seconds=dice.choice((7, 10, 15))),
                job_timeout=timedelta(seconds=dice.choice((8, 20, 60))),
                drain=timedelta(seconds=dice.choice((0, 3, 15))),
            ),
            max_attempts=dice.choice((1, 2, 3, 5)),
            spacing=dice.choice((0, 0, 0, 2)),
            poisoned=kind == "liveness" and dice.random() < ODDS_OF_POISON,
        )

    def dice(self, whose: str) -> Random:
        """A source of chance of its own for each actor, so that one's draws never change another's."""
        return Random(f"{self.seed}/{whose}")  # noqa: S311  # the same


class Weather:
    """How store, lines and provider are now. Each trouble but the provider's mood ends by itself at its time."""

    def __init__(self) -> None:
        self.clear_up()

    def clear_up(self) -> None:
        """End all trouble now."""
        self.mood = "clear"
        self.store_down_until = 0.0
        self.failing_until = 0.0
        self.slow_until = 0.0
        self.deafen(0.0, silently=False)

    def deafen(self, until: float, *, silently: bool) -> None:
        """Let no hint through *until* then; *silently* where nobody finds out that the line is dead."""
        self.deaf_until = until
        self.silently = silently
